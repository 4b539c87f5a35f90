import { type Db, isUnavailable } from "../../src/db/index.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { gather } from "../../src/kernel/gather.ts";
import type { Vault } from "../../src/vault/index.ts";
import { findTicket, type Ticket } from "../anonymous/anonymous.store.ts";
import type { RunningVersion, SurveyRegistry } from "../definitions/registry.ts";
import type { SurveyRow } from "../definitions/surveys.store.ts";
import type { Invitation, OpenLink } from "../port.ts";
import { findInvitations } from "./invitations.store.ts";
import { hashToken, isToken, readOpenLink } from "./tokens.ts";

export interface OpenDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly registry: SurveyRegistry;
  readonly findInvitation: FindInvitation;
}

/** Finds an invitation by the hash of its token. */
export type FindInvitation = (tokenHash: Buffer) => Promise<Invitation | null>;

/** Links looked up with one statement at most. */
const MOST = 200;
/** Under load a link waits so long for others. */
const APART_MS = 20;

/** Finds invitations; those that are asked for at the same time with one statement. */
export function createFindInvitation(db: Db): FindInvitation {
  return gather({
    lanes: db.engine === "postgres" ? 2 : 1,
    most: MOST,
    apartMs: APART_MS,
    isEverybodys: isUnavailable,
    work: async (hashes) => {
      const found = await findInvitations(db, hashes);
      return hashes.map((hash) => found.get(hash.toString("hex")) ?? null);
    },
  });
}

/** A link that may be answered by. */
export type Door = {
  readonly survey: RunningVersion;
  readonly row: SurveyRow;
} & (
  | { readonly kind: "invitation"; readonly invitation: Invitation }
  | { readonly kind: "ticket"; readonly ticket: Ticket; readonly hash: Buffer }
  | { readonly kind: "open"; readonly link: OpenLink; readonly text: string }
);

/** Why a link leads nowhere any more. */
export type Shut = "unknown" | "answered" | "declined" | "cancelled" | "expired" | "ended" | "closed";

export type Opening =
  | { readonly kind: "door"; readonly door: Door }
  | {
      readonly kind: "shut";
      readonly because: Shut;
      readonly row: SurveyRow | null;
      readonly survey: RunningVersion | null;
    };

const shut = (
  because: Shut,
  row: SurveyRow | null = null,
  survey: RunningVersion | null = null,
): Opening => ({
  kind: "shut",
  because,
  row,
  survey,
});

/** What a single-use link leads to: an invitation, or a ticket of an anonymous survey. It changes nothing. */
export async function openToken(deps: OpenDeps, token: string): Promise<Opening> {
  if (!isToken(token)) return shut("unknown");
  const hash = hashToken(token);
  const now = deps.clock.now();
  const invitation = await deps.findInvitation(hash);
  if (invitation !== null) {
    const [row, survey] = await Promise.all([
      deps.registry.standing(invitation.surveyId),
      deps.registry.published(invitation.surveyId, invitation.version),
    ]);
    if (row === null || survey === null) return shut("unknown");
    if (invitation.endedAs !== null) return shut(invitation.endedAs, row, survey);
    if (row.state === "ended") return shut("ended", row, survey);
    if (invitation.expiresAt <= now) return shut("expired", row, survey);
    return { kind: "door", door: { kind: "invitation", invitation, survey, row } };
  }
  const ticket = await findTicket(deps.db, hash);
  if (ticket === null) return shut("unknown");
  const [row, survey] = await Promise.all([
    deps.registry.standing(ticket.surveyId),
    deps.registry.published(ticket.surveyId, ticket.version),
  ]);
  if (row === null || survey === null) return shut("unknown");
  if (row.state === "ended") return shut("ended", row, survey);
  if (ticket.expiresOn < now.toISOString().slice(0, 10)) return shut("expired", row, survey);
  return { kind: "door", door: { kind: "ticket", ticket, hash, survey, row } };
}

/**
 * What an open link leads to: the version stated (the one that the form was filled in under) or the one in force. Open
 * links are honoured while the survey says so.
 */
export async function openLink(deps: OpenDeps, text: string, version: number | null): Promise<Opening> {
  const link = readOpenLink(deps.vault, text);
  if (link === null) return shut("unknown");
  const row = await deps.registry.standing(link.surveyId);
  if (row === null || row.currentVersion === null) return shut("unknown");
  const survey = await deps.registry.published(link.surveyId, version ?? row.currentVersion);
  if (survey === null) return shut("unknown", row);
  if (row.state === "ended") return shut("ended", row, survey);
  if (row.access.open !== true) return shut("closed", row, survey);
  if (link.expiresAt <= deps.clock.now()) return shut("expired", row, survey);
  return { kind: "door", door: { kind: "open", link, text, survey, row } };
}
