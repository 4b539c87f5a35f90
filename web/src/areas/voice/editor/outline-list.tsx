import Tag from "antd/es/tag";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { defaultLocaleOf, spokenIn } from "../../../../../surveys/definitions/definition.ts";
import { say, useLocale, useWords } from "../../../i18n.ts";
import type { EditorState } from "./editor-state.ts";
import { duplicateNode, moveNode, removeNode, samePlace } from "./edits.ts";
import type { FindingShown } from "./findings.tsx";
import { isKind } from "./kinds.ts";
import { flat, type Node, nodeOf, outlineOf } from "./outline.ts";
import { EDITOR } from "./words.ts";
import { QUESTION_KINDS } from "./words-kinds.ts";

/** Pages and questions in their order; what is chosen is moved, doubled and taken away by keys. */
export function OutlineList(props: {
  readonly editor: EditorState;
  readonly findings: readonly FindingShown[];
  readonly onChoose: () => void;
}) {
  const { editor, findings, onChoose } = props;
  const t = useWords(EDITOR);
  const kinds = useWords(QUESTION_KINDS);
  const locale = useLocale();
  const box = useRef<HTMLElement>(null);
  const refocus = useRef(false);
  const nodes = outlineOf(editor.document.definition);
  const all = flat(nodes);
  const usual = defaultLocaleOf(editor.document.definition);
  const chosen = editor.chosen?.join("/") ?? "survey";
  // What moved is drawn anew elsewhere: whoever works by keys stays with it.
  useEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    box.current?.querySelector<HTMLElement>(`[data-place="${chosen}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent, node: Node) => {
    const isMove = event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown");
    const isCopy = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d";
    const isRemove = event.key === "Delete";
    const isStep = !event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown");
    if (!isMove && !isCopy && !isRemove && !isStep) return;
    event.preventDefault();
    refocus.current = true;
    if (isStep) {
      const position = all.findIndex((n) => samePlace(n.place, node.place));
      const next = all[position + (event.key === "ArrowUp" ? -1 : 1)];
      if (next !== undefined) editor.choose(next.place);
      return;
    }
    if (editor.readOnly) return;
    const { document } = editor;
    if (isMove) editor.go(moveNode(document, node.place, event.key === "ArrowUp" ? -1 : 1));
    else if (isCopy) editor.go(duplicateNode(document, node.place));
    else editor.go(removeNode(document, node.place));
  };
  const entry = (node: Node, title: string) => {
    const place = node.place.join("/");
    const own = findings.filter((f) => {
      const concerned = nodeOf(nodes, f);
      return concerned !== null && samePlace(concerned.place, node.place);
    });
    const isChosen = editor.chosen !== null && samePlace(editor.chosen, node.place);
    return (
      <button
        type="button"
        className={`ed-entry ed-${node.kind}`}
        data-place={place}
        aria-current={isChosen}
        onClick={() => {
          editor.choose(node.place);
          onChoose();
        }}
        onKeyDown={(event) => onKeyDown(event, node)}
      >
        <span className="ed-title">{title}</span>
        <span className="ed-kind">
          {node.kind !== "page" && (isKind(node.type) ? kinds[`kind_${node.type}`] : node.type)}
          {own.length > 0 && (
            <Tag color={own.some((f) => f.level === "error") ? "red" : "orange"}>{own.length}</Tag>
          )}
        </span>
      </button>
    );
  };
  const inner = (list: readonly Node[]) => (
    <ol>
      {list.map((node) => (
        <li key={node.name || node.place.join("/")}>
          {entry(node, spokenIn(node.element.title, locale, usual) || `${t.untitled} (${node.name})`)}
          {node.inner.length > 0 && inner(node.inner)}
        </li>
      ))}
    </ol>
  );
  return (
    <nav aria-label={t.outline} className="ed-outline" ref={box}>
      <button
        type="button"
        className="ed-entry ed-page"
        data-place="survey"
        aria-current={editor.chosen === null}
        onClick={() => {
          editor.choose(null);
          onChoose();
        }}
      >
        <span className="ed-title">{t.survey}</span>
      </button>
      {nodes.map((page, i) => {
        const title = page.place.length === 0 ? "" : spokenIn(page.element.title, locale, usual);
        const numbered = say(t.page, { n: i + 1 });
        return (
          <section key={page.name || i} aria-label={numbered}>
            {entry(page, title === "" ? numbered : `${numbered}: ${title}`)}
            {page.inner.length === 0 ? <p className="quiet">{t.emptyPage}</p> : inner(page.inner)}
          </section>
        );
      })}
    </nav>
  );
}
