import { useCallback, useState } from "react";
import type { SurveyDocument } from "../../../../../surveys/definitions/survey.schema.ts";
import type { Edited } from "./edits.ts";
import { begin, type History, record, redo, undo } from "./history.ts";
import { flat, outlineOf } from "./outline.ts";
import { at, type Place } from "./places.ts";

/** The document that is edited, what is chosen in it, and every way to change it. */
export interface EditorState {
  readonly document: SurveyDocument;
  /** Null: the survey itself. */
  readonly chosen: Place | null;
  readonly readOnly: boolean;
  readonly isSaved: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Changes the document. Steps with the same label, one after the other, are taken back as one. */
  readonly change: (document: SurveyDocument, label?: string | null) => void;
  /** The same, and chooses something. */
  readonly go: (edited: Edited) => void;
  readonly choose: (place: Place | null) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** What was sent is stored; what was typed since is not. */
  readonly noteSaved: (sent: SurveyDocument) => void;
}

interface Kept {
  readonly history: History<SurveyDocument>;
  readonly saved: SurveyDocument;
}

/** Unsaved changes outlast a look at another page of the console; a reload asks first. */
const KEPT = new Map<string, Kept>();

/** The first question, which is what most people come for. */
function firstPlace(document: SurveyDocument): Place | null {
  const nodes = flat(outlineOf(document.definition));
  return (nodes.find((n) => n.kind === "question") ?? nodes[0])?.place ?? null;
}

export function useEditor(surveyId: string, stored: SurveyDocument, readOnly: boolean): EditorState {
  const [kept, setKept] = useState<Kept>(
    () => KEPT.get(surveyId) ?? { history: begin(stored), saved: stored },
  );
  const [chosen, choose] = useState<Place | null>(() => firstPlace(kept.history.present));
  const { history, saved } = kept;
  const document = history.present;
  const isSaved = JSON.stringify(document) === JSON.stringify(saved);
  const step = useCallback(
    (next: (history: History<SurveyDocument>) => History<SurveyDocument>) =>
      setKept((old) => {
        const now = { ...old, history: next(old.history) };
        KEPT.set(surveyId, now);
        return now;
      }),
    [surveyId],
  );
  const change = (next: SurveyDocument, label: string | null = null) =>
    readOnly || step((old) => record(old, next, label));
  // After a step back the chosen place may be gone; then the survey itself is looked at.
  const isThere = chosen === null || chosen.length === 0 || at(document.definition, chosen) !== undefined;
  return {
    document,
    chosen: isThere ? chosen : null,
    readOnly,
    isSaved,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    change,
    go: (edited) => {
      change(edited.document);
      choose(edited.place);
    },
    choose,
    undo: () => step(undo),
    redo: () => step(redo),
    noteSaved: (sent) =>
      setKept((old) => {
        const now = { ...old, saved: sent };
        if (sent === old.history.present) KEPT.delete(surveyId);
        else KEPT.set(surveyId, now);
        return now;
      }),
  };
}
