import { base, en, Faker, type LocaleDefinition, zh_CN, zh_TW } from "@faker-js/faker";
import type { MarketCode } from "./plan.ts";

export interface Product {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  /** Minor units of the market's currency. */
  readonly price: number;
}

export interface Store {
  readonly id: string;
  readonly tills: readonly string[];
}

export interface Market {
  readonly code: MarketCode;
  readonly locale: string;
  readonly region: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly cardPrefix: string;
  readonly stores: readonly Store[];
  readonly products: readonly Product[];
  readonly cities: readonly string[];
  /** The shop's own number, typed for shoppers who give none. */
  readonly shopPhone: string;
  readonly faker: Faker;
  /** A valid number as people write it. Never the same for two `n` below ten thousand. */
  phone(n: number): string;
  fullName(family: string, given: string): string;
}

const CATEGORIES = ["coffee", "tea", "bakery", "snacks", "gifts", "home"] as const;

const NAMES: Readonly<Record<MarketCode, readonly (readonly string[])[]>> = {
  cn: [
    ["美式咖啡", "拿铁", "摩卡", "冷萃咖啡"],
    ["龙井茶", "乌龙茶", "茉莉花茶", "普洱茶"],
    ["可颂", "红豆面包", "蛋挞", "吐司"],
    ["坚果", "海苔", "巧克力", "牛肉干"],
    ["礼盒", "月饼礼盒", "贺卡", "礼品袋"],
    ["马克杯", "保温杯", "香薰", "围裙"],
  ],
  tw: [
    ["美式咖啡", "拿鐵", "摩卡", "冷萃咖啡"],
    ["高山茶", "東方美人茶", "紅茶", "包種茶"],
    ["可頌", "菠蘿麵包", "蛋塔", "吐司"],
    ["堅果", "鳳梨酥", "巧克力", "牛軋糖"],
    ["禮盒", "中秋禮盒", "卡片", "提袋"],
    ["馬克杯", "保溫瓶", "香氛", "圍裙"],
  ],
  gb: [
    ["Americano", "Latte", "Mocha", "Cold brew"],
    ["Earl Grey", "Breakfast tea", "Green tea", "Chamomile"],
    ["Croissant", "Scone", "Sourdough", "Cinnamon bun"],
    ["Mixed nuts", "Shortbread", "Dark chocolate", "Crisps"],
    ["Gift box", "Hamper", "Card", "Gift bag"],
    ["Mug", "Travel cup", "Candle", "Apron"],
  ],
};

function productsOf(code: MarketCode, unit: number): Product[] {
  return CATEGORIES.flatMap((category, c) =>
    (NAMES[code][c] ?? []).map((name, i) => ({
      id: `${code.toUpperCase()}-${category.slice(0, 2).toUpperCase()}${String(i + 1).padStart(2, "0")}`,
      category,
      name,
      price: (3 + c * 4 + i * 2) * unit - (code === "gb" ? 1 : 0),
    })),
  );
}

function storesOf(prefix: string, count: number): Store[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i + 1}`, tills: ["1", "2", "3"] }));
}

/** Geographic numbers that Ofcom keeps for use in drama: nobody can ever be called on them. */
const DRAMA_RANGES = [
  "020 7946 0",
  "0113 496 0",
  "0114 496 0",
  "0116 496 0",
  "0117 496 0",
  "0118 496 0",
  "0121 496 0",
  "0131 496 0",
  "0141 496 0",
  "0151 496 0",
  "0161 496 0",
  "0191 498 0",
  "028 9018 0",
  "029 2018 0",
];

/** Spreads 0…9999 over a range so that neighbours do not look alike; a bijection because 7,919 shares no factor with 10,000. */
function scattered(n: number): string {
  return String((n * 7_919 + 1_234) % 10_000).padStart(4, "0");
}

function fakerOf(locale: LocaleDefinition, seed: number): Faker {
  const faker = new Faker({ locale: [locale, en, base] });
  faker.seed(seed);
  return faker;
}

/** The three markets of the demo, their random sources started from the seed. */
export function openMarkets(seed: number): Readonly<Record<MarketCode, Market>> {
  return {
    cn: {
      code: "cn",
      locale: "zh-CN",
      region: "CN",
      timeZone: "Asia/Shanghai",
      currency: "CNY",
      cardPrefix: "C",
      stores: storesOf("SH", 3),
      products: productsOf("cn", 300),
      cities: ["上海", "杭州", "苏州", "南京"],
      shopPhone: "021-50000000",
      faker: fakerOf(zh_CN, seed + 1),
      // No range is kept for fiction in China, nor in Taiwan: valid numbers of one small block each.
      phone: (n) => `170 0000 ${scattered(n)}`,
      fullName: (family, given) => `${family}${given}`,
    },
    tw: {
      code: "tw",
      locale: "zh-TW",
      region: "TW",
      timeZone: "Asia/Taipei",
      currency: "TWD",
      cardPrefix: "T",
      stores: storesOf("TP", 3),
      products: productsOf("tw", 3_000),
      cities: ["臺北市", "新北市", "臺中市", "高雄市"],
      shopPhone: "02-2700-0000",
      faker: fakerOf(zh_TW, seed + 2),
      phone: (n) => `0900-00${scattered(n).slice(0, 1)}-${scattered(n).slice(1)}`,
      fullName: (family, given) => `${family}${given}`,
    },
    gb: {
      code: "gb",
      locale: "en",
      region: "GB",
      timeZone: "Europe/London",
      currency: "GBP",
      cardPrefix: "G",
      stores: storesOf("LDN", 3),
      products: productsOf("gb", 100),
      cities: ["London", "Leeds", "Bristol", "Cardiff"],
      shopPhone: "020 7946 0999",
      faker: fakerOf(en, seed + 3),
      phone: (n) =>
        `${DRAMA_RANGES[n % DRAMA_RANGES.length]}${String((Math.floor(n / DRAMA_RANGES.length) * 389 + 17) % 998).padStart(3, "0")}`,
      fullName: (family, given) => `${given} ${family}`,
    },
  };
}
