import { randomInt } from "node:crypto";
import { v4 } from "uuid";
import { atOnce, type Db, type Tx } from "../../src/db/index.ts";
import type { Locale } from "../../src/i18n/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { Vault } from "../../src/vault/index.ts";
import { contactOf, metricsOfAnswers, type SealedAnswers, scoresOf } from "../answering/answer-content.ts";
import { savesScores } from "../answering/responses.store.ts";
import { type Form, hashReceipt, newToken, readReceipt } from "../answering/tokens.ts";
import { type Json, questionsOf } from "../definitions/definition.ts";
import type { RunningVersion, SurveyRegistry } from "../definitions/registry.ts";
import type {
  AnswerChannel,
  AnswerContext,
  AnsweredResponse,
  AnswerListeners,
  TicketInput,
} from "../port.ts";
import {
  type AnonymousRow,
  deleteByReceipt,
  insertAnonymousAnswers,
  insertInbox,
  insertTickets,
  spendTicket,
  surveysToMix,
  takeInbox,
  useForms,
} from "./anonymous.store.ts";

export interface AnonymousDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly registry: SurveyRegistry;
  readonly listeners: AnswerListeners;
}

/** So many answers of a survey enter together at least, but for what is left over from a day before. */
export const MIX_AT = 5;

/** A list in random order (Fisher–Yates with a cryptographic source). */
export function shuffled<T>(items: readonly T[], below: (n: number) => number = randomInt): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

/** Makes tickets: rights to answer once. No row tells who is given which, and their order tells nothing. */
export async function createTickets(tx: Tx, input: TicketInput, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, newToken);
  const { surveyId, version, channel, wave, context } = input;
  const expiresOn = input.expiresAt.toISOString().slice(0, 10);
  await insertTickets(
    tx,
    made.map(({ hash }) => ({ hash, surveyId, version, channel, wave, context, expiresOn })),
  );
  return shuffled(made).map(({ token }) => `/s/${token}`);
}

const place = (column: "cell" | "contact_cell", recordId: string) => ({
  // One place for the inbox and for good, so that entering needs no key: the row moves as it is.
  table: "survey_anonymous_answer",
  column,
  recordId,
  category: column === "cell" ? "survey" : "contact",
});

/** Answers without what says how to reach the person. */
function withoutContact(survey: RunningVersion, answers: Json): Json {
  const { contact } = survey.document;
  if (contact === undefined) return answers;
  const names = new Set([contact.question, contact.detail]);
  const keys = new Set(questionsOf(survey.definition).flatMap((q) => (names.has(q.name) ? [q.key] : [])));
  return Object.fromEntries(Object.entries(answers).filter(([key]) => !keys.has(key)));
}

async function versionKey(deps: AnonymousDeps, survey: RunningVersion) {
  const key = (await deps.vault.loadKeys([survey.keyId])).get(survey.keyId);
  if (key === undefined) throw new AppError("gone", { detail: "The survey's key has been destroyed." });
  return key;
}

/**
 * Takes an anonymous answer. Two transactions, so that none of them holds both who may answer and what was answered:
 * first the ticket (or the form of an open link) is spent, then the answer enters the inbox. The form's number makes
 * handing in again harmless, also when the process died in between. False when the ticket was spent on another form.
 */
export async function takeAnonymous(
  deps: AnonymousDeps,
  handed: {
    readonly survey: RunningVersion;
    readonly answers: Json;
    readonly locale: Locale;
    readonly form: Form;
    readonly ticket: Buffer | null;
    readonly channel: AnswerChannel;
    readonly wave: string | null;
    readonly context: AnswerContext;
  },
): Promise<boolean> {
  const { survey, form, ticket, locale } = handed;
  const day = deps.clock.now().toISOString().slice(0, 10);
  const may = await deps.db.retryingTx((tx) =>
    ticket === null
      ? useForms(tx, [{ hash: form.hash, surveyId: survey.surveyId }], day).then(() => true)
      : spendTicket(tx, ticket, form.hash),
  );
  if (!may) return false;
  const key = await versionKey(deps, survey);
  const receiptHash = hashReceipt(form.receipt);
  // Cells are bound to the receipt's hash: the answer's id is drawn when it enters.
  const recordId = receiptHash.toString("hex");
  const contact = contactOf(survey, handed.answers, locale);
  const sealed: SealedAnswers = { answers: withoutContact(survey, handed.answers) };
  const seal = (column: "cell" | "contact_cell", value: unknown) =>
    deps.vault.seal(key, place(column, recordId), Buffer.from(JSON.stringify(value), "utf8"));
  await deps.db.retryingTx((tx) =>
    insertInbox(tx, {
      id: v4(),
      surveyId: survey.surveyId,
      version: survey.version,
      channel: handed.channel,
      locale,
      wave: handed.wave,
      context: handed.context,
      answeredOn: day,
      receiptHash,
      cell: seal("cell", sealed),
      contactCell: contact == null ? null : seal("contact_cell", contact),
    }),
  );
  return true;
}

/** Opens what an anonymous answer holds. */
export async function openAnonymous(
  deps: Pick<AnonymousDeps, "vault" | "registry">,
  row: AnonymousRow,
): Promise<{ answers: Json; contact: SealedAnswers["contact"] | null } | null> {
  const survey = await deps.registry.published(row.surveyId, row.version);
  if (survey === null) return null;
  const key = (await deps.vault.loadKeys([survey.keyId])).get(survey.keyId);
  if (key === undefined) return null;
  const recordId = row.receiptHash.toString("hex");
  const open = (column: "cell" | "contact_cell", cell: Buffer): unknown =>
    JSON.parse(deps.vault.open(key, place(column, recordId), cell).toString("utf8"));
  return {
    answers: (open("cell", row.cell) as SealedAnswers).answers,
    contact:
      row.contactCell === null ? null : (open("contact_cell", row.contactCell) as SealedAnswers["contact"]),
  };
}

/**
 * Lets waiting answers enter: for each survey with at least five of them, or with any of a day before, all at once, in
 * random order, under new random ids, in one transaction. Answers how many entered.
 */
export async function mixAnonymous(deps: AnonymousDeps): Promise<number> {
  const today = deps.clock.now().toISOString().slice(0, 10);
  let entered = 0;
  for (const surveyId of await surveysToMix(deps.db, MIX_AT, today)) {
    // Versions are read before the transaction: inside one, the outer store is not asked.
    const versions = new Map<number, RunningVersion>();
    for (const { version } of await deps.registry.versions(surveyId)) {
      const survey = await deps.registry.published(surveyId, version);
      if (survey !== null) versions.set(version, survey);
    }
    entered += await deps.db.retryingTx((tx) => mixOne(tx, deps, surveyId, versions));
  }
  return entered;
}

async function mixOne(
  tx: Tx,
  deps: AnonymousDeps,
  surveyId: string,
  versions: ReadonlyMap<number, RunningVersion>,
): Promise<number> {
  const taken = shuffled(await takeInbox(tx, surveyId)).map((row): AnonymousRow => ({ ...row, id: v4() }));
  await insertAnonymousAnswers(tx, taken);
  const responses: AnsweredResponse[] = [];
  for (const row of taken) {
    const survey = versions.get(row.version);
    const opened = survey === undefined ? null : await openAnonymous(deps, row);
    if (survey === undefined || opened === null) continue;
    responses.push({
      responseId: row.id,
      surveyId,
      version: row.version,
      surveyClass: survey.surveyClass,
      anonymous: true,
      invitationId: null,
      subjectId: null,
      memberId: null,
      channel: row.channel,
      locale: row.locale,
      wave: row.wave,
      context: row.context,
      orderKey: null,
      answeredAt: new Date(`${row.answeredOn}T00:00:00Z`),
      ...metricsOfAnswers(survey, opened.answers),
      contactWanted: row.contactCell !== null,
    });
  }
  const consequences = deps.listeners.answered(responses);
  await atOnce(tx, [savesScores(responses.flatMap(scoresOf)), ...consequences.writes]);
  await consequences.finish(tx);
  return taken.length;
}

/** Withdraws the answer of a receipt code, as it was typed; answers whether there was one. */
export async function withdrawByReceipt(deps: Pick<AnonymousDeps, "db">, typed: string): Promise<boolean> {
  const code = readReceipt(typed);
  if (code === null) return false;
  return deps.db.retryingTx((tx) => deleteByReceipt(tx, hashReceipt(code)));
}
