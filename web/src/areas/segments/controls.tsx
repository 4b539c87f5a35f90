import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Select from "antd/es/select";
import type { ReactNode } from "react";
import type { Choice } from "./vocabulary.ts";

/** A control with its label above it, which the control says itself to people who do not see it. */
function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="seg-field">
      <span aria-hidden className="quiet">
        {label}
      </span>
      {children}
    </div>
  );
}

/** One of several. An empty choice is allowed where `placeholder` says what it means. */
export function Choose(props: {
  readonly label: string;
  readonly of: string;
  readonly value: unknown;
  readonly options: readonly Choice[];
  readonly placeholder?: string;
  readonly onChange: (value: string | undefined) => void;
}) {
  return (
    <Labelled label={props.label}>
      <Select
        aria-label={`${props.label} · ${props.of}`}
        value={typeof props.value === "string" ? props.value : null}
        options={[...props.options]}
        allowClear={props.placeholder !== undefined}
        placeholder={props.placeholder}
        showSearch={{ optionFilterProp: "label" }}
        popupMatchSelectWidth={false}
        onChange={(value: string | null | undefined) => props.onChange(value ?? undefined)}
      />
    </Labelled>
  );
}

/** Several of some; others can be typed where `free`. */
export function ChooseSeveral(props: {
  readonly label: string;
  readonly of: string;
  readonly value: unknown;
  readonly options: readonly Choice[];
  readonly free?: boolean;
  readonly onChange: (value: readonly string[]) => void;
}) {
  return (
    <Labelled label={props.label}>
      <Select
        aria-label={`${props.label} · ${props.of}`}
        mode={props.free === true ? "tags" : "multiple"}
        value={Array.isArray(props.value) ? props.value.map(String) : []}
        options={[...props.options]}
        optionFilterProp="label"
        tokenSeparators={[","]}
        popupMatchSelectWidth={false}
        style={{ minWidth: 200 }}
        onChange={(value: string[]) => props.onChange(value)}
      />
    </Labelled>
  );
}

/** A text. */
export function Typed(props: {
  readonly label: string;
  readonly of: string;
  readonly value: unknown;
  readonly placeholder: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Labelled label={props.label}>
      <Input
        aria-label={`${props.label} · ${props.of}`}
        value={typeof props.value === "string" ? props.value : ""}
        placeholder={props.placeholder}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </Labelled>
  );
}

/** A number; undefined when there is none. */
export function Figure(props: {
  readonly label: string;
  readonly of: string;
  readonly value: unknown;
  readonly placeholder?: string;
  readonly step?: number;
  readonly onChange: (value: number | undefined) => void;
}) {
  return (
    <Labelled label={props.label}>
      <InputNumber<number>
        aria-label={`${props.label} · ${props.of}`}
        value={typeof props.value === "number" ? props.value : null}
        placeholder={props.placeholder ?? "–"}
        step={props.step ?? 1}
        onChange={(value) => props.onChange(value ?? undefined)}
      />
    </Labelled>
  );
}
