import type { FileMapping } from "../../pipelines/mapping/mapping.schema.ts";
import { type Calendar, WRITTEN, type WrittenTime } from "./calendar.ts";
import type { Market } from "./markets.ts";
import { chance, ISSUERS, misspelt, nameOf, type Person } from "./people.ts";
import type { DemoSource, DemoStep, FileStep, MarketCode } from "./plan.ts";
import { encoded, tableText } from "./table.ts";

/** How the back office of a market exports its members. */
interface Layout {
  readonly encoding: FileStep["encoding"];
  readonly separator: string;
  readonly day: WrittenTime;
  readonly time: WrittenTime;
  readonly columns: Readonly<Record<Column, string>>;
  readonly genders: Readonly<Record<"male" | "female", string>>;
  readonly active: string;
  readonly deleted: string;
}

const COLUMNS = [
  "card",
  "name",
  "phone",
  "email",
  "birthday",
  "gender",
  "city",
  "joined",
  "state",
  "updated",
  "social",
  "account",
] as const;
type Column = (typeof COLUMNS)[number];

const LAYOUTS: Readonly<Record<MarketCode, Layout>> = {
  cn: {
    encoding: "gb18030",
    separator: ",",
    day: "yyyy年M月d日",
    time: "yyyy年M月d日 HH:mm:ss",
    columns: {
      card: "会员卡号",
      name: "姓名",
      phone: "手机号",
      email: "邮箱",
      birthday: "生日",
      gender: "性别",
      city: "城市",
      joined: "入会日期",
      state: "状态",
      updated: "更新时间",
      social: "微信OpenID",
      account: "微博UID",
    },
    genders: { male: "男", female: "女" },
    active: "正常",
    deleted: "已注销",
  },
  tw: {
    encoding: "big5",
    separator: ",",
    day: "yyy/MM/dd",
    time: "yyy/MM/dd HH:mm",
    columns: {
      card: "會員卡號",
      name: "姓名",
      phone: "手機",
      email: "電子郵件",
      birthday: "生日",
      gender: "性別",
      city: "縣市",
      joined: "入會日期",
      state: "狀態",
      updated: "更新時間",
      social: "LINE ID",
      account: "網購帳號",
    },
    genders: { male: "男", female: "女" },
    active: "有效",
    deleted: "已註銷",
  },
  gb: {
    encoding: "utf-8",
    separator: ";",
    day: "dd/MM/yyyy",
    time: "dd/MM/yyyy HH:mm",
    columns: {
      card: "Card",
      name: "Name",
      phone: "Telephone",
      email: "E-mail",
      birthday: "Date of birth",
      gender: "Gender",
      city: "Town",
      joined: "Member since",
      state: "Status",
      updated: "Last change",
      social: "Instagram ID",
      account: "Web account",
    },
    genders: { male: "M", female: "F" },
    active: "active",
    deleted: "left",
  },
};

function mappingOf(code: MarketCode): FileMapping {
  const { columns: c, genders, ...layout } = LAYOUTS[code];
  const identifiers = {
    cn: [
      { kind: "wechat_openid", column: c.social, namespace: ISSUERS.wechatService },
      { kind: "weibo_uid", column: c.account },
    ],
    tw: [{ kind: "line_user_id", column: c.social, namespace: ISSUERS.lineProvider, verified: true }],
    gb: [
      { kind: "meta_user_id", column: c.social, namespace: ISSUERS.metaAccount },
      { kind: "user_id", column: c.account, namespace: ISSUERS.webShop },
    ],
  } as const;
  return {
    format: "csv",
    encoding: layout.encoding,
    separator: layout.separator,
    event: "member",
    dateFormats: [layout.time, layout.day],
    fields: {
      memberCard: c.card,
      name: c.name,
      phone: c.phone,
      email: c.email,
      birthday: c.birthday,
      gender: { column: c.gender, map: { [genders.male]: "male", [genders.female]: "female" } },
      city: c.city,
      joinedAt: c.joined,
      updatedAt: c.updated,
    },
    identifiers: [...identifiers[code]],
    delete: { when: { column: c.state, equals: layout.deleted } },
  };
}

export function memberSource(market: Market): DemoSource {
  const { code, locale, region, timeZone, currency } = market;
  return {
    name: `Members ${code.toUpperCase()}`,
    kind: "members",
    locale,
    region,
    timeZone,
    currency,
    purposes: ["service"],
    mapping: mappingOf(code),
    // The club confirms what a new member gives it: phones by a code, e-mails by a link.
    identifiers: { phone: { verified: true }, email: { verified: true } },
  };
}

interface Writing {
  readonly calendar: Calendar;
  readonly layout: Layout;
  readonly market: Market;
}

/** A person as one export has them. */
function row(
  person: Person,
  { calendar, layout, market }: Writing,
  change: Readonly<Partial<Record<Column, string>>>,
): string[] {
  const [year = 0, month = 0, day = 0] = person.birthday.split("-").map(Number);
  const midnight = { hour: 0, minute: 0, second: 0 };
  const joined = calendar.wall(person.joined, 36_000);
  const written: Readonly<Record<Column, string>> = {
    card: person.card ?? "",
    name: nameOf(person),
    phone: person.phone ?? "",
    email: person.email ?? "",
    birthday: WRITTEN[layout.day]({ year, month, day, ...midnight }),
    gender: layout.genders[person.gender],
    city: person.city,
    joined: WRITTEN[layout.day](joined),
    state: layout.active,
    updated: WRITTEN[layout.time](joined),
    social: "",
    account: market.code === "tw" ? (person.card ?? "") : "",
    ...change,
  };
  return COLUMNS.map((column) => written[column]);
}

/** Which social account the club knows of: not everybody's, and never the one of the second app. */
function accountsOf(person: Person): Partial<Record<Column, string>> {
  const { faker } = person.market;
  const known = (value: string | null, probability: number) =>
    value !== null && chance(faker, probability) ? value : "";
  if (person.market.code === "cn") {
    return { social: known(person.openIdService, 0.6), account: known(person.weiboId, 0.7) };
  }
  if (person.market.code === "tw") return { social: known(person.lineId, 0.7), account: "" };
  return { social: known(person.metaId, 0.5), account: known(person.shopUser, 0.25) };
}

/**
 * Two exports of a market's club, months apart: the second repeats two members in five with names misspelt, cells
 * missing, second e-mail addresses and a few who left. Both hold lines that must fail.
 */
export function memberLists(market: Market, people: readonly Person[], calendar: Calendar): DemoStep[] {
  const { faker } = market;
  const layout = LAYOUTS[market.code];
  const writing: Writing = { calendar, layout, market };
  const members = people.filter((p) => p.card !== null);
  const header = COLUMNS.map((column) => layout.columns[column]);
  const first = members.map((p) => row(p, writing, accountsOf(p)));
  const second = members
    .filter((p) => p.secondEmail !== null || chance(faker, 0.4))
    .map((p) => {
      const updated = WRITTEN[layout.time](
        calendar.wall(faker.number.int({ min: 1, max: Math.max(1, p.joined - 1) }), 50_000),
      );
      return row(p, writing, {
        updated,
        ...(chance(faker, 0.25) ? { name: misspelt(faker, nameOf(p)) } : {}),
        ...(chance(faker, 0.15) ? { phone: "" } : {}),
        ...(chance(faker, 0.2) ? { birthday: "" } : {}),
        ...(chance(faker, 0.1) ? { gender: "" } : {}),
        ...(p.secondEmail === null ? {} : { email: p.secondEmail }),
        ...(chance(faker, 0.02) ? { state: layout.deleted } : {}),
      });
    });
  const [someone] = members;
  if (someone !== undefined) {
    const nobody = { card: "", phone: "", email: "", social: "", account: "" };
    first.push(row(someone, writing, nobody));
    first.push(row(someone, writing, { ...nobody, card: "0000000" }));
    first.push(row(someone, writing, { updated: "31/02/2026 25:00" }));
    first.push(row(someone, writing, {}).slice(0, 7));
    second.push(row(someone, writing, { ...nobody, phone: "12" }));
  }
  const file = (fileName: string, rows: readonly (readonly string[])[]): FileStep => ({
    door: "file",
    source: `Members ${market.code.toUpperCase()}`,
    fileName,
    body: encoded(tableText([header, ...rows], layout.separator), layout.encoding),
    encoding: layout.encoding,
    gzip: false,
  });
  return [file(`members-${market.code}-1.csv`, first), file(`members-${market.code}-2.csv`, second)];
}
