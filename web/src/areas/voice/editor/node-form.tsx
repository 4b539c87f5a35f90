import ArrowDownOutlined from "@ant-design/icons/es/icons/ArrowDownOutlined";
import ArrowUpOutlined from "@ant-design/icons/es/icons/ArrowUpOutlined";
import CopyOutlined from "@ant-design/icons/es/icons/CopyOutlined";
import DeleteOutlined from "@ant-design/icons/es/icons/DeleteOutlined";
import App from "antd/es/app";
import Button from "antd/es/button";
import Checkbox from "antd/es/checkbox";
import Input from "antd/es/input";
import Select from "antd/es/select";
import { LANGUAGE_NAMES } from "../../../../../src/i18n/locale.ts";
import {
  defaultLocaleOf,
  type Json,
  questionsOf,
  spokenIn,
} from "../../../../../surveys/definitions/definition.ts";
import { LOCALES, say, useLocale, useWords } from "../../../i18n.ts";
import { ConditionBuilder } from "./condition-builder.tsx";
import type { EditorState } from "./editor-state.ts";
import {
  changeKind,
  declareContact,
  declareMetric,
  declarePersonal,
  duplicateNode,
  type Edited,
  holdersFor,
  type MetricKind,
  moveInto,
  moveNode,
  removeNode,
  renameNode,
  setProperty,
} from "./edits.ts";
import { FieldControl } from "./field-control.tsx";
import { type FindingShown, Findings } from "./findings.tsx";
import { asks, type Field, isKind, KIND_NAMES, KINDS } from "./kinds.ts";
import { type Node, outlineOf } from "./outline.ts";
import { Committed, SpokenFields } from "./texts.tsx";
import { EDITOR } from "./words.ts";
import { QUESTION_KINDS } from "./words-kinds.ts";

/** The form of what is chosen: a question, a group, a page. */
export function NodeForm(props: {
  readonly editor: EditorState;
  readonly node: Node;
  readonly findings: readonly FindingShown[];
}) {
  const { editor, node } = props;
  const t = useWords(EDITOR);
  const { document, readOnly } = editor;
  const { element, place } = node;
  const usual = defaultLocaleOf(document.definition);
  const key = place.join("/");
  const set = (property: string, value: unknown, step: string | null) =>
    editor.change(
      setProperty(document, place, property, value),
      step === null ? null : `${key} ${property} ${step}`,
    );
  const fields: readonly Field[] = isKind(node.type) ? KINDS[node.type].fields : [];
  const isPage = node.kind === "page";
  const asking = !isPage && asks(node.type);
  return (
    <div className="ed-form">
      <Acts editor={editor} node={node} />
      <Findings findings={props.findings} />
      <SpokenFields
        label={isPage || !asking ? t.heading : t.title}
        value={element.title}
        usual={usual}
        readOnly={readOnly}
        onChange={(value, locale) => set("title", value, locale)}
      />
      {node.type !== "html" && node.type !== "image" && (
        <SpokenFields
          label={t.description}
          value={element.description}
          usual={usual}
          readOnly={readOnly}
          onChange={(value, locale) => set("description", value, locale)}
        />
      )}
      {asking && (
        <div className="row">
          <Checkbox
            checked={element.isRequired === true}
            disabled={readOnly}
            onChange={(event) => set("isRequired", event.target.checked ? true : undefined, null)}
          >
            {t.required}
          </Checkbox>
          {node.type === "boolean" && (
            <Checkbox
              checked={document.contact?.question === node.name}
              disabled={readOnly}
              onChange={(event) =>
                editor.change(declareContact(document, event.target.checked ? node.name : null))
              }
            >
              {t.contact}
            </Checkbox>
          )}
        </div>
      )}
      <Metric editor={editor} node={node} />
      {fields.map((field) => (
        <FieldControl
          key={field.property}
          field={field}
          element={element}
          usual={usual}
          readOnly={readOnly}
          onChange={(value, step) => set(field.property, value, step)}
        />
      ))}
      {place.length > 0 && (
        <ConditionBuilder
          key={key}
          expression={element.visibleIf}
          questions={conditionable(document.definition, node)}
          usual={usual}
          readOnly={readOnly}
          onChange={(expression, step) => set("visibleIf", expression, step)}
        />
      )}
      {asking && ["text", "comment", "multipletext"].includes(node.type) && (
        <div className="ed-field">
          <span aria-hidden>{t.personal}</span>
          <Input
            aria-label={t.personal}
            value={document.personal?.[node.name] ?? ""}
            readOnly={readOnly}
            maxLength={200}
            onChange={(event) =>
              editor.change(declarePersonal(document, node.name, event.target.value), `${key} personal`)
            }
          />
        </div>
      )}
      <Details editor={editor} node={node} />
    </div>
  );
}

/** Questions that a condition of a node may ask about: all but itself and what stands in it. */
function conditionable(definition: Json, node: Node) {
  const own = new Set([node.name, ...questionsOf({ elements: [node.element] }).map((q) => q.name)]);
  return questionsOf(definition).filter((q) => asks(q.type) && !own.has(q.name));
}

function Acts({ editor, node }: { readonly editor: EditorState; readonly node: Node }) {
  const t = useWords(EDITOR);
  const { document } = editor;
  if (editor.readOnly || node.place.length === 0) return null;
  const act = (label: string, icon: React.ReactNode, edited: () => Edited) => (
    <Button icon={icon} onClick={() => editor.go(edited())}>
      {label}
    </Button>
  );
  return (
    <div className="row">
      {act(t.up, <ArrowUpOutlined />, () => moveNode(document, node.place, -1))}
      {act(t.down, <ArrowDownOutlined />, () => moveNode(document, node.place, 1))}
      {act(t.copy, <CopyOutlined />, () => duplicateNode(document, node.place))}
      {act(t.remove, <DeleteOutlined />, () => removeNode(document, node.place))}
    </div>
  );
}

/** How a scale or an open answer is counted. */
function Metric({ editor, node }: { readonly editor: EditorState; readonly node: Node }) {
  const t = useWords(EDITOR);
  const { document } = editor;
  const among: readonly MetricKind[] =
    node.type === "rating"
      ? ["nps", "csat", "ces", "comparative"]
      : node.type === "comment" || node.type === "text"
        ? ["comment"]
        : [];
  if (among.length === 0) return null;
  const now = document.metrics?.find((m) => m.question === node.name)?.kind ?? "none";
  return (
    <div className="ed-field">
      <span aria-hidden>{t.counted}</span>
      <Select
        aria-label={t.counted}
        value={now}
        disabled={editor.readOnly}
        popupMatchSelectWidth={false}
        onChange={(next: MetricKind | "none") =>
          editor.change(declareMetric(document, node.place, next === "none" ? null : next))
        }
        options={[
          { value: "none", label: t.notCounted },
          ...among.map((value) => ({ value, label: value === "comment" ? t.commentMetric : t[value] })),
        ]}
      />
    </div>
  );
}

/** What is seldom changed: the name, the kind, and where it stands. */
function Details({ editor, node }: { readonly editor: EditorState; readonly node: Node }) {
  const t = useWords(EDITOR);
  const kinds = useWords(QUESTION_KINDS);
  const locale = useLocale();
  const { message } = App.useApp();
  const { document, readOnly } = editor;
  if (node.place.length === 0) return null;
  const usual = defaultLocaleOf(document.definition);
  const nodes = outlineOf(document.definition);
  const holders = node.kind === "page" ? [] : holdersFor(nodes, node.place);
  const nameOfHolder = (holder: Node) =>
    spokenIn(holder.element.title, locale, usual) ||
    (holder.kind === "page"
      ? say(t.page, { n: nodes.findIndex((n) => n.name === holder.name) + 1 })
      : holder.name);
  const rename = (name: string) => {
    const renamed = renameNode(document, node.place, name);
    if (renamed === document) void message.warning(t.nameTaken);
    else editor.change(renamed);
  };
  return (
    <div className="ed-details">
      <div className="ed-field">
        <span aria-hidden>{t.name}</span>
        <Committed label={t.name} value={node.name} readOnly={readOnly} onCommit={rename} />
        <span className="quiet">{t.nameHint}</span>
      </div>
      {node.kind === "question" && (
        <div className="ed-field">
          <span aria-hidden>{t.kind}</span>
          <Select
            aria-label={t.kind}
            value={node.type}
            disabled={readOnly}
            popupMatchSelectWidth={false}
            onChange={(kind) => isKind(kind) && editor.change(changeKind(document, node.place, kind))}
            options={KIND_NAMES.filter((k) => k !== "panel").map((value) => ({
              value: value as string,
              label: kinds[`kind_${value}`],
            }))}
          />
        </div>
      )}
      {holders.length > 0 && (
        <div className="ed-field">
          <span aria-hidden>{t.moveTo}</span>
          <Select
            aria-label={t.moveTo}
            value={null}
            placeholder="–"
            disabled={readOnly}
            popupMatchSelectWidth={false}
            onChange={(i: number | null) => {
              const holder = i === null ? undefined : holders[i];
              if (holder !== undefined) editor.go(moveInto(document, node.place, holder.place));
            }}
            options={holders.map((holder, i) => ({ value: i, label: nameOfHolder(holder) }))}
          />
        </div>
      )}
    </div>
  );
}

/** What holds for the survey as a whole. */
export function SurveyForm(props: {
  readonly editor: EditorState;
  readonly findings: readonly FindingShown[];
}) {
  const { editor } = props;
  const t = useWords(EDITOR);
  const { document, readOnly } = editor;
  const { definition } = document;
  const usual = defaultLocaleOf(definition);
  const set = (property: string, value: unknown, step: string | null) =>
    editor.change(
      setProperty(document, [], property, value),
      step === null ? null : `survey ${property} ${step}`,
    );
  return (
    <div className="ed-form">
      <Findings findings={props.findings} />
      {(["title", "description"] as const).map((property) => (
        <SpokenFields
          key={property}
          label={property === "title" ? t.heading : t.description}
          value={definition[property]}
          usual={usual}
          readOnly={readOnly}
          onChange={(value, locale) => set(property, value, locale)}
        />
      ))}
      <div className="ed-field">
        <span aria-hidden>{t.usual}</span>
        <Select
          aria-label={t.usual}
          value={usual}
          disabled={readOnly}
          onChange={(locale) => set("locale", locale.toLowerCase(), null)}
          options={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
      </div>
    </div>
  );
}
