import { expect } from "chai";
import type { TestServer } from "../../setup/server.ts";

/** The part of a profile that these tests look at. */
export interface SeenProfile {
  readonly memberId: string;
  readonly subjects: readonly { id: string; anchorKind: string; anchorIssuer: string }[];
  readonly identifiers: readonly {
    kind: string;
    issuer: string;
    value: string;
    class: number;
    contested: { rule: string } | null;
  }[];
  readonly attributes: Readonly<Record<string, { value: unknown; candidates: readonly unknown[] }>>;
  readonly facts: {
    readonly orders: number;
    readonly returns: number;
    readonly spend: readonly { amount: number; currency: string }[];
    readonly eventCounts: Readonly<Record<string, number>>;
  };
}

/** An event as the member's history shows it. */
export interface SeenEvent {
  readonly eventId: string;
  readonly type: string;
  readonly name: string | null;
  readonly occurredAt: string;
  readonly plain: Readonly<Record<string, Record<string, unknown>>> | null;
  readonly sealed: Readonly<Record<string, Record<string, unknown>>>;
}

export interface ItemAnswer {
  readonly index: number;
  readonly messageId: string | null;
  readonly status: string;
  readonly code?: string;
  readonly detail?: string;
}

interface Named {
  readonly kind: string;
  readonly value: string | number;
  readonly issuer?: string;
}

/** The profile that an identifier belongs to; null when nobody is known by it. */
export async function findProfile(server: TestServer, named: Named): Promise<SeenProfile | null> {
  const answer = await server.call<SeenProfile>("POST", "/v1/profiles/lookup?purpose=service", {
    body: named,
  });
  if (answer.status === 404) return null;
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body;
}

/** The profile that an identifier belongs to; fails the test when nobody is known by it. */
export async function profileOf(server: TestServer, named: Named): Promise<SeenProfile> {
  const found = await findProfile(server, named);
  if (found === null) throw new Error(`nobody is known by that ${named.kind}`);
  return found;
}

/** All events of a member, newest first. */
export async function eventsOf(server: TestServer, memberId: string): Promise<readonly SeenEvent[]> {
  const answer = await server.call<{ events: SeenEvent[] }>(
    "GET",
    `/v1/members/${memberId}/events?purpose=legal-obligation&limit=200`,
  );
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body.events;
}

/** Sends items as a batch and answers one result an item. */
export async function sendBatch(
  server: TestServer,
  writeKey: string,
  batch: readonly unknown[],
): Promise<readonly ItemAnswer[]> {
  const answer = await server.call<{ results: ItemAnswer[] }>("POST", "/v1/batch", {
    key: writeKey,
    body: { batch },
  });
  expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
  return answer.body.results;
}

/** Counts of a source by verdict, as the summary tells them. */
export async function countsOf(
  server: TestServer,
  sourceId: string,
): Promise<{ accepted: number; duplicate: number; quarantined: number; refused: number }> {
  const answer = await server.call<{
    events: { source: string; accepted: number; duplicate: number; quarantined: number; refused: number }[];
  }>("GET", "/v1/summary");
  const own = answer.body.events.find((e) => e.source === sourceId);
  if (own === undefined) throw new Error("the summary does not name the source");
  const { accepted, duplicate, quarantined, refused } = own;
  return { accepted, duplicate, quarantined, refused };
}
