import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Db } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { listedFrom, readLedger, readLedgerHead } from "../erasure-ledger.store.ts";
import type { LedgerEntry } from "../erasure-ledger.ts";
import { readSchema } from "./backup.store.ts";
import { EMBEDDED_FILES, type Manifest, POSTGRES_FILE, writeManifest } from "./manifest.ts";
import { dumpDatabase, type ToolEnvironment } from "./postgres-tools.ts";

export interface BackupDeps {
  readonly data: Db;
  readonly keystore: Db;
  /** Where pg_dump finds the databases; absent on the embedded engine. */
  readonly urls?: { readonly data: string; readonly keystore: string };
  readonly env: ToolEnvironment;
  readonly candor: string;
  readonly now: () => Date;
}

/** The ledger beside the keystore, one entry a line: what an old keystore can catch up from. */
export const LEDGER_FILE = "erasures.ndjson";

export function renderLedgerEntry(entry: LedgerEntry): string {
  const { hash, listed = [], ...rest } = entry;
  const known = listed.map((l) => ({ ...l, mac: l.mac.toString("hex") }));
  return `${JSON.stringify({ ...rest, hash: hash.toString("hex"), listed: known })}\n`;
}

/** Reads what `renderLedgerEntry` wrote. Throws TypeError for anything else; the chain itself is checked where it is used. */
export function parseLedgerEntry(line: string): LedgerEntry {
  const e = JSON.parse(line) as Record<string, unknown>;
  const text = (name: string): string => {
    if (typeof e[name] !== "string") throw new TypeError("this line is no entry of an erasure ledger");
    return e[name];
  };
  if (!Number.isSafeInteger(e.seq) || !Array.isArray(e.keyIds))
    throw new TypeError("this line is no entry of an erasure ledger");
  return {
    seq: e.seq as number,
    subjectId: text("subjectId"),
    keyIds: e.keyIds.map(String),
    runId: text("runId"),
    reason: text("reason"),
    at: new Date(text("at")),
    hash: Buffer.from(text("hash"), "hex"),
    ...(Array.isArray(e.listed) ? { listed: e.listed.map(listedFrom) } : {}),
  };
}

async function writeLedger(keystore: Db, path: string): Promise<void> {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let seq = 0; ; ) {
      const page = await readLedger(keystore, seq, 1_000);
      if (page.length === 0) return;
      for (const entry of page) writeSync(file, renderLedgerEntry(entry));
      seq = page.at(-1)?.seq ?? seq;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Takes a backup of the data into one directory and of the keystore into another; neither may exist. The data goes
 * first: every key that the data of that moment needs is in the keystore of the later one. Half a backup is left under
 * another name or removed, never under its own.
 */
export async function takeBackup(
  deps: BackupDeps,
  into: { readonly data: string; readonly keystore: string },
): Promise<{ readonly data: Manifest; readonly keystore: Manifest }> {
  for (const directory of [into.data, into.keystore])
    if (existsSync(directory))
      throw new AppError("conflict", {
        detail: `${directory} exists already: a backup gets a directory of its own.`,
      });

  const take = async (part: "data" | "keystore"): Promise<Manifest> => {
    const db = deps[part];
    const draft = `${into[part]}.unfinished`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    try {
      const head = await readLedgerHead(deps.keystore);
      const schema = await readSchema(db, part === "data" ? "schema_migration" : "keystore_migration");
      const takenAt = deps.now().toISOString();
      if (deps.urls !== undefined) {
        await dumpDatabase(deps.urls[part], join(draft, POSTGRES_FILE), deps.env);
        chmodSync(join(draft, POSTGRES_FILE), 0o600);
      } else if (db.copyTo !== undefined) await db.copyTo(join(draft, EMBEDDED_FILES));
      else throw new TypeError("this engine has neither files nor a server");
      if (part === "keystore") await writeLedger(deps.keystore, join(draft, LEDGER_FILE));
      const manifest = writeManifest(draft, {
        part,
        engine: db.engine,
        candor: deps.candor,
        schema,
        takenAt,
        erasures: { seq: head.seq, hash: head.hash.toString("hex") },
      });
      renameSync(draft, into[part]);
      return manifest;
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
  };
  const data = await take("data");
  return { data, keystore: await take("keystore") };
}
