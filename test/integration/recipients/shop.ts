import { gunzipSync } from "node:zlib";
import type { TestServer } from "../../setup/server.ts";

/** A registered recipient with a key of its own. */
export interface TestRecipient {
  readonly id: string;
  readonly key: string;
  readonly webhookSecret: string | null;
}

export async function aRecipient(
  server: TestServer,
  settings: { id: string; purposes: string[]; categories: string[] } & Record<string, unknown>,
): Promise<TestRecipient> {
  const made = await server.call<{ webhookSecret: string | null }>("POST", "/v1/recipients", {
    body: {
      name: settings.id,
      role: "processor",
      country: "TW",
      contact: `${settings.id}@partner.example`,
      ...settings,
    },
  });
  if (made.status !== 201) throw new Error(`no recipient: ${JSON.stringify(made.body)}`);
  const key = await server.call<{ secret: string }>("POST", `/v1/recipients/${settings.id}/keys`, {
    body: { name: `${settings.id} key` },
  });
  if (key.status !== 201) throw new Error(`no key: ${JSON.stringify(key.body)}`);
  return { id: settings.id, key: key.body.secret, webhookSecret: made.body.webhookSecret };
}

export interface Line {
  type: string;
  member: string;
  channels?: string[];
  fields: Record<string, unknown>;
  facts?: { orders: number };
  identifiers?: { kind: string; value: string }[];
  basis: Record<string, { rule: string; record: string | null }>;
  withheld: Record<string, string>;
  cursor: string;
  position: string;
  members: number;
}

export interface Pulled {
  readonly status: number;
  readonly position: string;
  readonly lines: readonly Line[];
  readonly profiles: readonly Line[];
  readonly end: Line | undefined;
}

export async function pull(server: TestServer, key: string, purpose: string, more = ""): Promise<Pulled> {
  const answer = await fetch(`${server.url}/v1/profiles?purpose=${purpose}${more}`, {
    headers: { authorization: `Bearer ${key}`, "accept-encoding": "identity" },
  });
  const text = await answer.text();
  const lines =
    answer.status === 200
      ? text
          .split("\n")
          .filter(Boolean)
          .map((l) => JSON.parse(l) as Line)
      : [];
  return {
    status: answer.status,
    position: answer.headers.get("candor-feed-position") ?? "",
    lines,
    profiles: lines.filter((l) => l.type === "profile"),
    end: lines.find((l) => l.type === "end"),
  };
}

/** The raw bytes of a compressed pull, opened. */
export async function pullText(server: TestServer, key: string, query: string): Promise<string> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    request(
      `${server.url}/v1/profiles?${query}`,
      { headers: { authorization: `Bearer ${key}`, "accept-encoding": "gzip" } },
      (res) => {
        const parts: Buffer[] = [];
        res.on("data", (p: Buffer) => parts.push(p));
        res.on("end", () => {
          if (res.headers["content-encoding"] !== "gzip") reject(new Error("not compressed"));
          else resolve(gunzipSync(Buffer.concat(parts)).toString("utf8"));
        });
      },
    )
      .on("error", reject)
      .end();
  });
}

export interface Change {
  kind: "upsert" | "tombstone";
  position: string;
  member: string;
  reason: string;
  mergedInto: string | null;
  notice: string;
  fields: Record<string, unknown>;
}

export interface ChangesAnswer {
  changes: Change[];
  next: string;
  more: boolean;
}

/** Every change from a position to the end of the feed. */
export async function follow(
  server: TestServer,
  key: string,
  purpose: string,
  after: string,
): Promise<{ changes: Change[]; next: string }> {
  const changes: Change[] = [];
  let from = after;
  for (;;) {
    const answer = await server.call<ChangesAnswer>(
      "GET",
      `/v1/changes?purpose=${purpose}${from === "" ? "" : `&after=${from}`}`,
      { key },
    );
    if (answer.status !== 200) throw new Error(`no changes: ${JSON.stringify(answer.body)}`);
    changes.push(...answer.body.changes);
    from = answer.body.next;
    if (!answer.body.more) return { changes, next: from };
  }
}

/** Sends member rows through one source; answers the member ids by card. */
export async function members(
  server: TestServer,
  source: { id: string; writeKey: string },
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
    key: source.writeKey,
    body: { batch: rows.map((row) => ({ updatedAt: "2026-10-01T00:00:00Z", ...row })) },
  });
  const bad = sent.body.results.filter((r) => r.status !== "accepted");
  if (bad.length > 0) throw new Error(`not accepted: ${JSON.stringify(bad)}`);
}

export async function memberOf(server: TestServer, card: string): Promise<string> {
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: card },
  });
  if (found.status !== 200) throw new Error(`member not found: ${JSON.stringify(found.body)}`);
  return found.body.memberId;
}
