import { seeded } from "./statistics.ts";

/** How the measured stream is mixed, as shares of events. */
export const MIX = {
  track: 0.6,
  order: 0.2,
  identify: 0.2,
  /** Events that name somebody for the first time. */
  newPeople: 0.1,
  /** Identifies that join a member with a visitor known so far by an anonymous id only. */
  merges: 0.01,
  linesPerOrder: 3,
} as const;

export const MIX_TEXT =
  "60 % track, 20 % orders of 3 lines, 20 % identify; 10 % new people, 1 % merges of two known subjects, the rest existing members drawn evenly";

type Item = Record<string, unknown>;

const PRODUCTS = Array.from({ length: 400 }, (_, i) => ({
  product_id: `P-${1000 + i}`,
  sku: `SKU-${1000 + i}`,
  category: ["tea", "coffee", "bakery", "fruit", "kitchen"][i % 5] as string,
  name: `Product ${i}`,
  price: 2 + ((i * 37) % 900) / 10,
}));

const PRODUCT_EVENTS = ["Product Viewed", "Product Added", "Products Searched", "Cart Viewed"] as const;

const CONTEXT = {
  library: { name: "@segment/analytics-node", version: "3.1.0" },
  locale: "en-GB",
  timezone: "Europe/London",
  userAgent:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
};

function traitsOf(person: string): Item {
  return {
    email: `${person}@example.com`,
    firstName: `Given ${person}`,
    lastName: `Family ${person}`,
    city: "London",
  };
}

function envelope(messageId: string, at: Date): Item {
  return { messageId, timestamp: at.toISOString(), context: CONTEXT, integrations: {} };
}

const memberId = (index: number): string => `M-${index}`;
const deviceOf = (person: string): string => `device-${person}`;
const guestId = (index: number): string => `guest-${index}`;

/** The statement by which an existing member comes to be: member id, device and e-mail at once. */
export function seedMember(index: number, at: Date): Item {
  const person = memberId(index);
  return {
    type: "identify",
    userId: person,
    anonymousId: deviceOf(person),
    traits: traitsOf(person),
    ...envelope(`seed-member-${index}`, at),
  };
}

/** One visit of somebody known by an anonymous id only, who becomes a member in the measured stream. */
export function seedGuest(index: number, at: Date): Item {
  return {
    type: "track",
    event: "Product Viewed",
    anonymousId: guestId(index),
    properties: { ...PRODUCTS[index % PRODUCTS.length], currency: "GBP" },
    ...envelope(`seed-guest-${index}`, at),
  };
}

/** Makes the events of one measured stream; equal arguments give equal streams. */
export interface Stream {
  next(): Item;
}

/**
 * A stream in the stated mix over `members` existing members. `name` keeps its new people and message ids apart from
 * those of other streams; guests are used up from `firstGuest` on, one a merge.
 */
export function mixedStream(options: {
  readonly name: string;
  readonly seed: number;
  readonly members: number;
  readonly firstGuest: number;
  readonly guests: number;
  readonly at: Date;
}): Stream {
  const random = seeded(options.seed);
  const { name, members, at } = options;
  let events = 0;
  let people = 0;
  let orders = 0;
  let guest = options.firstGuest;
  const endOfGuests = options.firstGuest + options.guests;
  const product = () => PRODUCTS[Math.floor(random() * PRODUCTS.length)] as (typeof PRODUCTS)[number];

  const bodyOf = (kind: number, person: string): Item => {
    if (kind < MIX.track) {
      return {
        type: "track",
        event: PRODUCT_EVENTS[Math.floor(random() * PRODUCT_EVENTS.length)],
        properties: { ...product(), currency: "GBP", url: "https://shop.example.com/product" },
      };
    }
    if (kind < MIX.track + MIX.order) {
      orders++;
      const products = Array.from({ length: MIX.linesPerOrder }, () => ({
        ...product(),
        quantity: 1 + Math.floor(random() * 2),
      }));
      const minor = products.reduce((sum, p) => sum + Math.round(p.price * 100) * p.quantity, 0);
      return {
        type: "track",
        event: "Order Completed",
        properties: { order_id: `${name}-O${orders}`, currency: "GBP", total: minor / 100, products },
      };
    }
    return { type: "identify", traits: traitsOf(person) };
  };

  return {
    next() {
      const kind = random();
      const who = random();
      const moment = new Date(at.getTime() + events);
      const head = envelope(`${name}-${events++}`, moment);
      // Merges are identifies; their share of all events is what the mix states.
      if (kind >= 1 - MIX.merges && guest < endOfGuests) {
        const person = memberId(Math.floor(random() * members));
        return {
          type: "identify",
          userId: person,
          anonymousId: guestId(guest++),
          traits: traitsOf(person),
          ...head,
        };
      }
      const person = who < MIX.newPeople ? `${name}-N${people++}` : memberId(Math.floor(random() * members));
      return { ...bodyOf(kind, person), userId: person, anonymousId: deviceOf(person), ...head };
    },
  };
}
