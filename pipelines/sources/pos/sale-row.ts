import {
  isCoarse,
  isDocumentNumber,
  isPlainCode,
  type OrderFact,
  type OrderLine,
} from "../../../src/events/index.ts";
import { uuidFromBytes } from "../../../src/kernel/ids.ts";
import { findCurrency } from "../../../src/kernel/money.ts";
import type { ParsedItem } from "../../adapter.ts";
import { multiplyToMinor, readAmount, readDecimal } from "../../mapping/decimal.ts";
import { readPerson } from "../../mapping/person.ts";
import {
  channelOf,
  contentMessageId,
  emptyFault,
  eventItem,
  fieldFault,
  fieldValue,
  namedFields,
  occurredField,
  present,
  type RowContext,
  RowFault,
  sentMessageId,
  textField,
} from "../../mapping/row-context.ts";
import type { Target } from "../../mapping/targets.ts";
import { documentKey, keyInNamespace, plainId, receiptKey } from "../../steps/index.ts";
import { saleKind } from "./sale-kind.ts";

type Effect = "sale" | "return" | "cancel";

const TYPES = { sale: "order.completed", return: "order.refunded", cancel: "order.cancelled" } as const;

/** Largest quantity of one line: beyond it the column is surely another one. */
const MAX_QUANTITY = 1e9;

/**
 * A row of a till's file as one line of a document: a sale (`order.completed`), a return (`order.refunded`, quantity
 * and amount negative whatever the file's signs) or a void (`order.cancelled`, which takes the whole document back).
 *
 * A return is what the mapping's `return.when` or the kind column says, and every line of negative quantity; an
 * exchange is told apart line by line by its sign. A negative amount of a positive quantity is a discount line.
 */
export function parseSale(context: RowContext): ParsedItem {
  const { compiled, row, deps } = context;
  const currency = currencyOf(context);
  const quantity = decimalField(context, "quantity", "invalid-field");
  const effect = effectOf(context, quantity);
  const minor = effect === "cancel" ? 0 : amountOf(context, currency, quantity);
  const person = readPerson(context, false);
  const occurredAt = occurredField(context);

  const storeId = textField(context, "storeId");
  const tillId = textField(context, "tillId");
  const receiptNo = textField(context, "receiptNo");
  const orderId = textField(context, "orderId");
  const lineNo = textField(context, "line");
  const productId = textField(context, "productId");
  const category = textField(context, "category");
  const day = compiled.mapping.ids?.receipts === "daily" ? localDay(occurredAt, compiled.timeZone) : null;

  const document = documentOf(context, { orderId, storeId, tillId, receiptNo, day });
  const derivedId = () => {
    if (document === null || lineNo === undefined) return contentMessageId(context, null);
    const place = [orderId ?? "", storeId ?? "", tillId ?? "", receiptNo ?? "", day ?? "", lineNo];
    return uuidFromBytes(deps.mac("file-line", compiled.source.id, effect, ...place));
  };
  const messageId = sentMessageId(context) ?? derivedId();
  const isReturn = effect === "return";
  const units = Number(quantity ?? (isReturn ? "-1" : "1"));
  const amountMinor = isReturn ? -Math.abs(minor) : minor;
  const line: OrderLine = {
    line: lineNo !== undefined && isDocumentNumber(lineNo) ? lineNo : messageId,
    productId: productId === undefined ? null : plainId(productId, "product-id", deps.mac),
    category: category !== undefined && isCoarse(category) ? category : null,
    quantity: isReturn ? -Math.abs(units) : units,
    amountMinor: amountMinor === 0 ? 0 : amountMinor,
  };
  const plainStore = plainCode(context, storeId);
  const order: OrderFact = {
    // A line without any document is a document of its own.
    orderKey: document ?? `m:${messageId}`,
    effect,
    currency,
    totalMinor: line.amountMinor,
    lines: effect === "cancel" ? [] : [line],
    storeId: plainStore,
    tillId: tillId !== undefined && isDocumentNumber(tillId) ? tillId : null,
    receiptNo: receiptNo !== undefined && isDocumentNumber(receiptNo) ? receiptNo : null,
    returnsOrderKey: returnedDocument(context, { storeId, tillId, document }),
  };
  return eventItem({
    messageId,
    type: TYPES[effect],
    name: null,
    occurredAt,
    channel: channelOf(context),
    storeId: plainStore,
    identifiers: person.identifiers,
    traits: person.traits,
    unset: person.unset,
    properties: {
      ...present({
        // What may not stand in the clear, or has no place in the order, stays readable among the properties.
        store_id: storeId === plainStore ? undefined : storeId,
        till_id: order.tillId === null ? tillId : undefined,
        receipt_no: order.receiptNo === null ? receiptNo : undefined,
        order_id: orderId !== undefined && !isDocumentNumber(orderId) ? orderId : undefined,
        product_id: line.productId === null ? productId : undefined,
        category: line.category === null ? category : undefined,
        name: textField(context, "productName"),
        price: decimalField(context, "unitPrice", "invalid-amount"),
        discount: decimalField(context, "discount", "invalid-amount"),
        tax: decimalField(context, "tax", "invalid-amount"),
        total: compiled.fields.has("amount") ? decimalField(context, "total", "invalid-amount") : undefined,
        coupon: textField(context, "coupon"),
        payment_method: fieldValue(context, "tender"),
        cashier_id: textField(context, "cashierId"),
        original_receipt_no: textField(context, "originalReceiptNo"),
      }),
      ...namedFields(context, "properties"),
      ...person.leftOver,
      ...compiled.unmapped(row),
    },
    context: { ...person.shared, ...namedFields(context, "context") },
    order,
  });
}

function currencyOf(context: RowContext): string {
  const { mapping, source } = context.compiled;
  const said = textField(context, "currency") ?? mapping.currency ?? source.currency;
  if (said === null) throw new RowFault("missing-currency");
  const currency = findCurrency(said);
  if (currency === null) {
    throw fieldFault(context, "invalid-amount", "currency", "is not an ISO 4217 code.");
  }
  return currency;
}

/** A number as plain decimal text, its sign turned where the mapping says so. */
function decimalField(
  context: RowContext,
  target: Target,
  code: "invalid-field" | "invalid-amount",
): string | undefined {
  const value = fieldValue(context, target);
  if (value === undefined) return undefined;
  const decimal = readDecimal(value, context.compiled.mapping);
  const isBad = decimal === null || (target === "quantity" && Math.abs(Number(decimal)) > MAX_QUANTITY);
  if (isBad) throw fieldFault(context, code, target, "is not a number of the mapping's form.");
  const isTurned = context.compiled.fields.get(target)?.rule.negate === true;
  return isTurned ? negated(decimal) : decimal;
}

function negated(decimal: string): string {
  return decimal.startsWith("-") ? decimal.slice(1) : `-${decimal}`;
}

function effectOf(context: RowContext, quantity: string | undefined): Effect {
  const { when } = context.compiled;
  const said = saleKind(textField(context, "kind"));
  if (said === null) {
    throw fieldFault(context, "invalid-field", "kind", "is none of sale, return, void, exchange.");
  }
  if (said === "void" || when.void?.(context.row) === true) return "cancel";
  if (said === "return" || when.return?.(context.row) === true) return "return";
  if (quantity !== undefined) return Number(quantity) < 0 ? "return" : "sale";
  // Without quantities only the sign of the amount can tell.
  const sign =
    decimalField(context, "amount", "invalid-amount") ?? decimalField(context, "total", "invalid-amount");
  return sign !== undefined && Number(sign) < 0 ? "return" : "sale";
}

/** The line's amount: as stated, else price times quantity, else the document's total. */
function amountOf(context: RowContext, currency: string, quantity: string | undefined): number {
  const { fields, mapping } = context.compiled;
  const stated = (target: "amount" | "total"): number | undefined => {
    const value = fieldValue(context, target);
    if (value === undefined) return undefined;
    const read = readAmount(value, currency, mapping);
    if (read.kind === "bad") {
      throw fieldFault(context, "invalid-amount", target, `is not an exact amount in ${currency}.`);
    }
    return fields.get(target)?.rule.negate === true ? -read.minor : read.minor;
  };
  const amount = stated("amount");
  if (amount !== undefined) return amount;
  const price = decimalField(context, "unitPrice", "invalid-amount");
  if (price !== undefined) {
    const product = multiplyToMinor(price, quantity ?? "1", currency);
    if (product.kind === "ok") return product.minor;
    throw fieldFault(context, "invalid-amount", "unitPrice", "times quantity is too large.");
  }
  const total = stated("total");
  if (total !== undefined) return total;
  const target = (["amount", "unitPrice", "total"] as const).find((t) => fields.has(t)) ?? "amount";
  throw emptyFault(context, target);
}

interface DocumentParts {
  readonly orderId: string | undefined;
  readonly storeId: string | undefined;
  readonly tillId: string | undefined;
  readonly receiptNo: string | undefined;
  readonly day: string | null;
}

function documentOf(context: RowContext, parts: DocumentParts): string | null {
  const { mac } = context.deps;
  const { source } = context.compiled;
  if (parts.orderId !== undefined) return keyInNamespace(source, documentKey(parts.orderId, mac));
  const key = receiptKey(parts, mac);
  if (key === null) return null;
  return keyInNamespace(source, parts.day === null ? key : `${key}/${parts.day}`);
}

/** The document that a return takes back, where the row names it and, for daily receipts, its day. */
function returnedDocument(
  context: RowContext,
  own: { storeId: string | undefined; tillId: string | undefined; document: string | null },
): string | null {
  const orderId = textField(context, "originalOrderId");
  const receiptNo = textField(context, "originalReceiptNo");
  if (orderId === undefined && receiptNo === undefined) return null;
  const { mapping, timeZone } = context.compiled;
  const isDaily = mapping.ids?.receipts === "daily";
  const day = isDaily ? originalDay(context, timeZone) : null;
  if (orderId === undefined && isDaily && day === null) return null;
  const key = documentOf(context, {
    orderId,
    storeId: textField(context, "originalStoreId") ?? own.storeId,
    tillId: textField(context, "originalTillId") ?? own.tillId,
    receiptNo,
    day,
  });
  return key === own.document ? null : key;
}

function originalDay(context: RowContext, timeZone: string): string | null {
  const value = fieldValue(context, "originalDate");
  if (value === undefined) return null;
  for (const format of context.compiled.fields.get("originalDate")?.formats ?? []) {
    const at = format.read(value, timeZone);
    if (at !== null) return localDay(at, timeZone);
  }
  throw fieldFault(context, "invalid-time", "originalDate", "could not be read.");
}

const days = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of a moment where the till stands. */
function localDay(at: Date, timeZone: string): string {
  let format = days.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    if (days.size > 100) days.clear();
    days.set(timeZone, format);
  }
  return format.format(at);
}

/** A store's id as it may stand in the clear: itself, or a keyed hash where it looks like words. */
function plainCode(context: RowContext, text: string | undefined): string | null {
  if (text === undefined) return null;
  return isPlainCode(text) ? text : `h:${context.deps.mac("store-id", text).subarray(0, 16).toString("hex")}`;
}
