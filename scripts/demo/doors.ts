import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type SocialSecrets, signedWebhook } from "../../pipelines/sources/social/index.ts";
import { SECOND } from "../../src/kernel/clock.ts";
import type { BatchStep, DemoSource, DemoStep, FileStep, WebhookStep } from "./plan.ts";

export const VERDICTS = ["accepted", "duplicate", "quarantined", "refused"] as const;
export type Verdict = (typeof VERDICTS)[number];
export type VerdictCounts = Readonly<Record<Verdict, number>>;

export const NO_VERDICTS: VerdictCounts = { accepted: 0, duplicate: 0, quarantined: 0, refused: 0 };

export function addCounts(a: VerdictCounts, b: VerdictCounts): VerdictCounts {
  return {
    accepted: a.accepted + b.accepted,
    duplicate: a.duplicate + b.duplicate,
    quarantined: a.quarantined + b.quarantined,
    refused: a.refused + b.refused,
  };
}

/** A source as the server knows it. Without a write key (it is shown once) the admin's key names the source. */
export interface KnownSource {
  readonly id: string;
  readonly writeKey: string | null;
}

/** What the server answered for one step; platforms are not told of verdicts, so their deliveries have none. */
export interface StepAnswer {
  readonly counts: VerdictCounts | null;
  readonly requests: 1;
}

/** The server refused a request outright; `status` and the problem's code say why. Never holds a body. */
export class DoorError extends Error {
  readonly status: number;

  constructor(door: string, status: number, code: string) {
    super(`${door} answered ${status} (${code})`);
    this.name = "DoorError";
    this.status = status;
  }
}

export interface DoorOptions {
  readonly baseUrl: string;
  readonly adminKey: string;
  /** The present moment, for what senders sign and stamp. */
  readonly clock: () => Date;
}

export interface Doors {
  /** Registers what is not registered yet. Sources of the same name are taken as they are. */
  registerSources(sources: readonly DemoSource[]): Promise<ReadonlyMap<string, KnownSource>>;
  /** The sources that are registered, whoever did it, and when. */
  registered(): Promise<readonly { readonly name: string; readonly at: Date }[]>;
  send(step: DemoStep, source: KnownSource, definition: DemoSource): Promise<StepAnswer>;
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }>;
}

const ATTEMPTS = 50;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Waits as long as the server asks: Retry-After in seconds or as a date, at most half a minute. */
async function waitAsTold(response: Response, now: Date): Promise<void> {
  const told = response.headers.get("retry-after") ?? "1";
  const ms = /^\d+$/.test(told) ? Number(told) * SECOND : Date.parse(told) - now.getTime();
  await response.arrayBuffer();
  await pause(Math.min(30 * SECOND, Math.max(50, Number.isNaN(ms) ? SECOND : ms)));
}

/** Everything through the real doors, as senders do: over HTTP, patient when the queue is full. */
export function openDoors({ baseUrl, adminKey, clock }: DoorOptions): Doors {
  const asAdmin = { authorization: `Bearer ${adminKey}` };

  const request = async (door: string, path: string, init: RequestInit, good: readonly number[]) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(path, baseUrl), { ...init, redirect: "error" });
      if (good.includes(response.status)) return response;
      const isBusy = response.status === 429 || response.status === 503;
      if (!isBusy || attempt >= ATTEMPTS) {
        const problem = await jsonOf(response);
        const code = isRecord(problem) && typeof problem.code === "string" ? problem.code : "no problem code";
        throw new DoorError(door, response.status, code);
      }
      await waitAsTold(response, clock());
    }
  };

  const list = async (): Promise<Readonly<Record<string, unknown>>[]> => {
    const found: Readonly<Record<string, unknown>>[] = [];
    for (let after = ""; ; ) {
      const page = await jsonOf(
        await request("GET /v1/sources", `/v1/sources?limit=200${after}`, { headers: asAdmin }, [200]),
      );
      if (!isRecord(page) || !Array.isArray(page.sources))
        throw new TypeError("GET /v1/sources: no list of sources");
      found.push(...page.sources.filter(isRecord));
      if (typeof page.next !== "string") return found;
      after = `&after=${page.next}`;
    }
  };

  const sendFile = async (step: FileStep, source: KnownSource): Promise<StepAnswer> => {
    const response = await request(
      "POST /v1/sources/{id}/files",
      `/v1/sources/${source.id}/files`,
      {
        method: "POST",
        headers: {
          ...asAdmin,
          "content-type": "text/csv",
          ...(step.gzip ? { "content-encoding": "gzip" } : {}),
        },
        body: new Uint8Array(step.gzip ? gzipSync(step.body) : step.body),
      },
      [200],
    );
    return { counts: countsOfReport(await jsonOf(response)), requests: 1 };
  };

  const sendBatch = async (step: BatchStep, source: KnownSource): Promise<StepAnswer> => {
    const { writeKey } = source;
    const body = Buffer.from(JSON.stringify(stamped(step, writeKey, clock())), "utf8");
    const authorization =
      writeKey === null ? asAdmin.authorization : `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`;
    const type = step.shape === "rudderstack" ? "application/x-www-form-urlencoded" : "application/json";
    const response = await request(
      "POST /v1/batch",
      writeKey === null ? `/v1/batch?source=${source.id}` : "/v1/batch",
      {
        method: "POST",
        headers: {
          authorization,
          "content-type": type,
          ...(step.gzip ? { "content-encoding": "gzip" } : {}),
        },
        body: new Uint8Array(step.gzip ? gzipSync(body) : body),
      },
      [200],
    );
    return { counts: countsOfResults(await jsonOf(response)), requests: 1 };
  };

  const sendWebhook = async (
    step: WebhookStep,
    source: KnownSource,
    definition: DemoSource,
  ): Promise<StepAnswer> => {
    const secrets = definition.secrets as unknown as SocialSecrets[typeof step.platform];
    const signed = signedWebhook(step.platform, secrets, step.payload, { now: clock(), nonce: randomUUID() });
    const query = new URLSearchParams(signed.query).toString();
    const response = await request(
      "POST /v1/webhooks/{id}",
      `/v1/webhooks/${source.id}${query === "" ? "" : `?${query}`}`,
      { method: signed.method, headers: { ...signed.headers }, body: new Uint8Array(signed.body) },
      [200],
    );
    await response.arrayBuffer();
    return { counts: null, requests: 1 };
  };

  return {
    async registerSources(sources) {
      const known = new Map<string, KnownSource>();
      for (const { name, id } of await list()) {
        if (typeof name === "string" && typeof id === "string" && !known.has(name))
          known.set(name, { id, writeKey: null });
      }
      for (const source of sources) {
        if (known.has(source.name)) continue;
        const headers = { ...asAdmin, "content-type": "application/json" };
        const init = { method: "POST", headers, body: JSON.stringify(source) };
        const made = await jsonOf(await request("POST /v1/sources", "/v1/sources", init, [201]));
        if (!isRecord(made) || typeof made.id !== "string" || typeof made.writeKey !== "string")
          throw new TypeError("POST /v1/sources: no id and write key");
        known.set(source.name, { id: made.id, writeKey: made.writeKey });
      }
      return known;
    },
    async registered() {
      return (await list()).map((s) => ({ name: String(s.name), at: new Date(String(s.createdAt)) }));
    },
    send(step, source, definition) {
      switch (step.door) {
        case "file":
          return sendFile(step, source);
        case "batch":
          return sendBatch(step, source);
        case "webhook":
          return sendWebhook(step, source, definition);
      }
    },
    get: async (path) => jsonOf(await request(`GET ${path}`, path, { headers: asAdmin }, [200])),
    async post(path, body) {
      const headers = { ...asAdmin, "content-type": "application/json" };
      const response = await request(
        `POST ${path}`,
        path,
        { method: "POST", headers, body: JSON.stringify(body) },
        [200, 404, 409],
      );
      return { status: response.status, body: await jsonOf(response) };
    },
  };
}

/** A batch as its SDK puts it on the wire at this moment. */
function stamped({ shape, items }: BatchStep, writeKey: string | null, now: Date): object {
  const sentAt = now.toISOString();
  switch (shape) {
    case "segment":
      return { batch: items, ...(writeKey === null ? {} : { writeKey }), sentAt };
    case "rudderstack":
      return {
        batch: items.map((item) => (isRecord(item) ? { ...item, sentAt } : item)),
        timestamp: sentAt,
        sentAt,
      };
    case "json":
      return { batch: items, sentAt };
  }
}

function countsOfReport(report: unknown): VerdictCounts {
  const counts = isRecord(report) ? report.counts : undefined;
  if (!isRecord(counts)) throw new TypeError("POST /v1/sources/{id}/files: no counts in the answer");
  const read = (verdict: Verdict) => Number(counts[verdict] ?? 0);
  return {
    accepted: read("accepted"),
    duplicate: read("duplicate"),
    quarantined: read("quarantined"),
    refused: read("refused"),
  };
}

function countsOfResults(answer: unknown): VerdictCounts {
  if (!isRecord(answer) || !Array.isArray(answer.results))
    throw new TypeError("POST /v1/batch: no results in the answer");
  const counts = { ...NO_VERDICTS };
  for (const result of answer.results) {
    const verdict = isRecord(result) ? VERDICTS.find((v) => v === result.status) : undefined;
    if (verdict !== undefined) counts[verdict]++;
  }
  return counts;
}
