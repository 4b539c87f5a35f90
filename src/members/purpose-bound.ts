import {
  type Consent,
  type ConsentMember,
  type ContactChannel,
  noteDisclosures,
  openReadGate,
  type ReadGate,
  type RegistrySnapshot,
  type Standing,
} from "../../consent/index.ts";
import { type AuditDeps, actorOf, stageAudit } from "../audit/index.ts";
import type { Tx } from "../db/index.ts";
import { CATEGORIES, type EventType } from "../events/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import { holdsRole, mayNamePurpose, type Principal } from "../kernel/route.ts";

/** Everything that is read of a person, and the category of what is worked out from it. */
const READ_CATEGORIES = [...CATEGORIES, "derived"] as const;

export interface ReadAsk {
  readonly purpose: string;
  readonly channel: ContactChannel | null;
}

/**
 * The purpose of a read of personal data: named, registered, and one this key may name. Throws `purpose-required` or
 * `purpose-not-allowed`.
 */
export function requirePurpose(
  principal: Principal,
  purpose: string | undefined,
  known: { has(purpose: string): boolean },
): string {
  if (purpose === undefined || purpose === "") throw new AppError("purpose-required");
  if (!known.has(purpose)) {
    throw new AppError("purpose-not-allowed", { detail: "There is no such purpose." });
  }
  if (!mayNamePurpose(principal, purpose)) throw new AppError("purpose-not-allowed");
  return purpose;
}

/** A member about to be read, with what the purpose lets be opened at this moment. */
export interface GatedMember {
  readonly member: ConsentMember;
  readonly gate: ReadGate;
}

/** Decides, in the reading transaction, what may be opened of a member. Throws `not-found` when the id names nobody. */
export async function gateMember(
  tx: Tx,
  deps: { readonly consent: Consent },
  snapshot: RegistrySnapshot,
  ask: ReadAsk,
  memberId: string,
): Promise<GatedMember> {
  const { consent } = deps;
  const member = (await consent.members.subjectsOf(tx, [memberId])).get(memberId);
  if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
  const standing = (await consent.standings(tx, [member])).get(member.memberId) as Standing;
  const gate = openReadGate(
    snapshot.rules,
    standing,
    {
      purposeId: ask.purpose,
      channel: ask.channel,
    },
    READ_CATEGORIES,
  );
  return { member, gate };
}

/**
 * Registers what is about to leave, and the audit entry of the read, in the reading transaction: both are committed
 * before the first byte is sent.
 */
export async function noteRead(
  tx: Tx,
  deps: AuditDeps & { readonly clock: Clock },
  request: { readonly principal: Principal; readonly requestId: string },
  read: {
    readonly action: string;
    readonly purpose: string;
    readonly gated: GatedMember;
    /** Categories of which something is really given. */
    readonly given: Iterable<string>;
    readonly counts?: Readonly<Record<string, number>>;
  },
): Promise<void> {
  const { member, gate } = read.gated;
  const given = [...new Set(read.given)].sort();
  const actor = actorOf(request.principal);
  await noteDisclosures(
    tx,
    {
      kind: holdsRole(request.principal) ? request.principal.role : actor.kind,
      id: actor.id,
      purposeId: read.purpose,
    },
    member.subjects.map(({ subjectId }) => ({
      subjectId,
      categories: given.filter((category) => gate.may(category, subjectId)),
    })),
    deps.clock.now(),
  );
  await stageAudit(tx, deps, {
    actor,
    action: read.action,
    purpose: read.purpose,
    targets: [{ kind: "member", id: member.memberId }],
    counts: { categories: given.length, ...read.counts },
    requestId: request.requestId,
  });
}

/** The category of the bare fact that an event happened, with its time and its plain values. */
export function categoryOfEvent(type: EventType | string): string {
  if (type.startsWith("order.")) return "transaction";
  if (type.startsWith("social.")) return "social";
  if (type.startsWith("survey.")) return "survey";
  if (type.startsWith("consent.")) return "preference";
  if (type === "identify" || type === "alias" || type === "group" || type.startsWith("member."))
    return "identity";
  return "online";
}
