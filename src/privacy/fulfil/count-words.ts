import type { Locale, LocaleText } from "../../../consent/index.ts";
import { SECTIONS } from "./package-sections.ts";
import { isNamed, tableName } from "./table-words.ts";

const words = (en: string, cn: string, tw: string): LocaleText => ({ en, "zh-CN": cn, "zh-TW": tw });

/** What a step counted that is neither a table nor a part of a package. */
const COUNTS: Readonly<Record<string, LocaleText>> = {
  identifiers: words("identifiers", "标识符", "識別碼"),
  subjects: words("records of identity", "身份记录", "身分紀錄"),
  notices: words("notices", "通知", "通知"),
  keys: words("keys", "密钥", "金鑰"),
  tables: words("tables looked through", "已查验的表", "已查驗的資料表"),
  overdue: words("not answered in time", "逾期未答复", "逾期未答覆"),
  fields: words("fields", "字段", "欄位"),
  purposes: words("purposes", "目的", "目的"),
  restricted: words("restricted", "已限制", "已限制"),
  lifted: words("lifted", "已解除", "已解除"),
  recipientsTold: words("recipients told", "已告知的接收方", "已告知的接收方"),
  recipientsConfirmed: words("recipients that confirmed", "已确认的接收方", "已確認的接收方"),
  reopened: words("opened again", "重新受理", "重新受理"),
  "inactive-members": words("inactive members", "长期未活动的会员", "長期未活動的會員"),
  packages: words("packages", "资料包", "資料包"),
  "request-records": words("records of requests", "请求记录", "請求紀錄"),
  "accounting-lines": words("accounting lines", "会计明细", "會計明細"),
};

/** Lines of a schedule: the kind of event, or the purposes it was collected for, follows the first word. */
const LINES: Readonly<Record<string, LocaleText>> = {
  "events-": words("events: ", "事件：", "事件："),
  "purpose-": words("collected for: ", "收集目的：", "蒐集目的："),
};

const EVENTS: Readonly<Record<string, LocaleText>> = {
  online: words("online", "线上", "線上"),
  social: words("social", "社交", "社群"),
  survey: words("surveys", "调查", "問卷"),
  transaction: words("purchases", "购买", "購買"),
  identity: words("identity", "身份", "身分"),
};

/** What was counted, in words: a table, a part of a package, a line of a schedule; its name where it has none. */
export function countName(name: string, locale: Locale): string {
  if (Object.hasOwn(COUNTS, name)) return (COUNTS[name] as LocaleText)[locale];
  // A table without a part of its own is one under its name, as names of files have it.
  const table = name.replaceAll("-", "_");
  if (isNamed(table)) return tableName(table)[locale];
  const section = SECTIONS.find((s) => s.id === name);
  if (section !== undefined) return section.title[locale];
  for (const [start, lead] of Object.entries(LINES)) {
    if (!name.startsWith(start)) continue;
    const rest = name.slice(start.length);
    return `${lead[locale]}${Object.hasOwn(EVENTS, rest) ? (EVENTS[rest] as LocaleText)[locale] : rest}`;
  }
  return name.replaceAll("_", " ");
}
