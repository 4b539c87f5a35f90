import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SECOND } from "../../../src/kernel/clock.ts";
import type { RealServer } from "../../setup/real-server.ts";
import { ADMIN_KEY } from "../../setup/server.ts";
import { type LastingStores, lastingStores } from "./stores.ts";

const HOOK = fileURLToPath(new URL("./hook-child.ts", import.meta.url));
const MEMBERS = 24;

describe("withdrawals and webhooks, when server and recipient are killed", function () {
  this.timeout(300_000);
  let stores: LastingStores;
  let server: RealServer;
  let hook: ChildProcess;
  let port = 0;
  const home = mkdtempSync(join(tmpdir(), "candor-hook-"));
  const file = join(home, "hooks.ndjson");

  const startHook = async () => {
    hook = fork(HOOK, [file, String(port)], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    [port] = (await once(hook, "message")) as [number];
  };
  const killHook = async () => {
    const gone = once(hook, "exit");
    hook.kill("SIGKILL");
    await gone;
  };
  const call = async <T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }> => {
    const answer = await fetch(`${await server.serving}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const told = (): { type: string; data: { member: string; reason?: string } }[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
  /** Waits until the recipient has written down what is asked for; a lease of a killed process ends by itself. */
  const until = async (what: string, seen: () => boolean) => {
    const deadline = performance.now() + 90 * SECOND;
    while (!seen()) {
      if (performance.now() > deadline) throw new Error(`the recipient was not told: ${what}`);
      await pause(100);
    }
  };

  before(async () => {
    await startHook();
    stores = await lastingStores("crash-consent", { CANDOR_OUTBOUND_ALLOW: "127.0.0.1" });
    server = stores.start();
  });
  after(async () => {
    await server.end("SIGKILL");
    await killHook();
    await stores.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it("lose no acknowledged withdrawal and skip no webhook", async function () {
    // On the embedded engine, whose one connection all background work shares, the recipient is told too late for
    // this test's deadline on small machines. What is stored there is the same; the other crash tests look at it.

    const list = (
      await call<{ id: string }>("POST", "/v1/sources", {
        name: "List",
        kind: "members",
        region: "TW",
        purposes: ["service"],
      })
    ).body;
    const cards = Array.from({ length: MEMBERS }, (_, i) => `K-${i}`);
    await call("POST", `/v1/batch?source=${list.id}`, {
      batch: cards.map((memberId, i) => ({
        memberId,
        phone: `09120000${10 + i}`,
        updatedAt: "2026-10-01T00:00:00Z",
      })),
    });
    const registered = await call("POST", "/v1/recipients", {
      id: "crm",
      name: "CRM",
      role: "processor",
      country: "TW",
      purposes: ["marketing"],
      categories: ["identity", "contact"],
      contact: "ops@crm.example",
      webhookUrl: `http://127.0.0.1:${port}/hook`,
    });
    expect(registered.status, JSON.stringify(registered.body)).to.equal(201);
    const say = (card: string, state: string) =>
      call<{ memberId: string }>("POST", "/v1/consents", {
        identifier: { kind: "member_id", value: card },
        state,
        purpose: "marketing",
        channel: "sms",
        country: "TW",
        ...(state === "given" ? { notice: { id: "marketing", locale: "zh-TW" } } : {}),
      });
    const idOf = new Map<string, string>();
    const aliasOf = new Map<string, string>();
    for (const card of cards) {
      const said = await say(card, "given");
      expect(said.status, JSON.stringify(said.body)).to.equal(201);
      idOf.set(card, said.body.memberId);
    }
    for (const [card, id] of idOf) {
      const view = await call<{ member: { alias: string } }>(
        "GET",
        `/v1/recipients/crm/members/${id}?purpose=marketing`,
      );
      aliasOf.set(card, view.body.member.alias);
    }
    const toldOf = (type: string) => new Set(told().flatMap((t) => (t.type === type ? [t.data.member] : [])));
    await until("everybody", () => toldOf("profile.upserted").size === MEMBERS);

    const acknowledged = new Set<string>();
    /** Withdraws several at once; whoever is answered is acknowledged, the others are not known. */
    const withdraw = (some: readonly string[], onAnswer: (count: number) => void) =>
      Promise.all(
        some.map(async (card) => {
          try {
            const said = await say(card, "withdrawn");
            expect(said.status).to.equal(201);
            acknowledged.add(card);
            onAnswer(acknowledged.size);
          } catch (error) {
            // A connection that breaks is what this is about.
            if (!(error instanceof TypeError)) throw error;
          }
        }),
      );
    // First the server goes, in the very moment of an acknowledgement; then the recipient, and the server after it.
    for (const round of [0, 1]) {
      const some = cards.slice(round * 10, round * 10 + 10);
      const before = acknowledged.size;
      let killed: Promise<void> | undefined;
      if (round === 1) await killHook();
      await withdraw(some, (count) => {
        if (count - before === 4) killed = server.end("SIGKILL");
      });
      await killed;
      expect(acknowledged.size - before).to.be.within(4, 10);
      server = stores.start();
      await server.serving;
      if (round === 1) await startHook();
    }
    const decided = await call<{ results: { rule: string }[] }>("POST", "/v1/decisions", {
      decisions: cards.map((card) => ({ memberId: idOf.get(card), purpose: "marketing", channel: "sms" })),
    });
    const withdrawn = cards.filter((_, i) => decided.body.results[i]?.rule === "withdrawn");
    expect(
      [...acknowledged].filter((card) => !withdrawn.includes(card)),
      "acknowledged and lost",
    ).to.deep.equal([]);
    expect(withdrawn.every((card) => cards.indexOf(card) < 20)).to.equal(true);

    const gone = withdrawn.map((card) => aliasOf.get(card) as string);
    await until("who withdrew", () => {
      const removed = toldOf("profile.removed");
      return gone.every((alias) => removed.has(alias));
    });
    // The last word about each is that it is gone, and nobody else was dropped.
    const last = new Map(told().map((t) => [t.data.member, t.type]));
    for (const alias of gone) expect(last.get(alias)).to.equal("profile.removed");
    expect([...toldOf("profile.removed")].sort()).to.deep.equal([...gone].sort());
    const notices = await call<{ items: { member: string; reason: string }[] }>(
      "GET",
      "/v1/recipients/crm/notices?limit=500",
    );
    expect(notices.body.items.map((n) => n.member).sort()).to.deep.equal([...gone].sort());
    expect(new Set(notices.body.items.map((n) => n.reason))).to.deep.equal(new Set(["withdrawn"]));
  });
});
