import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { SECOND } from "../../src/kernel/clock.ts";
import type { KnownSource } from "./doors.ts";
import type { MarketCode, TruePerson } from "./plan.ts";
import type { Json, Talk } from "./talk.ts";

/** A person of the demo that has a card, and the language and country in which they are asked. */
export interface AskedPerson {
  readonly card: string;
  readonly country: "CN" | "TW" | "GB";
  readonly locale: "en" | "zh-CN" | "zh-TW";
  /** Whether a telephone number of their own is known, without which no text message reaches them. */
  readonly hasPhone: boolean;
}

const COUNTRIES: Readonly<Record<MarketCode, Pick<AskedPerson, "country" | "locale">>> = {
  cn: { country: "CN", locale: "zh-CN" },
  tw: { country: "TW", locale: "zh-TW" },
  gb: { country: "GB", locale: "en" },
};

/** People whose consents are told one by one, each through another door, so that every state is there. */
export const CAST = 20;

/** Only the first are told about one by one; a line of the import about somebody unknown is a fault of that line. */
export const LOOKED_UP = 2 * CAST;

/** Who is asked: everybody with a card, the cast first and of all markets. Pure. */
export function askedPeople(people: readonly TruePerson[]): AskedPerson[] {
  const cards = people.flatMap(({ market, identifiers }) => {
    const card = identifiers.find((i) => i.kind === "member_id");
    const hasPhone = identifiers.some((i) => i.kind === "phone");
    return card === undefined ? [] : [{ card: card.value, hasPhone, ...COUNTRIES[market] }];
  });
  // Taiwan and Britain first: the two recipients work there, and China wants a consent apart for going abroad.
  const rank = (p: AskedPerson): number => (p.country === "CN" ? 2 : p.hasPhone ? 0 : 1);
  return [...cards].sort((x, y) => rank(x) - rank(y));
}

/** The company that the notices name. It does not exist. */
function companyOf(baseUrl: string) {
  const same = (text: string) => ({ en: text, "zh-CN": text, "zh-TW": text });
  return {
    name: { en: "Lantern & Leaf (demo)", "zh-CN": "灯与叶（演示）", "zh-TW": "燈與葉（示範）" },
    address: {
      en: "1 Example Street, Taipei",
      "zh-CN": "台北市示例路 1 号",
      "zh-TW": "臺北市範例路 1 號",
    },
    country: "TW",
    email: "privacy@example.com",
    phone: "+886 2 5550 0100",
    publicUrl: baseUrl.replace(/\/$/, ""),
    rightsUrl: `${baseUrl.replace(/\/$/, "")}/privacy`,
    area: { en: "Taiwan", "zh-CN": "台湾", "zh-TW": "臺灣" },
    authority: same("the data protection authority"),
    storageCountries: ["TW"],
    processingCountries: ["TW"],
  };
}

/** What was sent through which door. */
export type SentThrough = Readonly<Record<string, number>>;

/**
 * Collects consents as a retailer does: a list of paper forms, tills, staff, a banner, the preference centre,
 * confirmation by mail, one-click unsubscription, opt-out signals. Every state of a consent comes about by somebody
 * saying something; nothing is written past the doors. Resolves with how many were sent through each.
 */
export async function collectConsents(
  talk: Talk,
  run: {
    readonly baseUrl: string;
    readonly people: readonly AskedPerson[];
    readonly webShop: KnownSource;
    /** The present, for consents that are soon to end. */
    readonly now: () => Date;
  },
): Promise<SentThrough> {
  const sent: Record<string, number> = {};
  const count = (door: string, n = 1): void => {
    sent[door] = (sent[door] ?? 0) + n;
  };
  await talk("PUT", "/v1/controller", { body: companyOf(run.baseUrl) });

  const lines = run.people.slice(CAST).flatMap(formsOf);
  if (lines.length > 0) {
    const evidence = createHash("sha256").update("the demo's paper forms").digest("hex");
    const imported = await talk("POST", `/v1/consents/import?evidenceSha256=${evidence}`, {
      text: lines.map((line) => JSON.stringify(line)).join("\n"),
    });
    count("import of paper forms", Number(imported.body.recorded));
  }

  const say = async (door: string, person: AskedPerson, statement: Json): Promise<Json> => {
    const answer = await talk("POST", "/v1/consents", { body: { ...naming(person), ...statement } });
    count(door);
    return answer.body;
  };
  const [a, b, c, d, e, f, g, h, i, j, k, l] = run.people as readonly (AskedPerson | undefined)[];
  const forms = (person: AskedPerson, purpose: string, more: Json = {}) => ({
    ...grant(person, purpose),
    ...more,
  });

  // The first two agree to everything that the two recipients are for; the second will leave the mailing list.
  for (const person of [a, b]) {
    if (person === undefined) continue;
    await say(
      "enrolment form",
      person,
      forms(person, "marketing", { channel: "sms", method: "enrolment-form" }),
    );
    await say("enrolment form", person, forms(person, "analytics", { method: "enrolment-form" }));
  }
  if (c !== undefined)
    await say("staff", c, { state: "refused", purpose: "marketing", channel: "sms", method: "staff" });
  if (d !== undefined) {
    // At a till without connection: its own clock said when.
    const at = new Date(run.now().getTime() - 3_600 * SECOND).toISOString();
    await say(
      "till",
      d,
      forms(d, "analytics", { method: "pos", storeId: "S1", offline: true, occurredAt: at }),
    );
  }
  if (e !== undefined) {
    await say("API", e, forms(e, "survey-contact", { channel: "sms" }));
    await say("API", e, { ...forms(e, "survey-contact", { channel: "sms" }), state: "renewed" });
  }
  if (f !== undefined)
    await say("API", f, {
      state: "requested",
      purpose: "personalisation",
      notice: noticeOf(f, "personalisation"),
    });
  if (g !== undefined) {
    // What an audit found to have been collected wrongly stops counting from the start.
    const made = await say("API", g, forms(g, "personalisation"));
    const [record] = made.records as readonly { readonly id: string }[];
    await say("staff", g, {
      state: "invalidated",
      purpose: "personalisation",
      refersTo: record?.id,
      method: "staff",
    });
  }
  if (h !== undefined) {
    await say(
      "API",
      h,
      forms(h, "analytics", { validUntil: new Date(run.now().getTime() + SECOND).toISOString() }),
    );
    // It is over when the states are counted, however quick the rest is.
    await pause(SECOND + 200);
  }
  if (i !== undefined) {
    const made = await say("API", i, forms(i, "marketing", { channel: "email" }));
    const link = made.confirmation as { readonly path: string } | null;
    if (link !== null) {
      await talk("POST", link.path, { key: null, form: { confirm: "yes" } });
      count("confirmation by mail (double opt-in)");
    }
  }
  if (j !== undefined) await say("API", j, forms(j, "marketing", { channel: "email" }));
  if (k !== undefined) await preferenceCentre(talk, k, count);
  if (l !== undefined) await unsubscribe(talk, l, say, count);

  await bannerAndSignals(talk, run, count);
  await outdate(talk, run.people.slice(12, 16), say);
  return sent;
}

function naming(person: AskedPerson): Json {
  return { identifier: { kind: "member_id", value: person.card } };
}

function noticeOf(person: AskedPerson, purpose: string): Json {
  return { id: purpose, locale: person.locale };
}

function grant(person: AskedPerson, purpose: string): Json {
  return { state: "given", purpose, notice: noticeOf(person, purpose), country: person.country };
}

/** What one person ticked on the paper form: most say yes to something, some refuse, a few withdrew since. */
function formsOf(person: AskedPerson, index: number): Json[] {
  const line = (statement: Json): Json => ({ ...naming(person), ...statement });
  const channel = person.country === "TW" ? "line" : person.country === "CN" ? "wechat" : "sms";
  const lines: Json[] = [];
  if (index % 10 < 6) lines.push(line({ ...grant(person, "marketing"), channel }));
  else if (index % 10 === 6)
    lines.push(line({ state: "refused", purpose: "marketing", country: person.country }));
  if (index % 2 === 0) lines.push(line(grant(person, "analytics")));
  if (index % 10 === 3) lines.push(line({ state: "withdrawn", purpose: "marketing", channel }));
  return lines;
}

async function memberIdOf(talk: Talk, person: AskedPerson): Promise<string> {
  const found = await talk("POST", "/v1/profiles/lookup?purpose=service", {
    body: { kind: "member_id", value: person.card },
  });
  return String(found.body.memberId);
}

/** One person turns a switch on and another off on the page itself, by its forms. */
async function preferenceCentre(
  talk: Talk,
  person: AskedPerson,
  count: (door: string) => void,
): Promise<void> {
  const memberId = await memberIdOf(talk, person);
  const made = await talk("POST", `/v1/members/${memberId}/preference-link`, {
    body: { locale: person.locale },
  });
  const path = String(made.body.path);
  const choices = await talk("GET", `${path}/choices`, { key: null });
  const words = (purpose: string): string => {
    const listed = choices.body.purposes as readonly {
      readonly id: string;
      readonly notice: { readonly ref: string } | null;
    }[];
    return listed.find((p) => p.id === purpose)?.notice?.ref ?? "";
  };
  for (const [purpose, turn] of [
    ["personalisation", "on"],
    ["analytics", "on"],
    ["analytics", "off"],
  ] as const) {
    await talk("POST", path, {
      key: null,
      form: { purpose, turn, notice: turn === "on" ? words(purpose) : "", lang: person.locale },
      expect: [303],
    });
    count("preference centre");
  }
}

/** A mail program presses "unsubscribe" (RFC 8058). */
async function unsubscribe(
  talk: Talk,
  person: AskedPerson,
  say: (door: string, person: AskedPerson, statement: Json) => Promise<Json>,
  count: (door: string) => void,
): Promise<void> {
  await say("API", person, { ...grant(person, "survey-contact"), channel: "email" });
  const memberId = await memberIdOf(talk, person);
  const made = await talk("POST", `/v1/members/${memberId}/preference-link`, {
    body: { unsubscribe: { purpose: "survey-contact", channel: "email" } },
  });
  const { url } = made.body.unsubscribe as { readonly url: string };
  await talk("POST", new URL(url).pathname, { key: null, form: { "List-Unsubscribe": "One-Click" } });
  count("one-click unsubscription");
}

/** A banner's choices come with the web shop's events, and a browser's opt-out signal with its request. */
async function bannerAndSignals(
  talk: Talk,
  run: { readonly people: readonly AskedPerson[]; readonly webShop: KnownSource; readonly now: () => Date },
  count: (door: string) => void,
): Promise<void> {
  const british = run.people.filter((p) => p.country === "GB");
  const person = british.at(-1);
  if (person === undefined) return;
  const { id, writeKey } = run.webShop;
  await talk("PUT", `/v1/sources/${id}/consent-categories`, {
    body: {
      categories: {
        Statistics: [{ purpose: "analytics", notice: { id: "analytics", locale: "en" } }],
        Advertising: [{ purpose: "partner-sharing", notice: { id: "partner-sharing", locale: "en" } }],
      },
    },
  });
  const event = (name: string, context: Json) => ({
    type: "track",
    event: name,
    messageId: `demo-consent-${name}`,
    timestamp: run.now().toISOString(),
    properties: { member_card: person.card },
    context,
  });
  const send = (name: string, context: Json, headers: Readonly<Record<string, string>> = {}) =>
    talk("POST", writeKey === null ? `/v1/batch?source=${id}` : "/v1/batch", {
      ...(writeKey === null ? {} : { key: writeKey }),
      body: { batch: [event(name, context)] },
      headers,
    });
  await send("Segment Consent Preference Updated", {
    consent: { categoryPreferences: { Statistics: true, Advertising: false } },
  });
  count("banner (Segment consent)");
  await send("Product Viewed", {}, { "sec-gpc": "1" });
  count("opt-out signal (Sec-GPC)");
}

/** Some agree to be scored; then the words change in substance, and what they agreed to is no longer what is done. */
async function outdate(
  talk: Talk,
  people: readonly AskedPerson[],
  say: (door: string, person: AskedPerson, statement: Json) => Promise<Json>,
): Promise<void> {
  for (const person of people) await say("API", person, grant(person, "profiling"));
  const known = await talk("GET", "/v1/notices?id=profiling&texts=true");
  const versions = known.body.notices as readonly { readonly version: number; readonly texts: Json }[];
  const newest = [...versions].sort((x, y) => y.version - x.version)[0];
  await talk("POST", "/v1/notices", {
    body: { id: "profiling", purposes: ["profiling"], material: true, texts: newest?.texts },
  });
}
