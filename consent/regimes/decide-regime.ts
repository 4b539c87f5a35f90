import { LOCALES, type RegimeId } from "../vocabulary.ts";
import { BUILT_IN_REGIMES, type RegimePacks } from "./regimes.ts";

/** What is known of where a person lives. Countries are ISO 3166-1 alpha-2, `region` the subdivision (`CA`). */
export interface RegimeClues {
  /** The country the person stated for this very question. */
  readonly declared?: string | null;
  /** The country of the person's address. */
  readonly country?: string | null;
  /** Subdivision of the declared or address country, as `CA` or `US-CA`. */
  readonly region?: string | null;
  /** Country of the store or site where the person joined. */
  readonly storeCountry?: string | null;
  /** Country of the person's phone number. */
  readonly phoneRegion?: string | null;
  /** BCP 47 tag of the person's language; counts only when it names a country, such as zh-TW. */
  readonly language?: string | null;
}

export const CLUE_ORDER = ["declared", "country", "storeCountry", "phoneRegion", "language"] as const;
export type Clue = (typeof CLUE_ORDER)[number];

/** One clue as it was read: the country it names and the regime of that country. */
export interface ReadClue {
  readonly clue: Clue;
  readonly country: string;
  readonly region: string | null;
  readonly regime: RegimeId | null;
}

/** How a member's regime was found; stored with every record that was made under it. */
export interface RegimeDecision {
  /** Null: no regime is known, so everything that rests on consent or choice is denied. */
  readonly regime: RegimeId | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly because: {
    /** The clue that decided, or why none could. */
    readonly decidedBy: Clue | "no-clue";
    /** `weak` for a phone's country or a language: worth asking the member. */
    readonly strength: "stated" | "address" | "weak" | "none";
    readonly clues: readonly ReadClue[];
    /** Whether another clue points to another regime. */
    readonly conflict: boolean;
  };
}

const STRENGTH = {
  declared: "stated",
  country: "address",
  storeCountry: "weak",
  phoneRegion: "weak",
  language: "weak",
} as const satisfies Record<Clue, RegimeDecision["because"]["strength"]>;

/**
 * Finds the regime that protects a person. The strongest clue that names a country decides: what the person
 * declared, the address, the store of enrolment, the phone, the language, in this order. A country outside every
 * pack (or a country whose subdivision is needed and unknown) gives null; a weaker clue never overrules that.
 */
export function decideRegime(clues: RegimeClues, packs: RegimePacks = BUILT_IN_REGIMES): RegimeDecision {
  const read: ReadClue[] = [];
  for (const clue of CLUE_ORDER) {
    const country = countryOf(clue, clues[clue] ?? null);
    if (country === null) continue;
    // The subdivision belongs to the address or the declaration, never to a phone or a language.
    const region = clue === "declared" || clue === "country" ? regionOf(country, clues.region ?? null) : null;
    read.push({ clue, country, region, regime: regimeOf(country, region, packs) });
  }
  const first = read[0];
  if (first === undefined) {
    return {
      regime: null,
      country: null,
      region: null,
      because: { decidedBy: "no-clue", strength: "none", clues: [], conflict: false },
    };
  }
  return {
    regime: first.regime,
    country: first.country,
    region: first.region,
    because: {
      decidedBy: first.clue,
      strength: STRENGTH[first.clue],
      clues: read,
      conflict: read.some((other) => other.regime !== first.regime),
    },
  };
}

/**
 * As `decideRegime`, and the same object for the same clues: members are kept in tens of thousands and live in few places.
 */
export function decideSharedRegime(clues: RegimeClues, packs: RegimePacks): RegimeDecision {
  const text = JSON.stringify([...CLUE_ORDER.map((clue) => clues[clue] ?? null), clues.region ?? null]);
  let decided = DECIDED.get(packs);
  if (decided === undefined) {
    decided = new Map();
    DECIDED.set(packs, decided);
  }
  let decision = decided.get(text);
  if (decision === undefined) {
    if (decided.size >= MOST_DECIDED) decided.clear();
    decision = decideRegime(clues, packs);
    decided.set(text, decision);
  }
  return decision;
}

const DECIDED = new WeakMap<RegimePacks, Map<string, RegimeDecision>>();
const MOST_DECIDED = 5_000;

function countryOf(clue: Clue, value: string | null): string | null {
  if (value === null) return null;
  if (clue !== "language") {
    const code = value.trim().toUpperCase();
    return /^[A-Z]{2}$/.test(code) ? (code === "UK" ? "GB" : code) : null;
  }
  if (!LOCALES.includes(value as never) && !/^[A-Za-z]{2,3}(-[A-Za-z]{4})?-[A-Za-z]{2}$/.test(value))
    return null;
  const last = value.split("-").at(-1) ?? "";
  return last.length === 2 && value.includes("-") ? last.toUpperCase() : null;
}

function regionOf(country: string, region: string | null): string | null {
  if (region === null) return null;
  const code = region.trim().toUpperCase();
  const bare = code.startsWith(`${country}-`) ? code.slice(country.length + 1) : code;
  return /^[A-Z0-9]{1,3}$/.test(bare) ? bare : null;
}

/** A pack that names the region goes before one for the whole country. */
function regimeOf(country: string, region: string | null, packs: RegimePacks): RegimeId | null {
  let whole: RegimeId | null = null;
  for (const pack of packs.values()) {
    for (const place of pack.territory) {
      if (place.country !== country) continue;
      if (place.regions === undefined) whole ??= pack.id;
      else if (region !== null && place.regions.includes(region)) return pack.id;
    }
  }
  return whole;
}
