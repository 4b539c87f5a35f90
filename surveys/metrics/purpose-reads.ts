import { decide, noteDisclosures } from "../../consent/index.ts";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { holdsRole, type Principal } from "../../src/kernel/route.ts";
import { readStatedNames } from "../../src/members/index.ts";
import type { SendingDeps } from "../sending/context.ts";

type Tx = Parameters<Parameters<SendingDeps["db"]["tx"]>[0]>[0];
type Snapshot = Awaited<ReturnType<SendingDeps["consent"]["snapshot"]>>;

/** Of some subjects those whose answers the purpose may read now. */
export async function allowedSubjects(
  deps: SendingDeps,
  tx: Tx,
  snapshot: Snapshot,
  purpose: string,
  subjectIds: readonly string[],
): Promise<Set<string>> {
  const wanted = [...new Set(subjectIds)];
  const members = await deps.consent.members.subjectsOf(tx, wanted);
  const standings = await deps.consent.standings(tx, [
    ...new Map([...members.values()].map((m) => [m.memberId, m])).values(),
  ]);
  const channels = snapshot.rules.purposes.get(purpose)?.channels ?? [];
  return new Set(
    wanted.filter((subjectId) => {
      const standing = standings.get(members.get(subjectId)?.memberId ?? "");
      if (standing === undefined) return false;
      return (channels.length === 0 ? [null] : channels).some(
        (channel) =>
          decide(snapshot.rules, standing, { purposeId: purpose, channel, category: "survey", subjectId })
            .kind === "allowed",
      );
    }),
  );
}

/** The names of those whose comments are about to be shown, by subject: they are taken out first. */
export async function namesOf(
  deps: Pick<SendingDeps, "consent" | "vault">,
  tx: Tx,
  subjectIds: readonly string[],
): Promise<(subjectId: string | null) => readonly string[]> {
  const members = await deps.consent.members.subjectsOf(tx, [...new Set(subjectIds)]);
  const names = await readStatedNames(
    tx,
    deps.vault,
    [...new Set([...members.values()].map((m) => m.memberId))].sort(),
  );
  return (subjectId) => (subjectId === null ? [] : (names.get(members.get(subjectId)?.memberId ?? "") ?? []));
}

/** Registers whose answers are about to be given, and the audit entry of the read, in the reading transaction. */
export async function noteRead(
  deps: SendingDeps,
  tx: Tx,
  read: {
    readonly principal: Principal;
    readonly requestId: string;
    readonly purpose: string;
    readonly action: string;
  },
  subjectIds: readonly string[],
): Promise<void> {
  const actor = actorOf(read.principal);
  await noteDisclosures(
    tx,
    {
      kind: holdsRole(read.principal) ? read.principal.role : actor.kind,
      id: actor.id,
      purposeId: read.purpose,
    },
    subjectIds.map((subjectId) => ({ subjectId, categories: ["survey"] })),
    deps.clock.now(),
  );
  await stageAudit(
    tx,
    { clock: deps.clock, ids: deps.ids },
    {
      actor,
      action: read.action,
      purpose: read.purpose,
      counts: { members: subjectIds.length },
      requestId: read.requestId,
    },
  );
}
