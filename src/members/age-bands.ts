/** Lower ends of the bands, in years; the last is open. Ours: the bands most official statistics can be folded into. */
const BANDS = [18, 25, 35, 45, 55, 65] as const;

/** The band of an age in whole years: `under-18`, `18-24`, …, `65+`. */
export function ageBandOf(age: number): string {
  const at = BANDS.findLastIndex((from) => age >= from);
  if (at === -1) return "under-18";
  const next = BANDS[at + 1];
  return next === undefined ? `${BANDS[at]}+` : `${BANDS[at]}-${next - 1}`;
}

/** Every band, youngest first. */
export const AGE_BANDS: readonly string[] = [BANDS[0] - 1, ...BANDS].map(ageBandOf);
