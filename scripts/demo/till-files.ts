import type { FileMapping } from "../../pipelines/mapping/mapping.schema.ts";
import { type Calendar, SECONDS_A_MINUTE, SECONDS_AN_HOUR, WRITTEN, type WrittenTime } from "./calendar.ts";
import type { Market, Store } from "./markets.ts";
import { chance, type Person, pick } from "./people.ts";
import type { DemoSource, DemoStep, FileStep, MarketCode } from "./plan.ts";
import { encoded, tableText } from "./table.ts";

const COLUMNS = [
  "store",
  "till",
  "receipt",
  "line",
  "time",
  "card",
  "phone",
  "product",
  "name",
  "category",
  "quantity",
  "price",
  "amount",
  "kind",
  "original",
] as const;
type Column = (typeof COLUMNS)[number];
type Row = Readonly<Record<Column, string>>;

/** How the tills of a market write their files. */
interface Layout {
  readonly encoding: FileStep["encoding"];
  readonly separator: string;
  readonly columns: Readonly<Record<Column, string>>;
  /** One way of writing times per store: tills of different makers stand in one shop. */
  readonly times: readonly WrittenTime[];
  readonly kinds: Readonly<Record<"sale" | "return" | "void", string>>;
  money(minor: number): string;
}

const LAYOUTS: Readonly<Record<MarketCode, Layout>> = {
  cn: {
    encoding: "gb18030",
    separator: ",",
    columns: {
      store: "门店",
      till: "收银机",
      receipt: "小票号",
      line: "行号",
      time: "交易时间",
      card: "会员卡号",
      phone: "手机号",
      product: "商品编码",
      name: "商品名称",
      category: "品类",
      quantity: "数量",
      price: "单价",
      amount: "金额",
      kind: "类型",
      original: "原小票号",
    },
    times: ["yyyy年M月d日 HH:mm:ss", "yyyy/M/d H:mm", "yyyy-MM-dd HH:mm:ss"],
    kinds: { sale: "销售", return: "退货", void: "作废" },
    money: (minor) => (minor / 100).toFixed(2),
  },
  tw: {
    encoding: "big5",
    separator: "\t",
    columns: {
      store: "門市",
      till: "機號",
      receipt: "發票號碼",
      line: "項次",
      time: "交易時間",
      card: "會員卡號",
      phone: "手機",
      product: "商品編號",
      name: "品名",
      category: "類別",
      quantity: "數量",
      price: "單價",
      amount: "金額",
      kind: "交易別",
      original: "原發票號碼",
    },
    times: ["yyy/MM/dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy/M/d H:mm"],
    kinds: { sale: "銷售", return: "退貨", void: "作廢" },
    money: (minor) => String(minor / 100),
  },
  gb: {
    encoding: "utf-8",
    separator: ",",
    columns: {
      store: "Store",
      till: "Till",
      receipt: "Receipt",
      line: "Line",
      time: "When",
      card: "Card",
      phone: "Telephone",
      product: "SKU",
      name: "Item",
      category: "Department",
      quantity: "Qty",
      price: "Price",
      amount: "Total",
      kind: "Type",
      original: "Refund of",
    },
    times: ["dd/MM/yyyy HH:mm", "yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm"],
    kinds: { sale: "S", return: "R", void: "V" },
    money: (minor) => `£${(minor / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",")}`,
  },
};

function mappingOf(code: MarketCode): FileMapping {
  const { columns: c, kinds, times, encoding, separator } = LAYOUTS[code];
  return {
    format: separator === "\t" ? "tsv" : "csv",
    encoding,
    separator,
    event: "sale",
    dateFormats: [...new Set(times)],
    ...(code === "gb" ? { thousands: "," as const, currencySymbols: ["£"] } : {}),
    fields: {
      storeId: c.store,
      tillId: c.till,
      receiptNo: c.receipt,
      line: c.line,
      occurredAt: c.time,
      memberCard: c.card,
      phone: c.phone,
      productId: c.product,
      productName: c.name,
      category: c.category,
      quantity: c.quantity,
      unitPrice: c.price,
      amount: c.amount,
      originalReceiptNo: c.original,
    },
    return: { when: { column: c.kind, equals: kinds.return } },
    void: { when: { column: c.kind, equals: kinds.void } },
  };
}

export function tillSource(market: Market): DemoSource {
  const { code, locale, region, timeZone, currency } = market;
  return {
    name: `Tills ${code.toUpperCase()}`,
    kind: "pos",
    locale,
    region,
    timeZone,
    currency,
    purposes: ["service"],
    mapping: mappingOf(code),
  };
}

/** What all lines of a receipt share. */
type Head = Pick<Row, "store" | "till" | "receipt" | "time" | "card" | "phone">;

interface Receipt {
  readonly store: Store;
  readonly daysBefore: number;
  readonly rows: readonly Row[];
}

/** Writes one store's receipts, numbering them as its tills do. */
class Tills {
  readonly #market: Market;
  readonly #calendar: Calendar;
  readonly #layout: Layout;
  #receipts = 0;

  constructor(market: Market, calendar: Calendar) {
    this.#market = market;
    this.#calendar = calendar;
    this.#layout = LAYOUTS[market.code];
  }

  /** The receipts of one visit: a sale, now and then voided, returned in part, or made of two equal lines. */
  visit(person: Person, daysBefore: number): Receipt[] {
    const { faker, stores } = this.#market;
    const store = chance(faker, 0.8)
      ? (stores.find((s) => s.id === person.homeStore) as Store)
      : pick(faker, stores);
    const head = this.#head(store, daysBefore, person);
    const lines = Array.from({ length: faker.number.int({ min: 1, max: 2 * person.basket - 1 }) }, (_, i) =>
      this.#line(head, i + 1),
    );
    const [first] = lines as [Row, ...Row[]];
    // The same drink rung up twice: two purchases, and nothing in the file tells them apart.
    if (chance(faker, 0.05)) lines.push({ ...first });
    const made: Receipt[] = [{ store, daysBefore, rows: lines }];
    if (chance(faker, 0.05)) {
      const back = this.#head(store, Math.max(1, daysBefore - faker.number.int({ min: 0, max: 20 })), person);
      made.push({
        store,
        daysBefore,
        rows: [{ ...first, ...back, line: "1", kind: this.#layout.kinds.return, original: first.receipt }],
      });
    } else if (chance(faker, 0.01)) {
      const undo = this.#head(store, daysBefore, person);
      made.push({
        store,
        daysBefore,
        rows: [{ ...first, ...undo, line: "1", kind: this.#layout.kinds.void, original: first.receipt }],
      });
    }
    return made;
  }

  #head(store: Store, daysBefore: number, person: Person): Head {
    const { faker, shopPhone, stores } = this.#market;
    const time = faker.number.int({ min: 9 * SECONDS_AN_HOUR, max: 21 * SECONDS_AN_HOUR });
    const written = this.#layout.times[stores.indexOf(store) % this.#layout.times.length] as WrittenTime;
    // Most show the card every time; some forget it as a habit.
    const card = chance(faker, person.index % 7 === 6 ? 0.3 : 0.97) ? (person.card ?? "") : "";
    const own = person.phone !== null && chance(faker, card === "" ? 0.9 : 0.15) ? person.phone : "";
    this.#receipts++;
    return {
      store: store.id,
      till: pick(faker, store.tills),
      receipt: String(200_000 + this.#receipts),
      time: WRITTEN[written](this.#calendar.wall(daysBefore, time - (time % SECONDS_A_MINUTE))),
      card,
      // Who gives no number gets the shop's own, because the till wants one.
      phone: own === "" && chance(faker, 0.12) ? shopPhone : own,
    };
  }

  #line(head: Head, line: number): Row {
    const { faker, products } = this.#market;
    const product = pick(faker, products);
    const quantity = chance(faker, 0.85) ? 1 : faker.number.int({ min: 2, max: 4 });
    return {
      ...head,
      line: String(line),
      product: product.id,
      name: product.name,
      category: product.category,
      quantity: String(quantity),
      price: this.#layout.money(product.price),
      amount: this.#layout.money(product.price * quantity),
      kind: this.#layout.kinds.sale,
      original: "",
    };
  }
}

/** Spoils one row in one of the ways in which tills really do. */
function spoilt(row: Row, how: number): Partial<Row> {
  const wrongs: readonly Partial<Row>[] = [
    { amount: "12.3O", price: "12.3O" },
    { amount: "n/a", price: "" },
    { time: "2026-13-41 10:00:00" },
    { time: "0000-00-00 00:00:00" },
    { time: "" },
    { card: "", phone: "" },
    { card: "000000", phone: "" },
    { card: "", phone: "123" },
    { receipt: "", original: "" },
    { quantity: "two" },
  ];
  return wrongs[how % wrongs.length] ?? row;
}

/**
 * A market's till files: one per store and half-year. One file is sent twice, and in each there are lines that must
 * fail: unreadable amounts and times, nobody named, cells too many, and at the very end a quote that never closes.
 */
export function tillFiles(market: Market, people: readonly Person[], calendar: Calendar): DemoStep[] {
  const { stores } = market;
  const layout = LAYOUTS[market.code];
  const tills = new Tills(market, calendar);
  const receipts = people.flatMap((p) => p.visits.flatMap((day) => tills.visit(p, day)));
  const header = COLUMNS.map((column) => layout.columns[column]);
  const cells = (row: Row) => COLUMNS.map((column) => row[column]);
  const files = stores.flatMap((store, s) =>
    [0, 1].map((half): FileStep => {
      const mine = receipts.filter((r) => r.store === store && r.daysBefore > 182 === (half === 0));
      const rows = mine
        .flatMap((r) => r.rows)
        .map((row, i) => cells(i % 61 === 60 ? { ...row, ...spoilt(row, Math.floor(i / 61)) } : row));
      if (rows.length > 10) rows[5] = [...(rows[5] as string[]), "", "surplus"];
      let text = tableText([header, ...rows], layout.separator);
      const last = rows.at(-1);
      if (half === 1 && s === 0 && last !== undefined) text += `"${tableText([last], layout.separator)}`;
      return {
        door: "file",
        source: `Tills ${market.code.toUpperCase()}`,
        fileName: `tills-${store.id}-${half + 1}.${layout.separator === "\t" ? "tsv" : "csv"}`,
        body: encoded(text, layout.encoding),
        encoding: layout.encoding,
        gzip: half === 1,
      };
    }),
  );
  const [again] = files;
  return again === undefined ? files : [...files, again];
}
