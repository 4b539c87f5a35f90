import { createHash, randomBytes } from "node:crypto";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import type { Db } from "../../src/db/index.ts";
import { type Clock, DAY, SECOND } from "../../src/kernel/clock.ts";
import type { Ids, KeyId } from "../../src/kernel/ids.ts";
import { findCurrency } from "../../src/kernel/money.ts";
import { AppError, type FieldProblem } from "../../src/kernel/problems.ts";
import type { Principal } from "../../src/kernel/route.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { IdentifierRule, SourceSettings } from "../adapter.ts";
import { mappingWarnings, validateMapping } from "../mapping/index.ts";
import { validateSecrets } from "../sources/social/index.ts";
import { isTimeZone } from "../steps/index.ts";
import type { NewSource, SourceChange } from "./source.schema.ts";
import {
  expireOlderKeys,
  findSource,
  findSourceByKey,
  insertSource,
  insertSourceKey,
  lockSource,
  readSources,
  type SourceRow,
  updateSource,
} from "./sources.store.ts";

export interface SourceDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Ids of the registered purposes. */
  readonly purposes: () => Promise<{ has(id: string): boolean }>;
}

/** A source as ingestion needs it. */
export interface KnownSource {
  readonly settings: SourceSettings;
  readonly row: SourceRow;
}

export interface SourceRegistry {
  create(
    principal: Principal,
    requestId: string,
    input: NewSource,
  ): Promise<{ id: string; writeKey: string; warnings: readonly FieldProblem[] }>;
  change(principal: Principal, requestId: string, id: string, change: SourceChange): Promise<SourceRow>;
  /** A further write key; older ones end after `overlapDays` (7 unless stated, 0 at once). */
  rotateKey(
    principal: Principal,
    requestId: string,
    id: string,
    overlapDays: number,
  ): Promise<{ writeKey: string }>;
  /** Throws `not-found`. */
  get(id: string): Promise<KnownSource>;
  list(page: { limit: number; after?: string }): Promise<SourceRow[]>;
  /** The active source that a write key belongs to. Answers may be up to 5 s old. */
  findByWriteKey(writeKey: string): Promise<KnownSource | undefined>;
  /** Opens the webhook secrets of a source; null when it has none. */
  secretsOf(source: KnownSource): Promise<Record<string, string> | null>;
}

const REMEMBERED = 5 * SECOND;

function hashKey(writeKey: string): Buffer {
  return createHash("sha256").update(writeKey, "utf8").digest();
}

function newWriteKey(): string {
  return `wk_${randomBytes(32).toString("base64url")}`;
}

export function settingsOf(row: SourceRow): SourceSettings {
  const {
    id,
    name,
    kind,
    platform,
    purposes,
    locale,
    region,
    timeZone,
    currency,
    identifiers,
    blockedValues,
    orderNamespace,
    mapping,
  } = row;
  return {
    id,
    name,
    kind,
    platform,
    purposes,
    locale,
    region,
    timeZone,
    // A source may be older than the rule by which currencies are known.
    currency: currency === null ? null : findCurrency(currency),
    identifiers,
    blockedValues,
    orderNamespace,
    mapping,
  };
}

/** As a setting is kept: the code where it is one, else as it came, for {@link problemsOf} to name. */
function standardCurrency(currency: string): string {
  return findCurrency(currency) ?? currency;
}

/** What is wrong with a source's settings beyond their form. */
function problemsOf(
  source: Pick<SourceRow, "kind" | "platform" | "timeZone" | "currency" | "mapping">,
): FieldProblem[] {
  const errors: FieldProblem[] = [];
  if (source.kind === "social" && source.platform === null) {
    errors.push({ path: "/platform", code: "required", message: "A social source names its platform." });
  }
  if (source.kind !== "social" && source.platform !== null) {
    errors.push({ path: "/platform", code: "unexpected", message: "Only social sources have a platform." });
  }
  if (!isTimeZone(source.timeZone)) {
    errors.push({
      path: "/timeZone",
      code: "time-zone",
      message: "Must be an IANA time zone, such as Asia/Taipei.",
    });
  }
  if (source.currency !== null && findCurrency(source.currency) === null) {
    errors.push({
      path: "/currency",
      code: "unknown-currency",
      message: "Must be an ISO 4217 code, such as TWD.",
    });
  }
  if (source.mapping !== null) {
    const mapping = validateMapping(source.mapping);
    if (mapping.kind === "bad") {
      for (const e of mapping.errors) errors.push({ ...e, path: `/mapping${e.path}` });
    }
  }
  return errors;
}

/** What of a source's mapping cannot work, named by its place in the source. */
export function sourceWarnings(
  row: Pick<SourceRow, "kind" | "currency" | "identifiers" | "mapping">,
): FieldProblem[] {
  const checked = row.mapping === null ? null : validateMapping(row.mapping);
  if (checked?.kind !== "ok") return [];
  return mappingWarnings(checked.mapping, row).map((w) => ({ ...w, path: `/mapping${w.path}` }));
}

/** Registers sources and knows them again. Every change is audited in the same transaction. */
export function createSourceRegistry(deps: SourceDeps): SourceRegistry {
  const { db, vault, clock, ids } = deps;
  const remembered = new Map<string, { at: number; source: Promise<KnownSource | undefined> }>();
  const known = (row: SourceRow): KnownSource => ({ row, settings: settingsOf(row) });

  /** Everybody who asks while an answer is under way waits for that one. A failed look-up is not remembered. */
  const recall = (
    key: string,
    find: () => Promise<SourceRow | undefined>,
  ): Promise<KnownSource | undefined> => {
    const now = clock.now().getTime();
    const hit = remembered.get(key);
    if (hit !== undefined && Math.abs(now - hit.at) < REMEMBERED) return hit.source;
    if (remembered.size > 10_000) remembered.clear();
    const source = find().then((row) => (row === undefined ? undefined : known(row)));
    remembered.set(key, { at: now, source });
    source.catch(() => remembered.delete(key));
    return source;
  };

  const sealSecrets = async (
    id: string,
    platform: SourceRow["platform"],
    secrets: Record<string, string>,
  ) => {
    if (platform === null) {
      throw new AppError("invalid-request", {
        errors: [
          { path: "/secrets", code: "unexpected", message: "Only social sources have webhook secrets." },
        ],
      });
    }
    const checked = validateSecrets(platform, secrets);
    if (checked.kind === "bad") {
      throw new AppError("invalid-request", { errors: checked.errors });
    }
    const [key] = await vault.createKeys("source", 1);
    if (key === undefined) throw new AppError("keystore-unavailable");
    const place = { table: "source", column: "secrets", recordId: id, category: "secret" };
    return {
      keyId: key.id as KeyId,
      secrets: vault.seal(key, place, Buffer.from(JSON.stringify(secrets), "utf8")),
    };
  };

  /** A source can collect only for purposes that there are: one misspelt would refuse everything it sends. */
  const unknownPurposes = async (wanted: readonly string[]): Promise<FieldProblem[]> => {
    const known = await deps.purposes();
    return wanted.flatMap((id, i) =>
      known.has(id)
        ? []
        : [{ path: `/purposes/${i}`, code: "unknown-purpose", message: "Is not a registered purpose." }],
    );
  };

  const there = (row: SourceRow | undefined): SourceRow => {
    if (row === undefined) throw new AppError("not-found", { detail: "There is no source by that id." });
    return row;
  };
  const requireRow = async (id: string): Promise<SourceRow> => there(await findSource(db, id));

  return {
    async create(principal, requestId, input) {
      const now = clock.now();
      const id = ids.next();
      const base = {
        id,
        name: input.name,
        kind: input.kind,
        platform: input.platform ?? null,
        purposes: input.purposes,
        locale: input.locale ?? null,
        region: input.region ?? regionOf(input.locale),
        timeZone: input.timeZone ?? "UTC",
        currency: input.currency === undefined ? null : standardCurrency(input.currency),
        identifiers: (input.identifiers ?? {}) as Record<string, IdentifierRule>,
        blockedValues: input.blockedValues ?? [],
        orderNamespace: input.orderNamespace ?? null,
        mapping: input.mapping ?? null,
        state: "active" as const,
        createdAt: now,
        updatedAt: now,
      };
      const errors = [...problemsOf(base), ...(await unknownPurposes(base.purposes))];
      if (errors.length > 0) throw new AppError("invalid-request", { errors });
      const sealed =
        input.secrets === undefined
          ? { keyId: null, secrets: null }
          : await sealSecrets(id, base.platform, input.secrets);
      const writeKey = newWriteKey();
      await db.retryingTx(async (tx) => {
        await insertSource(tx, { ...base, ...sealed });
        await insertSourceKey(tx, { sourceId: id, hash: hashKey(writeKey), at: now, expiresAt: null });
        await stageAudit(tx, deps, {
          actor: actorOf(principal),
          action: "source.created",
          targets: [{ kind: "source", id }],
          requestId,
        });
      });
      return { id, writeKey, warnings: sourceWarnings(base) };
    },

    async change(principal, requestId, id, change) {
      // A platform is never changed: it may be read before the lock.
      const { platform } = await requireRow(id);
      const { secrets, mapping, ...plain } = change;
      const sealed = secrets === undefined ? {} : await sealSecrets(id, platform, secrets);
      const unknown = plain.purposes === undefined ? [] : await unknownPurposes(plain.purposes);
      const changed = {
        ...(Object.fromEntries(
          Object.entries(plain).filter(([, v]) => v !== undefined),
        ) as Partial<SourceRow>),
        ...(plain.currency === undefined ? {} : { currency: standardCurrency(plain.currency) }),
        ...(mapping === undefined ? {} : { mapping }),
        ...sealed,
        updatedAt: clock.now(),
      };
      const after = await db.retryingTx(async (tx) => {
        const row: SourceRow = { ...there(await lockSource(tx, id)), ...changed };
        const errors = [...problemsOf(row), ...unknown];
        if (errors.length > 0) throw new AppError("invalid-request", { errors });
        await updateSource(tx, row);
        await stageAudit(tx, deps, {
          actor: actorOf(principal),
          action: "source.changed",
          targets: [{ kind: "source", id }],
          requestId,
        });
        return row;
      });
      remembered.clear();
      return after;
    },

    async rotateKey(principal, requestId, id, overlapDays) {
      await requireRow(id);
      const now = clock.now();
      const writeKey = newWriteKey();
      await db.retryingTx(async (tx) => {
        const hash = hashKey(writeKey);
        await insertSourceKey(tx, { sourceId: id, hash, at: now, expiresAt: null });
        await expireOlderKeys(tx, id, hash, new Date(now.getTime() + overlapDays * DAY));
        await stageAudit(tx, deps, {
          actor: actorOf(principal),
          action: "source.key-rotated",
          targets: [{ kind: "source", id }],
          requestId,
        });
      });
      remembered.clear();
      return { writeKey };
    },

    async get(id) {
      const source = await recall(`id:${id}`, () => findSource(db, id));
      if (source === undefined) throw new AppError("not-found", { detail: "There is no source by that id." });
      return source;
    },

    list: (page) => readSources(db, page),

    async findByWriteKey(writeKey) {
      if (!writeKey.startsWith("wk_") || writeKey.length > 100) return undefined;
      const hash = hashKey(writeKey);
      return recall(`key:${hash.toString("base64")}`, () => findSourceByKey(db, hash, clock.now()));
    },

    async secretsOf({ row }) {
      if (row.secrets === null || row.keyId === null) return null;
      const keys = await vault.loadKeys([row.keyId]);
      const key = keys.get(row.keyId);
      if (key === undefined) return null;
      const place = { table: "source", column: "secrets", recordId: row.id, category: "secret" };
      return JSON.parse(vault.open(key, place, row.secrets).toString("utf8")) as Record<string, string>;
    },
  };
}

/** The region a locale names, such as TW in zh-TW. */
function regionOf(locale: string | undefined): string | null {
  const m = /[-_]([A-Z]{2})$/.exec(locale ?? "");
  return m?.[1] ?? null;
}
