import {
  type EventType,
  isCoarse,
  isDocumentNumber,
  type OrderFact,
  type OrderLine,
} from "../../../src/events/index.ts";
import { parseMinorUnits } from "../../../src/kernel/money.ts";
import { type Rejection, rejection } from "../../../src/kernel/verdicts.ts";
import type { SourceSettings } from "../../adapter.ts";
import {
  documentKey,
  firstOf,
  isBlank,
  isRecord,
  keyInNamespace,
  type Mac,
  plainId,
  readNumber,
  readText,
  receiptKey,
} from "../../steps/index.ts";
import { lineAmount, readCurrency } from "./amounts.ts";

type Properties = Readonly<Record<string, unknown>>;

/** What a document does, by the standard name of its event. */
type OrderAct = "sale" | "replace" | "return" | "cancel";

const SHOP_ACTS: ReadonlyMap<string, OrderAct> = new Map([
  ["Order Completed", "sale"],
  ["Order Updated", "replace"],
  ["Order Refunded", "return"],
  ["Order Cancelled", "cancel"],
]);

const TILL_ACTS: ReadonlyMap<string, OrderAct> = new Map([
  ["Sale", "sale"],
  // Goods brought back have negative quantities beside the new ones: the sign of the total decides.
  ["Exchange", "sale"],
  ["Return", "return"],
  ["Void", "cancel"],
]);

const TILL_FIELDS = ["store_id", "storeId", "till_id", "tillId", "receipt_no", "receiptNo"];

/** Whether a happening carries a till's fields. */
export function isFromTill(properties: Properties): boolean {
  return firstOf(properties, TILL_FIELDS) !== undefined;
}

/**
 * What an event does to an order, or null when it is no order event. The short words of tills count only from a
 * till: a web site may call anything a "Return".
 */
export function orderActOf(
  name: string | null,
  properties: Properties,
  source: SourceSettings,
): OrderAct | null {
  if (name === null) return null;
  const act = SHOP_ACTS.get(name);
  if (act !== undefined) return act;
  return source.kind === "pos" || isFromTill(properties) ? (TILL_ACTS.get(name) ?? null) : null;
}

export type OrderResult =
  | { readonly kind: "ok"; readonly type: EventType; readonly order: OrderFact }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

function no(code: Parameters<typeof rejection>[0], detail?: string): OrderResult {
  return { kind: "rejected", rejection: rejection(code, detail) };
}

/** A plain id or null: what does not look like one stays in the sealed properties only. */
function fitting(value: unknown, fits: (text: string) => boolean): string | null {
  const text = readText(value);
  return text !== null && fits(text) ? text : null;
}

function idOf(value: unknown, what: "product-id" | "store-id", mac: Mac): string | null {
  const text = readText(value);
  return text === null ? null : plainId(text, what, mac);
}

/** Keeps -0 out of stored facts. */
function negated(value: number): number {
  return value === 0 ? 0 : -value;
}

type Lines =
  | { readonly kind: "ok"; readonly lines: readonly OrderLine[]; readonly priced: boolean }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/** The lines of `products` (or `lines`), with the signs their sender gave them. */
function readLines(products: unknown, currency: string, mac: Mac): Lines {
  if (products === undefined || products === null) return { kind: "ok", lines: [], priced: false };
  if (!Array.isArray(products)) {
    return { kind: "rejected", rejection: rejection("invalid-field", "properties.products must be a list.") };
  }
  const lines: OrderLine[] = [];
  const taken = new Set<string>();
  let priced = products.length > 0;
  for (const [index, product] of products.entries()) {
    const at = `properties.products[${index}]`;
    if (!isRecord(product)) {
      return { kind: "rejected", rejection: rejection("invalid-field", `${at} must be an object.`) };
    }
    const quantity = isBlank(product.quantity) ? 1 : readNumber(product.quantity);
    if (quantity === null || Math.abs(quantity) > 1e9) {
      return { kind: "rejected", rejection: rejection("invalid-field", `${at}.quantity must be a number.`) };
    }
    const stated = firstOf(product, ["amount", "line_total", "lineTotal"]);
    const money =
      stated !== undefined
        ? parseMinorUnits(stated, currency)
        : isBlank(product.price)
          ? null
          : lineAmount(product.price, quantity, currency);
    if (money?.kind === "bad") {
      return {
        kind: "rejected",
        rejection: rejection("invalid-amount", `The amount of ${at} is ${money.fault}.`),
      };
    }
    if (money === null) priced = false;
    const minor = money?.minor ?? 0;
    const wanted =
      fitting(firstOf(product, ["line", "line_no", "lineNo"]), isDocumentNumber) ?? String(index + 1);
    let line = wanted;
    for (let twin = 2; taken.has(line); twin++) line = `${wanted}#${twin}`;
    taken.add(line);
    lines.push({
      line,
      productId:
        idOf(firstOf(product, ["product_id", "productId"]), "product-id", mac) ??
        idOf(firstOf(product, ["sku", "id"]), "product-id", mac),
      category: fitting(product.category, isCoarse),
      quantity: quantity === 0 ? 0 : quantity,
      // What comes back never adds to the sum, whichever of price and quantity bears the sign.
      amountMinor: quantity < 0 ? negated(Math.abs(minor)) : minor === 0 ? 0 : minor,
    });
  }
  return { kind: "ok", lines, priced };
}

/** A return whose lines are written with positive quantities is turned round; one that has signs keeps them. */
function turned(lines: readonly OrderLine[]): readonly OrderLine[] {
  if (lines.some((l) => l.quantity < 0)) return lines;
  return lines.map((l) => ({ ...l, quantity: negated(l.quantity), amountMinor: negated(l.amountMinor) }));
}

interface Document {
  readonly orderKey: string;
  readonly returnsOrderKey: string | null;
}

/** The document's key, and the key of the one it takes back. An Order Refunded without a receipt of its own names its order. */
function readDocument(p: Properties, source: SourceSettings, mac: Mac): Document | null {
  const storeId = firstOf(p, ["store_id", "storeId"]);
  const tillId = firstOf(p, ["till_id", "tillId"]);
  const number = readText(firstOf(p, ["order_id", "orderId"]));
  const own =
    number !== null
      ? documentKey(number, mac)
      : receiptKey({ storeId, tillId, receiptNo: firstOf(p, ["receipt_no", "receiptNo"]) }, mac);
  const originalNumber = readText(
    firstOf(p, ["returns_order_id", "returnsOrderId", "original_order_id", "originalOrderId"]),
  );
  const original =
    originalNumber !== null
      ? documentKey(originalNumber, mac)
      : receiptKey(
          {
            storeId: firstOf(p, ["original_store_id", "originalStoreId"]) ?? storeId,
            tillId: firstOf(p, ["original_till_id", "originalTillId"]) ?? tillId,
            receiptNo: firstOf(p, ["original_receipt_no", "originalReceiptNo"]),
          },
          mac,
        );
  const key = own ?? original;
  if (key === null) return null;
  return {
    orderKey: keyInNamespace(source, key),
    returnsOrderKey: own === null || original === null ? null : keyInNamespace(source, original),
  };
}

function sumOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.amountMinor, 0);
}

/**
 * Reads an order event (E-commerce specification v2, or a till's document) as accounting facts.
 *
 * Value of the document: `total` (what the customer paid, tax and shipping included), else `revenue` (product
 * revenue), else the sum of the lines. Order Refunded with products takes back these lines; with an amount and no
 * products it takes back that amount; with neither it cancels the order. A sale whose total is negative is a
 * return. A void cancels the document it names as its original, else its own.
 */
export function readOrder(act: OrderAct, p: Properties, source: SourceSettings, mac: Mac): OrderResult {
  const document = readDocument(p, source, mac);
  if (document === null)
    return no("missing-field", "An order needs order_id, or receipt_no with its store and till.");
  const ownCurrency = firstOf(p, ["currency"]);
  const currency = readCurrency(ownCurrency, source.currency);
  if (currency === null) {
    return ownCurrency === undefined
      ? no("missing-currency")
      : no("invalid-amount", "properties.currency is not an ISO 4217 code.");
  }
  const head = {
    ...document,
    currency,
    storeId: idOf(firstOf(p, ["store_id", "storeId"]), "store-id", mac),
    tillId: fitting(firstOf(p, ["till_id", "tillId"]), isDocumentNumber),
    receiptNo: fitting(firstOf(p, ["receipt_no", "receiptNo"]), isDocumentNumber),
  };
  const cancelled = (): OrderResult => ({
    kind: "ok",
    type: "order.cancelled",
    order: {
      ...head,
      orderKey: document.returnsOrderKey ?? document.orderKey,
      effect: "cancel",
      totalMinor: 0,
      lines: [],
    },
  });
  if (act === "cancel") return cancelled();

  const read = readLines(firstOf(p, ["products", "lines"]), currency, mac);
  if (read.kind === "rejected") return read;
  const stated = firstOf(p, ["total", "revenue"]);
  const money = stated === undefined ? null : parseMinorUnits(stated, currency);
  if (money?.kind === "bad") return no("invalid-amount", `The order's total is ${money.fault}.`);
  if (act === "return" && money === null && read.lines.length === 0) return cancelled();
  if (money === null && !read.priced) {
    return no("missing-field", "An order needs total or revenue, or products with their prices.");
  }
  const lines = act === "return" ? turned(read.lines) : read.lines;
  const given = money === null ? null : money.minor;
  const total = given === null ? sumOf(lines) : act === "return" && given > 0 ? -given : given;
  const totalMinor = total === 0 ? 0 : total;
  if (!Number.isSafeInteger(totalMinor)) return no("invalid-amount", "The order's total is too-large.");
  if (act === "replace") {
    return { kind: "ok", type: "order.updated", order: { ...head, effect: "replace", totalMinor, lines } };
  }
  const isReturn = act === "return" || totalMinor < 0;
  return {
    kind: "ok",
    type: isReturn ? "order.refunded" : "order.completed",
    order: { ...head, effect: isReturn ? "return" : "sale", totalMinor, lines },
  };
}
