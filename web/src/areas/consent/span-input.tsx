import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Select from "antd/es/select";
import Space from "antd/es/space";
import { useWords } from "../../i18n.ts";
import { PURPOSE } from "./words-purpose.ts";

const UNITS = ["Y", "M", "W", "D"] as const;
type Unit = (typeof UNITS)[number];

/** The number and unit of a span such as `P24M`; null for one of several units, which stays text. */
export function readSpan(span: string): { readonly count: number; readonly unit: Unit } | null {
  const read = /^P(\d+)([YMWD])$/.exec(span);
  return read === null ? null : { count: Number(read[1]), unit: read[2] as Unit };
}

/** A span of time (ISO 8601) as a number with a unit. Used inside a form's item, which gives value and onChange. */
export function SpanInput(props: {
  readonly id?: string;
  readonly value?: string | null;
  readonly onChange?: (span: string | null) => void;
  readonly label: string;
  /** What no span means; without it there is always one. */
  readonly none?: string;
}) {
  const t = useWords(PURPOSE);
  const { value, onChange } = props;
  if (value != null && readSpan(value) === null)
    return (
      <Input
        {...(props.id === undefined ? {} : { id: props.id })}
        aria-label={props.label}
        className="mono"
        value={value}
        onChange={({ target }) => onChange?.(target.value)}
      />
    );
  const { count, unit } = readSpan(value ?? "") ?? { count: 24, unit: "M" as const };
  return (
    <Space.Compact>
      {value != null && (
        <InputNumber
          {...(props.id === undefined ? {} : { id: props.id })}
          aria-label={props.label}
          min={1}
          max={999}
          precision={0}
          value={count}
          onChange={(next) => next !== null && onChange?.(`P${next}${unit}`)}
        />
      )}
      <Select<Unit | "none">
        aria-label={props.label}
        value={value == null ? "none" : unit}
        style={{ minWidth: 150 }}
        onChange={(next) => onChange?.(next === "none" ? null : `P${count}${next}`)}
        options={[
          ...UNITS.map((u) => ({ value: u, label: t[u] })),
          ...(props.none === undefined ? [] : [{ value: "none" as const, label: props.none }]),
        ]}
      />
    </Space.Compact>
  );
}
