import { setTimeout as pause } from "node:timers/promises";
import type { TruePerson } from "./plan.ts";
import { columns } from "./table.ts";
import { type Json, type Talk, talkTo } from "./talk.ts";

/** Members who allow their profiling in the demo: enough for a fit and a back-test, few enough to be quick. */
const ALLOWED = 600;
const AT_ONCE = 16;
const LOCALES = { cn: "zh-CN", tw: "zh-TW", gb: "en" } as const;
const LONGEST_WAIT = 120_000;

interface Level {
  readonly memberId: string;
  readonly condition: string;
  readonly sentences: readonly string[];
  readonly changes: readonly string[];
}

/** What the demo shows of loyalty. */
export interface LoyaltySummary {
  readonly allowed: number;
  readonly counts: readonly { readonly of: string; readonly name: string; readonly members: number | null }[];
  readonly fits: readonly string[];
  readonly backtest: string;
  readonly preview: string;
  readonly examples: readonly Level[];
  readonly rulebook: string;
}

function rows(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/**
 * Lets members allow their profiling, fits the models, scores, back-tests and previews a rule, all through the doors;
 * then finds a member of each of the four conditions.
 */
export async function showLoyalty(run: {
  readonly baseUrl: string;
  readonly adminKey: string;
  readonly people: readonly TruePerson[];
}): Promise<LoyaltySummary> {
  const talk = talkTo(run.baseUrl, run.adminKey);
  const members = new Map<string, TruePerson>();
  const withCard = run.people.filter((p) => p.identifiers.some((i) => i.kind === "member_id"));
  await each(withCard.slice(0, ALLOWED), async (person) => {
    const card = person.identifiers.find((i) => i.kind === "member_id");
    const found = await talk("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: card?.value },
      expect: [200, 404, 409],
    });
    if (typeof found.body.memberId === "string") members.set(found.body.memberId, person);
  });
  await each([...members], async ([memberId, person]) => {
    const { status } = await talk("POST", "/v1/consents", {
      expect: [200, 201, 404],
      body: {
        memberId,
        state: "given",
        purpose: "profiling",
        notice: { id: "profiling", locale: LOCALES[person.market] },
        country: person.market.toUpperCase(),
      },
    });
    // Some asked to be erased a moment ago: whoever is gone by now allows nothing any more.
    if (status === 404) members.delete(memberId);
  });
  const ids = [...members.keys()];
  await untilScored(talk, ids);
  const fit = await talk("POST", "/v1/loyalty/models", { body: {} });
  await talk("POST", "/v1/loyalty/scores");
  const backtest = (await talk("POST", "/v1/loyalty/backtests", { body: { weeks: 8 } })).body.report as Json;
  const counts = rows((await talk("GET", "/v1/loyalty/levels")).body.items);
  const examples = new Map<string, Level>();
  await each(ids, async (memberId) => {
    if (examples.size === 4) return;
    const { body } = await talk("GET", `/v1/members/${memberId}/loyalty?purpose=profiling`, {
      expect: [200, 403, 404],
    });
    const { condition } = body;
    if (typeof condition !== "string" || examples.has(condition)) return;
    const explanation = body.explanation as Json;
    examples.set(condition, {
      memberId,
      condition,
      sentences: (explanation.sentences as readonly string[]).slice(0, 3),
      changes: rows(body.history).map((h) => `${String(h.of)}: ${String(h.after)} (${String(h.reason)})`),
    });
  });
  return {
    allowed: members.size,
    counts: counts.map((c) => ({
      of: String(c.structure ?? c.of),
      name: String(c.name),
      members: typeof c.members === "number" ? c.members : null,
    })),
    fits: rows(fit.body.fits).map((f) => {
      const purchases = f.purchases as Json;
      const how = purchases.kind === "fitted" ? "fitted" : `refused (${String(purchases.code)})`;
      return `${String(f.cohort)}: ${String(f.members)} members, ${how}`;
    }),
    backtest:
      `fitted up to ${String(backtest.fittedUntil)}, ${String(backtest.members)} members: Brier score ` +
      `${Number(backtest.brier).toFixed(3)} (overall share alone ${Number(backtest.brierOfShare).toFixed(3)}), purchase days expected ` +
      `${Number(backtest.expectedPurchases).toFixed(0)}, observed ${String(backtest.observedPurchases)}`,
    preview: await previewOf(talk),
    examples: [...examples.values()].sort((a, b) => (a.condition < b.condition ? -1 : 1)),
    rulebook: new URL("/loyalty/rules", run.baseUrl).toString(),
  };
}

/** Waits until the work behind the consents has reached everybody who has bought something. */
async function untilScored(talk: Talk, ids: readonly string[]): Promise<void> {
  const last = ids.at(-1);
  const began = performance.now();
  for (let scored = -1; last !== undefined && performance.now() - began < LONGEST_WAIT; ) {
    await pause(1_500);
    const counted = rows((await talk("GET", "/v1/loyalty/levels")).body.items);
    const now = counted
      .filter((c) => c.of === "condition")
      .reduce((sum, c) => sum + Number(c.members ?? 0), 0);
    if (now === scored && now > 0) return;
    scored = now;
  }
}

/** What raising every cut by five points would do. */
async function previewOf(talk: Talk): Promise<string> {
  const { rules } = (await talk("GET", "/v1/loyalty/rules")).body as { rules: Json };
  const structures = rows(rules.structures).map((s) => ({
    ...s,
    tiers: rows(s.tiers).map((t) => ({ ...t, cut: Number(t.cut) + 5 })),
  }));
  const { body } = await talk("POST", "/v1/loyalty/rules/preview", {
    body: { rules: { ...rules, structures } },
  });
  const moves = rows(body.moves).map((m) => `${String(m.members)} ${String(m.from)} → ${String(m.to)}`);
  const cost = body.cost as Json;
  return `every cut five points higher: ${moves.length === 0 ? "nobody moves" : moves.join(", ")}; benefits ${String(cost.before)} → ${String(cost.after)} ${String(cost.currency)} a year`;
}

/** The summary as people read it. */
export function loyaltyLines(s: LoyaltySummary): string[] {
  return [
    "",
    `Loyalty: ${s.allowed} members allow profiling.`,
    ...s.fits.map((f) => `  ${f}`),
    ...columns(
      s.counts.map((c) => [c.of, c.name, c.members === null ? "fewer than 5" : String(c.members)]),
    ).map((line) => `  ${line}`),
    `  Back-test: ${s.backtest}.`,
    `  Preview: ${s.preview}.`,
    ...s.examples.flatMap((e) => [
      `  ${e.condition}: member ${e.memberId}`,
      ...e.sentences.map((t) => `    ${t}`),
      ...e.changes.map((t) => `    ${t}`),
    ]),
    `  Why: npx candor loyalty explain <member> --history      The rules for members: ${s.rulebook}`,
  ];
}
