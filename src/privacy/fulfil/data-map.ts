import { html, type Locale, pageResponse, type RegistrySnapshot } from "../../../consent/index.ts";
import type { Holding } from "../../db/index.ts";
import { csvLine } from "../../kernel/csv.ts";
import type { RouteResponse } from "../../kernel/route.ts";
import type { DataMap } from "./data-map.schema.ts";
import { planErasure } from "./plan.ts";
import { tableName } from "./table-words.ts";

function leadsTo({ person }: Holding): string {
  switch (person.kind) {
    case "subject":
      return "one person, by its own id";
    case "subjects":
      return "several people, by their ids";
    case "identifier":
      return "a person, by a keyed hash of an identifier or by sealed content";
    case "through":
      return `a person, through ${person.table}`;
    case "nobody":
      return `nobody: ${person.because}`;
  }
}

const SECURITY = [
  "Every personal field is sealed with AES-256-GCM under a key of its own person and data category.",
  "Keys are kept in a store of their own, wrapped by a root key that never lies beside the data.",
  "Look-ups use keyed hashes; logs, jobs and metrics hold ids and codes only.",
  "Every read names a purpose, is decided against the ledger of consents and is written to an append-only log.",
  "An erasure destroys the person's keys, so that copies in backups become unreadable.",
];

/** Describes everything that is kept, from the register of holdings and the registries. Pure. */
export function describeData(
  holdings: readonly Holding[],
  registry: Pick<RegistrySnapshot, "controller" | "rules">,
  known: Pick<DataMap, "recipients" | "sources" | "madeAt">,
): DataMap {
  const { controller, rules } = registry;
  const plans = new Map(planErasure(holdings).map((p) => [p.holding.table, p]));
  return {
    controller: {
      name: controller.name,
      email: controller.email,
      dataProtectionOfficer: controller.dataProtectionOfficer ?? null,
      country: controller.country,
    },
    peopleConcerned: ["members", "visitors and followers", "staff (accounts and acts)"],
    purposes: [...rules.purposes.values()].map((p) => ({
      id: p.id,
      name: p.name,
      lawfulBasis: p.lawfulBasis,
      categories: p.categories,
      channels: p.channels,
      retention: p.retention,
      recipients: p.recipients.map((r) => r.id),
    })),
    storageCountries: controller.storageCountries,
    processingCountries: controller.processingCountries,
    security: SECURITY,
    ...known,
    tables: holdings.map((h) => {
      const plan = plans.get(h.table);
      return {
        table: h.table,
        name: tableName(h.table),
        holds: h.holds,
        leadsTo: leadsTo(h),
        categories: h.categories,
        retention: h.retention,
        inExport: h.inExport,
        onErasure: plan?.treatment ?? "not personal",
        ground: plan?.ground?.provision ?? null,
        sealedColumns: Object.entries(h.columns).flatMap(([name, mark]) => (mark === "sealed" ? [name] : [])),
      };
    }),
  };
}

/** The tables of the map as CSV, for spreadsheets. */
export function dataMapCsv(map: DataMap): string {
  const lines = map.tables.map((t) =>
    csvLine([
      t.table,
      t.holds,
      t.leadsTo,
      t.categories.join(" "),
      t.sealedColumns.join(" "),
      t.retention,
      t.inExport,
      t.onErasure,
      t.ground,
    ]),
  );
  const head = [
    "table",
    "holds",
    "leads to",
    "categories",
    "sealed",
    "retention",
    "in export",
    "on erasure",
    "ground",
  ];
  return `\ufeff${csvLine(head)}${lines.join("")}`;
}

interface MapWords {
  readonly title: string;
  readonly lead: string;
  readonly purposes: string;
  readonly purposeHead: readonly string[];
  readonly recipients: string;
  readonly recipientHead: readonly string[];
  readonly tables: string;
  readonly tableHead: readonly string[];
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
    tableHead: ["Table", "Holds", "Leads to", "Categories", "Kept", "On erasure"],
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
    tableHead: ["表", "内容", "指向", "类别", "保存", "删除时"],
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
    tableHead: ["資料表", "內容", "指向", "類別", "保存", "刪除時"],
    security: "保護措施",
    none: "無。",
  },
};

/** The map as a page to read or print. What single tables hold stands in English, as the register has it. */
export function dataMapPage(map: DataMap, locale: Locale): RouteResponse {
  const words = WORDS[locale];
  const table = (caption: string, head: readonly string[], rows: readonly (readonly string[])[]) =>
    rows.length === 0
      ? html`<p>${words.none}</p>`
      : html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr>${head.map(
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
        p.lawfulBasis,
        p.categories.join(", "),
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
        r.categories.join(", "),
      ]),
    )}
<h2>${words.tables}</h2>${table(
      words.tables,
      words.tableHead,
      map.tables.map((t) => [
        t.table,
        t.holds,
        t.leadsTo,
        t.categories.join(", "),
        t.retention,
        t.ground === null ? t.onErasure : `${t.onErasure} (${t.ground})`,
      ]),
    )}
<h2>${words.security}</h2><ul lang="en">${map.security.map((s) => html`<li>${s}</li>`)}</ul></main>`,
  });
}
