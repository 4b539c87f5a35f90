import type { Profile } from "./read-profile.ts";

/** Why somebody who logged in wants to see personal fields. Codes, because the audit log holds no free text. */
export const REVEAL_REASONS = ["member-asked", "request", "case", "identity-check", "data-quality"] as const;
export type RevealReason = (typeof REVEAL_REASONS)[number];

/** Kinds of data that say who or where somebody is. */
const MASKED: ReadonlySet<string> = new Set(["identity", "contact", "demographic", "location"]);

/** What a masked value looks like: its first character, so that two can be told apart, and nothing of its length. */
export function maskValue(value: unknown): string {
  const first = typeof value === "string" ? [...value][0] : undefined;
  return `${first === undefined || first === "+" ? "" : first}•••`;
}

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
