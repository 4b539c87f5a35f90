import { type Static, Type } from "typebox";
import { findCurrency } from "../kernel/money.ts";

const Locale = Type.String({ minLength: 1, maxLength: 200 });
const Words = Type.Object({ en: Locale, "zh-CN": Locale, "zh-TW": Locale }, { additionalProperties: false });
const Id = Type.String({ pattern: "^[a-z][a-z0-9-]{0,30}$" });
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** Which of the member's figures a tier structure looks at. */
export const TIER_BASES = ["behaviour", "visits", "spend"] as const;
export type TierBasis = (typeof TIER_BASES)[number];

const TierSchema = Type.Object(
  {
    id: Id,
    name: Words,
    /** Reached at this figure: points of 100·B, purchase days or major units of the last 365 days. */
    cut: Type.Number({ minimum: 0, maximum: 1e9 }),
    /** What the tier's benefits cost a member and year, in `costCurrency`; for previews. */
    yearlyCost: Type.Number({ minimum: 0, maximum: 1e9 }),
    /** Purchase days in 365 that keep the tier for members who are not profiled. */
    visits: Type.Integer({ minimum: 1, maximum: 366 }),
  },
  { additionalProperties: false },
);

const StructureSchema = Type.Object(
  {
    id: Id,
    name: Words,
    basis: Type.Enum(TIER_BASES),
    /** The tier below the first cut. */
    base: Type.Object({ id: Id, name: Words }, { additionalProperties: false }),
    /** From the lowest cut to the highest. */
    tiers: Type.Array(TierSchema, { minItems: 1, maxItems: 10 }),
    /** A figure this far below the cut is a breach; the band between is where nothing happens. */
    margin: Type.Number({ minimum: 0, maximum: 1e9 }),
    holdMonths: Type.Integer({ minimum: 0, maximum: 36 }),
    breaches: Type.Integer({ minimum: 1, maximum: 12 }),
    graceDays: Type.Integer({ minimum: 0, maximum: 366 }),
    /** Whether a good attitude may lift the figure of `behaviour` (by at most 10), never lower it. */
    upwardOnly: Type.Boolean(),
  },
  { additionalProperties: false },
);

/**
 * The rules of the loyalty programme: everything that decides a score or a tier and is not fitted. Weights, cuts, κ and
 * half-life are policy, not published constants: hold them against later repurchases before calling the score a
 * forecast.
 */
export const RulesSchema = Type.Object(
  {
    format: Type.Literal("candor-loyalty/1"),
    attitude: Type.Object(
      {
        halfLifeDays: Type.Number({ minimum: 1, maximum: 3_660 }),
        kappa: Type.Number({ minimum: 0.01, maximum: 100 }),
        high: Share,
        /** μ₀ where a cohort has too few answers for a mean of its own. */
        priorMean: Share,
        weights: Type.Object(
          {
            npsRelational: Share,
            comparative: Share,
            csat: Share,
            npsTransactional: Share,
            ces: Share,
          },
          { additionalProperties: false },
        ),
      },
      { additionalProperties: false },
    ),
    behaviour: Type.Object(
      {
        model: Type.Enum(["mbg-nbd", "bg-nbd", "pareto-nbd"]),
        /** Sums to 1. */
        weights: Type.Object({ alive: Share, rate: Share, spend: Share }, { additionalProperties: false }),
        high: Share,
        provisionalDays: Type.Integer({ minimum: 0, maximum: 3_660 }),
        cohortMembers: Type.Integer({ minimum: 5, maximum: 1_000_000 }),
      },
      { additionalProperties: false },
    ),
    value: Type.Object(
      {
        horizonWeeks: Type.Integer({ minimum: 1, maximum: 260 }),
        months: Type.Integer({ minimum: 1, maximum: 120 }),
        yearlyDiscount: Share,
      },
      { additionalProperties: false },
    ),
    conditions: Type.Object(
      { true: Words, latent: Words, spurious: Words, none: Words },
      { additionalProperties: false },
    ),
    structures: Type.Array(StructureSchema, { minItems: 1, maxItems: 8 }),
    costCurrency: Type.String({ pattern: "^[A-Z]{3}$" }),
  },
  { additionalProperties: false },
);

export type Rules = Static<typeof RulesSchema>;
export type TierStructure = Static<typeof StructureSchema>;
export type Words = Static<typeof Words>;

/** The four conditions of Dick & Basu (1994), attitude by behaviour. */
export const CONDITIONS = ["true", "latent", "spurious", "none"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The rules a programme starts from. */
export const DEFAULT_RULES: Rules = {
  format: "candor-loyalty/1",
  attitude: {
    halfLifeDays: 180,
    kappa: 1,
    high: 0.75,
    priorMean: 0.72,
    weights: { npsRelational: 1, comparative: 1, csat: 0.7, npsTransactional: 0.6, ces: 0.5 },
  },
  behaviour: {
    model: "mbg-nbd",
    weights: { alive: 0.4, rate: 0.4, spend: 0.2 },
    high: 0.5,
    provisionalDays: 90,
    cohortMembers: 200,
  },
  value: { horizonWeeks: 52, months: 12, yearlyDiscount: 0.1 },
  conditions: {
    true: { en: "True loyalty", "zh-CN": "真正忠诚", "zh-TW": "真正忠誠" },
    latent: { en: "Latent loyalty", "zh-CN": "潜在忠诚", "zh-TW": "潛在忠誠" },
    spurious: { en: "Spurious loyalty", "zh-CN": "虚假忠诚", "zh-TW": "虛假忠誠" },
    none: { en: "No loyalty", "zh-CN": "不忠诚", "zh-TW": "不忠誠" },
  },
  structures: [
    {
      id: "default",
      name: { en: "Membership tiers", "zh-CN": "会员等级", "zh-TW": "會員等級" },
      basis: "behaviour",
      base: { id: "member", name: { en: "Member", "zh-CN": "会员", "zh-TW": "會員" } },
      tiers: [
        {
          id: "silver",
          name: { en: "Silver", "zh-CN": "银卡", "zh-TW": "銀卡" },
          cut: 50,
          yearlyCost: 10,
          visits: 6,
        },
        {
          id: "gold",
          name: { en: "Gold", "zh-CN": "金卡", "zh-TW": "金卡" },
          cut: 65,
          yearlyCost: 40,
          visits: 12,
        },
        {
          id: "platinum",
          name: { en: "Platinum", "zh-CN": "白金卡", "zh-TW": "白金卡" },
          cut: 80,
          yearlyCost: 120,
          visits: 24,
        },
      ],
      margin: 5,
      holdMonths: 12,
      breaches: 2,
      graceDays: 90,
      upwardOnly: false,
    },
  ],
  costCurrency: "USD",
};

/** What a schema cannot say of rules, as problems with their places; none when they are sound. */
export function faultsOfRules(rules: Rules): { path: string; code: string; message: string }[] {
  const faults: { path: string; code: string; message: string }[] = [];
  const { alive, rate, spend } = rules.behaviour.weights;
  if (Math.abs(alive + rate + spend - 1) > 1e-9)
    faults.push({ path: "/behaviour/weights", code: "sum", message: "must sum to 1" });
  const ids = new Set<string>();
  rules.structures.forEach((structure, i) => {
    const at = `/structures/${i}`;
    if (ids.has(structure.id)) faults.push({ path: `${at}/id`, code: "taken", message: "must be unique" });
    ids.add(structure.id);
    const names = [structure.base.id, ...structure.tiers.map((t) => t.id)];
    if (new Set(names).size < names.length)
      faults.push({ path: `${at}/tiers`, code: "taken", message: "ids must be unique" });
    structure.tiers.forEach((tier, j) => {
      const below = structure.tiers[j - 1];
      if (below !== undefined && !(tier.cut > below.cut && tier.visits >= below.visits))
        faults.push({
          path: `${at}/tiers/${j}`,
          code: "order",
          message: "must lie above the tier before it",
        });
    });
    if (structure.upwardOnly && structure.basis !== "behaviour")
      faults.push({ path: `${at}/upwardOnly`, code: "basis", message: "is for the basis behaviour alone" });
  });
  if (findCurrency(rules.costCurrency) !== rules.costCurrency)
    faults.push({ path: "/costCurrency", code: "unknown-currency", message: "must be an ISO 4217 code" });
  return faults;
}
