import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NAME, NINE, NINE_METRICS } from "../../test/integration/surveys/a-survey.ts";
import { administer } from "./administer.ts";
import { atRate } from "./at-rate.ts";
import type { Engine } from "./databases.ts";
import { loadText, postgresMeter } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { mib, ms, perItem, say, table, whole } from "./report.ts";
import { sayProfile } from "./say-profile.ts";
import { quantile, seeded } from "./statistics.ts";
import { seededServer, stillBehind, WARM_UP_SECONDS } from "./windows.ts";

const SURVEY = "measured-visit";
/** The target, and what would be better. */
const RATES = [200, 500] as const;
const INVITED_AT_ONCE = 1_000;
const TOO_LATE_MS = 1_000;
/** Phones share no connections: fewer than answers are under way at once would measure the waiting for one. */
const CONNECTIONS = 128;

/** One person's whole answers to nine questions, two of which are shown only to some. */
function answersOf(random: () => number): Record<string, unknown> {
  const nps = Math.floor(random() * 11);
  const call = random() < 0.1;
  return {
    nps,
    ...(nps < 7 ? { why: "The queue was long and nobody said why." } : {}),
    csat: 1 + Math.floor(random() * 5),
    reason: random() < 0.5 ? "buy" : "return",
    liked: random() < 0.5 ? ["staff"] : ["range", "price"],
    parts: { queue: random() < 0.5 ? "good" : "bad", light: "good" },
    visits: Math.floor(random() * 50),
    call,
    ...(call ? { reach: "by phone in the evening" } : {}),
  };
}

/**
 * Whole answers to a survey of nine questions, each by a member's own invitation: checked against the definition's
 * schema and by the model, sealed, scored, and told to cases and to the member's events.
 */
export async function measureSubmissions(engine: Engine, options: BenchOptions): Promise<void> {
  say(`\n## Survey submissions, ${engine}\n`);
  const rates: readonly number[] = options.profile ? RATES.slice(0, 1) : RATES;
  const needed =
    RATES[0] * (WARM_UP_SECONDS + 1) + rates.reduce((sum, rate) => sum + rate * (options.seconds + 1), 0);
  const { server } = await seededServer(engine, { ...options, members: needed }, 0, {
    // Timing each statement costs something itself.
    instrument: options.profile,
    embeddedWithoutSync: options.embeddedWithoutSync,
  });
  try {
    await administer(server, "POST", "/v1/surveys", {
      id: SURVEY,
      name: NAME,
      class: "transactional",
      definition: NINE,
      metrics: NINE_METRICS,
      contact: { question: "call", detail: "reach" },
    });
    const { version } = await administer(server, "POST", `/v1/surveys/${SURVEY}/publish`, null);
    const memberIds = await server.ask("memberIds", null);
    const paths: string[] = [];
    for (let i = 0; i < memberIds.length; i += INVITED_AT_ONCE)
      paths.push(
        ...(await server.ask("invite", {
          surveyId: SURVEY,
          version: version as number,
          memberIds: memberIds.slice(i, i + INVITED_AT_ONCE),
        })),
      );
    await server.ask("rest", null);
    const random = seeded(21);
    let used = 0;
    const send = (rate: number, seconds: number, profileInto: string | null) => {
      const from = used;
      used += rate * (seconds + 1);
      return atRate(
        server,
        {
          perSecond: rate,
          seconds,
          connections: CONNECTIONS,
          ...(profileInto === null ? {} : { profileInto }),
        },
        (i) => ({
          method: "POST",
          path: `${paths[from + i]}/answers`,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ version, answers: answersOf(random), lang: "en" }),
        }),
      );
    };
    await send(RATES[0], WARM_UP_SECONDS, null);
    const rows: string[][] = [];
    for (const rate of rates) {
      const meter = postgresMeter(await server.ask("backends", null));
      const profileInto = options.profile
        ? join(await mkdtemp(join(tmpdir(), "candor-bench-profile-")), "server.cpuprofile")
        : null;
      const sent = await send(rate, options.seconds, profileInto);
      if (sent.failed > 0) say(`WRONG: ${whole(sent.failed)} submissions were not received.`);
      const postgres = meter?.read(await server.ask("backends", null)).connections;
      const { seconds, cpuSeconds, behind } = await server.ask("settle", null);
      rows.push([
        `${rate}/s for ${options.seconds} s`,
        ms(quantile(sent.latencies, 0.5)),
        ms(quantile(sent.latencies, 0.99)),
        perItem(sent.server.cpuSeconds, sent.total),
        perItem(sent.server.mainThreadSeconds ?? undefined, sent.total),
        perItem(postgres, sent.total),
        `${perItem(cpuSeconds, sent.total)} in ${seconds.toFixed(0)} s${stillBehind(behind)}`,
        mib(sent.server.peakRssBytes),
      ]);
      if (profileInto !== null) sayProfile({ server: sent.server, waits: [] });
      // What is not kept up with at one rate tells nothing at a higher one.
      if (quantile(sent.latencies, 0.99) > TOO_LATE_MS) break;
    }
    say(
      `\nWhole answers to nine questions (\`POST /s/{token}/answers\`), latency from when each was due; background work of cases, events and mail within; segments, levels and triggers stand back and are worked later; ${loadText()}.\n`,
    );
    say(
      table(
        [
          "rate",
          "p50",
          "p99",
          "server cpu/answer",
          "of it main thread",
          "PG cpu/answer",
          "what followed later",
          "peak rss",
        ],
        rows,
      ),
    );
  } finally {
    await server.end();
  }
}
