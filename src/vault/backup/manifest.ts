import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { join, relative } from "node:path";
import { DAY } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";

export type BackupPart = "data" | "keystore";

/**
 * How long a backup of the keystore may be kept, in days. A key that was destroyed lives on in it, and a certificate of
 * erasure names the day on which the last copy dies.
 */
export const KEYSTORE_BACKUP_DAYS = 7;

/** What a backup directory says about itself, in `manifest.json`. */
export interface Manifest {
  readonly format: "candor-backup";
  readonly v: 1;
  readonly part: BackupPart;
  readonly engine: "pglite" | "postgres";
  /** The Candor that made it, and the schema of the database in it. */
  readonly candor: string;
  readonly schema: number;
  readonly takenAt: string;
  /** For a keystore: delete it by then. */
  readonly deleteBy: string | null;
  /** How far the erasure ledger had come. */
  readonly erasures: { readonly seq: number; readonly hash: string };
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

export const MANIFEST = "manifest.json";
/** Where the files are: a directory of the embedded engine, or the one file of pg_dump. */
export const EMBEDDED_FILES = "files";
export const POSTGRES_FILE = "database.pgdump";

function wrong(detail: string): AppError {
  return new AppError("invalid-request", { detail });
}

/** SHA-256 of a file of any size, in hex. */
function hashFile(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, "r");
  try {
    for (let n = readSync(file, piece); n > 0; n = readSync(file, piece)) hash.update(piece.subarray(0, n));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

function listFiles(root: string, folder: string = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(root, path) : [relative(root, path)];
    })
    .sort();
}

/** Describes the files of a backup and writes its manifest, last of all: a directory without one is no backup. */
export function writeManifest(
  directory: string,
  about: Omit<Manifest, "format" | "v" | "files" | "deleteBy">,
): Manifest {
  const taken = new Date(about.takenAt).getTime();
  const manifest: Manifest = {
    format: "candor-backup",
    v: 1,
    ...about,
    deleteBy: about.part === "keystore" ? new Date(taken + KEYSTORE_BACKUP_DAYS * DAY).toISOString() : null,
    files: listFiles(directory).map((name) => ({
      name,
      bytes: statSync(join(directory, name)).size,
      sha256: hashFile(join(directory, name)),
    })),
  };
  const file = openSync(join(directory, MANIFEST), "wx", 0o600);
  try {
    writeSync(file, `${JSON.stringify(manifest, null, 1)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return manifest;
}

/** Reads a backup's manifest; throws `invalid-request` when the directory is no whole backup of that part. */
export function readManifest(directory: string, part: BackupPart): Manifest {
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8")) as Partial<Manifest>;
  } catch {
    throw wrong(`${directory} holds no backup: its ${MANIFEST} is missing or spoilt.`);
  }
  if (manifest.format !== "candor-backup" || manifest.v !== 1 || !Array.isArray(manifest.files))
    throw wrong(`${directory} holds no backup of this kind.`);
  if (manifest.part !== part)
    throw wrong(`${directory} holds a backup of the ${manifest.part ?? "unknown"}, not of the ${part}.`);
  return manifest as Manifest;
}

/** Checks that a backup's files are those it was made with; throws `invalid-request` naming the first that is not. */
export function verifyFiles(directory: string, manifest: Manifest): void {
  const there = listFiles(directory).filter((name) => name !== MANIFEST);
  const known = new Map(manifest.files.map((f) => [f.name, f]));
  const stray = there.find((name) => !known.has(name));
  if (stray !== undefined)
    throw wrong(`The backup in ${directory} has a file it was not made with: ${stray}.`);
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(directory, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.size !== bytes || hashFile(path) !== sha256)
      throw wrong(`The backup in ${directory} is spoilt: ${name} is missing or was changed.`);
  }
}
