import type { RegimeId } from "../../../consent/index.ts";
import type { KeepingGround } from "../../db/index.ts";

/** For how long the law of a place keeps records of sales, and how sure that is: a lawyer should confirm it. */
export interface TaxRule extends KeepingGround {
  readonly years: number;
  readonly mark: "secondary" | "from-memory";
}

/** Not legal advice. Where several periods apply, the longest that covers till receipts is stated. */
const TAX_RULES: Readonly<Partial<Record<RegimeId, TaxRule>>> = {
  EU: {
    code: "tax-records",
    provision: "Tax law of the member state, up to 10 years; GDPR Art. 17(3)(b)",
    years: 10,
    mark: "from-memory",
  },
  UK: {
    code: "tax-records",
    provision: "Value Added Tax Act 1994, Sch. 11 para. 6: 6 years; UK GDPR Art. 17(3)(b)",
    years: 6,
    mark: "from-memory",
  },
  "US-CA": {
    code: "tax-records",
    provision: "California Code of Regulations, title 18, §1698: 4 years; Civil Code §1798.105(d)(8)",
    years: 4,
    mark: "from-memory",
  },
  CN: {
    code: "tax-records",
    provision: "Measures for the Administration of Accounting Archives: 30 years; PIPL Art. 47",
    years: 30,
    mark: "from-memory",
  },
  TW: {
    code: "tax-records",
    provision: "Business Entity Accounting Act Art. 38: 5 years; PDPA Art. 11",
    years: 5,
    mark: "from-memory",
  },
};

/** Where the place is not known, or its law is a pack of the operator's own. */
const CAREFUL_RULE: TaxRule = {
  code: "tax-records",
  provision: "Tax and accounting law; the place is not known, so 10 years",
  years: 10,
  mark: "from-memory",
};

/** The rule of a regime. */
export function taxRuleOf(regime: string | null): TaxRule {
  return (regime === null || !Object.hasOwn(TAX_RULES, regime) ? null : TAX_RULES[regime]) ?? CAREFUL_RULE;
}

/** The last day on which a sale's record is kept: so many years after the end of the year of the sale (ISO date). */
export function keptUntil(soldOn: string, rule: TaxRule): string {
  return `${Number(soldOn.slice(0, 4)) + rule.years}-12-31`;
}
