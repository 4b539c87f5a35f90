import { citeIn, html, type Locale, pageResponse } from "../../../consent/index.ts";
import { csvLine } from "../../kernel/csv.ts";
import type { RouteResponse } from "../../kernel/route.ts";
import type { DataMap } from "./data-map.schema.ts";
import { BASIS_WORDS, CATEGORY_WORDS, dataWord } from "./data-words.ts";
import { PROTECTION } from "./holding-words/protection.ts";
import { translated } from "./holding-words.ts";

type Line = DataMap["tables"][number];

interface MapWords {
  readonly title: string;
  readonly lead: string;
  readonly purposes: string;
  readonly purposeHead: readonly string[];
  readonly recipients: string;
  readonly recipientHead: readonly string[];
  readonly tables: string;
  readonly tableHead: Readonly<
    Record<
      | "table"
      | "holds"
      | "leadsTo"
      | "categories"
      | "kinds"
      | "sealed"
      | "retention"
      | "inExport"
      | "onErasure"
      | "ground",
      string
    >
  >;
  readonly onErasure: Readonly<Record<Line["onErasure"], string>>;
  readonly security: string;
  readonly none: string;
}

const WORDS: Readonly<Record<Locale, MapWords>> = {
  en: {
    title: "Record of processing",
    lead: "What is kept about people, why, for how long, and who is given it; made from the register that the program itself works with.",
    purposes: "Purposes",
    purposeHead: ["Purpose", "Lawful basis", "Categories", "Kept for", "Recipients"],
    recipients: "Recipients",
    recipientHead: ["Recipient", "Role", "Country", "Purposes", "Categories"],
    tables: "What is kept",
    tableHead: {
      table: "Table",
      holds: "Holds",
      leadsTo: "Leads to",
      categories: "Categories",
      kinds: "Categories in words",
      sealed: "Sealed",
      retention: "Retention",
      inExport: "In export",
      onErasure: "On erasure",
      ground: "Ground",
    },
    onErasure: {
      erase: "erase",
      pseudonymise: "pseudonymise",
      keep: "keep",
      "not personal": "not personal",
    },
    security: "Protection",
    none: "None.",
  },
  "zh-CN": {
    title: "个人信息处理活动记录",
    lead: "记录保存了哪些个人信息、目的、期限以及提供对象；由程序自身使用的登记表生成。",
    purposes: "目的",
    purposeHead: ["目的", "合法性基础", "类别", "保存期限", "接收方"],
    recipients: "接收方",
    recipientHead: ["接收方", "角色", "国家或地区", "目的", "类别"],
    tables: "保存的内容",
    tableHead: {
      table: "表",
      holds: "内容",
      leadsTo: "指向",
      categories: "类别",
      kinds: "类别说明",
      sealed: "加密字段",
      retention: "保存期限",
      inExport: "提供给本人的内容",
      onErasure: "删除时",
      ground: "依据",
    },
    onErasure: {
      erase: "删除",
      pseudonymise: "去除个人关联后保留",
      keep: "保留",
      "not personal": "不属于个人信息",
    },
    security: "保护措施",
    none: "无。",
  },
  "zh-TW": {
    title: "個人資料處理活動紀錄",
    lead: "紀錄保存了哪些個人資料、目的、期限以及提供對象；由程式本身使用的登記表產生。",
    purposes: "目的",
    purposeHead: ["目的", "合法性基礎", "類別", "保存期限", "接收方"],
    recipients: "接收方",
    recipientHead: ["接收方", "角色", "國家或地區", "目的", "類別"],
    tables: "保存的內容",
    tableHead: {
      table: "資料表",
      holds: "內容",
      leadsTo: "指向",
      categories: "類別",
      kinds: "類別說明",
      sealed: "加密欄位",
      retention: "保存期限",
      inExport: "提供給當事人的內容",
      onErasure: "刪除時",
      ground: "依據",
    },
    onErasure: {
      erase: "刪除",
      pseudonymise: "去除個人關聯後保留",
      keep: "保留",
      "not personal": "非屬個人資料",
    },
    security: "保護措施",
    none: "無。",
  },
};

/** Writes categories in words of a language. */
const kindsIn = (locale: Locale) => (categories: readonly string[]) =>
  categories.map((c) => dataWord(CATEGORY_WORDS, c, locale)).join(locale === "en" ? ", " : "、");

/** The tables of the map as CSV, for spreadsheets: codes for programs, and beside them words for people. */
export function dataMapCsv(map: DataMap, locale: Locale): string {
  const { tableHead: head, onErasure } = WORDS[locale];
  const kindsOf = kindsIn(locale);
  const lines = map.tables.map((t) =>
    csvLine([
      t.table,
      t.words.holds[locale],
      t.words.leadsTo[locale],
      t.categories.join(" "),
      kindsOf(t.categories),
      t.sealedColumns.join(" "),
      t.words.retention[locale],
      t.words.inExport[locale],
      onErasure[t.onErasure],
      t.ground === null ? null : citeIn(locale, t.ground),
    ]),
  );
  const titles = [
    head.table,
    head.holds,
    head.leadsTo,
    head.categories,
    head.kinds,
    head.sealed,
    head.retention,
    head.inExport,
    head.onErasure,
    head.ground,
  ].map((title) => title.toLowerCase());
  return `\ufeff${csvLine(titles)}${lines.join("")}`;
}

/** The map as a page to read or print. */
export function dataMapPage(map: DataMap, locale: Locale): RouteResponse {
  const words = WORDS[locale];
  const head = words.tableHead;
  const kindsOf = kindsIn(locale);
  const table = (caption: string, titles: readonly string[], rows: readonly (readonly string[])[]) =>
    rows.length === 0
      ? html`<p>${words.none}</p>`
      : html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr>${titles.map(
          (h) => html`<th scope="col">${h}</th>`,
        )}</tr></thead><tbody>${rows.map((r) => html`<tr>${r.map((c) => html`<td>${c}</td>`)}</tr>`)}</tbody></table></div>`;
  const company = map.controller.name[locale];
  return pageResponse(200, {
    locale,
    title: words.title,
    company,
    body: html`<header><p class="company">${company}</p></header><main><h1>${words.title}</h1><p class="lead">${words.lead}</p>
<h2>${words.purposes}</h2>${table(
      words.purposes,
      words.purposeHead,
      map.purposes.map((p) => [
        p.name[locale],
        dataWord(BASIS_WORDS, p.lawfulBasis, locale),
        kindsOf(p.categories),
        p.retention,
        p.recipients.join(", "),
      ]),
    )}
<h2>${words.recipients}</h2>${table(
      words.recipients,
      words.recipientHead,
      map.recipients.map((r) => [
        r.name,
        r.role,
        r.country ?? "–",
        r.purposes.join(", "),
        kindsOf(r.categories),
      ]),
    )}
<h2>${words.tables}</h2>${table(
      words.tables,
      [head.table, head.holds, head.leadsTo, head.categories, head.retention, head.inExport, head.onErasure],
      map.tables.map((t) => [
        `${t.name[locale]} (${t.table})`,
        t.words.holds[locale],
        t.words.leadsTo[locale],
        kindsOf(t.categories),
        t.words.retention[locale],
        t.words.inExport[locale],
        t.ground === null
          ? words.onErasure[t.onErasure]
          : `${words.onErasure[t.onErasure]} (${citeIn(locale, t.ground)})`,
      ]),
    )}
<h2>${words.security}</h2><ul>${map.security.map(
      (s) => html`<li>${translated(s, PROTECTION)[locale]}</li>`,
    )}</ul></main>`,
  });
}
