import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { type Browser, chromium, type Page } from "playwright-core";
import { startApp } from "../../src/app/index.ts";
import { readConfig } from "../../src/config.ts";
import { type Db, sql } from "../../src/db/index.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { type Engine, freshStores } from "./databases.ts";
import { loadText } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { ms, say, table, whole } from "./report.ts";
import { median } from "./statistics.ts";

const EVENTS = 10_000;
const ROWS = 1_000_000;
const BATCH = 500;
const LOOKS = 11;
/** Loads of each page; the median is told. */
const LOADS = 3;
const PASSWORD = "a pass phrase for measuring";
const EMAIL = "measured@candor.example";
const ADMIN_KEY = "a-key-for-measuring-only";
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Long lists, written as the rooms write them but for their sealed content, which lists do not open. */
async function fillLists(db: Db): Promise<void> {
  const [{ from } = { from: 0 }] = await db.query<{ from: number }>(
    sql`select coalesce(max(seq) + 1, 0)::int as from from audit_entry`,
  );
  await db.query(sql`
    insert into audit_entry (seq, action, entry, leaf_hash)
    select ${from} + n, 'measured.row', '{"action":"measured.row","actor":{"id":"x","kind":"system"},"at":"2026-01-01T00:00:00.000Z","id":"' || gen_random_uuid() || '","outcome":"done","targets":[]}', sha256(n::text::bytea)
    from generate_series(0, ${ROWS - 1}) n`);
  await db.query(sql`
    insert into quarantine (quarantine_id, source_id, content_mac, code, detail, door, place, key_id, cell, received_at, expires_at)
    select gen_random_uuid(), gen_random_uuid(), decode(md5(n::text), 'hex'), (array['invalid-time', 'missing-field', 'invalid-amount'])[1 + n % 3],
      'A measured row.', 'file', 'line ' || n, gen_random_uuid(), '\\x00', now(), now() + interval '90 days'
    from generate_series(1, ${ROWS}) n`);
  await db.query(sql`analyze`);
}

type Call = <T>(method: string, path: string, body?: unknown, key?: string) => Promise<T>;

const callOf =
  (url: string): Call =>
  async <T>(method: string, path: string, body?: unknown, key = ADMIN_KEY) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };

/** A member of whom much is known; answers their id. */
async function fillMember(call: Call): Promise<string> {
  const source = await call<{ writeKey: string }>("POST", "/v1/sources", {
    name: "Measured shop",
    kind: "web",
    purposes: ["service"],
  });
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, EVENTS - sent) }, (_, i) => ({
      type: "track",
      event: "Product Viewed",
      userId: "MUCH-1",
      messageId: `measured-${sent + i}`,
      timestamp: new Date(Date.UTC(2025, 0, 1) + (sent + i) * 60_000).toISOString(),
      properties: { product_id: `P-${i % 97}`, price: 10 + (i % 50), currency: "EUR" },
    }));
    await call("POST", "/v1/batch", { batch }, source.writeKey);
  }
  const found = await call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
    kind: "user_id",
    value: "MUCH-1",
  });
  return found.memberId;
}

/** How long the server takes for what the console's pages ask for, one after the other. */
async function measureDoors(call: Call, memberId: string): Promise<void> {
  const measured: string[][] = [];
  for (const [name, path] of [
    ["a member's profile", `/v1/members/${memberId}?purpose=service`],
    ["a member's newest events", `/v1/members/${memberId}/events?purpose=service&limit=50`],
    ["a member's identity", `/v1/members/${memberId}/identity`],
    ["the audit log, newest", "/v1/audit"],
    ["the audit log, half way", `/v1/audit?cursor=${Math.floor(ROWS / 2)}`],
    ["the audit log, one action", "/v1/audit?action=measured.row"],
    ["quarantine", "/v1/quarantine"],
    ["quarantine, one reason", "/v1/quarantine?code=missing-field"],
    ["the overview", "/v1/summary"],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < LOOKS; i++) {
      const began = performance.now();
      await call("GET", path);
      times.push(performance.now() - began);
    }
    measured.push([name, ms(median(times)), ms(Math.max(...times))]);
  }
  say(table(["Asked for", "Median", "Slowest"], measured));
}

/** When the largest thing of a page was there, from the beginning of its load, and how many rows of tables it holds. */
async function load(page: Page, url: string, shown: string): Promise<{ lcp: number; drawn: number }> {
  await page.goto(url);
  await page.waitForSelector(shown);
  await page.waitForSelector(".ant-skeleton, .ant-spin-spinning", { state: "detached" });
  return page.evaluate<{ lcp: number; drawn: number }>(`new Promise((resolve) => {
    new PerformanceObserver((list) => resolve({
      lcp: list.getEntries().at(-1).startTime,
      drawn: document.querySelectorAll("tbody tr.ant-table-row").length,
    })).observe({ type: "largest-contentful-paint", buffered: true });
  })`);
}

/** Shows pages in a browser: the first time with nothing kept, then as somebody who works there. */
async function measurePages(browser: Browser, url: string, memberId: string): Promise<void> {
  const shown: string[][] = [];
  const note = (name: string, loads: readonly { lcp: number; drawn: number }[]) =>
    shown.push([
      name,
      ms(median(loads.map((l) => l.lcp))),
      ms(Math.max(...loads.map((l) => l.lcp))),
      String(loads.at(-1)?.drawn ?? 0),
    ]);
  const first: { lcp: number; drawn: number }[] = [];
  for (let i = 0; i < LOADS; i++) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    first.push(await load(page, url, 'input[type="password"]'));
    await page.close();
  }
  note("log-in, nothing kept", first);

  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.fill('input[type="email"]', EMAIL);
  await page.fill('input[type="password"]', PASSWORD);
  await page.click('button[type="submit"]');
  await page.waitForSelector("#main h1");
  for (const [name, path] of [
    ["home", "/console/home"],
    ["member: profile", `/console/members/${memberId}?purpose=service`],
    ["member: events", `/console/members/${memberId}?purpose=service&tab=events`],
    ["audit log", "/console/audit"],
    ["quarantine", "/console/quarantine"],
    ["sources", "/console/sources"],
    ["loyalty", "/console/loyalty"],
  ] as const) {
    const loads: { lcp: number; drawn: number }[] = [];
    for (let i = 0; i < LOADS; i++) loads.push(await load(page, `${url}${path}`, "#main h1"));
    note(name, loads);
  }
  say(table(["Page", "Largest paint", "Slowest", "Rows drawn"], shown));
}

/**
 * The console over much data: one member of many events and lists of a million rows, asked for over HTTP as the pages
 * ask, and shown in a headless Chromium where there is one.
 */
export async function measureConsole(engine: Engine, options: BenchOptions): Promise<void> {
  const stores = await freshStores(engine, options.serverUrl);
  try {
    const config = readConfig({ ...stores.env, CANDOR_PORT: "0", CANDOR_ADMIN_KEY: ADMIN_KEY });
    const app = await startApp({ config, log: silentLog, workers: false });
    try {
      const call = callOf(app.url);
      const memberId = await fillMember(call);
      await fillLists(app.stores.db);
      say(
        `## The console, ${engine}\n\nOne member with ${whole(EVENTS)} events, lists of ${whole(ROWS)} rows; ${loadText()}.\n`,
      );
      await measureDoors(call, memberId);
      const token = await app.candor.staff.firstLink();
      await call("POST", "/v1/invitations/use", {
        token,
        password: PASSWORD,
        email: EMAIL,
        name: "Measured",
      });
      const executablePath = CHROMIUM.find(existsSync);
      if (executablePath === undefined) return say("No Chromium here: pages were not shown.");
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      try {
        await measurePages(browser, app.url, memberId);
      } finally {
        await browser.close();
      }
    } finally {
      await app.close();
    }
  } finally {
    await stores.remove();
  }
}
