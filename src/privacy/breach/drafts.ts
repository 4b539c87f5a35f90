import type { Controller, Locale } from "../../../consent/index.ts";
import { fill } from "../requests/messages.ts";
import type { IncidentWords } from "./service.ts";

/** What a draft is filled with. */
export interface DraftFacts {
  readonly incident: IncidentWords;
  readonly aspects: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly discoveredAt: Date;
  readonly members: number;
  readonly categories: readonly string[];
  readonly article: string;
  readonly authority: string;
}

const ASPECTS: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en: {
    confidentiality: "data became known to somebody who should not know them",
    integrity: "data were changed",
    availability: "data were lost or could not be reached",
  },
  "zh-CN": { confidentiality: "数据泄露", integrity: "数据被篡改", availability: "数据丢失或无法访问" },
  "zh-TW": { confidentiality: "資料外洩", integrity: "資料遭竄改", availability: "資料遺失或無法存取" },
};

/** The contents that GDPR Art. 33(3) asks for; the other laws ask for the same or less. */
const AUTHORITY: Readonly<Record<Locale, string>> = {
  en: `To: {authority}
Notification of a personal data breach ({article})

1. Nature of the breach: {title}. {aspects}.
   It happened between {from} and {to} and became known on {known}.
   {description}
2. People affected: about {members}. Categories of data: {categories}.
3. Contact: {contact}, {company}, {address}.
4. Likely consequences: {consequences}
5. Measures taken and planned: {measures}`,
  "zh-CN": `致：{authority}
个人信息安全事件报告（{article}）

一、事件性质：{title}。{aspects}。
    发生于{from}至{to}，于{known}发现。
    {description}
二、受影响人数：约{members}人。涉及的信息种类：{categories}。
三、联系方式：{contact}，{company}，{address}。
四、可能造成的危害：{consequences}
五、已采取和拟采取的补救措施：{measures}`,
  "zh-TW": `致：{authority}
個人資料事故通報（{article}）

一、事故性質：{title}。{aspects}。
    發生於 {from} 至 {to}，於 {known} 知悉。
    {description}
二、受影響人數：約 {members} 人。涉及之個人資料類別：{categories}。
三、聯絡方式：{contact}，{company}，{address}。
四、可能造成之損害：{consequences}
五、已採取及擬採取之因應措施：{measures}`,
};

/** Plain language, as GDPR Art. 34(2) asks. */
const PERSONS: Readonly<Record<Locale, string>> = {
  en: `What happened with your data at {company}

On {known} we learned that {aspects}. It happened between {from} and {to}. {description}

Which of your data: {categories}.
What this may mean for you: {consequences}
What we have done and what you can do: {measures}

We are sorry. Please write to {contact} with any question.`,
  "zh-CN": `关于您在{company}的个人信息

我们于{known}发现：{aspects}。事件发生于{from}至{to}。{description}

涉及您的信息种类：{categories}。
可能对您造成的影响：{consequences}
我们已采取的措施以及您可以采取的措施：{measures}

我们深表歉意。如有疑问，请联系 {contact}。`,
  "zh-TW": `關於您在{company}的個人資料

我們於 {known} 知悉：{aspects}。事件發生於 {from} 至 {to}。{description}

涉及您的資料類別：{categories}。
可能對您造成的影響：{consequences}
我們已採取的措施以及您可以採取的措施：{measures}

我們深表歉意。如有疑問，請聯絡 {contact}。`,
};

/** The draft of a notice in one language, from what the register knows. What it does not know stands as […]. */
export function draftNotice(
  audience: "authority" | "persons",
  locale: Locale,
  controller: Controller,
  facts: DraftFacts,
): string {
  const when = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const list = (items: readonly string[]) => items.join(locale === "en" ? ", " : "、");
  return fill((audience === "authority" ? AUTHORITY : PERSONS)[locale], {
    authority: facts.authority,
    article: facts.article,
    title: facts.incident.title,
    aspects: list(facts.aspects.map((a) => ASPECTS[locale][a] ?? a)),
    from: when(facts.from),
    to: when(facts.to),
    known: when(facts.discoveredAt),
    description: facts.incident.description,
    members: String(facts.members),
    categories: facts.categories.length === 0 ? "[…]" : list(facts.categories),
    company: controller.name[locale],
    address: controller.address[locale],
    contact: controller.dataProtectionOfficer ?? controller.email,
    consequences: facts.incident.consequences ?? "[…]",
    measures: facts.incident.measures ?? "[…]",
  });
}
