import type { Db, Tx } from "../../src/db/index.ts";
import type { Locale } from "../../src/i18n/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { lockSubjects } from "../../src/members/index.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import { useForm } from "../anonymous/anonymous.store.ts";
import { defaultLocaleOf, type Json, questionsOf, spokenIn } from "../definitions/definition.ts";
import type { RunningVersion } from "../definitions/registry.ts";
import type {
  AnswerContext,
  AnsweredMetric,
  AnsweredResponse,
  AnswerListeners,
  Invitation,
  OpenLink,
} from "../port.ts";
import { endInvitation, lockInvitation, noteOpened } from "./invitations.store.ts";
import {
  findResponseOf,
  insertScores,
  insertWaitingEvents,
  type ResponseRow,
  type ScoreRow,
  saveResponse,
} from "./responses.store.ts";
import type { Form } from "./tokens.ts";

export interface StoreAnswerDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly listeners: AnswerListeners;
}

/** What a response's cell holds. */
export interface SealedAnswers {
  readonly answers: Json;
  /** The page that a half-done answer stopped at. */
  readonly page?: string;
  /** Being contacted is a consent of its own: the words by which it was asked for. */
  readonly contact?: { readonly words: string; readonly locale: Locale; readonly detail: string | null };
}

export function placeOfResponse(responseId: string) {
  return { table: "survey_response", column: "cell", recordId: responseId, category: "survey" } as const;
}

/** The metrics that were answered, and the comments with their texts. */
export function metricsOfAnswers(survey: RunningVersion, answers: Json) {
  const keys = new Map(questionsOf(survey.definition).map((q) => [q.name, q.key]));
  const metrics: AnsweredMetric[] = [];
  const comments: { question: string; text: string }[] = [];
  for (const metric of survey.metrics) {
    const value = answers[keys.get(metric.question) ?? metric.question];
    if (metric.kind === "comment") {
      if (typeof value !== "string" || value === "") continue;
      metrics.push({ ...metric, value: null });
      comments.push({ question: metric.question, text: value });
    } else if (typeof value === "number") metrics.push({ ...metric, value });
  }
  return { metrics, comments };
}

/** The rows that results are counted from. */
export function scoresOf(
  response: Pick<
    AnsweredResponse,
    "surveyId" | "responseId" | "version" | "subjectId" | "invitationId" | "wave" | "channel" | "context"
  > & { readonly answeredAt: Date; readonly anonymous: boolean },
  metrics: readonly AnsweredMetric[],
): ScoreRow[] {
  const { store, region, category, level, tenure }: AnswerContext = response.context;
  return metrics.flatMap(({ question, kind, scale, value }): ScoreRow[] =>
    value === null || scale === null
      ? []
      : [
          {
            surveyId: response.surveyId,
            responseId: response.responseId,
            question,
            version: response.version,
            kind,
            value,
            scaleMin: scale[0],
            scaleMax: scale[1],
            subjectId: response.subjectId,
            invitationId: response.invitationId,
            wave: response.wave,
            answeredOn: response.answeredAt.toISOString().slice(0, 10),
            answeredAt: response.anonymous ? null : response.answeredAt.toISOString(),
            channel: response.channel,
            store: store ?? null,
            region: region ?? null,
            category: category ?? null,
            level: level ?? null,
            tenure: tenure ?? null,
          },
        ],
  );
}

/** What the person said about being contacted: null when the survey does not ask or the person did not want it. */
export function contactOf(
  survey: RunningVersion,
  answers: Json,
  locale: Locale,
): SealedAnswers["contact"] | null {
  const { contact } = survey.document;
  if (contact === undefined) return null;
  const questions = questionsOf(survey.definition);
  const asks = questions.find((q) => q.name === contact.question);
  if (asks === undefined || answers[asks.key] !== true) return null;
  const detail = questions.find((q) => q.name === contact.detail);
  const said = detail === undefined ? undefined : answers[detail.key];
  return {
    words: spokenIn(asks.element.title, locale, defaultLocaleOf(survey.definition)) || asks.name,
    locale,
    detail: typeof said === "string" && said !== "" ? said : null,
  };
}

/** What became of handing answers in. */
export type Stored =
  | { readonly kind: "stored"; readonly responseId: string }
  /** It was there already: nothing changed. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "shut"; readonly because: "declined" | "cancelled" | "expired" | "gone" };

interface Handed {
  readonly survey: RunningVersion;
  readonly answers: Json;
  readonly locale: Locale;
}

async function keyFor(tx: Tx, deps: StoreAnswerDeps, survey: RunningVersion, subjectId: string | null) {
  if (subjectId !== null) return (await lockSubjects(tx, deps.vault, [subjectId])).get(subjectId) ?? null;
  const key = (await deps.vault.loadKeys([survey.keyId])).get(survey.keyId);
  if (key === undefined) throw new AppError("gone", { detail: "The survey's key has been destroyed." });
  return { key, memberId: null };
}

function sealAnswers(deps: StoreAnswerDeps, key: DataKey, responseId: string, sealed: SealedAnswers): Buffer {
  return deps.vault.seal(key, placeOfResponse(responseId), Buffer.from(JSON.stringify(sealed), "utf8"));
}

/**
 * Keeps a half-done answer of an invitation. The first one tells that it was opened. Answers whether there was still
 * something to answer.
 */
export async function storePartial(
  deps: StoreAnswerDeps,
  invitationId: string,
  handed: Handed & { readonly page: string },
): Promise<boolean> {
  return deps.db.retryingTx(async (tx) => {
    const invitation = await lockInvitation(tx, invitationId);
    if (invitation === null || invitation.endedAs !== null) return false;
    const open = await keyFor(tx, deps, handed.survey, invitation.subjectId);
    if (open === null) return false;
    const before = await findResponseOf(tx, invitationId);
    const now = deps.clock.now();
    const responseId = before?.responseId ?? deps.ids.next();
    await saveResponse(tx, {
      ...rowOf(invitation, handed, now),
      responseId,
      state: "partial",
      keyId: open.key.id,
      cell: sealAnswers(deps, open.key, responseId, { answers: handed.answers, page: handed.page }),
      contactWanted: false,
      startedAt: before?.startedAt ?? now,
      answeredAt: null,
    });
    await opened(tx, invitation, now);
    return true;
  });
}

async function opened(tx: Tx, invitation: Invitation, at: Date): Promise<void> {
  if (!(await noteOpened(tx, invitation.invitationId, at))) return;
  await insertWaitingEvents(tx, eventsOf(invitation, "survey.opened", at));
}

/** Notes that a page was opened in a browser; the page says so itself, because opening a link changes nothing. */
export async function storeOpened(deps: StoreAnswerDeps, invitation: Invitation): Promise<void> {
  if (invitation.openedAt !== null) return;
  await deps.db.retryingTx((tx) => opened(tx, invitation, deps.clock.now()));
}

function eventsOf(invitation: Invitation, type: "survey.opened" | "survey.declined", at: Date) {
  if (invitation.subjectId === null) return [];
  return [
    {
      subjectId: invitation.subjectId,
      messageId: `${invitation.invitationId}:${type}`,
      type,
      occurredAt: at,
      surveyId: invitation.surveyId,
      storeId: invitation.context.store ?? null,
      properties: { invitation_id: invitation.invitationId, survey_version: invitation.version },
    },
  ];
}

function rowOf(
  invitation: Invitation,
  handed: Handed,
  now: Date,
): Pick<
  ResponseRow,
  | "surveyId"
  | "version"
  | "invitationId"
  | "subjectId"
  | "channel"
  | "locale"
  | "wave"
  | "context"
  | "updatedAt"
> {
  const { surveyId, version, invitationId, subjectId, channel, wave, context } = invitation;
  return {
    surveyId,
    version,
    invitationId,
    subjectId,
    channel,
    locale: handed.locale,
    wave,
    context,
    updatedAt: now,
  };
}

/** Stores the complete answer to an invitation, once, and tells whoever listens, in one transaction. */
export async function storeInvited(
  deps: StoreAnswerDeps,
  invitationId: string,
  handed: Handed,
): Promise<Stored> {
  return deps.db.retryingTx(async (tx): Promise<Stored> => {
    const invitation = await lockInvitation(tx, invitationId);
    if (invitation === null) return { kind: "shut", because: "gone" };
    if (invitation.endedAs === "answered") return { kind: "duplicate" };
    if (invitation.endedAs !== null) return { kind: "shut", because: invitation.endedAs };
    const now = deps.clock.now();
    if (invitation.expiresAt <= now) return { kind: "shut", because: "expired" };
    const open = await keyFor(tx, deps, handed.survey, invitation.subjectId);
    if (open === null) return { kind: "shut", because: "gone" };
    // A clock that was set back must not make an answer older than its invitation.
    const answeredAt = now < invitation.createdAt ? invitation.createdAt : now;
    const before = await findResponseOf(tx, invitationId);
    const responseId = before?.responseId ?? deps.ids.next();
    const contact = contactOf(handed.survey, handed.answers, handed.locale);
    await saveResponse(tx, {
      ...rowOf(invitation, handed, now),
      responseId,
      state: "complete",
      keyId: open.key.id,
      cell: sealAnswers(deps, open.key, responseId, {
        answers: handed.answers,
        ...(contact == null ? {} : { contact }),
      }),
      contactWanted: contact != null,
      startedAt: before?.startedAt ?? answeredAt,
      answeredAt,
    });
    await endInvitation(tx, invitationId, "answered", answeredAt);
    await finish(tx, deps, handed, {
      responseId,
      invitationId,
      subjectId: invitation.subjectId,
      memberId: open.memberId,
      channel: invitation.channel,
      wave: invitation.wave,
      context: invitation.context,
      orderKey: invitation.orderKey,
      answeredAt,
      contactWanted: contact != null,
    });
    return { kind: "stored", responseId };
  });
}

async function finish(
  tx: Tx,
  deps: StoreAnswerDeps,
  { survey, answers, locale }: Handed,
  response: Omit<
    AnsweredResponse,
    "surveyId" | "version" | "surveyClass" | "anonymous" | "locale" | "metrics" | "comments"
  >,
): Promise<void> {
  const said = metricsOfAnswers(survey, answers);
  const whole: AnsweredResponse = {
    ...response,
    surveyId: survey.surveyId,
    version: survey.version,
    surveyClass: survey.surveyClass,
    anonymous: false,
    locale,
    ...said,
  };
  await insertScores(tx, scoresOf(whole, said.metrics));
  await deps.listeners.answered(tx, whole);
}

/** Stores an answer by an open link to a survey that is not anonymous: it names nobody, and each form counts once. */
export async function storeOpen(
  deps: StoreAnswerDeps,
  link: OpenLink,
  form: Form,
  handed: Handed,
): Promise<Stored> {
  return deps.db.retryingTx(async (tx): Promise<Stored> => {
    const now = deps.clock.now();
    if (!(await useForm(tx, form.hash, handed.survey.surveyId, now.toISOString().slice(0, 10))))
      return { kind: "duplicate" };
    const open = await keyFor(tx, deps, handed.survey, null);
    if (open === null) return { kind: "shut", because: "gone" };
    const responseId = deps.ids.next();
    const contact = contactOf(handed.survey, handed.answers, handed.locale);
    const common = { channel: link.channel, wave: null, context: link.context } as const;
    await saveResponse(tx, {
      ...common,
      responseId,
      surveyId: handed.survey.surveyId,
      version: handed.survey.version,
      invitationId: null,
      subjectId: null,
      locale: handed.locale,
      state: "complete",
      keyId: open.key.id,
      cell: sealAnswers(deps, open.key, responseId, {
        answers: handed.answers,
        ...(contact == null ? {} : { contact }),
      }),
      contactWanted: contact != null,
      startedAt: now,
      updatedAt: now,
      answeredAt: now,
    });
    await finish(tx, deps, handed, {
      ...common,
      responseId,
      invitationId: null,
      subjectId: null,
      memberId: null,
      orderKey: null,
      answeredAt: now,
      contactWanted: contact != null,
    });
    return { kind: "stored", responseId };
  });
}

/** The person says no: the invitation ends, and its half-done answer is not counted. */
export async function storeDeclined(deps: StoreAnswerDeps, invitation: Invitation): Promise<void> {
  await deps.db.retryingTx(async (tx) => {
    const now = deps.clock.now();
    if (!(await endInvitation(tx, invitation.invitationId, "declined", now))) return;
    await insertWaitingEvents(tx, eventsOf(invitation, "survey.declined", now));
    await deps.listeners.declined(tx, { ...invitation, endedAt: now, endedAs: "declined" });
  });
}
