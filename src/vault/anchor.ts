import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { SECOND } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";
import type { LedgerHead } from "./erasure-ledger.ts";

/** A place outside both stores that remembers how far the erasure ledger has come. */
export interface ErasureAnchor {
  /** The head that was written last; null when none ever was. Throws `anchor-unavailable`. */
  read(): Promise<LedgerHead | null>;
  /** Replaces it. Throws `anchor-unavailable`. */
  write(head: LedgerHead): Promise<void>;
}

const HEAD = /^\{"v":1,"seq":(\d{1,15}),"hash":"([0-9a-f]{64})"\}\s*$/;

/** The head as it stands in an anchor: one line of JSON. */
export function renderAnchor(head: LedgerHead): string {
  return `{"v":1,"seq":${head.seq},"hash":"${head.hash.toString("hex")}"}\n`;
}

/** Reads what `renderAnchor` wrote; throws `anchor-unavailable` for anything else, since a spoilt anchor guards nothing. */
export function parseAnchor(text: string): LedgerHead {
  const [, seq, hash] = HEAD.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new AppError("anchor-unavailable", {
      detail: "The anchor holds something other than a head of the erasure ledger.",
    });
  return { seq: Number(seq), hash: Buffer.from(hash, "hex") };
}

/** The problem of an anchor that cannot be read or written. */
export function anchorAway(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError("anchor-unavailable", { cause });
}

/** An anchor in a file, on a disk that is backed up with neither store. Replaced as a whole, and synced. */
export function fileAnchor(path: string): ErasureAnchor {
  return {
    async read() {
      try {
        return parseAnchor(readFileSync(path, "utf8"));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw anchorAway(error);
      }
    },
    async write(head) {
      const draft = join(dirname(path), `.${process.pid}.candor-anchor`);
      try {
        const file = openSync(draft, "w", 0o600);
        try {
          writeSync(file, renderAnchor(head));
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(draft, path);
      } catch (error) {
        throw anchorAway(error);
      }
    },
  };
}

const PATIENCE = 10 * SECOND;

/**
 * An anchor at a URL that answers GET with what PUT left there (404: nothing yet), such as an object store behind a
 * presigned or a private address. Redirects are not followed.
 */
export function urlAnchor(url: string): ErasureAnchor {
  const call = async (init: RequestInit): Promise<Response> => {
    try {
      return await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    } catch (error) {
      throw anchorAway(error);
    }
  };
  const refused = (answer: Response): AppError =>
    new AppError("anchor-unavailable", { detail: `The anchor answered with HTTP ${answer.status}.` });
  return {
    async read() {
      const answer = await call({ method: "GET" });
      const text = await answer.text();
      if (answer.status === 404) return null;
      if (!answer.ok) throw refused(answer);
      return parseAnchor(text);
    },
    async write(head) {
      const answer = await call({
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: renderAnchor(head),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw refused(answer);
    },
  };
}
