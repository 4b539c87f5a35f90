import type { Tx } from "../../src/db/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { readAnonymousAnswers } from "../anonymous/anonymous.store.ts";
import { createTickets, openAnonymous } from "../anonymous/inbox.ts";
import type { SurveyRegistry } from "../definitions/registry.ts";
import type { AnswerDoors } from "../port.ts";
import { placeOfResponse, type SealedAnswers } from "./answer-content.ts";
import { endInvitation, insertInvitations } from "./invitations.store.ts";
import { insertWaitingEvents, readResponses } from "./responses.store.ts";
import type { StoreAnswerDeps } from "./store-answer.ts";
import { newToken, signOpenLink } from "./tokens.ts";

/** What the answering half offers to whoever sends surveys and works on answers. */
export function createAnswerDoors(
  deps: Omit<StoreAnswerDeps, "listeners"> & { readonly registry: SurveyRegistry },
): AnswerDoors {
  const { vault, clock, ids, registry } = deps;

  const openCells = async (
    tx: Pick<Tx, "query">,
    responseIds: readonly string[],
  ): Promise<Map<string, SealedAnswers>> => {
    const found = (await readResponses(tx, responseIds)).filter((r) => r.state === "complete");
    const keys = await vault.loadKeys([...new Set(found.map((r) => r.keyId))]);
    const opened = new Map<string, SealedAnswers>();
    for (const row of found) {
      const key = keys.get(row.keyId);
      if (key === undefined) continue;
      const cell = vault.open(key, placeOfResponse(row.responseId), row.cell);
      opened.set(row.responseId, JSON.parse(cell.toString("utf8")) as SealedAnswers);
    }
    const rest = responseIds.filter((id) => !opened.has(id));
    for (const row of await readAnonymousAnswers(tx, rest)) {
      const anonymous = await openAnonymous(deps, row);
      if (anonymous === null) continue;
      const { answers, contact } = anonymous;
      opened.set(row.id, { answers, ...(contact == null ? {} : { contact }) });
    }
    return opened;
  };

  return {
    async published(surveyId) {
      const row = await registry.standing(surveyId);
      if (row === null || row.state !== "running" || row.currentVersion === null) return null;
      return registry.published(surveyId, row.currentVersion);
    },
    async latest(surveyId) {
      const row = await registry.standing(surveyId);
      if (row === null || row.currentVersion === null) return null;
      return registry.published(surveyId, row.currentVersion);
    },
    version: (surveyId, version) => registry.published(surveyId, version),

    async createInvitations(tx, inputs) {
      const now = clock.now();
      const made = inputs.map((input) => ({ ...newToken(), invitationId: ids.next(), input }));
      try {
        await insertInvitations(
          tx,
          made.map(({ hash, invitationId, input }) => ({
            ...input,
            invitationId,
            tokenHash: hash,
            createdAt: now,
          })),
        );
      } catch (cause) {
        // The schema itself refuses: a row of an anonymous survey cannot name anybody.
        if (isMissingReference(cause))
          throw new AppError("conflict", {
            detail: "There is no such version of a survey that names people: anonymous surveys take tickets.",
          });
        throw cause;
      }
      return made.map(({ invitationId, token }) => ({ invitationId, token, path: `/s/${token}` }));
    },
    cancelInvitation: (tx, invitationId) => endInvitation(tx, invitationId, "cancelled", clock.now()),
    createTickets: (tx, input, count) => createTickets(tx, input, count),
    openLinkPath: (link) => `/f/${signOpenLink(vault, link)}`,
    noteEvents: (tx, events) => insertWaitingEvents(tx, events),
    async openContact(tx, responseId) {
      return (await openCells(tx, [responseId])).get(responseId)?.contact?.detail ?? null;
    },
    async openAnswers(tx, responseIds) {
      const cells = await openCells(tx, responseIds);
      return new Map([...cells].map(([id, { answers }]) => [id, answers]));
    },
  };
}

function isMissingReference(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "23503";
}
