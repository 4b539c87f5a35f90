export { startTicker, type Ticker } from "./ticker.ts";
