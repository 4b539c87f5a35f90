import { isPlainCode, QUESTION_KINDS, type QuestionKind } from "../../src/events/index.ts";
import { uuidFromBytes } from "../../src/kernel/ids.ts";
import type { ParsedItem } from "../adapter.ts";
import { checkScore } from "../sources/survey/answer.ts";
import { readDecimal } from "./decimal.ts";
import { readPerson } from "./person.ts";
import {
  channelOf,
  contentMessageId,
  emptyFault,
  eventItem,
  fieldFault,
  fieldValue,
  namedFields,
  occurredField,
  present,
  type RowContext,
  sentMessageId,
  textField,
} from "./row-context.ts";
import type { Target } from "./targets.ts";

/**
 * A row of answers from elsewhere: `survey.answered`. A score must fit its scale as at the other doors
 * (`checkScore`); a row without score needs a comment.
 */
export function parseAnswer(context: RowContext): ParsedItem {
  const { compiled, deps, row } = context;
  const kind = questionKind(context);
  const score = numberField(context, "score");
  const comment = textField(context, "comment");
  if (score === undefined && comment === undefined) {
    throw fieldFault(context, "missing-field", "score", "is empty, and there is no comment.");
  }
  const scaled = score === undefined ? undefined : scaledOf(context, kind, score);

  const person = readPerson(context, false);
  const occurredAt = occurredField(context);
  const storeId = textField(context, "storeId");
  const answerId = textField(context, "answerId");
  const questionId = textField(context, "questionId");
  const derived = () =>
    answerId === undefined
      ? contentMessageId(context, null)
      : uuidFromBytes(deps.mac("file-answer", compiled.source.id, answerId, questionId ?? "", kind));
  return eventItem({
    messageId: sentMessageId(context) ?? derived(),
    type: "survey.answered",
    name: null,
    occurredAt,
    channel: channelOf(context),
    storeId: storeId !== undefined && isPlainCode(storeId) ? storeId : null,
    identifiers: person.identifiers,
    traits: person.traits,
    unset: person.unset,
    properties: {
      ...present({
        question_kind: kind,
        score: scaled?.score,
        scale_min: scaled?.scaleMin,
        scale_max: scaled?.scaleMax,
        comment,
        survey_id: textField(context, "surveyId"),
        question_id: questionId,
        answer_id: answerId,
        store_id: storeId,
        order_id: textField(context, "orderId"),
      }),
      ...namedFields(context, "properties"),
      ...person.leftOver,
      ...compiled.unmapped(row),
    },
    context: { ...person.shared, ...namedFields(context, "context") },
    order: null,
  });
}

function questionKind(context: RowContext): QuestionKind {
  const text = textField(context, "questionKind")?.toLowerCase();
  if (text === undefined) {
    throw emptyFault(context, "questionKind");
  }
  const kind = QUESTION_KINDS.find((k) => k === text);
  if (kind === undefined) {
    const known = QUESTION_KINDS.join(", ");
    throw fieldFault(context, "invalid-field", "questionKind", `is none of ${known}.`);
  }
  return kind;
}

function numberField(context: RowContext, target: Target): number | undefined {
  const value = fieldValue(context, target);
  if (value === undefined) return undefined;
  const decimal = readDecimal(value, context.compiled.mapping);
  if (decimal === null) throw fieldFault(context, "invalid-score", target, "is not a number.");
  return Number(decimal);
}

function scaledOf(context: RowContext, kind: QuestionKind, score: number) {
  if (kind === "comment") throw fieldFault(context, "invalid-score", "score", "is not asked of a comment.");
  const min = numberField(context, "scaleMin") ?? null;
  const max = numberField(context, "scaleMax") ?? null;
  const checked = checkScore(kind, score, min, max);
  if (checked.kind === "bad") throw fieldFault(context, "invalid-score", "score", checked.what);
  return checked;
}
