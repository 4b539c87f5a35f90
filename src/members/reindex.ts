import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "../db/index.ts";
import { type Clock, MINUTE, SECOND } from "../kernel/clock.ts";
import { spaceOf } from "../kernel/identifier.ts";
import { type Rotation, type RotationStep, respell, type Vault } from "../vault/index.ts";
import {
  beginEpoch,
  beginRules,
  completeEpoch,
  countOldNodes,
  noteRespelled,
  type OldNode,
  readEpoch,
  readOldNodes,
  saveIndexed,
} from "./identifier-index.store.ts";
import { refuseNewerRules } from "./identifier-index.ts";
import { lockSuppressions } from "./suppression.store.ts";

export interface ReindexDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
}

const BATCH = 1_000;
/** A transaction that looked before an erasure and stored after it has ended by then; the second pass sees its node. */
const SETTLE = MINUTE;

/** Between two looks at work that another process does. */
const LOOK_AGAIN = SECOND;

/**
 * Does the rotation of the index key, a slice at a time. Its state lies in the keystore, whichever process steps next goes
 * on, and a slice done twice changes nothing:
 *
 * `publish` makes the new version the one for new identifiers, while no events are being stored; every process learns it in
 * its next transaction. `index` gives each known identifier an alias under it. After a minute `again` looks a second time;
 * then the older versions are retired and no longer asked.
 *
 * Data that came back from before a rotation are indexed anew by themselves, and so are data whose identifiers were spelled
 * by older rules than the vault's.
 */
export function createReindexer(deps: ReindexDeps): {
  step(options?: { readonly batch?: number }): Promise<RotationStep>;
  /**
   * Sees to it that whoever is known is found by today's rules of spelling, before anybody is looked for: where the data
   * were indexed by older ones, returns when they are indexed anew. Throws `schema-too-new` for rules newer than the vault's.
   */
  adoptRules(): Promise<void>;
} {
  const { db, vault } = deps;
  let hasLooked = false;

  /** Data older than the key, as after a restore; those cut short in the midst are found once by each process. */
  const restored = async (): Promise<Rotation | null> => {
    const epoch = await readEpoch(db);
    const rules = vault.normaliser.version;
    refuseNewerRules(epoch, rules);
    const newest = vault.indexVersions()[0] ?? 1;
    const isBehind = epoch.version < newest || (!hasLooked && epoch.complete < newest);
    hasLooked = true;
    // Under the key that the data have already, a new spelling could not be told from an old one.
    if (epoch.rules < rules && !isBehind) return vault.rotations.startIndex({ again: false });
    return isBehind ? vault.rotations.startIndex({ again: true }) : null;
  };

  const step = async ({ batch = BATCH }: { readonly batch?: number } = {}): Promise<RotationStep> => {
    const rotation = (await vault.rotations.leaseIndex()) ?? (await restored());
    return rotation === null ? { worked: 0, isRunning: false } : stepRotation(deps, rotation, batch);
  };

  return {
    step,
    async adoptRules() {
      const rules = vault.normaliser.version;
      for (;;) {
        const epoch = await readEpoch(db);
        refuseNewerRules(epoch, rules);
        if (epoch.respelled === rules) return;
        await db.retryingTx(async (tx) => {
          await lockSuppressions(tx);
          await beginRules(tx, rules);
        });
        if ((await readEpoch(db)).respelled === rules) return;
        const { worked } = await step();
        if (worked === 0) await pause(LOOK_AGAIN);
      }
    },
  };
}

async function stepRotation(deps: ReindexDeps, rotation: Rotation, batch: number): Promise<RotationStep> {
  const { db, vault, clock } = deps;
  const version = Number(rotation.toVersion);
  if ((vault.indexVersions()[0] ?? 0) < version) await vault.reloadIndexKeys();
  const note = (change: Parameters<typeof vault.rotations.noteIndex>[1]) =>
    vault.rotations.noteIndex(rotation.id, change);
  switch (rotation.phase) {
    case "publish": {
      await db.retryingTx(async (tx) => {
        await lockSuppressions(tx);
        await beginEpoch(tx, version, vault.normaliser.version);
      });
      await note({ phase: "index", cursor: "", total: await countOldNodes(db, version) });
      return { worked: 1, isRunning: true };
    }
    case "index":
      return { worked: await slice(deps, rotation, version, batch, "settle"), isRunning: true };
    case "settle":
      if (clock.now().getTime() - rotation.updatedAt.getTime() < SETTLE)
        return { worked: 0, isRunning: true };
      await note({ phase: "again", cursor: "" });
      return { worked: 1, isRunning: true };
    default:
      return { worked: await slice(deps, rotation, version, batch, "done"), isRunning: true };
  }
}

async function slice(
  { db, vault }: ReindexDeps,
  rotation: Rotation,
  version: number,
  batch: number,
  then: "settle" | "done",
): Promise<number> {
  const after = rotation.cursor === null ? null : Buffer.from(rotation.cursor, "hex");
  const nodes = await readOldNodes(db, version, after, batch);
  const last = nodes.at(-1);
  if (last === undefined) {
    if (then === "settle") {
      await db.retryingTx((tx) => noteRespelled(tx, version));
      await vault.rotations.noteIndex(rotation.id, { phase: "settle", cursor: "" });
    } else {
      await db.retryingTx((tx) => completeEpoch(tx, version));
      await vault.rotations.finishIndex(rotation.id, version);
    }
    return 1;
  }
  const found = await reindexed(vault, version, nodes);
  await db.retryingTx((tx) => saveIndexed(tx, version, found));
  await vault.rotations.noteIndex(rotation.id, { cursor: last.bi.toString("hex"), more: found.length });
  return nodes.length;
}

/** Opens one value of each node and computes its index anew; nodes that nobody names any more are left out. */
async function reindexed(
  vault: Vault,
  version: number,
  nodes: readonly OldNode[],
): Promise<{ readonly bi: Buffer; readonly mac: Buffer }[]> {
  const keys = await vault.loadKeys([
    ...new Set(nodes.flatMap((n) => (n.held === null ? [] : [n.held.keyId]))),
  ]);
  return nodes.flatMap(({ bi, held }) => {
    const key = held === null ? undefined : keys.get(held.keyId);
    if (held === null || key === undefined) return [];
    const place = {
      table: "evidence",
      column: "cell",
      recordId: `${held.subjectId}/${bi.toString("hex")}`,
      category: "identity",
    };
    const value = vault.open(key, place, held.cell).toString("utf8");
    const spelled = respell(vault.normaliser, held.kind, value);
    return [{ bi, mac: vault.blindIndexAt(version, spaceOf(held.kind), held.issuer, spelled) }];
  });
}
