import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { loadText } from "./machine.ts";
import { CHANNEL, GRANTED, PURPOSE, RECIPIENT, type Reader } from "./mailing-tool.ts";
import { ms, say, table, whole } from "./report.ts";
import { ADMIN_KEY } from "./server-process.ts";
import { median, quantile } from "./statistics.ts";

const WITHDRAWALS = 50;
/** A reader that follows asks again this long after an answer that brought nothing more. */
const POLL_MS = 20;
/** After this long a tombstone counts as missing. */
const PATIENCE_MS = 30_000;

interface Followed {
  /** Milliseconds from when a withdrawal was answered to the answer of the feed that had its tombstone. */
  readonly latencies: readonly number[];
  /** Single reads begun when the withdrawal was answered that were still given the profile: there must be none. */
  readonly stillGiven: number;
  /** Withdrawals whose tombstone did not come. */
  readonly missing: number;
}

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** The recipient's feed, followed from where it stands now. */
async function openFollower(ask: (path: string) => Promise<Asked>) {
  let after: string | null = null;
  const next = async (): Promise<{ tombstones: string[]; more: boolean }> => {
    const from: string = after === null ? "" : `&after=${after}`;
    const answer = await ask(`/v1/changes?purpose=${PURPOSE}&channel=${CHANNEL}&limit=1000${from}`);
    if (answer.status !== 200)
      throw new Error(`the feed was answered with ${answer.status}: ${answer.text.slice(0, 300)}`);
    const page = JSON.parse(answer.text) as {
      changes: { kind: string; member: string }[];
      next: string;
      more: boolean;
    };
    after = page.next;
    return {
      tombstones: page.changes.flatMap((c) => (c.kind === "tombstone" ? [c.member] : [])),
      more: page.more,
    };
  };
  while ((await next()).more);
  return next;
}

/**
 * Members withdraw one after the other; each time the mailing tool reads that member at once, and follows its feed until
 * the tombstone is there. `goOn` is asked before each.
 */
async function withdrawAll(
  { server, key }: Reader,
  members: Iterator<string>,
  goOn: (done: number) => boolean,
): Promise<Followed> {
  const pool = new Pool(server.url, { connections: 2 });
  const send = async (
    bearer: string,
    method: "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<Asked> => {
    const answer = await pool.request({
      method,
      path,
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  try {
    const next = await openFollower((path) => send(key, "GET", path));
    const latencies: number[] = [];
    let [stillGiven, missing] = [0, 0];
    for (let done = 0; goOn(done); done++) {
      const { value: memberId, done: out } = members.next();
      if (out === true) break;
      const view = await send(
        ADMIN_KEY,
        "GET",
        `/v1/recipients/${RECIPIENT}/members/${memberId}?purpose=${PURPOSE}`,
      );
      const { alias } = (JSON.parse(view.text) as { member: { alias: string } }).member;
      const said = await send(ADMIN_KEY, "POST", "/v1/consents", {
        memberId,
        state: "withdrawn",
        purpose: PURPOSE,
        channel: CHANNEL,
      });
      const from = performance.now();
      if (said.status !== 201)
        throw new Error(`a withdrawal was answered with ${said.status}: ${said.text.slice(0, 300)}`);
      const [read, latency] = await Promise.all([
        send(key, "GET", `/v1/profiles/${alias}?purpose=${PURPOSE}&channel=${CHANNEL}`),
        (async (): Promise<number | null> => {
          while (performance.now() - from < PATIENCE_MS) {
            const page = await next();
            if (page.tombstones.includes(alias)) return performance.now() - from;
            if (!page.more) await pause(POLL_MS);
          }
          return null;
        })(),
      ]);
      if (read.status === 200) stillGiven++;
      else if (read.status !== 410 && read.status !== 404)
        throw new Error(`a single read was answered with ${read.status}: ${read.text.slice(0, 300)}`);
      if (latency === null) missing++;
      else latencies.push(latency);
    }
    return { latencies, stillGiven, missing };
  } finally {
    await pool.close();
  }
}

/** How soon a withdrawal is seen: by reads at once, in the change feed within a second, alone and beside ingestion. */
export async function measureWithdrawals(
  reader: Reader,
  ingest: (seconds: number) => Promise<{ load: { rate: number } }>,
  seconds: number,
): Promise<void> {
  const ids = await reader.server.ask("memberIds", null);
  const granted = ids.filter((_, i) => GRANTED(i)).values();
  const alone = await withdrawAll(reader, granted, (done) => done < WITHDRAWALS);
  await reader.server.ask("rest", null);
  let isOver = false;
  const [beside, run] = await Promise.all([
    withdrawAll(reader, granted, () => !isOver),
    ingest(seconds).finally(() => {
      isOver = true;
    }),
  ]);
  say(
    `\nWithdrawals (\`POST /v1/consents\`) one after the other, from its answer to the answer of \`GET /v1/changes\` that has the tombstone, asked again ${POLL_MS} ms after one that brought nothing; ${loadText()}.\n`,
  );
  const cases = [
    ["nothing else", alone],
    [`ingestion of ${whole(run.load.rate)} events/s`, beside],
  ] as const;
  say(
    table(
      ["beside", "withdrawals", "p50", "p99", "slowest"],
      cases.map(([what, { latencies }]) => [
        what,
        whole(latencies.length),
        ms(median(latencies)),
        ms(quantile(latencies, 0.99)),
        ms(Math.max(...latencies)),
      ]),
    ),
  );
  for (const [what, { stillGiven, missing }] of cases) {
    if (stillGiven > 0)
      say(`WRONG: beside ${what}, ${whole(stillGiven)} reads were given who had withdrawn.`);
    if (missing > 0) say(`WRONG: beside ${what}, ${whole(missing)} tombstones did not come.`);
  }
}
