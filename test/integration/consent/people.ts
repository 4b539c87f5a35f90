import type { TestServer } from "../../setup/server.ts";

/** A member made by one row of a member list in Taiwan, known by card, e-mail and phone. */
export async function aMember(
  server: TestServer,
  options: { card?: string; email?: string; region?: string; listWith?: Record<string, unknown> } = {},
): Promise<{ memberId: string; card: string; source: { id: string; writeKey: string } }> {
  const card = options.card ?? `M-${Math.floor(Math.random() * 1e12)}`;
  const source = await server.source({ name: "Members", kind: "members", region: options.region ?? "TW" });
  const sent = await server.call<{ results: { status: string; code?: string }[] }>("POST", "/v1/batch", {
    key: source.writeKey,
    body: {
      batch: [
        {
          memberId: card,
          ...(options.email === undefined ? {} : { email: options.email }),
          firstName: "Mei",
          updatedAt: "2026-10-01T00:00:00Z",
          ...options.listWith,
        },
      ],
    },
  });
  if (sent.body.results[0]?.status !== "accepted")
    throw new Error(`member not accepted: ${JSON.stringify(sent.body)}`);
  const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: card },
  });
  if (found.status !== 200) throw new Error(`member not found: ${JSON.stringify(found.body)}`);
  return { memberId: found.body.memberId, card, source };
}

export interface RecordAnswer {
  memberId: string;
  records: { id: string; state: string; subjectId: string; doubleOptIn: string; recordedAt: string }[];
  confirmation: { token: string; path: string; recordId: string } | null;
  errors?: { path: string; code: string }[];
}

/** Records a statement and answers what came back. */
export function say(server: TestServer, body: Record<string, unknown>, key?: string) {
  return server.call<RecordAnswer>("POST", "/v1/consents", {
    body,
    ...(key === undefined ? {} : { key }),
  });
}

/** A grant in Taiwan, in the words of the starter notice. */
export function aGrant(memberId: string, purpose: string, more: Record<string, unknown> = {}) {
  return {
    memberId,
    state: "given",
    purpose,
    notice: { id: purpose, locale: "zh-TW" },
    country: "TW",
    ...more,
  };
}

export interface DecisionAnswer {
  found: boolean;
  allowed: boolean;
  rule: string;
  basis: string | null;
  recordId: string | null;
  sentences?: string[];
}

/** The answers to a batch of questions. */
export async function decisions(
  server: TestServer,
  asked: Record<string, unknown>[],
  more: { at?: string; query?: string } = {},
): Promise<DecisionAnswer[]> {
  const answer = await server.call<{ results: DecisionAnswer[] }>(
    "POST",
    `/v1/decisions${more.query ?? ""}`,
    { body: { decisions: asked, ...(more.at === undefined ? {} : { at: more.at }) } },
  );
  if (answer.status !== 200) throw new Error(`no decisions: ${JSON.stringify(answer.body)}`);
  return answer.body.results;
}
