/** What a redacted part was. */
export type Redaction = "name" | "email" | "phone" | "number" | "link";

export interface Redacted {
  readonly text: string;
  readonly counts: Readonly<Partial<Record<Redaction, number>>>;
}

/** Surnames that stand before a title in Chinese; the commonest hundred cover about 85 % of people. */
const SURNAMES =
  "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭蔣葉蘇魏呂盧鍾譚陸汪範賈韋鄒龍陶賀顧龔邵萬錢嚴湯";
const TITLES_ZH = "先生|女士|小姐|太太|经理|經理|店长|店長|老师|老師|师傅|師傅|医生|醫生|阿姨|大姐|大哥";
const NAME_BEFORE_TITLE = new RegExp(`(?:[${SURNAMES}]\\p{Script=Han}{0,2}?)(?=${TITLES_ZH})`, "gu");
const MARK: Readonly<Record<Redaction, string>> = {
  name: "[name]",
  email: "[email]",
  phone: "[phone]",
  number: "[number]",
  link: "[link]",
};

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Takes out of a comment what names a person: the names given (those of the member), addresses, telephone numbers, long
 * numbers, links, and names behind or before a title ("Mr Miller", "李经理", "服务员小王"). It errs on the side of
 * taking out too much. A name that nobody told it of and that stands bare is beyond it; hence comments are shown only in
 * groups of eight, and to readers with a purpose.
 */
export function redact(text: string, names: readonly string[] = []): Redacted {
  const counts: Partial<Record<Redaction, number>> = {};
  let out = text.normalize("NFC");
  const take = (pattern: RegExp, kind: Redaction, keep = ""): void => {
    out = out.replace(pattern, (...match: unknown[]) => {
      counts[kind] = (counts[kind] ?? 0) + 1;
      const groups = match.at(-1);
      const kept =
        keep !== "" && typeof groups === "object" && groups !== null
          ? ((groups as Record<string, string | undefined>)[keep] ?? "")
          : "";
      return `${kept}${MARK[kind]}`;
    });
  };
  take(/[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, "email");
  take(/\b(?:https?:\/\/|www\.)\S+/giu, "link");
  take(/(?<![\p{L}\p{N}])\+?\d[\d\s().-]{6,}\d(?!\d)/gu, "phone");
  take(/\d{6,}/gu, "number");
  for (const name of [...names]
    .map((n) => n.trim().normalize("NFC"))
    .filter((n) => n.length > 1)
    .sort((a, b) => b.length - a.length)) {
    const han = /\p{Script=Han}/u.test(name);
    take(new RegExp(han ? literal(name) : `(?<![\\p{L}])${literal(name)}(?![\\p{L}])`, "giu"), "name");
  }
  take(NAME_BEFORE_TITLE, "name");
  take(
    /(?<role>服务员|店员|员工|收银员|导购|经理|店长|客服|服務員|店員|員工|收銀員|導購|經理|店長)(?:小|阿|老)\p{Script=Han}/gu,
    "name",
    "role",
  );
  take(
    /(?<title>\b(?:Mr|Mrs|Ms|Miss|Dr|Mx)\.?\s+)\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)?/gu,
    "name",
    "title",
  );
  take(
    /(?<lead>\b(?:named|called|my name is|I am|I'm|regards,?|thanks,?)\s+)\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)?/gu,
    "name",
    "lead",
  );
  return { text: out, counts };
}
