import type { Tx } from "../db/index.ts";
import type { DataKey, Vault } from "../vault/index.ts";
import { readContestedOf } from "./contested.store.ts";
import { readSealedEvidence } from "./evidence.store.ts";
import { explainRule, type ResolutionRule } from "./rules.ts";

export interface IdentifierDeps {
  readonly vault: Vault;
  /** Which data categories of which subject may be opened. */
  readonly may: (category: string, subjectId: string) => boolean;
  /** Which contact fields and identifiers may be shown; all of them unless stated. */
  readonly mayReach?: (field: string) => boolean;
}

export interface ProfileIdentifier {
  readonly kind: string;
  readonly issuer: string;
  readonly value: string;
  readonly class: number;
  readonly verified: boolean;
  /** Why it links nobody, when it does not. */
  readonly contested: { rule: string; because: string } | null;
  readonly evidence: readonly {
    subject: string;
    source: string;
    eventId: string;
    firstObserved: string;
    lastObservedMonth: string;
  }[];
}

/** The data category of an identifier: e-mails and phones reach the person, the others name it. */
export function categoryOfIdentifier(kind: string): "contact" | "identity" {
  return kind === "email" || kind === "phone" ? "contact" : "identity";
}

/**
 * The identifiers of subjects, each value once with everything it was seen in, strongest first. Opens only what `may` and
 * `mayReach` allow.
 */
export async function readIdentifiers(
  tx: Pick<Tx, "query">,
  deps: IdentifierDeps,
  allIds: readonly string[],
  keyOf: ReadonlyMap<string, DataKey>,
): Promise<ProfileIdentifier[]> {
  const { vault } = deps;
  const ids = allIds.filter((id) => deps.may("identity", id) || deps.may("contact", id));
  if (ids.length === 0) return [];
  const contested = new Map((await readContestedOf(tx, ids)).map((c) => [c.bi.toString("hex"), c]));
  const order = new Map(ids.map((id, i) => [id, i]));
  const rows = [...(await readSealedEvidence(tx, ids))].sort(
    (a, b) => (order.get(a.subjectId) as number) - (order.get(b.subjectId) as number),
  );
  const found = new Map<string, ProfileIdentifier & { evidence: ProfileIdentifier["evidence"][number][] }>();
  for (const e of rows) {
    const key = keyOf.get(e.subjectId);
    const category = categoryOfIdentifier(e.kind);
    if (key === undefined || !deps.may(category, e.subjectId)) continue;
    if (category === "contact" && deps.mayReach?.(e.kind) === false) continue;
    const bi = e.bi.toString("hex");
    const line = {
      subject: e.subjectId,
      source: e.sourceId,
      eventId: e.firstEvent,
      firstObserved: e.firstAt.toISOString(),
      lastObservedMonth: e.lastMonth.slice(0, 7),
    };
    const id = `${e.kind}|${bi}`;
    const known = found.get(id);
    if (known !== undefined) {
      known.evidence.push(line);
      if (e.class < known.class) found.set(id, { ...known, class: e.class, verified: e.class <= 3 });
      continue;
    }
    const place = {
      table: "evidence",
      column: "cell",
      recordId: `${e.subjectId}/${bi}`,
      category: "identity",
    };
    const c = contested.get(bi);
    found.set(id, {
      kind: e.kind,
      issuer: e.issuer,
      value: vault.open(key, place, e.cell).toString("utf8"),
      class: e.class,
      verified: e.class <= 3,
      contested: c === undefined ? null : { rule: c.rule, because: explainRule(c.rule as ResolutionRule) },
      evidence: [line],
    });
  }
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...found.values()]
    .map((i) => ({
      ...i,
      evidence: [...i.evidence].sort(
        (a, b) =>
          text(a.firstObserved, b.firstObserved) || text(a.eventId, b.eventId) || text(a.source, b.source),
      ),
    }))
    .sort(
      (a, b) =>
        a.class - b.class || text(a.kind, b.kind) || text(a.issuer, b.issuer) || text(a.value, b.value),
    );
}
