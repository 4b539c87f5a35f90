import { canonicalJson } from "../kernel/canonical-json.ts";
import { leafHash } from "./entry.ts";
import { frontier, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { keyIdOfHead, openJws, openTreeHead, type PublicJwk, type TreeHead } from "./tree-head.ts";

/** What a file turned out to be, and whether it proves what it claims. */
export interface Verdict {
  readonly kind: "log" | "entry" | "growth" | "certificate" | "unknown";
  readonly ok: boolean;
  /** What was checked and holds, a sentence each. */
  readonly holds: readonly string[];
  /** What does not, a sentence each; empty when all holds. */
  readonly fails: readonly string[];
  /** What could not be checked, and why. */
  readonly notes: readonly string[];
  /** The key that signed: whoever verifies compares it with the one that the installation published. */
  readonly keyId: string | null;
}

export interface VerifyOptions {
  /** Signed heads kept from elsewhere, such as an anchor: the file must agree with each. */
  readonly heads?: readonly string[];
  /** The id of the only key that is trusted; any key in the file unless given. */
  readonly keyId?: string;
}

interface Claims {
  readonly format?: unknown;
  readonly keys?: unknown;
  readonly [name: string]: unknown;
}

const HASH = /^[0-9a-f]{64}$/;

function object(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function keysOf(claims: Claims, options: VerifyOptions): PublicJwk[] {
  const all = Array.isArray(claims.keys) ? (claims.keys as PublicJwk[]) : [];
  return options.keyId === undefined ? all : all.filter((k) => k.kid === options.keyId);
}

function pathOf(claims: Claims): Buffer[] | null {
  const { path } = claims;
  if (!Array.isArray(path) || !path.every((h) => typeof h === "string" && HASH.test(h))) return null;
  return path.map((h: string) => Buffer.from(h, "hex"));
}

/** Collects sentences; the verdict is whether none speaks of failure. */
function findings(kind: Verdict["kind"], keyId: string | null) {
  const holds: string[] = [];
  const fails: string[] = [];
  const notes: string[] = [];
  return {
    check(isRight: boolean, held: string, failed: string): boolean {
      (isRight ? holds : fails).push(isRight ? held : failed);
      return isRight;
    },
    fail: (sentence: string) => void fails.push(sentence),
    note: (sentence: string) => void notes.push(sentence),
    take(other: Verdict) {
      holds.push(...other.holds);
      fails.push(...other.fails);
    },
    verdict: (): Verdict => ({ kind, ok: fails.length === 0, holds, fails, notes, keyId }),
  };
}

function headOf(jws: unknown, keys: readonly PublicJwk[]): TreeHead | null {
  return typeof jws === "string" ? openTreeHead(jws, keys) : null;
}

function isCanonical(entry: string): boolean {
  const value = object(entry);
  return value !== null && canonicalJson(value) === entry;
}

const SIGNATURE = "The signed tree head is genuine under the file's key.";
const NO_SIGNATURE = "The signed tree head is not genuine, or was signed by a key that is not trusted.";

function verifyEntry(claims: Claims, options: VerifyOptions): Verdict {
  const keys = keysOf(claims, options);
  const found = findings("entry", keyIdOfHead(String(claims.treeHead)));
  const head = headOf(claims.treeHead, keys);
  found.check(head !== null, SIGNATURE, NO_SIGNATURE);
  const { entry, seq } = claims;
  const path = pathOf(claims);
  if (typeof entry !== "string" || typeof seq !== "number" || path === null) {
    found.fail("The file lacks an entry, its number or its path.");
  } else if (head !== null) {
    found.check(isCanonical(entry), "The entry is canonical JSON.", "The entry is not canonical JSON.");
    found.check(
      verifyInclusion(leafHash(entry), seq, head, path),
      `The entry is number ${seq} of the ${head.size} that were signed at ${head.at.toISOString()}.`,
      "The entry is not in the log that was signed.",
    );
  }
  return found.verdict();
}

function verifyGrowth(claims: Claims, options: VerifyOptions): Verdict {
  const keys = keysOf(claims, options);
  const found = findings("growth", keyIdOfHead(String(claims.to)));
  const [from, to, path] = [headOf(claims.from, keys), headOf(claims.to, keys), pathOf(claims)];
  found.check(from !== null && to !== null, "Both signed tree heads are genuine.", NO_SIGNATURE);
  if (from !== null && to !== null)
    found.check(
      path !== null && verifyConsistency(from, to, path),
      `The log of ${to.size} entries begins with all ${from.size} that were signed at ${from.at.toISOString()}.`,
      "The later log does not begin with the earlier one: its past was changed.",
    );
  return found.verdict();
}

/** What the JWS of a certificate must name itself; see src/privacy. */
const CERTIFICATE = "candor-certificate+json";

/** A certificate as `GET /v1/certificates/{id}` answers it: the body, its signature, the keys, and its audit proof. */
function verifyCertificate(file: Record<string, unknown>, options: VerifyOptions): Verdict {
  const jws = String(file.jws);
  const claims: Claims = { keys: (file.keys as { keys?: unknown } | null)?.keys };
  const keys = keysOf(claims, options);
  const found = findings("certificate", keyIdOfHead(jws));
  const payload = openJws(jws, { cty: CERTIFICATE }, keys);
  const isGenuine = found.check(
    payload !== null,
    "The certificate's signature is genuine under the file's key.",
    "The certificate's signature is not genuine, or is by a key that is not trusted.",
  );
  const body = (file.certificate ?? null) as { kind?: unknown; audit?: { entryId?: unknown } } | null;
  if (isGenuine)
    found.check(
      body !== null && payload === canonicalJson(body),
      "The certificate says what was signed.",
      "The certificate in the file is not the one that was signed.",
    );
  if (file.proof === null || file.proof === undefined) {
    found.note(
      "The file has no proof from the audit log: a tree head is signed within a minute; read it again.",
    );
    return found.verdict();
  }
  const proof = { ...(file.proof as Record<string, unknown>), keys: claims.keys };
  found.take(verifyEntry(proof, options));
  const entry = object(String((file.proof as { entry?: unknown }).entry));
  found.check(
    entry !== null &&
      entry.id === body?.audit?.entryId &&
      entry.action === `privacy.${String(body?.kind)}-certified`,
    "The audit entry is the one this certificate names.",
    "The audit entry is not the one this certificate names.",
  );
  return found.verdict();
}

async function verifyLog(
  claims: Claims,
  lines: AsyncIterable<string>,
  options: VerifyOptions,
): Promise<Verdict> {
  const keys = keysOf(claims, options);
  const found = findings("log", keyIdOfHead(String(claims.treeHead)));
  const head = headOf(claims.treeHead, keys);
  found.check(head !== null, SIGNATURE, NO_SIGNATURE);
  const kept = new Map<number, TreeHead>();
  for (const jws of options.heads ?? []) {
    const known = openTreeHead(jws, keys);
    if (known === null) found.fail("A head given beside the file is not genuine under the file's keys.");
    else kept.set(known.size, known);
  }

  const tree = frontier();
  let earlier = 0;
  let agreed = 0;
  for await (const line of lines) {
    if (line === "") continue;
    const item = object(line);
    if (typeof item?.head === "string") {
      const signed = openTreeHead(item.head, keys);
      const isRight = signed?.size === tree.size && signed.root.equals(tree.root());
      if (isRight) earlier += 1;
      else found.fail(`A head that was signed at entry ${tree.size} does not fit the entries before it.`);
      continue;
    }
    if (typeof item?.entry !== "string" || item.seq !== tree.size) {
      found.fail(`Entry ${tree.size} is missing, spoilt or out of order.`);
      break;
    }
    if (!isCanonical(item.entry)) found.fail(`Entry ${tree.size} is not canonical JSON.`);
    tree.add(leafHash(item.entry));
    const known = kept.get(tree.size);
    if (known !== undefined) {
      kept.delete(tree.size);
      if (known.root.equals(tree.root())) agreed += 1;
      else found.fail(`The file disagrees with the head kept elsewhere for ${known.size} entries.`);
    }
  }
  for (const size of kept.keys())
    found.fail(`The file ends before the ${size} entries of a head kept elsewhere.`);
  if (head !== null) {
    found.check(
      tree.size === head.size && tree.root().equals(head.root),
      `All entries (${head.size}) are there, unchanged since they were signed at ${head.at.toISOString()}.`,
      `The ${tree.size} entries in the file do not give the root that was signed for ${head.size}.`,
    );
    if (earlier > 0)
      found.check(true, `${earlier} signed tree head${earlier === 1 ? "" : "s"} on the way fit, too.`, "");
    if (agreed > 0) found.check(true, `${agreed} kept elsewhere agree${agreed === 1 ? "s" : ""}.`, "");
  }
  return found.verdict();
}

/**
 * Verifies an exported log, the proof of one entry, or the proof that the log only grew, from the lines of the file alone.
 * Never throws for what the file holds.
 */
export async function verifyEvidence(
  lines: AsyncIterable<string>,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const iterator = lines[Symbol.asyncIterator]();
  const first = await iterator.next();
  const rest: AsyncIterable<string> = { [Symbol.asyncIterator]: () => iterator };
  const claims = first.done === true ? null : object(first.value);
  if (claims?.format === "candor-audit-log") return verifyLog(claims, rest, options);
  // A document of one value may be spread over several lines.
  let text = first.done === true ? "" : first.value;
  for await (const line of rest) text += `\n${line}`;
  const whole = object(text);
  if (whole?.format === "candor-audit-proof") return verifyEntry(whole, options);
  if (whole?.format === "candor-audit-growth") return verifyGrowth(whole, options);
  if (whole !== null && "certificate" in whole && "jws" in whole) return verifyCertificate(whole, options);
  return {
    kind: "unknown",
    ok: false,
    holds: [],
    fails: ["The file is neither an exported audit log, a proof from one, nor a certificate."],
    notes: [],
    keyId: null,
  };
}
