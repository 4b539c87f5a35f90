import Checkbox from "antd/es/checkbox";
import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Select from "antd/es/select";
import type { Locale } from "../../../../../src/i18n/locale.ts";
import type { Json } from "../../../../../surveys/definitions/definition.ts";
import { useWords } from "../../../i18n.ts";
import { ChoicesField, itemsOf, PartsField } from "./choices.tsx";
import type { Field } from "./kinds.ts";
import { PictureField } from "./picture.tsx";
import { SpokenFields } from "./texts.tsx";
import { EDITOR, type EditorWords } from "./words.ts";

/** One property of a question, as its kind says how it is changed. */
export function FieldControl(props: {
  readonly field: Field;
  readonly element: Json;
  readonly usual: Locale;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown, step: string | null) => void;
}) {
  const t = useWords(EDITOR);
  const { field, element, usual, readOnly, onChange } = props;
  const value = element[field.property];
  const label = t[field.label];
  const list = {
    label,
    items: itemsOf(element, field.property),
    usual,
    readOnly,
    onChange: (items: readonly unknown[], step: string | null) =>
      onChange(items.length === 0 ? undefined : items, step),
  };
  switch (field.is) {
    case "spoken":
      return (
        <SpokenFields
          label={label}
          value={value}
          usual={usual}
          readOnly={readOnly}
          onChange={(next, locale) => onChange(next, locale)}
        />
      );
    case "choices":
      return <ChoicesField {...list} pictures={field.pictures === true} />;
    case "parts":
      return <PartsField {...list} cells={field.cells === true} />;
    case "picture":
      return (
        <PictureField
          label={label}
          value={value}
          readOnly={readOnly}
          onChange={(next) => onChange(next, null)}
        />
      );
    case "flag":
      return (
        <Checkbox
          checked={value === true}
          disabled={readOnly}
          onChange={(event) => onChange(event.target.checked ? true : undefined, null)}
        >
          {label}
        </Checkbox>
      );
    case "plain":
      return (
        <div className="ed-field">
          <span aria-hidden>{label}</span>
          <Input
            aria-label={label}
            className="mono"
            value={typeof value === "string" ? value : ""}
            readOnly={readOnly}
            onChange={(event) =>
              onChange(event.target.value === "" ? undefined : event.target.value, "typed")
            }
          />
        </div>
      );
    case "number":
      return (
        <div className="ed-field">
          <span aria-hidden>{label}</span>
          <InputNumber
            aria-label={label}
            value={typeof value === "number" ? value : null}
            placeholder={field.usual === undefined ? "" : String(field.usual)}
            readOnly={readOnly}
            onChange={(next) => onChange(next ?? undefined, "typed")}
          />
        </div>
      );
    case "pick":
      return (
        <div className="ed-field">
          <span aria-hidden>{label}</span>
          <Select
            aria-label={label}
            value={typeof value === "string" ? value : (field.among[0] ?? "")}
            disabled={readOnly}
            popupMatchSelectWidth={false}
            onChange={(next) => onChange(next === field.among[0] ? undefined : next, null)}
            options={field.among.map((name) => ({
              value: name,
              label: t[name as keyof EditorWords] ?? name,
            }))}
          />
        </div>
      );
  }
}
