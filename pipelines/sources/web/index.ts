export { readCurrency } from "./amounts.ts";
export { type OrderResult, readOrder } from "./orders.ts";
export { parseWebItem } from "./parse.ts";
export { type Unpacked, unpackBody, WEB_PATHS, type WebPath } from "./unpack.ts";
