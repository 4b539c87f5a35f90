import type { AuditActor } from "../src/audit/index.ts";
import { stageAudit } from "../src/audit/index.ts";
import type { Db, Tx } from "../src/db/index.ts";
import { type Clock, SECOND } from "../src/kernel/clock.ts";
import type { Ids } from "../src/kernel/ids.ts";
import { AppError } from "../src/kernel/problems.ts";
import { type Controller, noticeDetails, UNKNOWN_CONTROLLER } from "./controller.ts";
import { lintNotice, type NoticeFinding } from "./notice-lint.ts";
import { type Notice, noticeHashes } from "./notices.ts";
import type { Purpose } from "./purpose.schema.ts";
import { builtInPurposes, diffPurposes, indexPurposes, type PurposeChange } from "./purposes.ts";
import { missingVersions } from "./regimes/history.ts";
import type { RegimePacks } from "./regimes/regimes.ts";
import {
  insertController,
  insertNotice,
  insertPurposeVersions,
  insertRegimeVersions,
  lockRegistry,
  type PurposeVersionRow,
  readPurposeVersions,
  readRegimeVersions,
  readRegistryMark,
  saveSourceCategories,
} from "./registry.store.ts";
import { type RegistrySnapshot, readSnapshot, type SourceCategories } from "./registry-snapshot.ts";
import { starterNotices } from "./starter-notices/starter-notices.ts";
import { LOCALES } from "./vocabulary.ts";

/** Purposes without which a member could not be served, nor exercise a right. */
const INDISPENSABLE = ["service", "legal-obligation"];

export interface Registry {
  /** The registries, at most a second old. Installs the built-in set when there is none. */
  snapshot(): Promise<RegistrySnapshot>;
  /** The registries as a transaction sees them, for work that must not leave it. */
  snapshotIn(tx: Tx): Promise<RegistrySnapshot>;
  /** Reads them anew at the next question; called after a change was committed. */
  forget(): void;
  /** What a set of purposes would change, or, unless `preview`, changes. `complete`: those it does not name end. */
  applyPurposes(
    by: { actor: AuditActor; requestId: string },
    purposes: readonly Purpose[],
    options: { preview: boolean; complete: boolean },
  ): Promise<readonly PurposeChange[]>;
  /** Publishes a notice's next version unless the linter finds an error (`force`: although it does). */
  publishNotice(
    by: { actor: AuditActor; requestId: string },
    draft: Pick<Notice, "id" | "purposes" | "material" | "texts">,
    options: { preview: boolean; force: boolean },
  ): Promise<{
    readonly notice: Notice;
    readonly findings: readonly NoticeFinding[];
    readonly published: boolean;
  }>;
  /** Says who the company is, and fills it into the starter notices that nobody has rewritten. */
  setController(
    by: { actor: AuditActor; requestId: string },
    controller: Controller,
  ): Promise<readonly string[]>;
  setSourceCategories(
    by: { actor: AuditActor; requestId: string },
    sourceId: string,
    categories: SourceCategories,
  ): Promise<void>;
}

export interface RegistryDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told, in the changing transaction, that decisions may come out otherwise from now on. */
  readonly rulesChanged?: (tx: Tx) => Promise<void>;
}

/** A snapshot, when it was last known to hold, and the mark under which it was read. */
interface Held {
  readonly at: number;
  readonly mark: string;
  readonly snapshot: RegistrySnapshot;
}

/** Keeps purposes, notices and what belongs to them: a snapshot in memory, every version in the store. */
export function createRegistry(deps: RegistryDeps, packs: RegimePacks): Registry {
  let held: Held | undefined;
  let loading: Promise<RegistrySnapshot> | undefined;
  let installed = false;

  /** What the registries hold now; the snapshot of before where nothing has changed: reading every text is dear. */
  const readIn = async (tx: Pick<Tx, "query">, before: Held | undefined, at: number): Promise<Held> => {
    const mark = await readRegistryMark(tx);
    if (before?.mark === mark) return { ...before, at };
    return { at, mark, snapshot: await readSnapshot(tx, packs) };
  };
  const read = async (before: Held | undefined, at: number): Promise<Held> => {
    if (!installed) {
      await deps.db.tx((tx) => install(tx, deps, packs));
      installed = true;
    }
    return readIn(deps.db, before, at);
  };
  // The embedded engine has one connection and one process: whoever asks while its own transaction is open would wait
  // for itself, and nobody else can have changed anything. There the held snapshot counts until a write replaces it.
  const isAlone = deps.db.engine === "pglite";
  const isFresh = (now: number): boolean =>
    held !== undefined && (isAlone || Math.abs(now - held.at) < SECOND);
  const snapshot = async (): Promise<RegistrySnapshot> => {
    const now = deps.clock.now().getTime();
    if (held !== undefined && isFresh(now)) return held.snapshot;
    if (loading === undefined) {
      const mine: Promise<RegistrySnapshot> = read(held, now)
        .then((fresh) => {
          // A change made while this was read must not be hidden for a second.
          if (loading === mine) held = fresh;
          return fresh.snapshot;
        })
        .finally(() => {
          if (loading === mine) loading = undefined;
        });
      loading = mine;
    }
    return loading;
  };
  const forget = () => {
    if (isAlone) return;
    held = undefined;
    loading = undefined;
  };
  /** After a write. Where the held snapshot counts until it is replaced, the writer waits for the new one. */
  const replace = async () => {
    forget();
    if (isAlone) held = await read(undefined, deps.clock.now().getTime());
  };

  return {
    snapshot,
    async snapshotIn(tx) {
      const now = deps.clock.now().getTime();
      if (held !== undefined && isFresh(now)) return held.snapshot;
      if (!installed) await install(tx, deps, packs);
      return (await readIn(tx, held, now)).snapshot;
    },
    forget,
    async applyPurposes(by, purposes, { preview, complete }) {
      refuseUnknownRegimes(purposes, packs);
      await snapshot();
      const changes = await deps.db.tx(async (tx) => {
        await lockRegistry(tx);
        const before = [...(await readSnapshot(tx, packs)).rules.purposes.values()];
        const named = indexPurposes(purposes);
        const after = complete ? purposes : [...before.filter((p) => !named.has(p.id)), ...purposes];
        const found = diffPurposes(before, after);
        if (preview) return found;
        refuseProblems(found);
        const now = deps.clock.now();
        const rows: PurposeVersionRow[] = found.map((c) =>
          c.kind === "removed"
            ? { purposeId: c.id, appliedAt: now, version: c.purpose.version, definition: null }
            : { purposeId: c.id, appliedAt: now, ...versionOf(named.get(c.id) as Purpose) },
        );
        await insertPurposeVersions(tx, rows, by.actor.id);
        if (rows.length > 0) {
          await deps.rulesChanged?.(tx);
          await stageAudit(tx, deps, {
            actor: by.actor,
            action: "purposes.applied",
            targets: rows.map((r) => ({ kind: "purpose", id: r.purposeId })),
            counts: { purposes: rows.length },
            requestId: by.requestId,
          });
        }
        return found;
      });
      await replace();
      return changes;
    },
    async publishNotice(by, draft, { preview, force }) {
      await snapshot();
      const done = await deps.db.tx(async (tx) => {
        await lockRegistry(tx);
        const now = await readSnapshot(tx, packs);
        const versions = now.notices.filter((n) => n.id === draft.id).map((n) => n.version);
        const notice: Notice = {
          id: draft.id,
          version: Math.max(0, ...versions) + 1,
          purposes: draft.purposes,
          material: draft.material,
          publishedAt: deps.clock.now(),
          texts: draft.texts,
        };
        const findings = lintNotice(notice, [...now.rules.purposes.values()], packs);
        const blocked = findings.some((f) => f.severity === "error") && !force;
        if (preview || blocked) return { notice, findings, published: false };
        await insertNotice(tx, notice, noticeHashes(notice), by.actor.id);
        await deps.rulesChanged?.(tx);
        await stageAudit(tx, deps, {
          actor: by.actor,
          action: "notice.published",
          targets: [{ kind: "notice", id: `${notice.id}/${notice.version}` }],
          counts: { findings: findings.length, material: notice.material ? 1 : 0 },
          requestId: by.requestId,
        });
        return { notice, findings, published: true };
      });
      await replace();
      return done;
    },
    async setController(by, controller) {
      await snapshot();
      const filled = await deps.db.tx(async (tx) => {
        await lockRegistry(tx);
        const now = await readSnapshot(tx, packs);
        const at = deps.clock.now();
        await insertController(tx, controller, at, by.actor.id);
        const rewritten = await fillStarters(tx, now, controller, at, by.actor.id);
        if (rewritten.length > 0) await deps.rulesChanged?.(tx);
        await stageAudit(tx, deps, {
          actor: by.actor,
          action: "controller.changed",
          counts: { notices: rewritten.length },
          requestId: by.requestId,
        });
        return rewritten;
      });
      await replace();
      return filled;
    },
    async setSourceCategories(by, sourceId, categories) {
      const { rules, notices } = await snapshot();
      const errors = Object.values(categories)
        .flat()
        .flatMap((target) => {
          const purpose = rules.purposes.get(target.purpose);
          const wrong = (code: string, message: string) => [{ path: "/categories", code, message }];
          if (purpose === undefined) return wrong("unknown-purpose", "a category names an unknown purpose");
          if (target.channel !== undefined && !purpose.channels.includes(target.channel))
            return wrong("unknown-channel", "a category names a channel that its purpose does not use");
          if (target.notice !== undefined && !notices.some((n) => n.id === target.notice?.id))
            return wrong("unknown-notice", "a category names an unknown notice");
          return [];
        });
      if (errors.length > 0) throw new AppError("invalid-request", { errors });
      await deps.db.tx(async (tx) => {
        await saveSourceCategories(tx, sourceId, categories, deps.clock.now());
        await stageAudit(tx, deps, {
          actor: by.actor,
          action: "source.consent-categories-changed",
          targets: [{ kind: "source", id: sourceId }],
          requestId: by.requestId,
        });
      });
      await replace();
    },
  };
}

function versionOf(purpose: Purpose) {
  return { version: purpose.version, definition: purpose };
}

function refuseProblems(changes: readonly PurposeChange[]): void {
  const errors = changes.flatMap((change) => {
    if (change.kind === "removed" && INDISPENSABLE.includes(change.id)) {
      return [{ path: `/${change.id}`, code: "indispensable", message: "this purpose cannot be taken out" }];
    }
    if (change.kind !== "changed") return [];
    return change.problems.map((message) => ({ path: `/${change.id}`, code: "version", message }));
  });
  if (errors.length > 0)
    throw new AppError("conflict", { detail: "The set does not fit what is registered.", errors });
}

/** A basis for a law of which there is no pack would never be asked for: a slip of the pen. */
function refuseUnknownRegimes(purposes: readonly Purpose[], packs: RegimePacks): void {
  const errors = purposes.flatMap((purpose) =>
    Object.keys(purpose.basisByRegime)
      .filter((id) => !packs.has(id))
      .map((id) => ({
        path: `/${purpose.id}/basisByRegime`,
        code: "unknown-regime",
        message: `names ${id}, of which there is no pack`,
      })),
  );
  if (errors.length > 0)
    throw new AppError("invalid-request", { detail: "The purposes name laws that are not known.", errors });
}

/**
 * Puts the built-in purposes and their starter notices into an empty registry, and writes down which regime packs are
 * in force from now on where others were before.
 */
async function install(tx: Tx, deps: RegistryDeps, packs: RegimePacks): Promise<void> {
  await lockRegistry(tx);
  await insertRegimeVersions(tx, missingVersions(await readRegimeVersions(tx), packs, deps.clock.now()));
  if ((await readPurposeVersions(tx)).length > 0) return;
  const now = deps.clock.now();
  await insertPurposeVersions(
    tx,
    builtInPurposes().map((p) => ({ purposeId: p.id, appliedAt: now, ...versionOf(p) })),
    "candor",
  );
  for (const notice of starterNotices(noticeDetails(UNKNOWN_CONTROLLER), now))
    await insertNotice(tx, notice, noticeHashes(notice), "candor");
}

/**
 * Publishes the starter notices anew where their newest version still is what the starter set says for the company of
 * before. To state the company for the first time is material: nobody can have agreed to words that did not name it.
 */
async function fillStarters(
  tx: Tx,
  before: RegistrySnapshot,
  controller: Controller,
  at: Date,
  by: string,
): Promise<string[]> {
  const purposes = builtInPurposes();
  const old = new Map(starterNotices(noticeDetails(before.controller), at, purposes).map((n) => [n.id, n]));
  const filled: string[] = [];
  for (const fresh of starterNotices(noticeDetails(controller), at, purposes)) {
    const versions = before.notices.filter((n) => n.id === fresh.id);
    const newest = versions.reduce<Notice | null>(
      (a, b) => (a === null || b.version > a.version ? b : a),
      null,
    );
    const was = old.get(fresh.id);
    if (newest === null || was === undefined || !sameWords(newest, was) || sameWords(newest, fresh)) continue;
    const notice: Notice = {
      ...fresh,
      version: newest.version + 1,
      material: before.controller.name.en === UNKNOWN_CONTROLLER.name.en,
    };
    await insertNotice(tx, notice, noticeHashes(notice), by);
    filled.push(notice.id);
  }
  return filled;
}

function sameWords(a: Notice, b: Notice): boolean {
  const [x, y] = [noticeHashes({ ...a, version: 0 }), noticeHashes({ ...b, version: 0 })];
  return LOCALES.every((locale) => x[locale] === y[locale]);
}
