import { createHash } from "node:crypto";
import {
  ALL_MARKETING,
  ALL_PURPOSES,
  type By,
  basisUnder,
  type ConsentMember,
  isOwnBasis,
  type LawfulBasis,
  type Purpose,
  type Statement,
} from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { canonicalJson } from "../../kernel/canonical-json.ts";
import { AppError } from "../../kernel/problems.ts";
import type { OrderFactRow } from "../../members/index.ts";
import { saveCorrections } from "../../members/index.ts";
import { accountingLines } from "./accounting.ts";
import { certifyEnd } from "./certify-end.ts";
import type { FulfilDeps } from "./deps.ts";
import { readCopies, readHolds, readMemberSubjects, readOrderFacts } from "./erasure.store.ts";
import { openPackage } from "./package-start.ts";
import { planErasure } from "./plan.ts";
import {
  ERASURE_STEPS,
  type ErasurePreview,
  type Fulfilment,
  type HolderPreview,
  PACKAGE_STEPS,
  type RequestScope,
  type RunProgress,
  type StepName,
} from "./port.ts";
import { readCertificate } from "./read-certificate.ts";
import { findRun, findRunOfRequest, insertRun, type RunRow, readSteps, reviveRun } from "./runs.store.ts";
import { tableName } from "./table-words.ts";
import { countRows } from "./tables.store.ts";
import { keptUntil, taxRuleOf } from "./tax-records.ts";

/** What follows a decision: see the port. Runs are worked by `workErasures` and `workPackages`. */
export function createFulfilment(deps: FulfilDeps): Fulfilment {
  const { db } = deps;

  const memberOf = async (tx: Tx, scope: RequestScope): Promise<ConsentMember> => {
    const member = (await deps.consent.members.subjectsOf(tx, [scope.memberId])).get(scope.memberId);
    if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
    return member;
  };
  const say = async (
    tx: Tx,
    scope: RequestScope,
    by: By,
    statements: readonly Statement[],
    everywhere: boolean,
  ): Promise<ConsentMember> => {
    const member = await memberOf(tx, scope);
    const snapshot = await deps.consent.registry.snapshotIn(tx);
    await deps.consent.say(tx, snapshot, by, member, statements, { everywhere });
    return member;
  };
  /** The purposes in force that fit, with their basis under the law of a request. */
  const purposesOf = async (
    tx: Tx,
    scope: Pick<RequestScope, "regime">,
    fits: (purpose: Purpose, basis: LawfulBasis) => boolean,
  ): Promise<ReadonlySet<string>> => {
    const { rules } = await deps.consent.registry.snapshotIn(tx);
    const found = [...rules.purposes.values()].filter((p) => fits(p, basisUnder(p, scope.regime)));
    return new Set(found.map((p) => p.id));
  };
  const idsOf = (member: ConsentMember) => member.subjects.map((s) => s.subjectId);
  const actor = { kind: "staff", ref: null } as const;

  return {
    previewErasure: (scope) => db.tx((tx) => previewErasure(tx, deps, scope)),

    async movedSince(tx, scope, lookedAt) {
      const found = await readMemberSubjects(tx, [scope.memberId]);
      const subjects = found.map((f) => f.subjectId);
      if (await areElsewhere(tx, scope.subjectIds, subjects)) return "divided";
      const others = found.filter((f) => f.createdAt <= lookedAt && !scope.subjectIds.includes(f.subjectId));
      return others.length > 0 ? "joined" : null;
    },

    async startErasure(tx, scope, by) {
      const known = await findRunOfRequest(tx, scope.requestId);
      if (known !== null) return known.runId;
      const found = await readMemberSubjects(tx, [scope.memberId]);
      const subjects = found.length > 0 ? found.map((f) => f.subjectId) : [...scope.subjectIds];
      if (subjects.length === 0)
        throw new AppError("not-found", { detail: "There is no member by that id." });
      if (await areElsewhere(tx, scope.subjectIds, subjects)) {
        throw new AppError("conflict", {
          detail: "The member was divided since the request was checked. Look at the preview again.",
        });
      }
      return startRun(tx, deps, scope, by, { kind: "erasure", subjects, packageId: null });
    },

    startPackage: (tx, scope, kind, delivery, by) => openPackage(tx, deps, scope, kind, delivery, by),

    async rectify(tx, scope, corrections) {
      const subjects = await saveCorrections(tx, deps, scope.memberId, corrections);
      const { rules } = await deps.consent.registry.snapshotIn(tx);
      const news = { kind: "correction", purposes: new Set(rules.purposes.keys()) } as const;
      return { subjects, counts: { fields: corrections.length }, news };
    },

    async restrict(tx, scope, on, by) {
      const state = on ? "restricted" : "restriction-lifted";
      const member = await say(
        tx,
        scope,
        by,
        [{ state, purpose: "*", method: "staff", actor } as Statement],
        true,
      );
      // The rights themselves are handled while everything else stands still.
      const stopped = await purposesOf(tx, scope, (_, basis) => basis !== "legal-obligation");
      return {
        subjects: idsOf(member),
        counts: { [on ? "restricted" : "lifted"]: 1 },
        news: on ? { kind: "drop", purposes: stopped } : null,
      };
    },

    async objectOrOptOut(tx, scope, purposes, by) {
      const named = purposes.length === 0 ? [ALL_PURPOSES] : purposes;
      const member = await say(
        tx,
        scope,
        by,
        named.map((purpose) => ({ state: "objected", purpose, method: "staff", actor }) as Statement),
        false,
      );
      const stopped = await purposesOf(tx, scope, (purpose, basis) => {
        if (isOwnBasis(basis)) return false;
        const isMeant = named.includes(purpose.id) || named.includes(ALL_PURPOSES);
        return isMeant || (purpose.marketing && named.includes(ALL_MARKETING));
      });
      return {
        subjects: idsOf(member),
        counts: { purposes: named.length },
        news: { kind: "drop", purposes: stopped },
      };
    },

    certifyEnd: (tx, by, requestId, done) => certifyEnd(tx, deps, by, requestId, done),

    readCertificate: (certificateId) => readCertificate(deps, certificateId),
    retry: (tx, runId) => reviveRun(tx, runId, deps.clock.now()),
    progress: async (runId) => {
      const run = await findRun(db, runId);
      return run === null ? null : progressOf(db, run);
    },
    progressOfRequest: async (requestId) => {
      const run = await findRunOfRequest(db, requestId);
      return run === null ? null : progressOf(db, run);
    },
  };
}

/** Whether one of some subjects still lives, but not among those of its member. */
async function areElsewhere(
  tx: Tx,
  subjectIds: readonly string[],
  member: readonly string[],
): Promise<boolean> {
  const found = await readMemberSubjects(tx, subjectIds);
  return found.some((f) => f.asked === f.subjectId && !member.includes(f.subjectId));
}

/** Starts a run in the caller's transaction. Of two that start one for the same request, one wins and both know it. */
export async function startRun(
  tx: Tx,
  deps: Pick<FulfilDeps, "ids" | "clock">,
  scope: RequestScope,
  by: By,
  what: {
    readonly kind: RunRow["kind"];
    readonly subjects: readonly string[];
    readonly packageId: string | null;
  },
): Promise<string> {
  await insertRun(tx, {
    runId: deps.ids.next(),
    requestId: scope.requestId,
    kind: what.kind,
    memberId: scope.memberId,
    subjects: [...what.subjects].sort(),
    regime: scope.regime,
    locale: scope.locale,
    actorKind: by.actor.kind,
    actorId: by.actor.id,
    step: what.kind === "erasure" ? ERASURE_STEPS[0] : PACKAGE_STEPS[0],
    packageId: what.packageId,
    startedAt: deps.clock.now(),
  });
  return (await findRunOfRequest(tx, scope.requestId))?.runId as string;
}

async function previewErasure(tx: Tx, deps: FulfilDeps, scope: RequestScope): Promise<ErasurePreview> {
  const now = deps.clock.now();
  const found = await readMemberSubjects(tx, [scope.memberId]);
  const subjectIds = found.length > 0 ? found.map((f) => f.subjectId) : [...scope.subjectIds];
  const holders: HolderPreview[] = [];
  for (const { holding, treatment, ground, link } of planErasure(deps.holdings)) {
    if (link === null) continue;
    const rows = await countRows(tx, link, subjectIds);
    if (rows === 0) continue;
    const shared = {
      table: holding.table,
      name: tableName(holding.table),
      holds: holding.holds,
      categories: holding.categories,
      rows,
    };
    if (holding.table === "order_state")
      holders.push(...(await previewOrders(tx, deps, scope, subjectIds, shared)));
    else holders.push({ ...shared, treatment, ground, keptUntil: null });
  }
  const holds = (await readHolds(tx, subjectIds, now)).map((h) => ({
    holdId: h.holdId,
    ground: h.ground,
    since: h.since.toISOString(),
    until: h.until?.toISOString() ?? null,
  }));
  const copies = new Map<string, number>();
  for (const { recipientId } of await readCopies(tx, subjectIds))
    copies.set(recipientId, (copies.get(recipientId) ?? 0) + 1);
  const told = [...subjectIds].sort();
  return {
    memberId: scope.memberId,
    subjectIds: told,
    computedAt: now.toISOString(),
    fingerprint: createHash("sha256")
      .update(
        canonicalJson({
          subjects: told,
          holders: holders.map((h) => [h.table, h.treatment]),
          holds: holds.map((h) => h.holdId),
        }),
      )
      .digest("hex"),
    holders,
    holds,
    recipients: [...copies].map(([recipientId, n]) => ({ recipientId, copies: n })),
    keys: found.length,
  };
}

async function previewOrders(
  tx: Tx,
  deps: FulfilDeps,
  scope: RequestScope,
  subjectIds: readonly string[],
  shared: Pick<HolderPreview, "table" | "name" | "holds" | "categories" | "rows">,
): Promise<HolderPreview[]> {
  const today = deps.clock.now().toISOString().slice(0, 10);
  const rule = taxRuleOf(scope.regime);
  const orders = await readOrderFacts(tx, subjectIds);
  const lines = accountingLines(
    orders.map((o) => ({
      orderKey: o.orderKey,
      facts: o.facts.map((f) => ({ ...f, occurredAt: new Date(f.occurredAt) }) as OrderFactRow),
    })),
    scope.regime,
    today,
  );
  const documents = new Set(lines.map((l) => l.documentNo));
  const kept = orders.filter((o) => documents.has(o.orderKey)).length;
  const last = lines.reduce((until, l) => (l.keptUntil > until ? l.keptUntil : until), "");
  return [
    ...(kept === 0
      ? []
      : [
          {
            ...shared,
            rows: kept,
            treatment: "pseudonymise" as const,
            ground: { code: rule.code, provision: rule.provision },
            keptUntil: last === "" ? keptUntil(today, rule) : last,
          },
        ]),
    ...(shared.rows === kept
      ? []
      : [
          { ...shared, rows: shared.rows - kept, treatment: "erase" as const, ground: null, keptUntil: null },
        ]),
  ];
}

async function progressOf(db: FulfilDeps["db"], run: RunRow): Promise<RunProgress> {
  const done = new Map((await readSteps(db, [run.runId])).map((s) => [s.step, s]));
  const steps: readonly StepName[] = run.kind === "erasure" ? ERASURE_STEPS : PACKAGE_STEPS;
  return {
    runId: run.runId,
    requestId: run.requestId,
    kind: run.kind,
    state: run.state,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    steps: steps.map((step) => {
      const row = done.get(step);
      return {
        step,
        state: row?.state ?? (run.step === step ? "running" : "waiting"),
        startedAt: row?.startedAt.toISOString() ?? null,
        finishedAt: row?.finishedAt?.toISOString() ?? null,
        attempts: row?.attempts ?? 0,
        failure: row?.failure ?? null,
        counts: row?.counts ?? {},
      };
    }),
    certificateId: run.certificateId,
    packageId: run.packageId,
  };
}
