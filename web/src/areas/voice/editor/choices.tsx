import ArrowDownOutlined from "@ant-design/icons/es/icons/ArrowDownOutlined";
import ArrowUpOutlined from "@ant-design/icons/es/icons/ArrowUpOutlined";
import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import Button from "antd/es/button";
import Select from "antd/es/select";
import type { ReactNode } from "react";
import type { Locale } from "../../../../../src/i18n/locale.ts";
import { isJson, type Json, listOf } from "../../../../../surveys/definitions/definition.ts";
import { useWords } from "../../../i18n.ts";
import { choiceObject } from "./edits.ts";
import { PictureField } from "./picture.tsx";
import { Committed, SpokenFields } from "./texts.tsx";
import { EDITOR } from "./words.ts";
import { QUESTION_KINDS } from "./words-kinds.ts";

interface ListProps {
  readonly label: string;
  readonly items: readonly unknown[];
  readonly usual: Locale;
  readonly readOnly: boolean;
  /** The whole list after a change; `step` names what was typed into. */
  readonly onChange: (items: readonly unknown[], step: string | null) => void;
}

/** Things in an order: each can be moved and taken away, and one more added. */
function Ordered(
  props: ListProps & { readonly fresh: () => unknown; readonly row: (i: number) => ReactNode },
) {
  const t = useWords(EDITOR);
  const { items, onChange } = props;
  const move = (i: number, step: number) => {
    const next = items.toSpliced(i, 1);
    onChange(next.toSpliced(i + step, 0, items[i]), null);
  };
  return (
    <section className="ed-list" aria-label={props.label}>
      <h4>{props.label}</h4>
      <ol>
        {items.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item has no name that lasts while its value is typed.
          <li key={i}>
            <div className="ed-item">{props.row(i)}</div>
            {!props.readOnly && (
              <div className="ed-acts">
                <Button
                  size="small"
                  icon={<ArrowUpOutlined />}
                  aria-label={`${t.up}: ${props.label} ${i + 1}`}
                  disabled={i === 0}
                  onClick={() => move(i, -1)}
                />
                <Button
                  size="small"
                  icon={<ArrowDownOutlined />}
                  aria-label={`${t.down}: ${props.label} ${i + 1}`}
                  disabled={i === items.length - 1}
                  onClick={() => move(i, 1)}
                />
                <Button
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={`${t.remove}: ${props.label} ${i + 1}`}
                  onClick={() => onChange(items.toSpliced(i, 1), null)}
                />
              </div>
            )}
          </li>
        ))}
      </ol>
      {!props.readOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => onChange([...items, props.fresh()], null)}
          aria-label={`${t.addItem}: ${props.label}`}
        >
          {t.addItem}
        </Button>
      )}
    </section>
  );
}

/** A value as it is typed: what was a number stays one. */
function typed(text: string, was: unknown): unknown {
  return typeof was === "number" && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function freeValue(items: readonly unknown[]): string {
  const taken = new Set(items.map((item) => String(choiceObject(item).value)));
  for (let n = items.length + 1; ; n++) if (!taken.has(`item${n}`)) return `item${n}`;
}

/** Choices, rows or columns: a value for the data, and words for people in each language. */
export function ChoicesField(props: ListProps & { readonly pictures: boolean }) {
  const t = useWords(EDITOR);
  const set = (i: number, change: Json, step: string | null) =>
    props.onChange(
      props.items.with(i, { ...choiceObject(props.items[i]), ...change }),
      step === null ? null : `${step} ${i}`,
    );
  return (
    <Ordered
      {...props}
      fresh={() => freeValue(props.items)}
      row={(i) => {
        const choice = choiceObject(props.items[i]);
        return (
          <>
            <SpokenFields
              label={`${props.label} ${i + 1}`}
              bare
              value={choice.text ?? (typeof props.items[i] === "object" ? undefined : String(choice.value))}
              usual={props.usual}
              readOnly={props.readOnly}
              onChange={(text, locale) => set(i, { text }, `text ${locale}`)}
            />
            <div className="ed-value">
              <span className="quiet" aria-hidden>
                {t.value}
              </span>
              <Committed
                label={`${t.value}: ${props.label} ${i + 1}`}
                value={String(choice.value ?? "")}
                readOnly={props.readOnly}
                onCommit={(text) => set(i, { value: typed(text, choice.value) }, null)}
              />
            </div>
            {props.pictures && (
              <PictureField
                label={`${t.picture} ${i + 1}`}
                value={choice.imageLink}
                readOnly={props.readOnly}
                onChange={(imageLink) => set(i, { imageLink }, null)}
              />
            )}
          </>
        );
      }}
    />
  );
}

const CELLS = ["text", "comment", "dropdown", "radiogroup", "checkbox", "rating", "boolean"] as const;

/** Fields with a name and a title each: the parts of a group of texts, the columns of a table. */
export function PartsField(props: ListProps & { readonly cells: boolean }) {
  const t = useWords(EDITOR);
  const kinds = useWords(QUESTION_KINDS);
  const partOf = (item: unknown): Json => (isJson(item) ? item : { name: String(item) });
  const set = (i: number, change: Json, step: string | null) =>
    props.onChange(
      props.items.with(i, { ...partOf(props.items[i]), ...change }),
      step === null ? null : `${step} ${i}`,
    );
  const fresh = (): Json => {
    const taken = new Set(props.items.map((item) => partOf(item).name));
    let n = props.items.length + 1;
    while (taken.has(`part${n}`)) n++;
    return { name: `part${n}`, ...(props.cells ? { cellType: "text" } : {}) };
  };
  return (
    <Ordered
      {...props}
      fresh={fresh}
      row={(i) => {
        const part = partOf(props.items[i]);
        return (
          <>
            <SpokenFields
              label={`${props.label} ${i + 1}`}
              bare
              value={part.title}
              usual={props.usual}
              readOnly={props.readOnly}
              onChange={(title, locale) => set(i, { title }, `title ${locale}`)}
            />
            <div className="ed-value">
              <span className="quiet" aria-hidden>
                {t.value}
              </span>
              <Committed
                label={`${t.value}: ${props.label} ${i + 1}`}
                value={String(part.name ?? "")}
                readOnly={props.readOnly}
                onCommit={(name) => name !== "" && set(i, { name }, null)}
              />
            </div>
            {props.cells && (
              <Select
                aria-label={`${t.cellType}: ${props.label} ${i + 1}`}
                value={String(part.cellType ?? "dropdown")}
                disabled={props.readOnly}
                style={{ minWidth: 150 }}
                onChange={(cellType) => set(i, { cellType }, null)}
                options={CELLS.map((cell) => ({ value: cell, label: kinds[`kind_${cell}`] }))}
              />
            )}
          </>
        );
      }}
    />
  );
}

/** The items of a property that is a list; nothing when it is not there. */
export function itemsOf(element: Json, property: string): readonly unknown[] {
  return listOf(element[property]);
}
