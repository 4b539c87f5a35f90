import fc from "fast-check";
import { DAY, HOUR, MINUTE } from "../../../src/kernel/clock.ts";
import {
  fileItem,
  type Item,
  lineItem,
  listItem,
  type Named,
  NOW,
  orderItem,
  surveyItem,
  webItem,
  wechatItem,
} from "./items.ts";

/** Facts about a few people, as a set; how they arrive is another matter (deliver.ts). */
export interface World {
  readonly items: readonly Item[];
  /** Every identifier that anybody may ask for. */
  readonly named: readonly Named[];
}

const AGES = [
  ...[0, 1, 2].map((n) => n * MINUTE),
  ...[HOUR, DAY, 3 * DAY, 40 * DAY, 200 * DAY, 364 * DAY],
  // Either side of the life of a session, and of a contact point.
  ...[399 * DAY, 401 * DAY, 700 * DAY, 729 * DAY, 731 * DAY, 800 * DAY],
] as const;

/** Equal times are frequent: ties must not be broken by arrival. */
const at = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(...AGES.slice(0, 6)) }, fc.constantFrom(...AGES))
  .map((age) => new Date(Date.parse(NOW) - DAY - age).toISOString());

const CARDS = ["M-1001", "M-1002", "M-1003"];
/** A shop account's number may be the card's: both live in one space. */
const USERS = ["M-1001", "U-77", "M-1003"];
const EMAILS = ["ann@example.com", "Ann@Example.com", "bo@example.com", "both@example.com"];
const PHONES = ["0912 345 678", "+886912345678", "0922333444", "0933000111"];
const UNIONS = ["o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "o6_bmasdasdsad6_2sgVt7hMZOPfL"];
const LINES = ["U4af4980629a1b2c3d4e5f60718293a4b", "Uffffffff29a1b2c3d4e5f60718293a4b"];
const OPENS = ["oZz0123456789abcdefghijklmno", "oAa0123456789abcdefghijklmno", "oBb0123456789abcdefghijklmn"];
const ANONS = ["7f1c2d3e-anon-1", "7f1c2d3e-anon-2", "7f1c2d3e-anon-3"];

const POOLS: readonly (readonly [Named["kind"], readonly string[]])[] = [
  ["member_id", CARDS],
  ["user_id", USERS],
  ["wechat_unionid", UNIONS],
  ["line_user_id", LINES],
  ["email", EMAILS],
  ["phone", PHONES],
  ["wechat_openid", OPENS],
  ["anonymous_id", ANONS],
];

const oneOfKind = ([kind, values]: (typeof POOLS)[number]) =>
  fc.constantFrom(...values).map((value): Named => ({ kind, value }));

/** Between one and three identifiers of different kinds. */
const who = fc
  .subarray([...POOLS], { minLength: 1, maxLength: 3 })
  .chain((kinds) => fc.tuple(...kinds.map(oneOfKind)));

const traits = fc.record(
  {
    firstName: fc.constantFrom("Ann", "Bo", null),
    city: fc.constantFrom("Taipei", "Tainan"),
    $unset: fc.constantFrom(["city"], ["firstName", "city"], []),
    shoeSize: fc.constantFrom(38, "38", { eu: 38, uk: 5 }),
  },
  { requiredKeys: [] },
);

const money = fc.constantFrom(0, 1, 99, 120.5, 450, 1_000_000);
const products = fc.array(
  fc.record({
    product_id: fc.constantFrom("SKU-A", "SKU-B"),
    category: fc.constantFrom("Tea", "Cups"),
    quantity: fc.constantFrom(1, 2, 0.35, -1),
    price: money,
  }),
  { minLength: 1, maxLength: 3 },
);

const orderOf = fc.oneof(
  fc.record({
    source: fc.constantFrom("shop" as const, "app" as const),
    event: fc.constantFrom(
      "Order Completed",
      "Order Completed",
      "Order Updated",
      "Order Refunded",
      "Order Cancelled",
    ),
    properties: fc.oneof(
      fc.record({ order_id: fc.constantFrom("W-1", "W-2", "W-3"), total: money, products }),
      fc.record({ order_id: fc.constantFrom("W-1", "W-2", "W-3"), products }),
      fc.record({ order_id: fc.constantFrom("W-1", "W-2"), total: money, currency: fc.constant("JPY") }),
    ),
  }),
  fc.record({
    source: fc.constant("till" as const),
    event: fc.constantFrom("Sale", "Sale", "Return", "Void", "Exchange"),
    properties: fc.record({
      store_id: fc.constantFrom("S1", "S2"),
      till_id: fc.constant("T1"),
      receipt_no: fc.constantFrom("R1", "R2", "R3"),
      total: money,
      products,
    }),
  }),
);

/** One fact, still without its message id. */
type Draft = (id: string, index: number) => Item;

const fact: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom("shop" as const, "app" as const),
        fc.constantFrom("identify" as const, "track" as const, "page" as const),
        who,
        traits,
        at,
      )
      .map(
        ([source, type, named, t, when]): Draft =>
          (id) =>
            webItem(source, type, named, { traits: t, at: when, id }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(orderOf, who, at).map(
      ([order, named, when]): Draft =>
        (id) =>
          orderItem(order.source, order.event, named, order.properties, { at: when, id }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        named: who.filter((w) => w.some((n) => ["member_id", "email", "phone"].includes(n.kind))),
        receipt: fc.constantFrom("R1", "R2", "F9"),
        quantity: fc.constantFrom(1, 2, -1),
        amount: fc.constantFrom(100, 250.5, 30),
        category: fc.constantFrom("Tea", "Cups"),
        original: fc.option(fc.constantFrom("R1", "R2"), { nil: undefined }),
        time: at,
      })
      .map(
        ({ named, original, ...line }): Draft =>
          (_, index) =>
            fileItem(named, {
              ...line,
              line: String(index + 1),
              ...(original === undefined ? {} : { original }),
            }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(who, traits, at, fc.nat(9)).map(
      ([named, t, when, n]): Draft =>
        (id) =>
          listItem(named, { traits: t, at: when, id }, n === 0),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(who, fc.nat(10), traits, at).map(
      ([named, score, t, when]): Draft =>
        (id) =>
          surveyItem(named, score, { traits: t, at: when, id }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...LINES),
        fc.constantFrom("follow" as const, "unfollow" as const, "message" as const, "accountLink" as const),
        at,
      )
      .map(
        ([user, what, when]): Draft =>
          (id) =>
            lineItem(user, what, { at: when, id }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...OPENS), fc.option(fc.constantFrom(...UNIONS), { nil: undefined }), at)
      .map(
        ([openid, unionid, when]): Draft =>
          (id) =>
            wechatItem(openid, unionid, { at: when, id }),
      ),
  },
  {
    // Items that name nobody, or two members at once: their verdict must not depend on company either.
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), at).map(
      ([nobody, when]): Draft =>
        (id) =>
          webItem("shop", "track", nobody ? [{ kind: "user_id", value: "null" }] : [], { at: when, id }),
    ),
  },
);

/** More holders of one value than one person accounts for, at mixed trust: what closes an identifier for good. */
const crowd: fc.Arbitrary<readonly Draft[]> = fc
  .tuple(fc.integer({ min: 9, max: 14 }), fc.boolean())
  .chain(([size, byCard]) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, i) =>
        fc.tuple(fc.constantFrom("list", "shop"), at).map(([source, when]): Draft => {
          const named: Named[] = [
            byCard
              ? { kind: "member_id", value: `C-${i}` }
              : { kind: "wechat_openid", value: `oCrowd0123456789abcdefghij-${i}` },
            { kind: "phone", value: "0933000111" },
          ];
          return (id) =>
            source === "list"
              ? listItem(named, { at: when, id })
              : webItem("shop", "identify", named, { at: when, id });
        }),
      ),
    ),
  );

/** One person who takes up more verified addresses than the limit of a year. */
const collector: fc.Arbitrary<readonly Draft[]> = fc.integer({ min: 5, max: 8 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, i) =>
      fc.tuple(fc.boolean(), at, fc.constantFrom("shop" as const, "app" as const)).map(
        ([alone, when, source]): Draft =>
          (id) =>
            webItem(
              source,
              "identify",
              [
                { kind: "email", value: `ann+${i}@example.com` },
                ...(alone ? [] : [{ kind: "member_id", value: "M-1001" } as const]),
              ],
              { at: when, id },
            ),
      ),
    ),
  ),
);

const facts = (min: number, max: number) => fc.array(fact, { minLength: min, maxLength: max });

function worldOf(drafts: readonly Draft[], offset = 0): World {
  const items = drafts.map((draft, i) => draft(`m-${offset + i + 1}`, offset + i));
  return { items, named: POOLS.flatMap(([kind, values]) => values.map((value) => ({ kind, value }))) };
}

/** Small worlds: mostly a few people in a tangle, sometimes a crowd on one number or a collector of addresses. */
export const worlds: fc.Arbitrary<World> = fc
  .oneof(
    { weight: 6, arbitrary: facts(4, 24) },
    { weight: 1, arbitrary: fc.tuple(facts(0, 6), crowd).map((parts) => parts.flat()) },
    { weight: 1, arbitrary: fc.tuple(facts(0, 6), collector).map((parts) => parts.flat()) },
  )
  .map(worldOf);

/** Only tangles of a few people, so that no value is ever closed for good. */
export const tangles: fc.Arbitrary<World> = facts(8, 30).map((drafts) => worldOf(drafts));

/** Worlds with all of it, for several processes at once: everybody is new, and everybody is related. */
export const largeWorlds: fc.Arbitrary<World> = fc
  .tuple(facts(60, 90), crowd, collector)
  .map((parts) => worldOf(parts.flat()));

/** People nobody has heard of before, each named twice: new identities beside those that everybody shares. */
const newcomers: fc.Arbitrary<readonly Draft[]> = fc
  .array(fc.tuple(at, at), { minLength: 10, maxLength: 15 })
  .map((times) =>
    times.flatMap(([first, second]): Draft[] => {
      const who = (number: string): Named => ({ kind: "email", value: `new-${number}@example.com` });
      return [
        (id, index) => webItem("shop", "identify", [who(`${index}`)], { at: first, id }),
        (id, index) =>
          listItem([{ kind: "member_id", value: `N-${index}` }, who(`${index - 1}`)], { at: second, id }),
      ];
    }),
  );

/** A stretch of business whose message ids and receipt lines no other stretch with another offset has. */
export function stretchOfBusiness(offset: number): fc.Arbitrary<World> {
  return fc.tuple(facts(60, 80), newcomers).map(([tangle, fresh]) => worldOf([...tangle, ...fresh], offset));
}
