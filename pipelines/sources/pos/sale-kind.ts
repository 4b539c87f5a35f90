export type SaleKind = "sale" | "return" | "void" | "exchange";

const WORDS: Readonly<Record<SaleKind, readonly string[]>> = {
  sale: [
    "sale",
    "sales",
    "sell",
    "sold",
    "s",
    "purchase",
    "销售",
    "銷售",
    "售",
    "消费",
    "消費",
    "购买",
    "購買",
  ],
  return: ["return", "returned", "refund", "refunded", "r", "退货", "退貨", "退款", "退", "退回"],
  void: ["void", "voided", "v", "cancel", "cancelled", "canceled", "作废", "作廢", "取消", "註銷", "注销"],
  exchange: ["exchange", "exchanged", "e", "x", "换货", "換貨", "换", "換"],
};

const KINDS: ReadonlyMap<string, SaleKind> = new Map(
  Object.entries(WORDS).flatMap(([kind, words]) =>
    words.map((w): [string, SaleKind] => [w, kind as SaleKind]),
  ),
);

/** What a till calls a line; undefined where it says nothing, null for a word that is none of the four. */
export function saleKind(word: string | undefined): SaleKind | undefined | null {
  if (word === undefined) return undefined;
  return KINDS.get(word.trim().toLowerCase()) ?? null;
}
