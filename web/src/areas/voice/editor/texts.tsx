import Input from "antd/es/input";
import { useEffect, useState } from "react";
import type { Locale } from "../../../../../src/i18n/locale.ts";
import { LANGUAGE_NAMES } from "../../../../../src/i18n/locale.ts";
import { LOCALES } from "../../../i18n.ts";
import { readSpoken, writeSpoken } from "./spoken.ts";

/** A text in all three languages, side by side. */
export function SpokenFields(props: {
  readonly label: string;
  readonly value: unknown;
  readonly usual: Locale;
  readonly readOnly: boolean;
  /** Hides the label where a heading above says it already. */
  readonly bare?: boolean;
  readonly onChange: (value: unknown, locale: Locale) => void;
}) {
  return (
    <fieldset className="ed-spoken">
      <legend className={props.bare === true ? "ed-unseen" : ""}>{props.label}</legend>
      {LOCALES.map((locale) => (
        <div key={locale}>
          <span className="quiet" aria-hidden>
            {LANGUAGE_NAMES[locale]}
          </span>
          <Input.TextArea
            aria-label={`${props.label} · ${LANGUAGE_NAMES[locale]}`}
            lang={locale}
            autoSize={{ minRows: 1, maxRows: 6 }}
            readOnly={props.readOnly}
            value={readSpoken(props.value, locale, props.usual)}
            placeholder={locale === props.usual ? "" : readSpoken(props.value, props.usual, props.usual)}
            onChange={(event) =>
              props.onChange(writeSpoken(props.value, locale, props.usual, event.target.value), locale)
            }
          />
        </div>
      ))}
    </fieldset>
  );
}

/** A field that takes effect when it is left or Enter is pressed: a name is not one while it is typed. */
export function Committed(props: {
  readonly label: string;
  readonly value: string;
  readonly readOnly: boolean;
  readonly size?: "small";
  readonly onCommit: (value: string) => void;
}) {
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const commit = () => {
    if (text !== props.value) props.onCommit(text.trim());
  };
  return (
    <Input
      aria-label={props.label}
      value={text}
      readOnly={props.readOnly}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onPressEnter={commit}
      className="mono"
    />
  );
}
