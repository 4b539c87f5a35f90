export type { ReceiptFacts, ReceiptParty } from "./receipts/facts.ts";
export { iso27560Receipt, iso27560Record, type JsonLd } from "./receipts/iso27560.ts";
export { type KantaraReceipt, kantaraReceipt } from "./receipts/kantara.ts";
export {
  Iso27560ReceiptSchema,
  Iso27560RecordSchema,
  KantaraReceiptSchema,
} from "./receipts/receipt.schema.ts";
export {
  RECEIPT_TYPES,
  type ReceiptCheck,
  type ReceiptSigner,
  type ReceiptType,
  signReceipt,
  verifyReceipt,
} from "./receipts/sign.ts";
