import { atOnce, type Db, type Tx } from "../../src/db/index.ts";
import type { Locale } from "../../src/i18n/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import type { Ids } from "../../src/kernel/ids.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { lockSubjects } from "../../src/members/index.ts";
import type { DataKey, Vault } from "../../src/vault/index.ts";
import type { Json } from "../definitions/definition.ts";
import type { RunningVersion } from "../definitions/registry.ts";
import type { AnswerListeners, Invitation } from "../port.ts";
import { placeOfResponse, type SealedAnswers } from "./answer-content.ts";
import { endInvitation, lockInvitations, noteOpened } from "./invitations.store.ts";
import { findStarted, insertWaitingEvents, savesResponses } from "./responses.store.ts";

export interface StoreAnswerDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly listeners: AnswerListeners;
}

/** Answers as they are handed in, checked. */
export interface Handed {
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

/** Seals what a response holds. */
export function sealAnswers(
  deps: Pick<StoreAnswerDeps, "vault">,
  key: DataKey,
  responseId: string,
  sealed: SealedAnswers,
): Buffer {
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
    const invitation = (await lockInvitations(tx, [invitationId])).get(invitationId);
    if (invitation === undefined || invitation.endedAs !== null) return false;
    const open = await keyFor(tx, deps, handed.survey, invitation.subjectId);
    if (open === null) return false;
    const before = (await findStarted(tx, [invitationId])).get(invitationId);
    const now = deps.clock.now();
    const responseId = before?.responseId ?? deps.ids.next();
    const { surveyId, version, subjectId, channel, wave, context } = invitation;
    await atOnce(tx, [
      savesResponses([
        {
          surveyId,
          version,
          invitationId,
          subjectId,
          channel,
          locale: handed.locale,
          wave,
          context,
          responseId,
          state: "partial",
          keyId: open.key.id,
          cell: sealAnswers(deps, open.key, responseId, { answers: handed.answers, page: handed.page }),
          contactWanted: false,
          startedAt: before?.startedAt ?? now,
          updatedAt: now,
          answeredAt: null,
        },
      ]),
    ]);
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

/** The person says no: the invitation ends, and its half-done answer is not counted. */
export async function storeDeclined(deps: StoreAnswerDeps, invitation: Invitation): Promise<void> {
  await deps.db.retryingTx(async (tx) => {
    const now = deps.clock.now();
    if (!(await endInvitation(tx, invitation.invitationId, "declined", now))) return;
    await insertWaitingEvents(tx, eventsOf(invitation, "survey.declined", now));
    await deps.listeners.declined(tx, { ...invitation, endedAt: now, endedAs: "declined" });
  });
}
