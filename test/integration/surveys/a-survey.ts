import type { AnswerChannel, InvitationInput } from "../../../surveys/index.ts";
import type { TestServer } from "../../setup/server.ts";

/** Nine questions of many types, logic and two languages. */
export const NINE = {
  title: { default: "Your visit", "zh-tw": "您的光臨" },
  pages: [
    {
      name: "first",
      elements: [
        {
          type: "rating",
          name: "nps",
          title: { default: "How likely are you to recommend us?", "zh-tw": "您有多大可能推薦我們？" },
          rateMin: 0,
          rateMax: 10,
          isRequired: true,
          minRateDescription: { default: "not at all", "zh-tw": "完全不可能" },
          maxRateDescription: { default: "certainly", "zh-tw": "一定會" },
        },
        {
          type: "comment",
          name: "why",
          visibleIf: "{nps} < 7",
          title: { default: "What went wrong?", "zh-tw": "哪裡不好？" },
        },
      ],
    },
    {
      name: "second",
      elements: [
        {
          type: "rating",
          name: "csat",
          title: { default: "How satisfied are you with the visit?", "zh-tw": "您對這次光臨滿意嗎？" },
          rateMin: 1,
          rateMax: 5,
        },
        {
          type: "radiogroup",
          name: "reason",
          title: { default: "Why did you come?", "zh-tw": "為什麼光臨？" },
          choices: [
            { value: "buy", text: { default: "To buy", "zh-tw": "購物" } },
            { value: "return", text: { default: "To return", "zh-tw": "退貨" } },
          ],
          showOtherItem: true,
        },
        {
          type: "checkbox",
          name: "liked",
          title: { default: "What did you like?", "zh-tw": "喜歡什麼？" },
          choices: ["staff", "range", "price"],
          maxSelectedChoices: 2,
        },
        {
          type: "matrix",
          name: "parts",
          title: { default: "And in detail?", "zh-tw": "各項如何？" },
          columns: ["good", "bad"],
          rows: ["queue", "light"],
        },
        {
          type: "text",
          name: "visits",
          inputType: "number",
          min: 0,
          max: 400,
          title: { default: "Visits a year", "zh-tw": "一年幾次" },
        },
        {
          type: "boolean",
          name: "call",
          title: { default: "May we call you about this?", "zh-tw": "可以與您聯絡嗎？" },
        },
        {
          type: "text",
          name: "reach",
          visibleIf: "{call} = true",
          title: { default: "How do we reach you?", "zh-tw": "如何聯絡您？" },
        },
      ],
    },
  ],
} as const;

export const NINE_METRICS = [
  { question: "nps", kind: "nps" },
  { question: "csat", kind: "csat" },
  { question: "why", kind: "comment" },
] as const;

export const NAME = { en: "Visit", "zh-CN": "到店", "zh-TW": "光臨" };

/** Makes a survey and puts it in force; answers its version. */
export async function aSurvey(
  server: TestServer,
  id: string,
  more: Record<string, unknown> = {},
): Promise<number> {
  const made = await server.call("POST", "/v1/surveys", {
    body: {
      id,
      name: NAME,
      class: "transactional",
      definition: NINE,
      metrics: NINE_METRICS,
      contact: { question: "call", detail: "reach" },
      ...more,
    },
  });
  if (made.status !== 201) throw new Error(`survey not made: ${JSON.stringify(made.body)}`);
  const published = await server.call<{ version: number }>("POST", `/v1/surveys/${id}/publish`);
  if (published.status !== 200) throw new Error(`not published: ${JSON.stringify(published.body)}`);
  return published.body.version;
}

/** Invites somebody; answers the link's path. */
export async function anInvitation(
  server: TestServer,
  surveyId: string,
  version: number,
  more: Partial<InvitationInput> = {},
): Promise<{ path: string; invitationId: string }> {
  const [made] = await server.database.db.tx((tx) =>
    server.candor.surveys.doors.createInvitations(tx, [
      {
        surveyId,
        version,
        subjectId: null,
        memberId: null,
        channel: "email",
        locale: "en",
        wave: null,
        context: { store: "T01", level: "gold" },
        orderKey: null,
        expiresAt: new Date("2100-01-01T00:00:00Z"),
        ...more,
      },
    ]),
  );
  if (made === undefined) throw new Error("no invitation");
  return made;
}

/** A page of a survey in the hands of somebody without script: its fields can be filled in and handed in. */
export interface OpenPage {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Fields as a browser would send them untouched. */
  readonly fields: URLSearchParams;
  /** Hands the form in with these fields set; null takes one out. */
  submit(fields: Record<string, string | readonly string[] | null>): Promise<OpenPage>;
}

/** Opens a page as a browser without script does: plain HTML, redirects followed. */
export async function openPage(server: TestServer, path: string, init: RequestInit = {}): Promise<OpenPage> {
  const answer = await fetch(`${server.url}${path}`, init);
  const text = await answer.text();
  const fields = new URLSearchParams();
  for (const [, attributes = ""] of text.matchAll(/<input([^>]*)>/g)) {
    const value = (name: string) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
    const type = value("type");
    if ((type === "radio" || type === "checkbox") && !/ checked/.test(attributes)) continue;
    if (value("name") !== "") fields.append(value("name"), value("value"));
  }
  for (const [, name = "", value = ""] of text.matchAll(/<textarea name="([^"]*)"[^>]*>([^<]*)</g))
    fields.append(name, unescaped(value));
  for (const [, name = "", options = ""] of text.matchAll(/<select name="([^"]*)"[^>]*>(.*?)<\/select>/g)) {
    const chosen = /value="([^"]*)" selected/.exec(options)?.[1];
    if (chosen !== undefined) fields.append(name, unescaped(chosen));
  }
  const action = /<form method="post" action="([^"]*)"/.exec(text)?.[1] ?? path;
  return {
    status: answer.status,
    text,
    headers: answer.headers,
    fields,
    submit: (set) => {
      const body = new URLSearchParams(fields);
      if (!("go" in set)) body.set("go", "next");
      for (const [name, value] of Object.entries(set)) {
        body.delete(name);
        for (const one of value === null ? [] : Array.isArray(value) ? value : [value])
          body.append(name, one);
      }
      return openPage(server, action, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: body.toString(),
      });
    },
  };
}

function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** An open link of a survey. */
export async function anOpenLink(
  server: TestServer,
  surveyId: string,
  channel: AnswerChannel = "qr",
  context: Record<string, string> = { store: "T01" },
): Promise<string> {
  const made = await server.call<{ path: string }>("POST", `/v1/surveys/${surveyId}/links`, {
    body: { channel, context },
  });
  if (made.status !== 201) throw new Error(`no link: ${JSON.stringify(made.body)}`);
  return made.body.path;
}
