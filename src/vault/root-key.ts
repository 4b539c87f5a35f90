import { createHmac, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../kernel/problems.ts";
import { KEY_BYTES } from "./derive.ts";
import { noncePool } from "./nonce.ts";
import {
  contextBytes,
  type RootKeyProvider,
  type ToUnwrap,
  type ToWrap,
  type WrappedKey,
} from "./provider.ts";
import { unwrapBytes, wrapBytes } from "./wrapping.ts";

const FORMAT = 1;
const VERSION_BYTES = 8;
const GROUP_AND_OTHERS = 0o077;
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

function wrong(detail: string, cause?: unknown): AppError {
  return new AppError("invalid-settings", cause === undefined ? { detail } : { detail, cause });
}

/** A short name of a root key that tells nothing about its bytes. */
function versionName(root: Buffer): Buffer {
  return createHmac("sha256", root).update("candor root key version").digest().subarray(0, VERSION_BYTES);
}

function parseRootKey(text: string, what: string): Buffer {
  const trimmed = text.trim();
  const bytes = BASE64_OF_32_BYTES.test(trimmed) ? Buffer.from(trimmed, "base64") : null;
  // "…B=" and "…A=" would decode alike; only the canonical spelling is accepted.
  if (bytes === null || bytes.toString("base64") !== trimmed)
    throw wrong(`${what} must be base64 of exactly 32 bytes.`);
  return bytes;
}

/** A provider over root keys held in memory; the first wraps, the others only unwrap. */
function localProvider(keys: readonly Buffer[]): RootKeyProvider {
  const nonces = noncePool();
  const known = keys.map((root) => ({ root, name: versionName(root) }));
  const current = known[0] as { root: Buffer; name: Buffer };

  const wrapOne = ({ plain, context }: ToWrap): WrappedKey => ({
    bytes: Buffer.concat([
      Buffer.from([FORMAT]),
      current.name,
      wrapBytes(current.root, plain, contextBytes(context), nonces),
    ]),
    version: current.name.toString("hex"),
  });
  const nameIn = (bytes: Buffer): Buffer => {
    if (bytes.length <= 1 + VERSION_BYTES || bytes[0] !== FORMAT)
      throw wrong(
        "The keystore holds a key that was not wrapped by a root key of a file or the environment.",
      );
    return bytes.subarray(1, 1 + VERSION_BYTES);
  };
  const unwrapOne = ({ bytes, context }: ToUnwrap): Buffer => {
    const name = nameIn(bytes);
    const holder = known.find((k) => k.name.equals(name));
    if (holder === undefined) {
      throw wrong(
        `The keystore was wrapped under root key version ${name.toString("hex")}, but the root key given is version ${current.name.toString("hex")}. Give the root key this keystore was made with; without it the data cannot be read.`,
      );
    }
    const plain = unwrapBytes(holder.root, bytes.subarray(1 + VERSION_BYTES), contextBytes(context));
    if (plain === null) {
      throw new AppError("keystore-unavailable", {
        detail: "A key in the keystore was altered and cannot be unwrapped.",
      });
    }
    return plain;
  };

  return {
    name: "file",
    currentVersion: async () => current.name.toString("hex"),
    versionOf: async (wrapped) => wrapped.map((bytes) => nameIn(bytes).toString("hex")),
    wrap: async (items) => items.map(wrapOne),
    unwrap: async (items) => items.map(unwrapOne),
    rewrap: async (items) =>
      items.map((item) => {
        const plain = unwrapOne(item);
        try {
          return wrapOne({ plain, context: item.context });
        } finally {
          plain.fill(0);
        }
      }),
  };
}

/**
 * A provider whose root key is given as base64 of 32 bytes, as from the environment. `previous` are older root
 * keys that may still unwrap. Throws `invalid-settings`, never repeating the text.
 */
export function rootKeyFromText(text: string, previous: readonly string[] = []): RootKeyProvider {
  return localProvider([
    parseRootKey(text, "The root key"),
    ...previous.map((t) => parseRootKey(t, "A previous root key")),
  ]);
}

function refuseWide(path: string, mode: number, owner: number, narrow: string): void {
  // Windows has no such permission bits.
  if (process.platform === "win32") return;
  if ((mode & GROUP_AND_OTHERS) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, "0");
    throw wrong(`${path} may be read by other users (its mode is ${found}). Run: chmod ${narrow} ${path}`);
  }
  const me = process.getuid?.();
  if (me !== undefined && owner !== me && owner !== 0)
    throw wrong(`${path} belongs to another user, who could replace the root key.`);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Writes keys, one a line, into a file beside the one they are for. */
function writeDraft(path: string, keys: readonly Buffer[]): string {
  const draft = join(dirname(path), `.root-key-${randomBytes(8).toString("hex")}`);
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, keys.map((key) => `${key.toString("base64")}\n`).join(""));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return draft;
}

function syncFolder(path: string): void {
  const directory = openSync(dirname(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Writes a new key under another name and links it into place, so that nobody ever reads half a key. */
function generateFile(path: string): boolean {
  const root = randomBytes(KEY_BYTES);
  const draft = writeDraft(path, [root]);
  root.fill(0);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(path);
  return true;
}

/** Replaces the file as a whole: whoever reads it meets the old keys or the new ones. */
function replaceFile(path: string, keys: readonly Buffer[]): void {
  renameSync(writeDraft(path, keys), path);
  syncFolder(path);
}

/**
 * A provider over the keys of a file. It is asked rarely, so it reads the file each time: a rotation by another process
 * is seen at once. While the file cannot be read it goes on with the keys it has.
 */
function fileProvider(path: string, first: readonly Buffer[]): RootKeyProvider {
  let keys = first;
  const now = (): RootKeyProvider => {
    keys = readRootFile(path) ?? keys;
    return localProvider(keys);
  };
  return {
    name: "file",
    currentVersion: () => now().currentVersion(),
    versionOf: (wrapped) => now().versionOf(wrapped),
    wrap: (items) => now().wrap(items),
    unwrap: (items) => now().unwrap(items),
    rewrap: (items) => now().rewrap(items),
    async rotate() {
      now();
      replaceFile(path, [randomBytes(KEY_BYTES), ...keys]);
    },
    async forgetPrevious() {
      now();
      if (keys.length > 1) replaceFile(path, keys.slice(0, 1));
    },
  };
}

/** The keys in the file, the current one first; null when there is no file. */
function readRootFile(path: string): Buffer[] | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw wrong(`The root key file ${path} cannot be opened.`, error);
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw wrong(`The root key file ${path} is not a file.`);
    refuseWide(path, found.mode, found.uid, "600");
    const lines = readFileSync(file, "utf8").trim().split(/\s+/);
    return lines.map((line) =>
      parseRootKey(
        line,
        lines.length === 1 ? `The root key file ${path}` : `Each line of the root key file ${path}`,
      ),
    );
  } finally {
    closeSync(file);
  }
}

export interface OpenedRootKey {
  readonly provider: RootKeyProvider;
  /** True when the key was made just now: warn that losing the file loses the data. */
  readonly generated: boolean;
}

/**
 * Opens the root key file, or makes it once: 0600, in a directory of its own (0700). Two processes that start
 * together end with the same key. Throws `invalid-settings` when the file or its directory is open to other
 * users, or does not hold base64 of 32 bytes.
 */
export function openRootKeyFile(path: string): OpenedRootKey {
  const folder = dirname(path);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700);
  const about = statSync(folder);
  refuseWide(folder, about.mode, about.uid, "700");
  const present = readRootFile(path);
  if (present !== null) return { provider: fileProvider(path, present), generated: false };
  const generated = generateFile(path);
  const made = readRootFile(path);
  if (made === null) throw wrong(`The root key file ${path} disappeared while it was being made.`);
  return { provider: fileProvider(path, made), generated };
}
