import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { CanonicalEvent } from "../src/events/index.ts";
import type { ClueKind } from "./clues.store.ts";

/** What an event tells of where its person lives and how old it may be: coarse values only. */
export interface EventClue {
  readonly clue: ClueKind;
  readonly value: string;
}

/**
 * Reads the clues of one event: the country of an address, of the source's store or site, of a telephone number, a
 * language that names a country, and the year of a birthday. Values that are not codes are no clues.
 */
export function cluesOfEvent(
  event: Pick<CanonicalEvent, "traits" | "context" | "identifiers">,
  source: { readonly region: string | null },
  /** Telephone numbers in international form (E.164). */
  phones: readonly string[],
): EventClue[] {
  const found: EventClue[] = [];
  const add = (clue: ClueKind, value: string | null | undefined) => {
    if (value !== null && value !== undefined) found.push({ clue, value });
  };
  add("country", placeOf(event.traits));
  add("storeCountry", source.region);
  for (const phone of phones) add("phoneRegion", parsePhoneNumberFromString(phone)?.country);
  add("language", languageOf(event.traits.locale ?? event.traits.language ?? event.context.locale));
  add("birthYear", birthYearOf(event.traits.birthday));
  return found;
}

/** `TW`, or `US-CA` where the subdivision is stated beside the country. */
function placeOf(traits: Readonly<Record<string, unknown>>): string | null {
  const address = traits.address;
  const inside = typeof address === "object" && address !== null ? (address as Record<string, unknown>) : {};
  const country = codeOf(traits.country ?? inside.country);
  if (country === null) return null;
  const region = traits.region ?? inside.state ?? inside.region;
  if (typeof region !== "string") return country;
  const bare = region.trim().toUpperCase().replace(`${country}-`, "");
  return /^[A-Z0-9]{1,3}$/.test(bare) ? `${country}-${bare}` : country;
}

function codeOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const code = value.trim().toUpperCase();
  return /^[A-Z]{2}$/.test(code) ? code : null;
}

function languageOf(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z]{2,3}(-[A-Za-z]{4})?-[A-Za-z]{2}$/.test(value) ? value : null;
}

function birthYearOf(value: unknown): string | null {
  const text = value instanceof Date ? value.toISOString() : value;
  const year = typeof text === "string" ? /^(\d{4})(-|$)/.exec(text)?.[1] : undefined;
  return year !== undefined && Number(year) >= 1900 && Number(year) <= 2200 ? year : null;
}
