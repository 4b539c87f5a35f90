import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startApp } from "../../src/app/index.ts";
import { readConfig } from "../../src/config.ts";
import type { Db } from "../../src/db/index.ts";
import { silentLog } from "../../src/kernel/log.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { Counts, FileRun, Reason } from "./report.ts";

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Source {
  readonly id: string;
  readonly writeKey: string;
}

/** A row that was not stored, as the import report lists it. */
export interface RejectedRow {
  readonly line: number;
  readonly status: string;
  readonly code: string;
  readonly detail: string;
}

export interface SentFile extends FileRun {
  readonly rejected: readonly RejectedRow[];
  readonly encoding: string | null;
  readonly unmappedColumns: readonly string[];
}

/** A problem+json answer. */
export interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

export interface FoundProfile {
  readonly memberId: string;
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
  readonly attributes: Readonly<
    Record<string, { readonly value: unknown; readonly because: string; readonly category: string }>
  >;
  readonly facts: {
    readonly orders: number;
    readonly returns: number;
    readonly spend: readonly { readonly amount: number; readonly currency: string }[];
    readonly eventCounts: Readonly<Record<string, number>>;
  } | null;
}

/** A Candor of one data set's own, on the embedded engine in a temporary directory, spoken to over HTTP. */
export interface Installation {
  /** For scoring only: nothing is ever written past the doors. */
  readonly db: Db;
  readonly vault: Vault;
  readonly url: string;
  /** A request with the admin key; a body of bytes or text goes as it is, anything else as JSON. */
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Registers a source. Throws with the problem when it is refused. */
  source(input: Readonly<Record<string, unknown>>): Promise<Source>;
  /** Sends a file through the source's door. Throws with the problem when the file is refused as a whole. */
  send(
    source: Source,
    file: string,
    body: Uint8Array | string,
    query?: Readonly<Record<string, string>>,
  ): Promise<SentFile>;
  /** Looks a profile up under the purpose `service`; null when nobody is known by that identifier. */
  lookup(query: { kind: string; value: string; issuer?: string }): Promise<FoundProfile | null>;
  close(): Promise<void>;
}

interface FileAnswer {
  readonly rows: number;
  readonly counts: Counts;
  readonly reasons: readonly Reason[];
  readonly rejected: readonly RejectedRow[];
  readonly encoding: string | null;
  readonly unmappedColumns: readonly string[];
}

function secondsSince(from: number): number {
  return (performance.now() - from) / 1_000;
}

/** Starts an empty Candor, composed as `candor serve` composes it, that goes away with all its data at `close`. */
export async function startInstallation(): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), "candor-real-data-"));
  const adminKey = randomBytes(24).toString("base64url");
  const config = readConfig({
    CANDOR_DATA_DIR: join(directory, "data"),
    CANDOR_PORT: "0",
    CANDOR_ROOT_KEY: randomBytes(32).toString("base64"),
    CANDOR_ADMIN_KEY: adminKey,
  });
  const remove = () => rm(directory, { recursive: true, force: true });
  const app = await startApp({ config, log: silentLog }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });

  const call: Installation["call"] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const answer = await fetch(`${app.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get("content-type") ?? "");
    return { status: answer.status, body: (isJson ? JSON.parse(text) : text) as T };
  };

  const good = async <T>(expected: number, what: string, asked: Promise<Answer<T>>): Promise<T> => {
    const { status, body } = await asked;
    if (status === expected) return body;
    throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
  };

  return {
    db: app.stores.db,
    vault: app.stores.vault,
    url: app.url,
    call,
    source: (input) =>
      good(201, "POST /v1/sources", call<Source>("POST", "/v1/sources", { purposes: ["service"], ...input })),
    async send(source, file, body, query = {}) {
      const path = `/v1/sources/${source.id}/files?${new URLSearchParams({ rejected: "100000", ...query })}`;
      const from = performance.now();
      const answer = await good(200, `the file ${file}`, call<FileAnswer>("POST", path, body));
      const { rows, counts, reasons, rejected, encoding, unmappedColumns } = answer;
      const seconds = secondsSince(from);
      return { file, rows, counts, reasons, rejected, encoding, unmappedColumns, seconds };
    },
    async lookup(query) {
      const asked = call<FoundProfile>("POST", "/v1/profiles/lookup?purpose=service", query);
      const { status } = await asked;
      return status === 404 ? null : good(200, "POST /v1/profiles/lookup", asked);
    },
    async close() {
      await app.close();
      await remove();
    },
  };
}

/** Runs `work` over all items, a few at once. */
export async function each<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  atOnce = 8,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
