import { setTimeout as pause } from "node:timers/promises";
import { askedPeople, LOOKED_UP } from "./consents.ts";
import { openDoors } from "./doors.ts";
import { type Level, type Story, tellStories } from "./loyalty-story.ts";
import type { TruePerson } from "./plan.ts";
import { type Json, type Talk, talkTo } from "./talk.ts";

const LOCALES = { cn: "zh-CN", tw: "zh-TW", gb: "en" } as const;
const LONGEST_WAIT = 120_000;
const A_LOOK = 1_000;
const WEEKS = 8;
/** How many of a condition are looked at to find one whose condition is firm. */
const LOOKED_AT = 6;

/** The conditions, as the demo's segments are named. */
const SEGMENTS = {
  true: "True loyalty",
  latent: "Latent loyalty",
  spurious: "A habit that may break",
  none: "No loyalty",
} as const;

export interface BacktestRow {
  readonly from: number;
  readonly to: number;
  readonly members: number;
  readonly foretold: number | null;
  readonly observed: number | null;
}

/** What the demo shows of loyalty. */
export interface LoyaltySummary {
  /** Lines of the forms that were recorded in this run, and how many an earlier one had recorded. */
  readonly forms: { readonly recorded: number; readonly known: number };
  readonly counts: readonly { readonly of: string; readonly name: string; readonly members: number | null }[];
  readonly fits: readonly string[];
  readonly backtest: {
    readonly fittedUntil: string;
    readonly weeks: number;
    readonly members: number;
    readonly brier: number;
    readonly brierOfShare: number;
    readonly expected: number;
    readonly observed: number;
    readonly plot: readonly BacktestRow[];
  };
  readonly preview: string;
  readonly examples: readonly Level[];
  readonly stories: readonly Story[];
  readonly rulebook: string;
}

function rows(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

const figure = (value: unknown): number | null => (typeof value === "number" ? value : null);

/**
 * Imports forms on which members allow their profiling, fits the models, scores, back-tests and previews a rule, all
 * through the doors; finds a member of each of the four conditions by segments, and lets a complaint, a purchase and a
 * return happen to others. A second run over the same data changes nothing.
 */
export async function showLoyalty(run: {
  readonly baseUrl: string;
  readonly adminKey: string;
  readonly people: readonly TruePerson[];
}): Promise<LoyaltySummary> {
  const talk = talkTo(run.baseUrl, run.adminKey);
  const forms = await allowProfiling(talk, run.people);
  await untilScored(talk);
  const fit = await fitOnce(talk);
  await talk("POST", "/v1/loyalty/scores");
  const backtest = (await talk("POST", "/v1/loyalty/backtests", { body: { weeks: WEEKS } })).body
    .report as Json;
  const counts = rows((await talk("GET", "/v1/loyalty/levels")).body.items);
  const found = await segmentMembers(talk);
  const examples: Level[] = [];
  for (const [condition, members] of found) {
    const level = await firmest(talk, condition, members.slice(0, LOOKED_AT));
    if (level !== null) examples.push(level);
  }
  const taken = new Set(examples.map((e) => e.memberId));
  const others = new Map([...found].map(([c, ids]) => [c, ids.filter((id) => !taken.has(id))]));
  const sources = await openDoors({ ...run, clock: () => new Date() }).registerSources([]);
  return {
    forms,
    counts: counts.map((c) => ({
      of: String(c.structure ?? c.of),
      name: String(c.name),
      members: figure(c.members),
    })),
    fits: rows(fit.fits).map(fitLine),
    backtest: {
      fittedUntil: String(backtest.fittedUntil),
      weeks: WEEKS,
      members: Number(backtest.members),
      brier: Number(backtest.brier),
      brierOfShare: Number(backtest.brierOfShare),
      expected: Number(backtest.expectedPurchases),
      observed: Number(backtest.observedPurchases),
      plot: rows(backtest.calibration).map((c) => ({
        from: Number(c.from),
        to: Number(c.to),
        members: Number(c.members),
        foretold: figure(c.foretold),
        observed: figure(c.observed),
      })),
    },
    preview: await previewOf(talk),
    examples,
    stories: await tellStories(talk, { people: run.people, sources, members: others }),
    rulebook: new URL("/loyalty/rules", run.baseUrl).toString(),
  };
}

/** Of whoever has a card, nine in ten ticked the box on the card's form; whoever the consents are told of one by one did not. */
async function allowProfiling(
  talk: Talk,
  people: readonly TruePerson[],
): Promise<{ recorded: number; known: number }> {
  const told = new Set(
    askedPeople(people)
      .slice(0, LOOKED_UP)
      .map((p) => p.card),
  );
  const ticked = people.filter((p, i) => {
    const card = p.identifiers.find((id) => id.kind === "member_id");
    return card !== undefined && !told.has(card.value) && i % 10 !== 9;
  });
  const lines = ticked.flatMap(({ market, identifiers }) =>
    identifiers
      .filter(({ kind }) => kind === "member_id")
      .map(({ kind, value }) => ({
        identifier: { kind, value },
        state: "given",
        purpose: "profiling",
        notice: { id: "profiling", locale: LOCALES[market] },
        country: market.toUpperCase(),
      })),
  );
  if (lines.length === 0) return { recorded: 0, known: 0 };
  // Whoever asked to be erased a moment ago allows nothing any more: a fault of that line.
  const { body } = await talk("POST", "/v1/consents/import", {
    text: lines.map((line) => JSON.stringify(line)).join("\n"),
  });
  return { recorded: Number(body.recorded), known: Number(body.known) };
}

/** Waits until the work behind the consents has reached everybody who has bought something. */
async function untilScored(talk: Talk): Promise<void> {
  let [scored, still] = [0, 0];
  for (let waited = 0; waited < LONGEST_WAIT; waited += A_LOOK) {
    await pause(A_LOOK);
    const counted = rows((await talk("GET", "/v1/loyalty/levels")).body.items);
    const now = counted
      .filter((c) => c.of === "condition")
      .reduce((sum, c) => sum + Number(c.members ?? 0), 0);
    still = now === scored ? still + 1 : 0;
    scored = now;
    // Among a handful of people no group may be large enough to be counted out.
    if (still >= (scored > 0 ? 2 : 6)) return;
  }
}

/** The fit that scores; an earlier run's is taken as it is. */
async function fitOnce(talk: Talk): Promise<Json> {
  const models = rows((await talk("GET", "/v1/loyalty/models")).body.items);
  const current = models.find((m) => m.scores === true && Number(m.members) > 0);
  if (current === undefined) return (await talk("POST", "/v1/loyalty/models", { body: {} })).body;
  return (await talk("GET", `/v1/loyalty/models/${String(current.id)}`)).body.report as Json;
}

function fitLine(fit: Json): string {
  const of = `${String(fit.cohort)}: ${String(fit.members)} members`;
  const purchases = fit.purchases as Json;
  if (purchases.kind !== "fitted")
    return `${of}, no fit: ${String(purchases.because)} Published figures stand in.`;
  const errors = purchases.standardErrors as Readonly<Record<string, number>>;
  const numbers = Object.entries(purchases.parameters as Readonly<Record<string, number>>).map(
    ([name, v]) => `${name} ${v.toFixed(2)} ± ${(errors[name] ?? Number.NaN).toFixed(2)}`,
  );
  return `${of}, ${String(purchases.model)} ${numbers.join(", ")}`;
}

/** Members of each condition, by a segment for each. */
async function segmentMembers(talk: Talk): Promise<Map<string, string[]>> {
  const known = new Map(
    rows((await talk("GET", "/v1/segments")).body.items).map((s) => [String(s.name), String(s.id)]),
  );
  const found = new Map<string, string[]>();
  for (const [condition, name] of Object.entries(SEGMENTS)) {
    const rule = { loyalty: "condition", is: [condition] };
    const id =
      known.get(name) ??
      String((await talk("POST", "/v1/segments", { body: { name, purpose: "profiling", rule } })).body.id);
    const { body } = await talk("GET", `/v1/segments/${id}/members?purpose=profiling&limit=50`);
    found.set(
      condition,
      rows(body.items).map((m) => String(m.memberId)),
    );
  }
  return found;
}

/** A member whose condition is firm, if there is one among these; else the first. */
async function firmest(talk: Talk, condition: string, ids: readonly string[]): Promise<Level | null> {
  let first: Level | null = null;
  for (const memberId of ids) {
    const { body } = await talk("GET", `/v1/members/${memberId}/loyalty?purpose=profiling`, {
      expect: [200, 403, 404],
    });
    if (body.condition !== condition) continue;
    const { sentences, parts, total } = body.explanation as Json;
    const level: Level = {
      memberId,
      condition,
      sentences: (sentences as readonly string[]).slice(0, 3),
      sum: [...rows(parts).map((p) => [String(p.points), String(p.text)] as const), [String(total), "="]],
      history: [...rows(body.history)]
        .reverse()
        .map((h) => `${String(h.of)}: ${String(h.after)} (${String(h.reason)})`),
    };
    if (body.conditionState === "firm") return level;
    first ??= level;
  }
  return first;
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
  const moves = rows(body.moves).map(
    (m) => `${String(m.members)} ${m.up === true ? "up" : "down"} ${String(m.from)} → ${String(m.to)}`,
  );
  const cost = body.cost as Json;
  return (
    `every cut five points higher, of ${String(body.members)} members: ` +
    `${moves.length === 0 ? "nobody moves" : moves.join(", ")}; ` +
    `benefits ${String(cost.before)} → ${String(cost.after)} ${String(cost.currency)} a year`
  );
}
