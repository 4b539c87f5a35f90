import type { Tx } from "../db/index.ts";
import { categoryOfTrait, isPlainTrait } from "../events/index.ts";
import type { Vault } from "../vault/index.ts";
import { ageBandOf } from "./age-bands.ts";
import { type BulkMember, type OpenPlan, readSealedPage } from "./bulk.ts";
import { foldFields, type OpenDeps, openFacts, openSets } from "./open-bulk.ts";
import type { KnownSources, ProfileFacts } from "./read-profile.ts";

/** The registered coarse values of a member: the only attributes that may stand in the clear, and the plain facts. */
export interface CoarseMember {
  readonly ageBand: string | null;
  /** ISO 3166-1. */
  readonly country: string | null;
  /** ISO 3166-2, such as TW-TPE. */
  readonly region: string | null;
  /** A BCP 47 tag. */
  readonly language: string | null;
  readonly homeStore: string | null;
  /** A UTC day. */
  readonly joinedOn: string | null;
  /** Null where what was bought may not be used. */
  readonly facts: ProfileFacts | null;
}

export interface CoarseDeps {
  readonly vault: Vault;
  readonly sources: () => Promise<KnownSources>;
}

/** Reads coarse values of many members at once; `plan` says which categories of which subject may be opened. */
export type ReadCoarse = (
  tx: Pick<Tx, "query">,
  members: readonly BulkMember[],
  plan: OpenPlan,
  at: Date,
) => Promise<Map<string, CoarseMember>>;

/** Categories from which a coarse value may come. */
export const COARSE_CATEGORIES = ["demographic", "location", "preference", "transaction"] as const;

/** Whole years from a birthday (`1980-04-30`) to a moment; null for anything that is not such a day. */
function ageFrom(birthday: unknown, at: Date): number | null {
  const m = typeof birthday === "string" ? /^(\d{4})-(\d\d)-(\d\d)/.exec(birthday) : null;
  if (m === null) return null;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const had =
    at.getUTCMonth() + 1 > month || (at.getUTCMonth() + 1 === month && at.getUTCDate() >= day) ? 0 : 1;
  const age = at.getUTCFullYear() - year - had;
  return age >= 0 && age <= 120 ? age : null;
}

/** How values are folded, as it stood at the last `refresh`. */
export type Folding = Pick<OpenDeps, "sourceKinds" | "priorities">;

export interface CoarseReader {
  readonly read: ReadCoarse;
  folding(): Folding;
  refresh(): Promise<void>;
}

/**
 * Prepares the reader. The kinds of sources and their priorities are asked for anew by `refresh`, outside any
 * transaction. Values that a schema does not mark as coarse never leave it; a birthday leaves as its age band alone.
 */
export function createCoarseReader(deps: CoarseDeps): CoarseReader {
  let folding: Folding = { sourceKinds: new Map(), priorities: {} };
  const read: ReadCoarse = async (tx, members, plan, at) => {
    const page = await readSealedPage(tx, plan, members, { identifiers: false });
    const keys = await deps.vault.loadKeys(
      members.flatMap((m) => m.subjects.filter((s) => plan.has(s.subjectId)).map((s) => s.keyId)),
    );
    const opened = await openSets(deps.vault, keys, members, plan, page);
    const open = folding;
    const wanted = (_s: string, field: string) => WANTED.has(field);
    return new Map(
      members.map((member) => {
        const fields = foldFields(open, member, opened, wanted);
        const plain = (name: string): string | null => {
          const value = fields.get(name)?.value;
          return typeof value === "string" && isPlainTrait(name, value) ? value : null;
        };
        const age = ageFrom(fields.get("birthday")?.value, at);
        const joined = plain("joinedAt") ?? plain("createdAt");
        return [
          member.memberId,
          {
            ageBand: plain("ageBand") ?? (age === null ? null : ageBandOf(age)),
            country: plain("country"),
            region: plain("region"),
            language: plain("language") ?? plain("locale"),
            homeStore: plain("homeStore"),
            joinedOn: joined === null ? null : dayIn(joined),
            facts: openFacts(member, plan, page),
          },
        ];
      }),
    );
  };
  return {
    read,
    folding: () => folding,
    async refresh() {
      const { labels, priorities } = await deps.sources();
      folding = { sourceKinds: new Map([...labels].map(([id, label]) => [id, label.kind])), priorities };
    },
  };
}

const WANTED: ReadonlySet<string> = new Set(
  [
    "ageBand",
    "birthday",
    "country",
    "region",
    "language",
    "locale",
    "homeStore",
    "joinedAt",
    "createdAt",
  ].filter((name) => (COARSE_CATEGORIES as readonly string[]).includes(categoryOfTrait(name))),
);

function dayIn(time: string): string | null {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? null : at.toISOString().slice(0, 10);
}
