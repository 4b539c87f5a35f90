/** Currencies whose minor unit is not a hundredth, by how many decimals they have. */
const DECIMALS: ReadonlyMap<string, number> = new Map(
  [
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"] as const,
    [3, "BHD IQD JOD KWD LYD OMR TND"] as const,
    [4, "CLF UYW"] as const,
  ].flatMap(([decimals, codes]) => codes.split(" ").map((code) => [code, decimals] as const)),
);

/** How many decimals the currency has (ISO 4217:2015 table A.1; two unless listed). */
export function currencyDecimals(currency: string): number {
  return DECIMALS.get(currency) ?? 2;
}
