import type { Doors } from "./doors.ts";
import type { TruePerson } from "./plan.ts";
import type { Score } from "./summary.ts";

const AT_ONCE = 8;

function memberIdOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("memberId" in body)) return null;
  return typeof body.memberId === "string" ? body.memberId : null;
}

interface Named {
  readonly person: string;
  readonly memberId: string;
}

const pairsOf = (n: number) => (n * (n - 1)) / 2;

function sumOfPairs(groups: ReadonlyMap<string, number>): number {
  return [...groups.values()].reduce((sum, n) => sum + pairsOf(n), 0);
}

function countBy(named: readonly Named[], key: (n: Named) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const n of named) counts.set(key(n), (counts.get(key(n)) ?? 0) + 1);
  return counts;
}

/** Pairwise precision and recall of a grouping against the truth; 1 where there is no pair to judge. */
export function scorePairs(named: readonly Named[]): Score {
  const right = sumOfPairs(countBy(named, (n) => JSON.stringify([n.person, n.memberId])));
  const made = sumOfPairs(countBy(named, (n) => n.memberId));
  const wanted = sumOfPairs(countBy(named, (n) => n.person));
  return {
    pairs: wanted,
    precision: made === 0 ? 1 : right / made,
    recall: wanted === 0 ? 1 : right / wanted,
  };
}

/** Looks every known identifier up; those that nobody is found by (never sent, contested) are left out. */
export async function scoreIdentities(doors: Doors, people: readonly TruePerson[]): Promise<Score> {
  const asked = people.flatMap(({ person, identifiers }) => identifiers.map((i) => ({ person, ...i })));
  const named: Named[] = [];
  let next = 0;
  const worker = async () => {
    for (let one = asked[next++]; one !== undefined; one = asked[next++]) {
      const { person, kind, issuer, value } = one;
      const body = {
        kind,
        value,
        ...(issuer === "" ? {} : { issuer }),
        ...(kind === "phone" ? { region: regionOf(person) } : {}),
      };
      const found = await doors.post("/v1/profiles/lookup?purpose=service", body);
      const memberId = found.status === 200 ? memberIdOf(found.body) : null;
      if (memberId !== null) named.push({ person, memberId });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return scorePairs(named);
}

/** People are named by their market, and markets by their region. */
function regionOf(person: string): string {
  return person.slice(0, 2).toUpperCase();
}
