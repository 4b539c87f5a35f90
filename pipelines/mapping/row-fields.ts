import type { RowEvent } from "./mapping.schema.ts";
import type { HAPPENING_TARGETS } from "./targets.ts";

/** Which fields of what happened rows of a kind read; the others say nothing there. */
export const ROW_FIELDS: Readonly<Record<RowEvent, readonly (typeof HAPPENING_TARGETS)[number][]>> = {
  sale: [
    ...([
      "occurredAt",
      "storeId",
      "tillId",
      "receiptNo",
      "orderId",
      "line",
      "productId",
      "productName",
    ] as const),
    ...(["category", "quantity", "unitPrice", "amount", "total", "currency", "cashierId", "kind"] as const),
    ...([
      "originalReceiptNo",
      "originalOrderId",
      "originalStoreId",
      "originalTillId",
      "originalDate",
    ] as const),
    ...(["tender", "discount", "tax", "coupon"] as const),
  ],
  survey: [
    ...(["occurredAt", "storeId", "orderId", "questionKind", "score", "scaleMin", "scaleMax"] as const),
    ...(["comment", "surveyId", "questionId", "answerId"] as const),
  ],
  member: ["occurredAt", "updatedAt", "deleted"],
  identify: ["occurredAt", "updatedAt"],
  track: ["occurredAt", "eventName", "storeId", "orderId"],
};
