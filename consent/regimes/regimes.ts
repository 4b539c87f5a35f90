import { AppError } from "../../src/kernel/problems.ts";
import type { Locale, RegimeId } from "../vocabulary.ts";
import { checkRegimePack } from "./check-pack.ts";
import cn from "./cn.json" with { type: "json" };
import eu from "./eu.json" with { type: "json" };
import type { RegimePack } from "./regime.schema.ts";
import tw from "./tw.json" with { type: "json" };
import uk from "./uk.json" with { type: "json" };
import usCa from "./us-ca.json" with { type: "json" };

/** The packs in force, by id. A pack may be replaced by a corrected one of the same id. */
export type RegimePacks = ReadonlyMap<RegimeId, RegimePack>;

/** Reads a regime pack; throws `invalid-settings` naming the places (never the values) that do not fit. */
export function parseRegimePack(candidate: unknown): RegimePack {
  const checked = checkRegimePack(candidate);
  if (checked.kind === "pack") return checked.pack;
  throw new AppError("invalid-settings", {
    detail: checked.problems.map((p) => `${p.path} ${p.message}`).join("; "),
    errors: checked.problems,
  });
}

/** Gathers packs by id; a later one replaces an earlier one of the same id. */
export function collectRegimes(candidates: readonly unknown[]): RegimePacks {
  return new Map(candidates.map(parseRegimePack).map((pack) => [pack.id, pack]));
}

/** The packs that come with Candor: EU, UK, California, mainland China, Taiwan. Not legal advice. */
export const BUILT_IN_REGIMES: RegimePacks = collectRegimes([eu, uk, usCa, cn, tw]);

/** A regime as a sentence names it; its id when its pack is not there any more. */
export function regimeName(id: RegimeId, locale: Locale, packs: RegimePacks): string {
  return packs.get(id)?.name[locale] ?? id;
}

/**
 * The age from which a person consents alone under a pack, by the country's own rule where it has one.
 * Without a known country the highest age of the territory applies.
 */
export function consentAge(pack: RegimePack, country: string | null): number {
  const byCountry = pack.ages.consentByCountry;
  if (country !== null) return (byCountry[country] ?? pack.ages.consent).value;
  return Math.max(pack.ages.consent.value, ...Object.values(byCountry).map((age) => age.value));
}

/** Whether a country lies in the pack's territory. */
export function isInTerritory(pack: RegimePack, country: string): boolean {
  return pack.territory.some((place) => place.country === country);
}
