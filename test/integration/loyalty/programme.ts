import { expect } from "chai";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { openShop } from "../consent/shop.ts";

export interface Level {
  state: string;
  score: number | null;
  scoreMicro: number | null;
  condition: string | null;
  contributions: { of: string; micro: number }[];
  accountsLeftOut: number;
  tiers: { structure: string; tier: string; by: string; heldUntil: string; fixedUntil: string | null }[];
  history: { of: string; after: string | null; reason: string }[];
  decisions: { kind: string; reason: string }[];
  explanation: { sentences: string[]; parts: { points: string }[]; total: string | null };
}

export const sale = (card: string, receipt: string, day: string, amount = 300) =>
  `S1,T1,${receipt},1,${day} 12:30,SKU-1,1,${amount},M-${card}`;

/** A shop with a member of each condition, and PLAIN, who allows no profiling. */
export async function openProgramme(label: string) {
  const clock = fixedClock("2026-11-21T09:00:00Z");
  const memberOf = new Map<string, string>();
  const server = await startTestServer(label, { clock });
  await openShop(server);
  const till = await server.source({
    name: "Till",
    kind: "pos",
    region: "TW",
    currency: "TWD",
    timeZone: "Asia/Taipei",
  });
  const survey = await server.source({ name: "Survey", kind: "survey", region: "TW" });

  const settle = async () => {
    for (let left = 1; left > 0; ) {
      while ((await sequenceChanges(server.database.db)) > 0);
      left = (await server.candor.loyalty.follow()) + (await server.candor.segments.follow());
    }
  };
  const till_ = (rows: string[]) =>
    server.call<{ counts: { accepted: number; quarantined: number } }>(
      "POST",
      `/v1/sources/${till.id}/files`,
      {
        key: till.writeKey,
        raw: ["store_id,till_id,receipt_no,line,time,sku,quantity,amount,member_card", ...rows].join("\n"),
      },
    );
  const answers = async (rows: [card: string, id: string, kind: string, score: number, day: string][]) => {
    const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: survey.writeKey,
      body: {
        batch: rows.map(([card, answerId, kind, score, day]) => ({
          answerId,
          surveyId: "brand",
          questionId: "q1",
          kind,
          score,
          relational: true,
          memberId: `M-${card}`,
          answeredAt: `${day}T00:00:00Z`,
        })),
      },
    });
    expect(
      sent.body.results.map((r) => r.status),
      JSON.stringify(sent.body),
    ).to.deep.equal(rows.map(() => "accepted"));
  };
  const levelOf = async (card: string, more = "", purpose = "profiling") => {
    const path = `/v1/members/${memberOf.get(card)}/loyalty?purpose=${purpose}${more}`;
    const answer = await server.call<Level>("GET", path);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body;
  };

  const days = [
    "2026-06-01",
    "2026-07-01",
    "2026-08-01",
    "2026-09-01",
    "2026-10-01",
    "2026-11-01",
    "2026-11-15",
  ];
  const lapsed = ["2025-06-01", "2025-06-05", "2025-06-09", "2025-06-20", "2025-07-01"];
  const rows = [
    ...["TRUE", "SPURIOUS", "PLAIN"].flatMap((c) => days.map((d, i) => sale(c, `${c}-${i}`, d))),
    ...["LATENT", "NONE"].flatMap((c) => lapsed.map((d, i) => sale(c, `${c}-${i}`, d))),
  ];
  const sent = await till_(rows);
  expect(sent.body.counts.accepted, JSON.stringify(sent.body)).to.equal(rows.length);
  await answers([
    ["TRUE", "a1", "nps", 10, "2026-11-10"],
    ["LATENT", "a2", "nps", 10, "2026-11-10"],
    ["SPURIOUS", "a3", "nps", 3, "2026-11-10"],
    ["SPURIOUS", "a4", "csat", 2, "2026-10-01"],
    ["NONE", "a5", "nps", 2, "2026-11-10"],
  ]);
  for (const card of ["TRUE", "SPURIOUS", "PLAIN", "LATENT", "NONE"]) {
    const found = await server.call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: `M-${card}` },
    });
    memberOf.set(card, found.body.memberId);
    if (card !== "PLAIN") await say(server, aGrant(found.body.memberId, "profiling"));
  }
  await settle();
  return { server, clock, settle, till: till_, levelOf, memberOf };
}

export type Programme = Awaited<ReturnType<typeof openProgramme>>;
