export { surveyHoldings } from "./holder.ts";
export * from "./port.ts";
