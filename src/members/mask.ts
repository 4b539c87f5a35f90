import { maskValue } from "../kernel/mask.ts";
import type { Profile } from "./read-profile.ts";

/** Kinds of data that say who or where somebody is. */
const MASKED: ReadonlySet<string> = new Set(["identity", "contact", "demographic", "location"]);

/** The profile with every value hidden that says who or where somebody is; lineage, facts and reasons stay. */
export function maskProfile(profile: Profile): Profile {
  const attributes = Object.entries(profile.attributes).map(([name, field]) => [
    name,
    MASKED.has(field.category)
      ? {
          ...field,
          value: maskValue(field.value),
          candidates: field.candidates.map((candidate) => ({
            ...candidate,
            value: maskValue(candidate.value),
          })),
        }
      : field,
  ]);
  return {
    ...profile,
    identifiers: profile.identifiers.map((identifier) => ({
      ...identifier,
      value: maskValue(identifier.value),
    })),
    attributes: Object.fromEntries(attributes) as Profile["attributes"],
  };
}
