import { SECOND } from "../../src/kernel/clock.ts";
import { type Calendar, SECONDS_A_MINUTE, SECONDS_AN_HOUR } from "./calendar.ts";
import type { Market, Product } from "./markets.ts";
import { chance, ISSUERS, nameOf, type Person, pick } from "./people.ts";
import type { BatchStep, DemoSource, DemoStep } from "./plan.ts";

/** The tablet at the counter on which members look at the shop: many people, one browser. */
export const TABLET = "00000000-0000-4000-8000-00000000cafe";
/** The kiosk's device, which its source declares as shared. */
export const KIOSK = "kiosk-ldn1-door";

const ITEMS_A_BATCH = 100;

type Item = Readonly<Record<string, unknown>>;

export function webSource(market: Market): DemoSource {
  const { code, locale, region, timeZone, currency } = market;
  return {
    name: `Web shop ${code.toUpperCase()}`,
    kind: "web",
    locale,
    region,
    timeZone,
    currency,
    purposes: ["service"],
    identifiers:
      code === "gb"
        ? // An account of this shop has a number of its own and an address confirmed by a link.
          { user_id: { namespace: ISSUERS.webShop }, email: { verified: true } }
        : {},
  };
}

export function kioskSource(market: Market): DemoSource {
  const { code, locale, region, timeZone, currency } = market;
  return {
    name: `Kiosk ${code.toUpperCase()}`,
    kind: "pos",
    locale,
    region,
    timeZone,
    currency,
    purposes: ["service"],
    identifiers: { device_id: { shared: true } },
  };
}

const LIBRARIES = {
  segment: { name: "@segment/analytics-node", version: "3.1.0" },
  rudderstack: { name: "@rudderstack/rudder-sdk-node", version: "3.0.13" },
} as const;

/** Writes the items of one market's web shop in the order in which they happened to one person. */
class Shop {
  readonly #market: Market;
  readonly #calendar: Calendar;
  readonly #shape: "segment" | "rudderstack";
  #messages = 0;
  #orders = 0;

  constructor(market: Market, calendar: Calendar, shape: "segment" | "rudderstack") {
    this.#market = market;
    this.#calendar = calendar;
    this.#shape = shape;
  }

  /** Months of browsing and buying, first unknown, then logged in; on a second device from the start. */
  history(person: Person): Item[] {
    const { faker } = this.#market;
    const items: Item[] = [];
    for (const anonymousId of person.anonymousIds) {
      const sessions = faker.number.int({ min: 1, max: 3 });
      const userId = this.#userOf(person);
      for (let session = 0; session < sessions; session++) {
        const day = faker.number.int({ min: 1, max: 365 });
        const start = faker.number.int({ min: 7 * SECONDS_AN_HOUR, max: 23 * SECONDS_AN_HOUR });
        const at = (minutes: number) => this.#calendar.utc(day, start + minutes * SECONDS_A_MINUTE);
        const product = pick(faker, this.#market.products);
        items.push(this.#page({ anonymousId }, at(0), product));
        items.push(this.#track({ anonymousId }, "Product Viewed", at(1), this.#productOf(product)));
        if (userId === null || chance(faker, 0.35)) continue;
        const who = { anonymousId, userId };
        items.push(this.#identify(who, at(2), person));
        items.push(this.#track(who, "Product Added", at(3), { ...this.#productOf(product), quantity: 1 }));
        if (chance(faker, 0.6)) items.push(...this.#order(who, day, start, product));
      }
    }
    return items;
  }

  /** What a tablet for everybody does: it never forgets its anonymous id. */
  tablet(person: Person): Item[] {
    const userId = this.#userOf(person);
    if (userId === null) return [];
    const day = this.#market.faker.number.int({ min: 1, max: 365 });
    const who = { anonymousId: TABLET, userId };
    return [this.#identify(who, this.#calendar.utc(day, 12 * SECONDS_AN_HOUR + person.index), person)];
  }

  #userOf(person: Person): string | null {
    return this.#market.code === "gb" ? person.shopUser : person.card;
  }

  #productOf({ id, category, name, price }: Product): Item {
    return { product_id: id, category, name, price: price / 100 };
  }

  #envelope(who: Item, at: Date): Item {
    this.#messages++;
    const { code, locale, timeZone } = this.#market;
    const id = `${code}-${String(this.#messages).padStart(7, "0")}`;
    const time = at.toISOString();
    const context = { library: LIBRARIES[this.#shape], locale, timezone: timeZone };
    return this.#shape === "segment"
      ? { ...who, messageId: `node-next-${at.getTime()}-${id}`, timestamp: time, context, integrations: {} }
      : { ...who, messageId: id, originalTimestamp: time, channel: "server", context };
  }

  #page(who: Item, at: Date, product: Product): Item {
    const path = `/shop/${product.category}`;
    return {
      type: "page",
      name: product.category,
      properties: { path, url: `https://shop.example.com${path}`, title: product.name },
      ...this.#envelope(who, at),
    };
  }

  #track(who: Item, event: string, at: Date, properties: Item): Item {
    return { type: "track", event, properties, ...this.#envelope(who, at) };
  }

  #identify(who: Item, at: Date, person: Person): Item {
    const { faker, code } = this.#market;
    // One in fifty types a friend's address: a claim that must not join the two.
    const email = chance(faker, 0.02) && code !== "gb" ? "hello@example.com" : person.email;
    const traits = {
      firstName: person.given,
      lastName: person.family,
      name: nameOf(person),
      ...(email === null ? {} : { email: chance(faker, 0.2) ? email.toUpperCase() : email }),
      ...(person.phone !== null && chance(faker, 0.5) ? { phone: person.phone } : {}),
    };
    const meta =
      person.metaId !== null && chance(faker, 0.5)
        ? [
            {
              id: person.metaId,
              type: "meta_user_id",
              collection: "users",
              encoding: "none",
              issuer: ISSUERS.metaAccount,
            },
          ]
        : [];
    const line =
      person.lineId !== null && chance(faker, 0.3)
        ? [
            {
              id: person.lineId,
              type: "line_user_id",
              collection: "users",
              encoding: "none",
              issuer: ISSUERS.lineProvider,
            },
          ]
        : [];
    const base = this.#envelope(who, at);
    const context = { ...(base.context as object), externalIds: [...meta, ...line] };
    return this.#shape === "segment"
      ? { type: "identify", traits, ...base, context }
      : // RudderStack's SDK repeats the traits in the context.
        { type: "identify", traits, ...base, context: { ...context, traits } };
  }

  #order(who: Item, day: number, start: number, first: Product): Item[] {
    const { faker, currency, products, code } = this.#market;
    this.#orders++;
    const chosen = [
      first,
      ...Array.from({ length: faker.number.int({ min: 0, max: 2 }) }, () => pick(faker, products)),
    ];
    const lines = chosen.map((product, i) => ({
      ...this.#productOf(product),
      quantity: chance(faker, 0.8) ? 1 : 2,
      position: i + 1,
    }));
    const minor = lines.reduce((sum, l, i) => sum + (chosen[i] as Product).price * l.quantity, 0);
    const order_id = `W${code.toUpperCase()}-${60_000 + this.#orders}`;
    const completed = this.#track(
      who,
      "Order Completed",
      this.#calendar.utc(day, start + 5 * SECONDS_A_MINUTE),
      { order_id, currency, revenue: minor / 100, total: minor / 100, products: lines },
    );
    if (!chance(faker, 0.08) || day < 3) return [completed];
    const [back] = lines;
    const amount = ((chosen[0] as Product).price * (back?.quantity ?? 1)) / 100;
    const refund = this.#track(who, "Order Refunded", this.#calendar.utc(day - 2, start), {
      order_id,
      currency,
      total: amount,
      products: [back],
    });
    return [completed, refund];
  }

  /** What no server should take: each with its own reason. */
  invalid(): unknown[] {
    const at = this.#calendar.utc(9, 40_000);
    const who = { anonymousId: "00000000-0000-4000-8000-000000000bad" };
    const later = new Date(this.#calendar.utc(-400, 0).getTime());
    return [
      { ...this.#track(who, "x", at, {}), event: undefined },
      this.#track({}, "Product Viewed", at, {}),
      this.#track({ userId: "No response" }, "Product Viewed", at, {}),
      { ...this.#page(who, at, this.#market.products[0] as Product), type: "visit" },
      {
        ...this.#track(who, "Product Viewed", at, {}),
        timestamp: "yesterday",
        originalTimestamp: "yesterday",
      },
      this.#track(who, "Product Viewed", later, {}),
      this.#track(who, "Order Completed", at, {
        order_id: "W-BAD",
        currency: "EURO",
        total: 3,
        products: [],
      }),
      this.#track(who, "Order Completed", at, {
        order_id: "W-BAD-2",
        currency: this.#market.currency,
        products: [{ product_id: "X", price: "twelve", quantity: 1 }],
      }),
      { ...this.#track(who, "Product Viewed", at, {}), properties: "none" },
      "not an object",
    ];
  }
}

function batches(source: string, shape: BatchStep["shape"], items: readonly unknown[]): BatchStep[] {
  const made: BatchStep[] = [];
  for (let from = 0; from < items.length; from += ITEMS_A_BATCH) {
    const gzip = shape === "rudderstack";
    made.push({
      door: "batch",
      source,
      shape,
      items: items.slice(from, from + ITEMS_A_BATCH),
      encoding: "utf-8",
      gzip,
    });
  }
  return made;
}

/** A market's web shop: its history, what its SDK sent twice, and what must be rejected. */
export function webBatches(market: Market, people: readonly Person[], calendar: Calendar): DemoStep[] {
  const { faker } = market;
  const shape = market.code === "gb" ? "segment" : "rudderstack";
  const shop = new Shop(market, calendar, shape);
  const items: unknown[] = people.flatMap((p) => shop.history(p));
  const onTablet = people.filter((p) => p.index % 11 === 4).slice(0, 60);
  items.push(...onTablet.flatMap((p) => shop.tablet(p)));
  // An SDK that got no answer sends again, word for word; a broken one uses an id twice for two things.
  const again = items.filter(() => chance(faker, 0.02));
  const conflicting = items
    .filter((item) => (item as Item).type === "track" && chance(faker, 0.002))
    .map((item) => ({ ...(item as Item), event: "Product Shared" }));
  items.push(...again, ...conflicting, ...shop.invalid());
  return batches(`Web shop ${market.code.toUpperCase()}`, shape, items);
}

/** A kiosk at the door that sends a till's sales as JSON; its device stands on everybody's receipt. */
export function kioskBatches(market: Market, people: readonly Person[], calendar: Calendar): DemoStep[] {
  const { faker, products, currency, code } = market;
  const buyers = people.filter((p) => p.card !== null && p.index % 9 === 2);
  const items = buyers.map((person, i) => {
    const product = pick(faker, products);
    const at = calendar.utc(
      faker.number.int({ min: 1, max: 365 }),
      faker.number.int({ min: 32_000, max: 70_000 }),
    );
    return {
      type: "track",
      event: i % 25 === 24 ? "Return" : "Sale",
      timestamp: new Date(Math.floor(at.getTime() / SECOND) * SECOND).toISOString(),
      context: { device: { id: KIOSK, type: "kiosk" } },
      properties: {
        store_id: "LDN1",
        till_id: "K1",
        receipt_no: String(900_000 + i),
        member_card: person.card,
        currency,
        products: [
          { product_id: product.id, category: product.category, price: product.price / 100, quantity: 1 },
        ],
      },
    };
  });
  return batches(`Kiosk ${code.toUpperCase()}`, "json", items);
}
