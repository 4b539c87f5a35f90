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
import type { LastingStores } from "./stores.ts";

const HOOK = fileURLToPath(new URL("./hook-child.ts", import.meta.url));
/** Members who withdraw in each round; some are left who never do. */
const A_ROUND = 6;
const STAY = 3;

/** When in a round who is killed: after so many acknowledgements, or after so many webhooks that were written down. */
export interface Moment {
  readonly kill: "server" | "recipient" | "both";
  readonly after: "acknowledged" | "told";
  readonly count: number;
  /** Milliseconds more, so that no step between two statements is safe by the way it is counted. */
  readonly moreMs: number;
}

/** A process of the recipient's own, which writes every webhook down before it says that it has it. */
interface Hook {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  told(): { readonly type: string; readonly data: { readonly member: string; readonly reason?: string } }[];
  drop(): Promise<void>;
}

async function startHook(): Promise<Hook> {
  const home = mkdtempSync(join(tmpdir(), "candor-hook-"));
  const file = join(home, "hooks.ndjson");
  let child: ChildProcess;
  let port = 0;
  const start = async () => {
    child = fork(HOOK, [file, String(port)], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    [port] = (await once(child, "message")) as [number];
  };
  const kill = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/hook`,
    kill,
    restart: start,
    told: () =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line))
        : [],
    drop: async () => {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Waits until the recipient has written down what is asked for. */
async function until(what: string, seen: () => boolean): Promise<void> {
  const deadline = performance.now() + 90 * SECOND;
  while (!seen()) {
    if (performance.now() > deadline) throw new Error(`the recipient was not told: ${what}`);
    await pause(50);
  }
}

type Call = <T>(method: string, path: string, body?: unknown) => Promise<{ status: number; body: T }>;

/** Members that one recipient is told of by webhook: by card, their ids here and there. */
async function settle(call: Call, webhookUrl: string, count: number): Promise<Map<string, Known>> {
  const list = await call<{ id: string }>("POST", "/v1/sources", {
    name: "List",
    kind: "members",
    region: "TW",
    purposes: ["service"],
  });
  const cards = Array.from({ length: count }, (_, i) => `K-${i}`);
  await call("POST", `/v1/batch?source=${list.body.id}`, {
    batch: cards.map((memberId, i) => ({
      memberId,
      phone: `0912${String(i).padStart(6, "0")}`,
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
    webhookUrl,
  });
  expect(registered.status, JSON.stringify(registered.body)).to.equal(201);
  const known = new Map<string, Known>();
  for (const card of cards) {
    const said = await say(call, card, "given");
    expect(said.status, JSON.stringify(said.body)).to.equal(201);
    const { memberId } = said.body;
    const view = await call<{ member: { alias: string } }>(
      "GET",
      `/v1/recipients/crm/members/${memberId}?purpose=marketing`,
    );
    known.set(card, { memberId, alias: view.body.member.alias });
  }
  return known;
}

interface Known {
  readonly memberId: string;
  readonly alias: string;
}

function say(call: Call, card: string, state: "given" | "withdrawn") {
  return call<{ memberId: string }>("POST", "/v1/consents", {
    identifier: { kind: "member_id", value: card },
    state,
    purpose: "marketing",
    channel: "sms",
    country: "TW",
    ...(state === "given" ? { notice: { id: "marketing", locale: "zh-TW" } } : {}),
  });
}

/**
 * Kills the server, the recipient or both with SIGKILL, once in each round of withdrawals at the given moment, and
 * proves in the end: no withdrawal that was acknowledged is lost, the recipient was told of each one that counts, last
 * and by the name it knows, and nobody else was dropped.
 */
export async function loseNoWithdrawal(stores: LastingStores, moments: readonly Moment[]): Promise<void> {
  const hook = await startHook();
  let server: RealServer = stores.start();
  const call: Call = async (method, path, body) => {
    const answer = await fetch(`${await server.serving}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as never };
  };
  const toldOf = (type: string) =>
    new Set(hook.told().flatMap((t) => (t.type === type ? [t.data.member] : [])));
  try {
    const known = await settle(call, hook.url, moments.length * A_ROUND + STAY);
    const cards = [...known.keys()];
    await until("everybody", () => toldOf("profile.upserted").size === cards.length);

    const acknowledged = new Set<string>();
    const strike = async ({ kill, moreMs }: Moment): Promise<void> => {
      await pause(moreMs);
      if (kill !== "server") await hook.kill();
      if (kill !== "recipient") {
        await server.end("SIGKILL");
        server = stores.start();
        await server.serving;
      }
      if (kill !== "server") await hook.restart();
    };
    for (const [round, moment] of moments.entries()) {
      const some = cards.slice(round * A_ROUND, (round + 1) * A_ROUND);
      const [answered, told] = [acknowledged.size, toldOf("profile.removed").size];
      let struck: Promise<void> | undefined;
      await Promise.all(
        some.map(async (card) => {
          try {
            const said = await say(call, card, "withdrawn");
            expect(said.status).to.equal(201);
            acknowledged.add(card);
          } catch (error) {
            // A connection that breaks is what this is about.
            if (!(error instanceof TypeError)) throw error;
          }
          if (moment.after === "acknowledged" && acknowledged.size - answered >= moment.count)
            struck ??= strike(moment);
        }),
      );
      if (moment.after === "told") {
        await until("some", () => toldOf("profile.removed").size - told >= moment.count);
        struck ??= strike(moment);
      }
      await struck;
      expect(acknowledged.size - answered).to.be.at.least(moment.after === "told" ? A_ROUND : moment.count);
    }

    const decided = await call<{ results: { rule: string }[] }>("POST", "/v1/decisions", {
      decisions: cards.map((card) => ({
        memberId: known.get(card)?.memberId,
        purpose: "marketing",
        channel: "sms",
      })),
    });
    const withdrawn = cards.filter((_, i) => decided.body.results[i]?.rule === "withdrawn");
    expect(
      [...acknowledged].filter((card) => !withdrawn.includes(card)),
      "acknowledged and lost",
    ).to.deep.equal([]);
    expect(withdrawn.every((card) => cards.indexOf(card) < moments.length * A_ROUND)).to.equal(true);

    const gone = withdrawn.map((card) => known.get(card)?.alias as string).sort();
    await until("who withdrew", () => {
      const removed = toldOf("profile.removed");
      return gone.every((alias) => removed.has(alias));
    });
    // The last word about each is that it is gone, and nobody else was dropped.
    const last = new Map(hook.told().map((t) => [t.data.member, t.type]));
    for (const alias of gone) expect(last.get(alias)).to.equal("profile.removed");
    expect([...toldOf("profile.removed")].sort()).to.deep.equal(gone);
    const notices = await call<{ items: { member: string; reason: string }[] }>(
      "GET",
      "/v1/recipients/crm/notices?limit=500",
    );
    expect(notices.body.items.map((n) => n.member).sort()).to.deep.equal(gone);
    expect(new Set(notices.body.items.map((n) => n.reason))).to.deep.equal(new Set(["withdrawn"]));
  } finally {
    await server.end("SIGKILL");
    await hook.drop();
  }
}
