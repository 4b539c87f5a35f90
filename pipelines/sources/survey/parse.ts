import { CHANNELS, type Channel, isPlainCode, standardTrait } from "../../../src/events/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import type { Identifier } from "../../../src/kernel/identifier.ts";
import { rejection } from "../../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../../adapter.ts";
import {
  candidatesOfExternalIds,
  candidatesOfTraits,
  collectIdentifiers,
  firstOf,
  isBlank,
  isRecord,
  occurredAt,
  type ParseDeps,
  readEnvelope,
  readFlag,
  readText,
  readTraits,
  rejected,
} from "../../steps/index.ts";
import { type AnsweredQuestion, readAnswer } from "./answer.ts";

type Fields = Readonly<Record<string, unknown>>;

const SURVEY = ["surveyId", "survey_id"];
const QUESTION = ["questionId", "question_id"];
const ANSWER = ["answerId", "answer_id", "responseId", "response_id"];
const KIND = ["questionKind", "question_kind", "kind"];
const STORE = ["storeId", "store_id"];
const ANSWERED = ["answeredAt", "answered_at", "timestamp"];
const SCALE_MIN = ["scaleMin", "scale_min"];
const SCALE_MAX = ["scaleMax", "scale_max"];
const USER = ["userId", "user_id"];
const ANONYMOUS = ["anonymousId", "anonymous_id"];

/** Fields that this parser reads; all others are kept as they are. */
const CONSUMED: ReadonlySet<string> = new Set([
  ...[...SURVEY, ...QUESTION, ...ANSWER, ...KIND, ...STORE, ...ANSWERED, ...SCALE_MIN, ...SCALE_MAX],
  ...[...USER, ...ANONYMOUS, "messageId", "type", "event", "sentAt", "who", "context", "channel"],
  ...["score", "comment", "relational"],
]);

/**
 * Reads one answer to one question, given elsewhere: {surveyId?, questionId?, answerId?, kind, score, scaleMin?,
 * scaleMax?, comment?, answeredAt, relational?, storeId?, channel?} and who answered, as `who: {memberId, email, …}`
 * or beside the rest. The kinds NPS, CSAT and CES have fixed scales (0–10, 1–5, 1–7); a comparative question states
 * its own. Without a message id, one is derived from answer and question, else from survey, question, person and
 * time, so that sending an answer again changes nothing.
 */
export function parseSurveyItem(
  raw: unknown,
  source: SourceSettings,
  arrival: Arrival,
  deps: ParseDeps,
): ParsedItem {
  const envelope = readEnvelope(raw);
  if (envelope.kind === "rejected") return envelope.item;
  const { value: item, messageId } = envelope;
  if (!isBlank(item.who) && !isRecord(item.who)) {
    return rejected(messageId, rejection("invalid-field", "who must be an object."));
  }
  const answer = readAnswer({
    kind: firstOf(item, KIND),
    score: item.score,
    scaleMin: firstOf(item, SCALE_MIN),
    scaleMax: firstOf(item, SCALE_MAX),
    comment: item.comment,
  });
  if (answer.kind === "rejected") return rejected(messageId, answer.rejection);
  const relational = isBlank(item.relational) ? null : readFlag(item.relational);
  if (relational === null && !isBlank(item.relational)) {
    return rejected(messageId, rejection("invalid-field", "relational must be true or false."));
  }

  const stated = firstOf(item, ANSWERED);
  const answerId = readText(firstOf(item, ANSWER));
  if (stated === undefined && messageId === null && answerId === null) {
    return rejected(null, rejection("missing-field", "An answer needs answeredAt, or an id of its own."));
  }
  const at = occurredAt(
    { original: stated, sentAt: item.sentAt, field: "answeredAt" },
    arrival,
    source.timeZone,
  );
  if (at.kind === "rejected") return rejected(messageId, at.rejection);

  const person = readPerson(item);
  const who = collectIdentifiers(person.candidates, source, deps.normalise);
  if (who.kind === "rejected") return rejected(messageId, who.rejection);

  const properties = propertiesOf(item, answer.answer, relational);
  const key = derivedId(answerId, properties, stated, who.identifiers, source, deps);
  const storeId = readText(firstOf(item, STORE));
  return {
    kind: "event",
    event: {
      messageId: messageId ?? key,
      type: "survey.answered",
      name: null,
      occurredAt: at.at,
      channel: readChannel(item.channel) ?? "survey",
      storeId: storeId !== null && isPlainCode(storeId) ? storeId : null,
      identifiers: who.identifiers,
      traits: person.traits,
      unset: person.unset,
      properties,
      context: {
        ...(isRecord(item.context) ? item.context : {}),
        ...(Object.keys(who.shared).length > 0 ? { sharedIdentifiers: who.shared } : {}),
      },
      order: null,
    },
  };
}

function readChannel(value: unknown): Channel | null {
  const text = readText(value)?.toLowerCase();
  return CHANNELS.find((c) => c === text) ?? null;
}

/** What may stand beside the answer and is about the person: a `title` or `language` there is the survey's. */
const FLAT_TRAITS: ReadonlySet<string> = new Set([
  ...["email", "phone", "memberCard", "name", "firstName", "lastName"],
  ...["lineUserId", "wechatOpenid", "wechatUnionid", "weiboUid", "metaUserId"],
]);

function isAboutPerson(name: string): boolean {
  return !CONSUMED.has(name) && FLAT_TRAITS.has(standardTrait(name));
}

function readPerson(item: Fields) {
  const own = isRecord(item.who) ? item.who : {};
  const {
    userId: _u,
    user_id: _v,
    anonymousId: _a,
    anonymous_id: _b,
    externalIds,
    traits: nested,
    ...named
  } = own;
  const flat = Object.fromEntries(Object.entries(item).filter(([name]) => isAboutPerson(name)));
  const { traits, unset } = readTraits({ ...flat, ...(isRecord(nested) ? nested : {}), ...named });
  return {
    traits,
    unset,
    candidates: [
      { kind: "user_id", value: firstOf(own, USER) ?? firstOf(item, USER), field: "userId" },
      {
        kind: "anonymous_id",
        value: firstOf(own, ANONYMOUS) ?? firstOf(item, ANONYMOUS),
        field: "anonymousId",
      },
      ...candidatesOfTraits(traits, "who"),
      ...candidatesOfExternalIds(externalIds),
    ],
  };
}

function propertiesOf(
  item: Fields,
  answer: AnsweredQuestion,
  relational: boolean | null,
): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item)) {
    if (!CONSUMED.has(name) && !isAboutPerson(name) && !isBlank(value)) properties[name] = value;
  }
  const add = (name: string, value: unknown) => {
    if (value !== null && value !== undefined) properties[name] = value;
  };
  add("survey_id", readText(firstOf(item, SURVEY)));
  add("question_id", readText(firstOf(item, QUESTION)));
  add("answer_id", readText(firstOf(item, ANSWER)));
  add("question_kind", answer.questionKind);
  add("score", answer.score);
  add("scale_min", answer.scaleMin);
  add("scale_max", answer.scaleMax);
  add("comment", answer.comment);
  add("relational", relational);
  add("channel", readText(item.channel));
  return properties;
}

/** An id that the same answer always gets: a form's answers to several questions are several messages. */
function derivedId(
  answerId: string | null,
  properties: Fields,
  stated: unknown,
  identifiers: readonly Identifier[],
  source: SourceSettings,
  deps: ParseDeps,
): string {
  const survey = String(properties.survey_id ?? "");
  const question = String(properties.question_id ?? properties.question_kind);
  const options = source.region === null ? {} : { region: source.region };
  const who = identifiers.map(({ kind, issuer, value }) => {
    const normalised = deps.normalise(kind, value, options);
    return [kind, issuer, normalised.kind === "ok" ? normalised.value : value];
  });
  const parts =
    answerId !== null
      ? ["answer", survey, question, answerId]
      : ["moment", survey, question, canonicalJson(who), readText(stated) ?? ""];
  return `answer:${deps
    .mac("survey-answer", ...parts)
    .subarray(0, 16)
    .toString("hex")}`;
}
