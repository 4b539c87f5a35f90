/** Smallest units in one of a currency: 100 for TWD, 1 for JPY; 100 for what is no currency (yet). */
export function unitsOf(currency: unknown): number {
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return 100;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
}
