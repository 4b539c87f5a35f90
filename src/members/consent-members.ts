import type { ConsentMember, FoundPerson, PersonIdentifier } from "../../consent/index.ts";
import type { Tx } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Vault } from "../vault/index.ts";
import { findMember, reachBest } from "./find-members.ts";
import { readMembersAsOf, readMembersOf } from "./member-subjects.store.ts";

/** What the consent room may ask of this one: whose subjects are whose, and whom an identifier names. */
export function consentMembers(deps: {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly regions: () => Promise<readonly string[]>;
}) {
  return {
    async subjectsOf(
      db: Pick<Tx, "query">,
      ids: readonly string[],
      at: Date | null = null,
    ): Promise<Map<string, ConsentMember>> {
      const members = new Map<string, ConsentMember & { subjects: ConsentMember["subjects"][number][] }>();
      const found = new Map<string, ConsentMember>();
      const rows = at === null ? await readMembersOf(db, ids) : await readMembersAsOf(db, ids, at);
      for (const row of rows) {
        const { asked, memberId, ...subject } = row;
        let member = members.get(`${asked}|${memberId}`);
        if (member === undefined) {
          member = { memberId, subjects: [] };
          members.set(`${asked}|${memberId}`, member);
          found.set(asked, member);
        }
        member.subjects.push(subject);
      }
      return found;
    },
    async find(db: Pick<Tx, "query">, identifier: PersonIdentifier): Promise<FoundPerson> {
      const asked = { vault: deps.vault, regions: await deps.regions(), at: deps.clock.now() };
      const found = await findMember(db, asked, identifier);
      if (found.kind !== "member") return found;
      // Of the member's subjects the one that holds this very identifier with the most trust proves the act.
      const [best] = await reachBest(db, asked, identifier);
      return { ...found, subjectId: best?.subjectId ?? found.memberId };
    },
  };
}
