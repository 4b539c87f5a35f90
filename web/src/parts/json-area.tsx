import Input from "antd/es/input";
import { useState } from "react";
import { useWords } from "../i18n.ts";
import { PARTS } from "./words.ts";

/** A document that is written as text. `value` is undefined for as long as the text is not JSON. */
export interface JsonText {
  readonly text: string;
  readonly value: unknown;
  readonly setText: (text: string) => void;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Keeps a document as text while it is written. */
export function useJsonText(initial: unknown): JsonText {
  const [text, setText] = useState(() => JSON.stringify(initial, null, 2));
  return { text, value: parsed(text), setText };
}

/** A document as JSON, for experts; says so when it is none. `onEdit` is called at every change with what it is then. */
export function JsonArea(props: {
  readonly label: string;
  readonly json: JsonText;
  readonly readOnly?: boolean;
  readonly rows?: readonly [least: number, most: number];
  readonly onEdit?: (value: unknown) => void;
}) {
  const t = useWords(PARTS);
  const { json } = props;
  const [minRows, maxRows] = props.rows ?? [14, 26];
  return (
    <div>
      <Input.TextArea
        aria-label={props.label}
        className="mono"
        value={json.text}
        onChange={({ target }) => {
          json.setText(target.value);
          props.onEdit?.(parsed(target.value));
        }}
        autoSize={{ minRows, maxRows }}
        spellCheck={false}
        readOnly={props.readOnly === true}
      />
      {json.value === undefined && <p role="alert">{t.badJson}</p>}
    </div>
  );
}
