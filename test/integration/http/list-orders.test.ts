import { expect } from "chai";
import { type Sql, sql } from "../../../src/db/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aRecipient } from "../recipients/shop.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of each list; three values of a column for seven rows, so that ids must tell some of them apart. */
const COUNT = 7;
/** Ids that ascend with their number, as ids do with time. */
const idOf = sql`('01900000-0000-7000-8000-0000000000' || lpad(n::text, 2, '0'))::uuid`;
const moment = sql`timestamptz '2026-11-01T00:00:00Z' + (n * 7 % 3) * interval '1 day'`;

const LISTS: readonly {
  readonly path: string;
  readonly field?: string;
  readonly cursor?: string;
  /** What the API calls an order, and the field by which it can be seen. */
  readonly orders: Readonly<Record<string, string>>;
  readonly fill?: Sql;
}[] = [
  {
    path: "/v1/quarantine?state=all",
    cursor: "after",
    orders: { received: "id", code: "code" },
    fill: sql`
      insert into quarantine (quarantine_id, source_id, content_mac, code, detail, door, key_id, cell, received_at, expires_at)
      select ${idOf}, gen_random_uuid(), decode(md5(n::text), 'hex'), (array['invalid-time', 'missing-field', 'invalid-amount'])[1 + n * 7 % 3],
        'A row.', 'file', gen_random_uuid(), '\\x00', now(), now() + interval '90 days' from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/dsr",
    orders: { due: "dueAt", received: "receivedAt" },
    // The last one has no deadline.
    fill: sql`
      insert into dsr_request (request_id, kind, filer, door, regime, regime_from, locale, state, tier, match, needs_declaration,
        received_at, due_at, key_id)
      select ${idOf}, 'access', 'self', 'letter', 'EU', 'declared', 'en', 'received', 'none', 'unknown', false,
        ${moment} - interval '40 days', case when n < ${COUNT}::int then ${moment} end, gen_random_uuid()
      from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/survey-cases",
    orders: { opened: "id", due: "dueAt" },
    fill: sql`
      insert into survey_case (case_id, survey_id, response_id, reasons, state, contact_wanted, opened_at, due_at, updated_at)
      select ${idOf}, 'visit', gen_random_uuid(), '{detractor}', 'open', true, now(), ${moment}, now() from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/outbox",
    orders: { created: "id" },
    fill: sql`
      insert into mail_message (mail_id, template, key_id, state, created_at)
      select ${idOf}, 'notice', gen_random_uuid(), 'sent', now() from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/recipients/desk/notices",
    cursor: "before",
    orders: { noticed: "id", due: "dueAt" },
    fill: sql`
      insert into recipient_notice (notice_id, recipient_id, purpose_id, member_id, alias, position, reason, noticed_at, due_at)
      select ${idOf}, 'desk', 'service', gen_random_uuid(), gen_random_uuid(), n, 'erased', now(), ${moment} from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/recipients/desk/deliveries",
    cursor: "before",
    orders: { created: "id" },
    fill: sql`
      insert into webhook_message (message_id, recipient_id, purpose_id, member_id, position, state, next_at, created_at)
      select ${idOf}, 'desk', 'service', gen_random_uuid(), n, 'sent', now(), now() from generate_series(1, ${COUNT}::int) n`,
  },
  {
    path: "/v1/audit",
    orders: { seq: "seq" },
    fill: sql`
      insert into audit_entry (seq, action, entry, leaf_hash)
      select n - 1, 'key.used', '{"action":"key.used","id":"' || ${idOf} || '","outcome":"done"}', sha256(n::text::bytea)
      from generate_series(1, ${COUNT}::int) n`,
  },
];

describe("lists whose order can be chosen", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("list-orders", { clock: fixedClock("2026-11-02T08:00:00Z") });
    await aRecipient(server, { id: "desk", purposes: ["service"], categories: ["identity"] });
    for (const { fill } of LISTS) if (fill !== undefined) await server.database.db.query(fill);
  });
  after(() => server.close());

  const read = async (path: string, asked: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(asked);
    const answer = await server.call<{ items: Row[]; next: string | null }>(
      "GET",
      `${path}${path.includes("?") ? "&" : "?"}${query}`,
    );
    expect(answer.status, `${path} ${query}: ${JSON.stringify(answer.body)}`).to.equal(200);
    return answer.body;
  };

  it("come in it page by page, each row once, and backwards in exactly the other", async () => {
    for (const { path, orders, cursor = "cursor" } of LISTS) {
      for (const [by, field] of Object.entries(orders)) {
        const walk = async (sort: string) => {
          const rows: Row[] = [];
          for (let next: string | null | undefined; next !== null; ) {
            const page = await read(path, { sort, limit: "2", ...(next == null ? {} : { [cursor]: next }) });
            rows.push(...page.items);
            next = page.next;
          }
          return rows;
        };
        const up = await walk(by);
        const ids = up.map((row) => row.id ?? row.seq);
        expect(new Set(ids).size, `${path} by ${by}`).to.equal(ids.length).and.to.be.at.least(COUNT);
        // What has no value stands at the end.
        const shown = up.map((row) => row[field] ?? "~");
        const sorted = [...shown].sort((a, b) => (typeof a === "number" ? a - Number(b) : a < b ? -1 : 1));
        expect(shown, `${path} by ${by}`).to.deep.equal(sorted);
        expect(
          (await walk(`-${by}`)).map((row) => row.id ?? row.seq),
          `${path} by -${by}`,
        ).to.deep.equal(ids.toReversed());
      }
    }
  });

  it("do not go on in another order than the one they were begun in", async () => {
    const { next } = await read("/v1/survey-cases", { sort: "due", limit: "1" });
    for (const query of [`sort=-due&cursor=${next}`, `sort=opened&cursor=${next}`, "sort=owner"]) {
      const answer = await server.call("GET", `/v1/survey-cases?${query}`);
      expect([answer.status, answer.body.code], query).to.deep.equal([400, "invalid-request"]);
    }
  });
});
