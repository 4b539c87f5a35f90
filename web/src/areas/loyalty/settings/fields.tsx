import Input from "antd/es/input";
import InputNumber from "antd/es/input-number";
import Select from "antd/es/select";
import Switch from "antd/es/switch";
import { createContext, type ReactNode, useContext } from "react";
import { LANGUAGE_NAMES } from "../../../../../src/i18n/locale.ts";
import type { FieldProblem } from "../../../api.ts";
import { LOCALES, useWords } from "../../../i18n.ts";
import { at, limitsAt, type Place, pointer, withAt } from "./document.ts";
import { RULE_WORDS } from "./words.ts";
import "./settings.css";

/** The rules while they are written, for every field below. */
export interface Writing {
  readonly rules: unknown;
  readonly schema: unknown;
  readonly faults: readonly FieldProblem[];
  readonly readOnly: boolean;
  readonly write: (rules: unknown) => void;
}

const WritingContext = createContext<Writing | null>(null);
export const WritingProvider = WritingContext.Provider;

/** The rules that are written around here. */
export function useWriting(): Writing {
  const writing = useContext(WritingContext);
  if (writing === null) throw new Error("a field of the rules stands outside of them");
  return writing;
}

/** What stands at a place, and how it is changed. */
export function usePlace(place: Place): readonly [value: unknown, set: (value: unknown) => void] {
  const { rules, write } = useWriting();
  return [at(rules, place), (value) => write(withAt(rules, place, value))];
}

/** A field with its label, what it means, and what the server finds wrong with it. */
function Field(props: {
  readonly place: Place;
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="set-field">
      <span aria-hidden>{props.label}</span>
      {props.children}
      {props.hint !== undefined && <span className="quiet set-hint">{props.hint}</span>}
      <Faults place={props.place} />
    </div>
  );
}

/** What the server finds wrong at exactly one place. */
export function Faults({ place }: { readonly place: Place }) {
  const t = useWords(RULE_WORDS);
  const { faults } = useWriting();
  const words: Readonly<Record<string, string>> = {
    sum: t.badSum,
    taken: t.badTaken,
    order: t.badOrder,
    basis: t.badBasis,
    minItems: t.badEmpty,
    minLength: t.badEmpty,
    pattern: t.badPattern,
  };
  const here = faults.filter((f) => f.path === pointer(place));
  return [...new Set(here.map((f) => words[f.code] ?? t.badValue))].map((text) => (
    <p key={text} role="status" className="set-fault">
      {text}
    </p>
  ));
}

interface FieldProps {
  readonly place: Place;
  readonly label: string;
  /** What it belongs to, where several fields are called alike. */
  readonly of?: string;
  readonly hint?: string;
}

const called = ({ label, of }: Pick<FieldProps, "label" | "of">) =>
  of === undefined ? label : `${label} · ${of}`;

/** A figure within the limits of the server's schema. */
export function NumberField(props: FieldProps & { readonly unit?: string }) {
  const { schema, readOnly } = useWriting();
  const [value, set] = usePlace(props.place);
  const { min, max, whole } = limitsAt(schema, props.place);
  return (
    <Field {...props}>
      <InputNumber<number>
        aria-label={called(props)}
        value={typeof value === "number" ? value : null}
        {...(min === undefined ? {} : { min })}
        {...(max === undefined ? {} : { max })}
        {...(whole ? { precision: 0 } : {})}
        step={max === 1 && !whole ? 0.05 : 1}
        readOnly={readOnly}
        suffix={props.unit}
        style={{ width: "100%" }}
        onChange={(next) => next !== null && set(next)}
      />
    </Field>
  );
}

export function TextField(props: FieldProps) {
  const { readOnly } = useWriting();
  const [value, set] = usePlace(props.place);
  return (
    <Field {...props}>
      <Input
        aria-label={called(props)}
        className="mono"
        value={typeof value === "string" ? value : ""}
        readOnly={readOnly}
        onChange={(event) => set(event.target.value)}
      />
    </Field>
  );
}

export function ChoiceField(
  props: FieldProps & { readonly options: readonly { readonly value: string; readonly label: string }[] },
) {
  const { readOnly } = useWriting();
  const [value, set] = usePlace(props.place);
  return (
    <Field {...props}>
      <Select
        aria-label={called(props)}
        value={typeof value === "string" ? value : null}
        options={[...props.options]}
        disabled={readOnly}
        popupMatchSelectWidth={false}
        style={{ width: "100%" }}
        onChange={(next) => set(next)}
      />
    </Field>
  );
}

export function SwitchField(props: FieldProps) {
  const { readOnly } = useWriting();
  const [value, set] = usePlace(props.place);
  return (
    <Field {...props}>
      <div>
        <Switch aria-label={called(props)} checked={value === true} disabled={readOnly} onChange={set} />
      </div>
    </Field>
  );
}

/** What languages are called where there is little room. */
const SHORT = { en: "EN", "zh-CN": "简", "zh-TW": "繁" } as const;

/** A name in all three languages. */
export function NameFields(props: FieldProps) {
  const { readOnly } = useWriting();
  const [value, set] = usePlace(props.place);
  return (
    <fieldset className="set-names">
      <legend>{props.label}</legend>
      {LOCALES.map((locale) => {
        const text = at(value, [locale]);
        return (
          <Input
            key={locale}
            aria-label={`${called(props)} · ${LANGUAGE_NAMES[locale]}`}
            lang={locale}
            suffix={
              <span aria-hidden className="quiet">
                {SHORT[locale]}
              </span>
            }
            value={typeof text === "string" ? text : ""}
            readOnly={readOnly}
            onChange={(event) => set(withAt(value, [locale], event.target.value))}
          />
        );
      })}
      {LOCALES.map((locale) => (
        <Faults key={locale} place={[...props.place, locale]} />
      ))}
    </fieldset>
  );
}
