import type { Faker } from "@faker-js/faker";
import type { Market } from "./markets.ts";
import type { TrueIdentifier, TruePerson } from "./plan.ts";
import { inventVisits } from "./visits.ts";

/** Who issues the ids of the social accounts of the demo. */
export const ISSUERS = {
  wechatService: "wx0000demo0service",
  wechatShop: "wx0000demo0000shop",
  lineProvider: "line-provider-demo",
  metaAccount: "instagram:17840000000000001",
  webShop: "shop-gb",
} as const;

/** One invented person of one market; nulls are what that person never gave anybody. */
export interface Person {
  readonly id: string;
  readonly market: Market;
  readonly index: number;
  readonly family: string;
  readonly given: string;
  readonly gender: "male" | "female";
  /** yyyy-mm-dd */
  readonly birthday: string;
  readonly city: string;
  readonly homeStore: string;
  /** Days before today on which they joined. */
  readonly joined: number;
  readonly card: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly secondEmail: string | null;
  /** The web shop's own number (Great Britain); elsewhere the web shop uses the card. */
  readonly shopUser: string | null;
  readonly anonymousIds: readonly string[];
  readonly openIdService: string | null;
  readonly openIdShop: string | null;
  readonly unionId: string | null;
  readonly lineId: string | null;
  /** Above 2^53, as Weibo's are. */
  readonly weiboId: string | null;
  readonly metaId: string | null;
  /** Days before today on which they came to a shop, the first visit first. */
  readonly visits: readonly number[];
  /** How much lands in the basket: the mean number of lines on a receipt. */
  readonly basket: number;
}

const MAIL_DOMAINS = ["example.com", "example.org", "example.net"];
const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

export function chance(faker: Faker, probability: number): boolean {
  return faker.number.float() < probability;
}

export function pick<T>(faker: Faker, from: readonly T[]): T {
  return from[faker.number.int({ min: 0, max: from.length - 1 })] as T;
}

function token(faker: Faker, length: number, alphabet = ALPHABET): string {
  return Array.from({ length }, () => pick(faker, alphabet.split(""))).join("");
}

/** Every third person of a family has no phone of their own: the family's phone stands on all their cards. */
const FAMILY_EVERY = 40;

function inventPerson(market: Market, index: number): Person {
  const { faker } = market;
  const gender = pick(faker, ["male", "female"] as const);
  const family = faker.person.lastName();
  const given = faker.person.firstName(gender).replace(/\s/g, "");
  const hasCard = chance(faker, 0.85);
  const latin =
    market.code === "gb" ? `${given}.${family}`.toLowerCase().replace(/[^a-z.]/g, "") : market.code;
  const address = `${latin}${index}@${pick(faker, MAIL_DOMAINS)}`;
  const inFamily = index % FAMILY_EVERY;
  const phoneOf = inFamily < 3 ? index - inFamily : index;
  const has = (probability: number) => chance(faker, probability);
  const followsWechat = market.code === "cn" && has(0.45);
  const joined = faker.number.int({ min: 1, max: 365 });
  const person: Person = {
    id: `${market.code}-${index}`,
    market,
    index,
    family,
    given,
    gender,
    birthday: `${faker.number.int({ min: 1945, max: 2006 })}-${String(faker.number.int({ min: 1, max: 12 })).padStart(2, "0")}-${String(faker.number.int({ min: 1, max: 28 })).padStart(2, "0")}`,
    city: pick(faker, market.cities),
    homeStore: pick(faker, market.stores).id,
    joined,
    card: hasCard || inFamily < 3 ? `${market.cardPrefix}${String(100_000 + index * 7)}` : null,
    phone: inFamily < 3 || has(0.8) ? market.phone(phoneOf) : null,
    email: has(market.code === "gb" ? 0.9 : 0.55) ? address : null,
    secondEmail: has(0.06) ? `alt.${address}` : null,
    shopUser: market.code === "gb" && has(0.5) ? `u-${50_000 + index}` : null,
    anonymousIds:
      market.code !== "cn" && has(0.4)
        ? Array.from({ length: has(0.3) ? 2 : 1 }, () => faker.string.uuid())
        : [],
    openIdService: followsWechat ? `o${token(faker, 27)}` : null,
    openIdShop: followsWechat && has(0.4) ? `o${token(faker, 27)}` : null,
    unionId: followsWechat ? `u${token(faker, 27)}` : null,
    lineId: market.code === "tw" && has(0.45) ? `U${token(faker, 32, "0123456789abcdef")}` : null,
    weiboId:
      market.code === "cn" && has(0.12) ? String(9_007_199_254_740_993n + BigInt(index) * 1_000_003n) : null,
    metaId: market.code === "gb" && has(0.2) ? `17${token(faker, 14, "0123456789")}` : null,
    visits: inventVisits(faker, joined),
    basket: pick(faker, [1, 2, 2, 3, 4]),
  };
  // Whoever gives neither card nor number leaves no trace but a line that names nobody: some, not a tenth of all.
  return person.card === null && person.phone === null
    ? { ...person, visits: person.visits.slice(0, 1) }
    : person;
}

/** `count` people spread over the markets, the same for the same seeds. */
export function inventPeople(markets: readonly Market[], count: number): Person[] {
  const each = Math.floor(count / markets.length);
  return markets.flatMap((market, m) =>
    Array.from({ length: m === 0 ? count - each * (markets.length - 1) : each }, (_, i) =>
      inventPerson(market, i),
    ),
  );
}

export function nameOf(person: Person): string {
  return person.market.fullName(person.family, person.given);
}

/** Whether the person's phone stands on other people's cards too. */
export function sharesFamilyPhone(person: Person): boolean {
  return person.index % FAMILY_EVERY < 3;
}

/** A name as somebody in a hurry types it: two letters swapped, one left out, or another of the same sound. */
export function misspelt(faker: Faker, name: string): string {
  if (name.length < 4) return `${name.slice(0, -1)}${name.slice(-1) === "伟" ? "玮" : "明"}`;
  const at = faker.number.int({ min: 1, max: name.length - 3 });
  return chance(faker, 0.5)
    ? `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}`
    : `${name.slice(0, at)}${name.slice(at + 1)}`;
}

/** Everything that names this person and nobody else (a family's phone names none of them). */
export function truthOf(person: Person): TruePerson {
  const identifiers: TrueIdentifier[] = [];
  const add = (kind: string, value: string | null, issuer = "") => {
    if (value !== null) identifiers.push({ kind, issuer, value });
  };
  add("member_id", person.card);
  if (!sharesFamilyPhone(person)) add("phone", person.phone);
  add("email", person.email);
  add("email", person.secondEmail);
  add("user_id", person.shopUser, ISSUERS.webShop);
  for (const id of person.anonymousIds) add("anonymous_id", id);
  add("wechat_openid", person.openIdService, ISSUERS.wechatService);
  add("wechat_openid", person.openIdShop, ISSUERS.wechatShop);
  add("wechat_unionid", person.unionId);
  add("line_user_id", person.lineId, ISSUERS.lineProvider);
  add("weibo_uid", person.weiboId);
  add("meta_user_id", person.metaId, ISSUERS.metaAccount);
  return { person: person.id, market: person.market.code, identifiers };
}
