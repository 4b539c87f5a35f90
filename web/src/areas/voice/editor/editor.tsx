import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import RedoOutlined from "@ant-design/icons/es/icons/RedoOutlined";
import UndoOutlined from "@ant-design/icons/es/icons/UndoOutlined";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Dropdown from "antd/es/dropdown";
import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Tag from "antd/es/tag";
import { type KeyboardEvent, useEffect, useState } from "react";
import type { Static } from "typebox";
import type { LintedSchema, SavedSchema } from "../../../../../surveys/definitions/answers.schema.ts";
import type { SurveyDocument } from "../../../../../surveys/definitions/survey.schema.ts";
import { address, post, put } from "../../../api.ts";
import { say, useLocale, useWords } from "../../../i18n.ts";
import { ProblemNote } from "../../../parts/problem.tsx";
import type { SurveyDetail } from "../survey.tsx";
import { VOICE } from "../words.ts";
import { type EditorState, useEditor } from "./editor-state.ts";
import { addElement, addPage, samePlace } from "./edits.ts";
import { type FindingShown, Findings } from "./findings.tsx";
import { KIND_NAMES, type KindName } from "./kinds.ts";
import { NodeForm, SurveyForm } from "./node-form.tsx";
import { flat, nodeOf, outlineOf } from "./outline.ts";
import { OutlineList } from "./outline-list.tsx";
import { Preview } from "./preview.tsx";
import { EDITOR } from "./words.ts";
import { QUESTION_KINDS } from "./words-kinds.ts";
import "./editor.css";

/** A pause in typing after which the linter and the preview look again. */
const PAUSE_MS = 500;

function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

type Pane = "outline" | "edit" | "preview";

/** The questions of a survey: in forms with a live preview, or as JSON; both change the same document. */
export function QuestionEditor(props: {
  readonly survey: SurveyDetail;
  readonly stored: SurveyDocument;
  readonly mayWork: boolean;
}) {
  const { survey } = props;
  const t = useWords(EDITOR);
  const locale = useLocale();
  const editor = useEditor(survey.id, props.stored, !props.mayWork);
  const [mode, setMode] = useState<"visual" | "json">("visual");
  const [pane, setPane] = useState<Pane>("outline");
  const paused = usePaused(editor.document);
  const lint = useQuery({
    queryKey: ["survey-lint", survey.class, survey.anonymous, paused, locale],
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    queryFn: () =>
      post<Static<typeof LintedSchema>>(address("/v1/surveys/lint", { lang: locale }), {
        class: survey.class,
        anonymous: survey.anonymous,
        ...paused,
      }),
  });
  const findings = lint.data?.findings ?? [];
  const { isSaved } = editor;
  useEffect(() => {
    if (isSaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isSaved]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isRedo = key === "y" || (key === "z" && event.shiftKey);
    if (!isRedo && key !== "z") return;
    event.preventDefault();
    if (isRedo) editor.redo();
    else editor.undo();
  };
  const nodes = outlineOf(editor.document.definition);
  const all = flat(nodes);
  const { chosen } = editor;
  const node = chosen === null ? undefined : all.find((n) => samePlace(n.place, chosen));
  const page =
    chosen === null || nodes.length < 2
      ? undefined
      : nodes.find((n) => n.place.every((s, i) => chosen[i] === s))?.name;
  const concerning = (place: readonly (string | number)[] | null) =>
    findings.filter((f) => {
      const concerned = nodeOf(nodes, f);
      return place === null ? concerned === null : concerned !== null && samePlace(concerned.place, place);
    });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that work wherever one is in the editor.
    <div className="ed" onKeyDown={onKeyDown}>
      <Bar
        survey={survey}
        editor={editor}
        findings={findings}
        mode={mode}
        setMode={setMode}
        onAdd={() => setPane("edit")}
      />
      {mode === "json" ? (
        <JsonView editor={editor} findings={findings} />
      ) : (
        <>
          <div className="ed-panes">
            <Segmented
              block
              aria-label={t.visual}
              value={pane}
              onChange={setPane}
              options={(["outline", "edit", "preview"] as const).map((value) => ({
                value,
                label: t[value],
              }))}
            />
          </div>
          <div className="ed-columns" data-pane={pane}>
            <div className="ed-column ed-column-outline">
              <OutlineList editor={editor} findings={findings} onChoose={() => setPane("edit")} />
              {!editor.readOnly && <p className="quiet ed-keys">{t.keys}</p>}
            </div>
            <section className="ed-column ed-column-edit" aria-label={t.edit}>
              {node === undefined || node.place.length === 0 ? (
                <SurveyForm editor={editor} findings={concerning(null)} />
              ) : (
                <NodeForm key={node.name} editor={editor} node={node} findings={concerning(node.place)} />
              )}
            </section>
            <section className="ed-column ed-column-preview" aria-label={t.preview}>
              <Preview surveyId={survey.id} document={paused} page={page} />
            </section>
          </div>
        </>
      )}
    </div>
  );
}

/** What can be done with the whole: add, take back, save, publish; and whether it could be published. */
function Bar(props: {
  readonly survey: SurveyDetail;
  readonly editor: EditorState;
  readonly findings: readonly FindingShown[];
  readonly mode: "visual" | "json";
  readonly setMode: (mode: "visual" | "json") => void;
  readonly onAdd: () => void;
}) {
  const { survey, editor, findings } = props;
  const t = useWords(EDITOR);
  const kinds = useWords(QUESTION_KINDS);
  const v = useWords(VOICE);
  const client = useQueryClient();
  const { message } = App.useApp();
  const { document } = editor;
  const errors = findings.filter((f) => f.level === "error").length;
  const warnings = findings.length - errors;
  const storeDraft = async (sent: SurveyDocument) => {
    await put(`/v1/surveys/${survey.id}/draft`, sent);
    editor.noteSaved(sent);
  };
  const save = useMutation({
    mutationFn: storeDraft,
    onSuccess: () => {
      void message.success(v.saved);
      void client.invalidateQueries({ queryKey: ["survey", survey.id] });
    },
  });
  const publish = useMutation({
    mutationFn: async (sent: SurveyDocument) => {
      if (!editor.isSaved) await storeDraft(sent);
      return post<Static<typeof SavedSchema>>(`/v1/surveys/${survey.id}/publish`);
    },
    onSuccess: (done) => {
      void message.success(say(v.published, { version: done.version }));
      void client.invalidateQueries();
    },
  });
  return (
    <div className="ed-bar">
      <div className="row">
        <Segmented
          value={props.mode}
          onChange={props.setMode}
          aria-label={v.questions}
          options={(["visual", "json"] as const).map((value) => ({ value, label: t[value] }))}
        />
        {!editor.readOnly && props.mode === "visual" && (
          <>
            <Dropdown
              trigger={["click"]}
              menu={{
                items: KIND_NAMES.map((key) => ({ key, label: kinds[`kind_${key}`] })),
                onClick: ({ key }) => {
                  editor.go(addElement(document, editor.chosen ?? [], key as KindName));
                  props.onAdd();
                },
              }}
            >
              <Button icon={<PlusOutlined />}>{t.addQuestion}</Button>
            </Dropdown>
            <Button
              onClick={() => {
                const at = editor.chosen?.[0] === "pages" ? Number(editor.chosen[1]) : 10_000;
                editor.go(addPage(document, at));
              }}
            >
              {t.addPage}
            </Button>
          </>
        )}
        {!editor.readOnly && (
          <>
            <Button
              icon={<UndoOutlined />}
              aria-label={t.undo}
              title={t.undo}
              disabled={!editor.canUndo}
              onClick={editor.undo}
            />
            <Button
              icon={<RedoOutlined />}
              aria-label={t.redo}
              title={t.redo}
              disabled={!editor.canRedo}
              onClick={editor.redo}
            />
          </>
        )}
      </div>
      <div className="row">
        <span role="status" className="row">
          {!editor.isSaved && <Tag color="blue">{t.unsaved}</Tag>}
          {errors > 0 && <Tag color="red">{say(t.errors, { n: errors })}</Tag>}
          {warnings > 0 && <Tag color="orange">{say(t.warnings, { n: warnings })}</Tag>}
          {findings.length === 0 && <span className="quiet">{t.fine}</span>}
        </span>
        {!editor.readOnly && (
          <>
            <Button disabled={editor.isSaved} loading={save.isPending} onClick={() => save.mutate(document)}>
              {v.save}
            </Button>
            <Button
              type="primary"
              disabled={errors > 0}
              loading={publish.isPending}
              onClick={() => publish.mutate(document)}
            >
              {editor.isSaved ? v.publish : t.savePublish}
            </Button>
          </>
        )}
      </div>
      <ProblemNote error={save.error ?? publish.error} />
    </div>
  );
}

/** The definition as JSON: whatever it holds, and whatever the forms cannot show. */
function JsonView(props: { readonly editor: EditorState; readonly findings: readonly FindingShown[] }) {
  const { editor } = props;
  const v = useWords(VOICE);
  const [text, setText] = useState(() => JSON.stringify(editor.document, null, 2));
  const [own, setOwn] = useState(editor.document);
  const [isGood, setIsGood] = useState(true);
  // Undo and redo change the document from outside the field.
  if (own !== editor.document) {
    setOwn(editor.document);
    setText(JSON.stringify(editor.document, null, 2));
    setIsGood(true);
  }
  const type = (next: string) => {
    setText(next);
    const document = parseDocument(next);
    setIsGood(document !== null);
    if (document === null || JSON.stringify(document) === JSON.stringify(editor.document)) return;
    setOwn(document);
    editor.change(document, "json");
  };
  return (
    <div className="stack">
      <Input.TextArea
        aria-label={v.definition}
        className="mono"
        value={text}
        onChange={(event) => type(event.target.value)}
        autoSize={{ minRows: 18, maxRows: 40 }}
        spellCheck={false}
        readOnly={editor.readOnly}
      />
      {!isGood && <p role="alert">{v.badJson}</p>}
      <Findings findings={props.findings} />
    </div>
  );
}

/** What was typed as a document, when it has a definition to be one; the server checks the rest. */
function parseDocument(text: string): SurveyDocument | null {
  try {
    const parsed = JSON.parse(text) as Partial<SurveyDocument> | null;
    return typeof parsed?.definition === "object" && parsed.definition !== null
      ? (parsed as SurveyDocument)
      : null;
  } catch {
    return null;
  }
}
