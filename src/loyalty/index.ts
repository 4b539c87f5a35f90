export { loyaltyHoldings } from "./holder.ts";
export { createLoyalty, type LevelView, type Loyalty, type LoyaltyDeps } from "./loyalty.ts";
