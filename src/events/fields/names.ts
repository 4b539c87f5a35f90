/** Event names of the e-commerce specification, version 2. */
const ECOMMERCE = [
  "Products Searched",
  "Product List Viewed",
  "Product List Filtered",
  "Promotion Viewed",
  "Promotion Clicked",
  "Product Clicked",
  "Product Viewed",
  "Product Added",
  "Product Removed",
  "Cart Viewed",
  "Checkout Started",
  "Checkout Step Viewed",
  "Checkout Step Completed",
  "Payment Info Entered",
  "Order Completed",
  "Order Updated",
  "Order Refunded",
  "Order Cancelled",
  "Coupon Entered",
  "Coupon Applied",
  "Coupon Denied",
  "Coupon Removed",
  "Product Added to Wishlist",
  "Product Removed from Wishlist",
  "Wishlist Product Added to Cart",
  "Product Shared",
  "Cart Shared",
  "Product Reviewed",
];

/** Names that have a meaning of their own here: tills, answers, agreement. */
const OWN = ["Sale", "Return", "Void", "Exchange", "Survey Answered", "Segment Consent Preference Updated"];

/** Names of version 1 and frequent slips, with what they are called today. */
const ALIASES: Readonly<Record<string, string>> = {
  "Searched Products": "Products Searched",
  "Product Searched": "Products Searched",
  "Viewed Product Category": "Product List Viewed",
  "Viewed Product List": "Product List Viewed",
  "Product Category Viewed": "Product List Viewed",
  "Filtered Product List": "Product List Filtered",
  "Viewed Promotion": "Promotion Viewed",
  "Clicked Promotion": "Promotion Clicked",
  "Clicked Product": "Product Clicked",
  "Viewed Product": "Product Viewed",
  "Added Product": "Product Added",
  "Removed Product": "Product Removed",
  "Viewed Cart": "Cart Viewed",
  "Started Checkout": "Checkout Started",
  "Viewed Checkout Step": "Checkout Step Viewed",
  "Completed Checkout Step": "Checkout Step Completed",
  "Entered Payment Info": "Payment Info Entered",
  "Completed Order": "Order Completed",
  "Updated Order": "Order Updated",
  "Refunded Order": "Order Refunded",
  "Cancelled Order": "Order Cancelled",
  "Canceled Order": "Order Cancelled",
  "Order Canceled": "Order Cancelled",
  "Entered Coupon": "Coupon Entered",
  "Applied Coupon": "Coupon Applied",
  "Denied Coupon": "Coupon Denied",
  "Removed Coupon": "Coupon Removed",
  "Added Product to Wishlist": "Product Added to Wishlist",
  "Removed Product from Wishlist": "Product Removed from Wishlist",
  "Added Wishlist Product to Cart": "Wishlist Product Added to Cart",
  "Shared Product": "Product Shared",
  "Shared Cart": "Cart Shared",
  "Reviewed Product": "Product Reviewed",
};

/** Case, camel humps, underscores, hyphens and spacing never matter; any other character does. */
function fold(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}

const STANDARD: ReadonlyMap<string, string> = new Map([
  ...[...ECOMMERCE, ...OWN].map((name): [string, string] => [name, name]),
  ...[...ECOMMERCE, ...OWN].map((name): [string, string] => [fold(name), name]),
  ...Object.entries(ALIASES).map(([alias, name]): [string, string] => [fold(alias), name]),
]);

/** The name under which a known event is kept ("Completed Order" → "Order Completed"), or null for any other. */
export function standardEventName(name: string): string | null {
  return STANDARD.get(name) ?? (name.length > 64 ? null : (STANDARD.get(fold(name)) ?? null));
}

/** Whether an event's name may stand in the clear. Names of the sender's own can hold anything, so they are sealed. */
export function isKnownEventName(name: string): boolean {
  return standardEventName(name) !== null;
}
