export { surveyHoldings } from "./holder.ts";
export * from "./port.ts";
export { createSurveys, type Surveys } from "./surveys.ts";
