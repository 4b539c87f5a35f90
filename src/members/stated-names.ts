import type { Tx } from "../db/index.ts";
import type { Vault } from "../vault/index.ts";
import { readSubjectsOfMembers } from "./bulk.store.ts";
import { groupMembers, readSealedPage } from "./bulk.ts";
import { openSets } from "./open-bulk.ts";

const NAMES = ["name", "firstName", "lastName", "middleName", "nickname", "username"] as const;
const IDENTITY: ReadonlySet<string> = new Set(["identity"]);

/**
 * Every name that any source ever stated of some members, and first and last name written together in both orders, by
 * member: for taking them out of texts, not for showing. Members that are gone are missing.
 */
export async function readStatedNames(
  tx: Pick<Tx, "query">,
  vault: Vault,
  memberIds: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const members = groupMembers(await readSubjectsOfMembers(tx, memberIds));
  const subjects = members.flatMap((m) => m.subjects);
  const plan = new Map(subjects.map((s) => [s.subjectId, IDENTITY]));
  const page = await readSealedPage(tx, plan, members, { identifiers: false });
  const keys = await vault.loadKeys(subjects.map((s) => s.keyId));
  const opened = await openSets(vault, keys, members, plan, page);
  return new Map(
    members.map((member) => {
      const names = new Set<string>();
      for (const { subjectId } of member.subjects)
        for (const { stored } of opened.get(subjectId) ?? []) {
          const text = (field: string): string => {
            const value = stored.values[field];
            return typeof value === "string" ? value.trim() : "";
          };
          for (const field of NAMES) names.add(text(field));
          const [first, last] = [text("firstName"), text("lastName")];
          for (const whole of [`${first} ${last}`, `${last} ${first}`, `${last}${first}`])
            if (first !== "" && last !== "") names.add(whole);
        }
      names.delete("");
      return [member.memberId, [...names]];
    }),
  );
}
