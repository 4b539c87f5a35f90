import { TCString } from "@iabtcf/core";

/** What a TCF consent string says, without the string itself. Lists are ascending. */
export interface DecodedTcf {
  readonly version: number;
  readonly policyVersion: number;
  readonly cmpId: number;
  readonly vendorListVersion: number;
  /** When the string was made and last changed, as it states itself (whole days since TCF 2.2). */
  readonly created: string;
  readonly lastUpdated: string;
  /** Purposes 1 to 24 for which the person consented. */
  readonly purposeConsents: readonly number[];
  /** Purposes for which legitimate interest was shown and not objected to. */
  readonly purposeLegitimateInterests: readonly number[];
  readonly specialFeatures: readonly number[];
  /** Consent for the publisher's own use. */
  readonly publisherConsents: readonly number[];
}

/** Longest string that is decoded; real ones are a few hundred characters. */
const LONGEST = 16_384;

/** Decodes a TC string (IAB TCF 2.x, Art. "TC String"); null for anything that is not one. */
export function decodeTcf(text: string): DecodedTcf | null {
  if (text.length === 0 || text.length > LONGEST || !/^[A-Za-z0-9_.-]+$/.test(text)) return null;
  try {
    const model = TCString.decode(text);
    const version = Number(model.version);
    if (version !== 2) return null;
    return {
      version,
      policyVersion: Number(model.policyVersion),
      cmpId: Number(model.cmpId),
      vendorListVersion: Number(model.vendorListVersion),
      created: model.created.toISOString(),
      lastUpdated: model.lastUpdated.toISOString(),
      purposeConsents: idsOf(model.purposeConsents),
      purposeLegitimateInterests: idsOf(model.purposeLegitimateInterests),
      specialFeatures: idsOf(model.specialFeatureOptins),
      publisherConsents: idsOf(model.publisherConsents),
    };
  } catch {
    // The decoder throws a dozen kinds of error for broken strings; to us each means the same.
    return null;
  }
}

/**
 * Whether a string consents to all of a purpose's TCF purposes. False for a purpose that has none: a TC string
 * speaks of advertising only and opens nothing else.
 */
export function tcfAllows(tcf: DecodedTcf, tcfPurposes: readonly number[]): boolean {
  return tcfPurposes.length > 0 && tcfPurposes.every((id) => tcf.purposeConsents.includes(id));
}

function idsOf(vector: { forEach(callback: (value: boolean, id: number) => void): void }): number[] {
  const ids: number[] = [];
  vector.forEach((value, id) => {
    if (value) ids.push(id);
  });
  return ids.sort((a, b) => a - b);
}
