import { atOnce, isUnavailable, planAllOnce, type Tx } from "../../src/db/index.ts";
import { gather } from "../../src/kernel/gather.ts";
import { lockSubjects } from "../../src/members/index.ts";
import type { DataKey } from "../../src/vault/index.ts";
import { useForms } from "../anonymous/anonymous.store.ts";
import type { AnsweredResponse, Invitation, OpenLink } from "../port.ts";
import { contactOf, metricsOfAnswers, scoresOf } from "./answer-content.ts";
import { lockInvitations, saysAnswered } from "./invitations.store.ts";
import {
  findStarted,
  type ResponseRow,
  type Started,
  savesResponses,
  savesScores,
} from "./responses.store.ts";
import { type Handed, type StoreAnswerDeps, sealAnswers } from "./store-answer.ts";
import type { Form } from "./tokens.ts";

/** A complete answer: to an invitation, or by an open link, where each form counts once and names nobody. */
export type CompleteAnswer = Handed &
  (
    | { readonly kind: "invited"; readonly invitationId: string }
    | { readonly kind: "open"; readonly link: OpenLink; readonly form: Form }
  );

/** What became of handing answers in. */
export type Stored =
  | { readonly kind: "stored" }
  /** It was there already: nothing changed. */
  | { readonly kind: "duplicate" }
  | { readonly kind: "shut"; readonly because: "declined" | "cancelled" | "expired" | "gone" };

/** Answers of one transaction at most. */
const MOST = 100;
/** Under load answers wait so long for others: a group of eight costs little more than one of one. */
const APART_MS = 30;

/**
 * Stores complete answers, each once, with all that follows from them at once, and answers after the commit. Those that
 * come at the same time share a transaction.
 */
export function createAnswerStore(deps: StoreAnswerDeps): (answer: CompleteAnswer) => Promise<Stored> {
  return gather({
    // Two on PostgreSQL: one is worked out while the other's commit reaches the disk.
    lanes: deps.db.engine === "postgres" ? 2 : 1,
    most: MOST,
    apartMs: APART_MS,
    isEverybodys: isUnavailable,
    work: (answers) => deps.db.retryingTx((tx) => storeTogether(tx, deps, answers)),
  });
}

/** An answer that may be stored, and where it belongs. */
interface Admitted {
  readonly place: number;
  readonly answer: CompleteAnswer;
  readonly invitation: Invitation | null;
}

async function storeTogether(
  tx: Tx,
  deps: StoreAnswerDeps,
  answers: readonly CompleteAnswer[],
): Promise<Stored[]> {
  const now = deps.clock.now();
  if (deps.db.engine === "postgres") await planAllOnce(tx);
  const { stored, admitted } = await admit(tx, answers, now);
  const keys = await keysFor(tx, deps, admitted);
  const started = await findStarted(
    tx,
    admitted.flatMap((a) => (a.invitation === null ? [] : [a.invitation.invitationId])),
  );
  const kept: { row: ResponseRow; response: AnsweredResponse }[] = [];
  for (const a of admitted) {
    const open = keys(a);
    if (open === null) stored[a.place] = { kind: "shut", because: "gone" };
    else {
      kept.push(keepOf(deps, a, open, started.get(a.invitation?.invitationId ?? "") ?? null, now));
      stored[a.place] = { kind: "stored" };
    }
  }
  const responses = kept.map((k) => k.response);
  const consequences = deps.listeners.answered(responses);
  await atOnce(tx, [
    savesResponses(kept.map((k) => k.row)),
    saysAnswered(
      responses.flatMap(({ invitationId, answeredAt }) =>
        invitationId === null ? [] : [{ invitationId, answeredAt }],
      ),
    ),
    savesScores(responses.flatMap(scoresOf)),
    ...consequences.writes,
  ]);
  await consequences.finish(tx);
  return stored as Stored[];
}

/** Which answers may be stored, and what becomes of the others. One of two answers to an invitation comes first. */
async function admit(
  tx: Tx,
  answers: readonly CompleteAnswer[],
  now: Date,
): Promise<{ stored: (Stored | undefined)[]; admitted: Admitted[] }> {
  const invitations = await lockInvitations(
    tx,
    answers.flatMap((a) => (a.kind === "invited" ? [a.invitationId] : [])),
  );
  const fresh = await useForms(
    tx,
    answers.flatMap((a) => (a.kind === "open" ? [{ hash: a.form.hash, surveyId: a.survey.surveyId }] : [])),
    now.toISOString().slice(0, 10),
  );
  const admitted: Admitted[] = [];
  const taken = new Set<string>();
  const stored = answers.map((answer, place): Stored | undefined => {
    const name = answer.kind === "invited" ? answer.invitationId : answer.form.hash.toString("hex");
    const invitation = answer.kind === "invited" ? (invitations.get(name) ?? null) : null;
    const refusal =
      answer.kind === "invited" ? refusalOf(invitation, now) : fresh.has(name) ? null : DUPLICATE;
    if (refusal !== null) return refusal;
    if (taken.has(name)) return DUPLICATE;
    taken.add(name);
    admitted.push({ place, answer, invitation });
    return undefined;
  });
  return { stored, admitted };
}

const DUPLICATE: Stored = { kind: "duplicate" };

/** Why an invitation takes no answer any more; null when it does. */
function refusalOf(invitation: Invitation | null, now: Date): Stored | null {
  if (invitation === null) return { kind: "shut", because: "gone" };
  if (invitation.endedAs === "answered") return DUPLICATE;
  if (invitation.endedAs !== null) return { kind: "shut", because: invitation.endedAs };
  return invitation.expiresAt <= now ? { kind: "shut", because: "expired" } : null;
}

interface OpenKey {
  readonly key: DataKey;
  readonly memberId: string | null;
}

/** The keys that answers are sealed under: the person's, or that of the survey's version where nobody is named. */
async function keysFor(
  tx: Tx,
  deps: StoreAnswerDeps,
  admitted: readonly Admitted[],
): Promise<(a: Admitted) => OpenKey | null> {
  const subjectIds = admitted.flatMap((a) => a.invitation?.subjectId ?? []);
  const subjects = await lockSubjects(tx, deps.vault, [...new Set(subjectIds)]);
  const versionKeys = admitted.flatMap(({ answer, invitation }) =>
    invitation?.subjectId == null ? [answer.survey.keyId] : [],
  );
  const keys = await deps.vault.loadKeys([...new Set(versionKeys)]);
  return ({ answer, invitation }) => {
    if (invitation?.subjectId != null) return subjects.get(invitation.subjectId) ?? null;
    const key = keys.get(answer.survey.keyId);
    return key === undefined ? null : { key, memberId: null };
  };
}

/** What is kept of an answer, and what is told of it. */
function keepOf(
  deps: StoreAnswerDeps,
  { answer, invitation }: Admitted,
  { key, memberId }: OpenKey,
  started: Started | null,
  now: Date,
): { row: ResponseRow; response: AnsweredResponse } {
  const { survey, answers, locale } = answer;
  const occasion = answer.kind === "open" ? answer.link : (invitation as Invitation);
  // A clock that was set back must not make an answer older than its invitation.
  const answeredAt = invitation !== null && now < invitation.createdAt ? invitation.createdAt : now;
  const contact = contactOf(survey, answers, locale);
  const shared = {
    responseId: started?.responseId ?? deps.ids.next(),
    surveyId: survey.surveyId,
    version: survey.version,
    invitationId: invitation?.invitationId ?? null,
    subjectId: invitation?.subjectId ?? null,
    channel: occasion.channel,
    locale,
    wave: invitation?.wave ?? null,
    context: occasion.context,
    contactWanted: contact != null,
    answeredAt,
  } as const;
  return {
    row: {
      ...shared,
      state: "complete",
      keyId: key.id,
      cell: sealAnswers(deps, key, shared.responseId, { answers, ...(contact == null ? {} : { contact }) }),
      startedAt: started?.startedAt ?? answeredAt,
      updatedAt: now,
    },
    response: {
      ...shared,
      surveyClass: survey.surveyClass,
      anonymous: false,
      memberId,
      orderKey: invitation?.orderKey ?? null,
      ...metricsOfAnswers(survey, answers),
    },
  };
}
