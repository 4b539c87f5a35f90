import { randomUUID } from "node:crypto";
import type { Locale, RegimeId } from "../../../consent/index.ts";
import { REQUEST_KINDS, type RequestKind, type RequestScope } from "../../../src/privacy/index.ts";
import type { TestServer } from "../../setup/server.ts";

export const BY = { actor: { kind: "api-key", id: "test-officer", role: "compliance" } } as const;

/** A scope as the keeper of requests makes it once identity is checked. */
export function scopeOf(
  memberId: string,
  more: { kind?: RequestKind; regime?: RegimeId | null; locale?: Locale; subjectIds?: string[] } = {},
): RequestScope {
  return {
    requestId: randomUUID(),
    memberId,
    subjectIds: more.subjectIds ?? [memberId],
    regime: more.regime === undefined ? "TW" : more.regime,
    locale: more.locale ?? "en",
    kind: more.kind ?? (REQUEST_KINDS[5] as RequestKind),
  };
}

/** Erases a member and waits until everything but the answers of recipients is done. */
export async function erase(server: TestServer, scope: RequestScope): Promise<string> {
  const { fulfilment, work } = server.candor.fulfil;
  const runId = await server.database.db.tx((tx) => fulfilment.startErasure(tx, scope, BY));
  await work();
  return runId;
}

export async function send(
  server: TestServer,
  source: { writeKey: string },
  batch: readonly Record<string, unknown>[],
): Promise<{ status: string; code?: string }[]> {
  const sent = await server.call<{ results: { status: string; code?: string }[] }>("POST", "/v1/batch", {
    key: source.writeKey,
    body: { batch },
  });
  if (sent.status !== 200 && sent.status !== 207) throw new Error(`not sent: ${JSON.stringify(sent.body)}`);
  return sent.body.results;
}

/** The member that an identifier leads to; null when nobody is known by it. */
export async function whoIs(
  server: TestServer,
  kind: string,
  value: string,
  issuer?: string,
): Promise<string | null> {
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind, value, ...(issuer === undefined ? {} : { issuer }) },
  });
  return found.status === 200 ? found.body.memberId : null;
}
