/**
 * Measures the console over much data: `node --import tsx scripts/bench/console.ts [events of one member] [rows of a list]`,
 * on stores of its own, on the PostgreSQL that CANDOR_BENCH_DATABASE_URL names or on the embedded engine. A member's page
 * and the longest lists are asked for over HTTP as the console asks, then shown in a headless Chromium.
 */
import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { chromium, type Page } from "playwright-core";
import { startApp } from "../../src/app/index.ts";
import { readConfig } from "../../src/config.ts";
import { type Db, sql } from "../../src/db/index.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { freshStores } from "./databases.ts";
import { loadText } from "./machine.ts";
import { ms, say, table } from "./report.ts";
import { median } from "./statistics.ts";

const [events = 10_000, rows = 1_000_000] = process.argv.slice(2).map(Number);
const BATCH = 500;
const LOOKS = 11;
const PASSWORD = "a pass phrase for measuring";
const ADMIN_KEY = "a-key-for-measuring-only";

/** Long lists, written as the rooms write them but for their sealed content, which lists do not open. */
async function fillLists(db: Db): Promise<void> {
  const [{ from } = { from: 0 }] = await db.query<{ from: number }>(
    sql`select coalesce(max(seq) + 1, 0)::int as from from audit_entry`,
  );
  await db.query(sql`
    insert into audit_entry (seq, action, entry, leaf_hash)
    select ${from} + n, 'measured.row', '{"action":"measured.row","actor":{"id":"x","kind":"system"},"at":"2026-01-01T00:00:00.000Z","id":"' || gen_random_uuid() || '","outcome":"done","targets":[]}', sha256(n::text::bytea)
    from generate_series(0, ${rows - 1}) n`);
  await db.query(sql`
    insert into quarantine (quarantine_id, source_id, content_mac, code, detail, door, place, key_id, cell, received_at, expires_at)
    select gen_random_uuid(), gen_random_uuid(), decode(md5(n::text), 'hex'), (array['invalid-time', 'missing-field', 'invalid-amount'])[1 + n % 3],
      'A measured row.', 'file', 'line ' || n, gen_random_uuid(), '\\x00', now(), now() + interval '90 days'
    from generate_series(1, ${rows}) n`);
  await db.query(sql`analyze`);
}

/** How long the largest thing of a page took to be there, and how many rows of tables the page holds. */
async function look(page: Page, url: string): Promise<{ lcp: number; drawn: number }> {
  await page.goto(url);
  await page.waitForSelector("#main h1");
  await page.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  return page.evaluate<{ lcp: number; drawn: number }>(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve({
      lcp: list.getEntries().at(-1).startTime,
      drawn: document.querySelectorAll("tbody tr.ant-table-row").length,
    })).observe({ type: "largest-contentful-paint", buffered: true });
  })`);
}

const serverUrl = process.env.CANDOR_BENCH_DATABASE_URL || null;
const stores = await freshStores(serverUrl === null ? "embedded" : "postgres", serverUrl);
try {
  const config = readConfig({ ...stores.env, CANDOR_PORT: "0", CANDOR_ADMIN_KEY: ADMIN_KEY });
  const app = await startApp({ config, log: silentLog, workers: false });
  try {
    const call = async <T>(method: string, path: string, body?: unknown, key = ADMIN_KEY): Promise<T> => {
      const answer = await fetch(`${app.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    const source = await call<{ writeKey: string }>("POST", "/v1/sources", {
      name: "Measured shop",
      kind: "web",
      purposes: ["service"],
    });
    for (let sent = 0; sent < events; sent += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, events - sent) }, (_, i) => ({
        type: "track",
        event: "Product Viewed",
        userId: "MUCH-1",
        messageId: `measured-${sent + i}`,
        timestamp: new Date(Date.UTC(2025, 0, 1) + (sent + i) * 60_000).toISOString(),
        properties: { product_id: `P-${i % 97}`, price: 10 + (i % 50), currency: "EUR" },
      }));
      await call("POST", "/v1/batch", { batch }, source.writeKey);
    }
    const { memberId } = await call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
      kind: "user_id",
      value: "MUCH-1",
    });
    await fillLists(app.stores.db);

    const doors = [
      ["a member's profile", `/v1/members/${memberId}?purpose=service`],
      ["a member's newest events", `/v1/members/${memberId}/events?purpose=service&limit=50`],
      ["a member's identity", `/v1/members/${memberId}/identity`],
      ["the audit log, newest", "/v1/audit"],
      ["the audit log, half way", `/v1/audit?cursor=${Math.floor(rows / 2)}`],
      ["the audit log, one action", "/v1/audit?action=measured.row"],
      ["quarantine", "/v1/quarantine"],
      ["quarantine, one reason", "/v1/quarantine?code=missing-field"],
      ["the overview", "/v1/summary"],
    ] as const;
    say(
      `One member with ${events.toLocaleString("en-US")} events, lists of ${rows.toLocaleString("en-US")} rows, ${stores.engine}; ${loadText()}.`,
    );
    const measured: string[][] = [];
    for (const [name, path] of doors) {
      const times: number[] = [];
      for (let i = 0; i < LOOKS; i++) {
        const began = performance.now();
        await call("GET", path);
        times.push(performance.now() - began);
      }
      measured.push([name, ms(median(times)), ms(Math.max(...times))]);
    }
    say(table(["Asked for", "Median", "Slowest"], measured));

    const token = await app.candor.staff.firstLink();
    await call("POST", "/v1/invitations/use", {
      token,
      password: PASSWORD,
      email: "measured@candor.example",
      name: "Measured",
    });
    const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
    if (executablePath === undefined) say("No Chromium here: pages were not shown.");
    else {
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(app.url);
      await page.fill('input[type="email"]', "measured@candor.example");
      await page.fill('input[type="password"]', PASSWORD);
      await page.click('button[type="submit"]');
      await page.waitForSelector("#main h1");
      const shown: string[][] = [];
      for (const [name, path] of [
        ["home", "/console/home"],
        ["member: profile", `/console/members/${memberId}?purpose=service`],
        ["member: events", `/console/members/${memberId}?purpose=service&tab=events`],
        ["audit log", "/console/audit"],
        ["quarantine", "/console/quarantine"],
      ] as const) {
        const { lcp, drawn } = await look(page, `${app.url}${path}`);
        shown.push([name, ms(lcp), String(drawn)]);
      }
      await browser.close();
      say(table(["Page", "Largest paint", "Rows drawn"], shown));
    }
  } finally {
    await app.close();
  }
} finally {
  await stores.remove();
}
