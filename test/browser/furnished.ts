import { sequenceAudit } from "../../src/audit/index.ts";
import { aMember } from "../integration/consent/people.ts";
import type { Programme } from "../integration/loyalty/programme.ts";
import { aRecipient } from "../integration/recipients/shop.ts";
import { anInvitation, aSurvey } from "../integration/surveys/a-survey.ts";
import type { TestServer } from "../setup/server.ts";

/** What has a page of its own: for each route of the console with a part that varies, one address of it. */
export type Examples = Readonly<Record<string, string>>;

async function made<T = { id: string }>(
  server: TestServer,
  method: "POST" | "PATCH",
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await server.call<T>(method, path, { ...(body === undefined ? {} : { body }) });
  if (answer.status >= 300)
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Puts something on every page of the console of a loyalty programme, all through the doors; answers where. */
export async function furnish({ server, memberOf, till }: Programme): Promise<Examples> {
  const member = memberOf.get("SPURIOUS") as string;
  // A line that nobody can read waits in quarantine.
  await till([
    "S1,T1,bad-1,1,yesterday,SKU-1,1,300,M-TRUE",
    "S1,T1,bad-2,1,2026-11-01 12:30,SKU-1,1,much,M-TRUE",
  ]);
  const { id: source } = await server.source({
    name: "Web shop",
    kind: "web",
    currency: "TWD",
    region: "TW",
  });
  // One who is also known to the web shop, so that they can be split; and two who share an address.
  const email = "wei@candor.example";
  await aMember(server, { card: "M-SPURIOUS", email });
  await made(server, "POST", `/v1/batch?source=${source}`, {
    batch: [{ type: "identify", messageId: "known", anonymousId: "web-1", traits: { email } }],
  });
  for (const card of ["M-9001", "M-9002"]) await aMember(server, { card, email: "shared@candor.example" });

  const version = await aSurvey(server, "visit");
  for (const [card, nps] of [
    ["TRUE", 10],
    ["LATENT", 9],
    ["PLAIN", 9],
    ["NONE", 7],
    ["SPURIOUS", 1],
  ] as const) {
    const memberId = memberOf.get(card) as string;
    const { subjects } = await made<{ subjects: { id: string }[] }>(
      server,
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { kind: "member_id", value: `M-${card}` },
    );
    const subjectId = subjects[0]?.id ?? null;
    const { path } = await anInvitation(server, "visit", version, { memberId, subjectId });
    await made(server, "POST", `${path}/answers`, {
      answers: { nps, csat: nps > 6 ? 5 : 2, ...(nps < 7 ? { why: "The queue was far too long." } : {}) },
    });
  }
  await made(server, "POST", "/v1/survey-campaigns", {
    name: "After a visit",
    surveyId: "visit",
    kind: "once",
    channel: "email",
    settings: { audience: { kind: "everybody" }, again: "never", expiresDays: 30, reminders: true },
  });
  const segment = await made(server, "POST", "/v1/segments", {
    name: "Everything",
    purpose: "profiling",
    rule: {
      any: [
        { attribute: "ageBand", is: ["25-34", "35-44"] },
        { measure: "spend", currency: "TWD", atLeast: 100_000 },
        { not: { any: [{ bought: { category: "tea" } }, { event: "survey.answered", atLeast: 1 }] } },
        {
          all: [
            { consent: "marketing", channel: "email", allowed: true },
            { score: "pAlive", atMost: 0.4 },
            { loyalty: "condition", is: ["spurious"] },
            { loyalty: "tier", is: ["gold", "silver"] },
          ],
        },
      ],
    },
  });
  const request = await made(server, "POST", "/v1/dsr", {
    kind: "access",
    door: "letter",
    contact: { kind: "email", value: "letter@candor.example" },
    locale: "en",
  });
  // Sent by mail: the outbox has something, too.
  await made(server, "POST", `/v1/dsr/${request.id}/code`);
  const breach = await made(server, "POST", "/v1/breaches", {
    title: "A list was lost",
    description: "On the way to the office.",
    aspects: ["confidentiality"],
    from: "2026-11-01T00:00:00Z",
    to: "2026-11-02T00:00:00Z",
    memberIds: [member],
  });
  await made(server, "PATCH", `/v1/breaches/${breach.id}`, { risk: "high" });
  await made(server, "POST", "/v1/holds", { memberId: member, ground: "A dispute", reference: "C-2026-14" });
  await aRecipient(server, { id: "mailing", purposes: ["service"], categories: ["identity", "contact"] });
  await made(server, "POST", `/v1/members/${member}/loyalty/reviews`);
  // An entry of the audit log is listed as soon as it has its number, and the newest head is signed over these.
  await sequenceAudit(server.database.db);
  await made(server, "POST", "/v1/audit/tree-heads");
  return {
    "members/:id": `members/${member}?purpose=profiling`,
    "requests/:id": `requests/${request.id}`,
    "segments/:id": `segments/${segment.id}`,
    "recipients/:id": "recipients/mailing",
    "sources/:id": `sources/${source}`,
    "breaches/:id": `breaches/${breach.id}`,
    "surveys/:id": "surveys/visit",
  };
}
