import { createHash, randomBytes } from "node:crypto";
import { type Controller, citeIn, type Locale, regimeName } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { dayWords } from "../clocks/words.ts";
import type { RequestDeps } from "./deps.ts";
import type { Performer } from "./perform.ts";
import { insertHistory, type RequestRow } from "./requests.store.ts";
import { keyOf, type RequestPart } from "./sealed-part.ts";
import { type AlertName, type MessageName, REQUEST_WORDS } from "./words.ts";

/** The line of a request's history that notes a message to its asker; its code is the message's name. */
export const NOTICE = "notice";

/** A secret for a link, and its hash, which is what is looked up. */
export function newLinkToken(): { readonly token: string; readonly hash: Buffer } {
  const token = randomBytes(24).toString("base64url");
  return { token, hash: hashLinkToken(token) };
}

export function hashLinkToken(token: string): Buffer {
  return createHash("sha256").update("candor/request/1\0").update(token, "utf8").digest();
}

/** Puts parameters into a sentence. */
export function fill(sentence: string, params: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, key: string) => params[key] ?? whole).trim();
}

/** The page of one request; null where the installation has no public address. */
export function statusUrl(controller: Controller, token: string | null, locale: Locale): string | null {
  if (token === null || controller.publicUrl === null) return null;
  return `${controller.publicUrl}/privacy/r/${token}?lang=${locale}`;
}

/** A message in words, before it is addressed. */
export function composeMessage(
  name: MessageName,
  row: Pick<RequestRow, "kind" | "locale" | "receivedAt" | "dueOn">,
  controller: Controller,
  token: string | null,
  params: Readonly<Record<string, string>>,
): { readonly subject: string; readonly text: string } {
  const { locale } = row;
  const words = REQUEST_WORDS[locale];
  const all = {
    company: controller.name[locale],
    what: words.kinds[row.kind],
    received: dayWords(locale, row.receivedAt.toISOString().slice(0, 10)),
    due: row.dueOn === null ? "—" : dayWords(locale, row.dueOn),
    ...params,
  };
  const link = statusUrl(controller, token, locale);
  const lines = [fill(words.messages[name].text, all)];
  if (name === "denied") {
    if (link !== null) lines.push(fill(words.appealLine, { link: `${link}#appeal` }));
    lines.push(fill(words.authorityLine, all));
  } else if (link !== null && name !== "code") lines.push(fill(words.statusLine, { link }));
  lines.push(controller.name[locale]);
  return { subject: fill(words.messages[name].subject, all), text: lines.join("\n\n") };
}

export interface Messenger {
  /**
   * Writes a message about a request to the address that its asker gave, in the acting transaction: to a telephone
   * number its subject and the link. Answers false where there is nothing to write to.
   */
  send(
    tx: Tx,
    row: RequestRow,
    name: MessageName,
    params?: Readonly<Record<string, string>>,
    part?: RequestPart,
  ): Promise<boolean>;
  /** Writes to the company's own address about a request; false where its key is gone. */
  alert(tx: Tx, row: RequestRow, name: AlertName, params: Readonly<Record<string, string>>): Promise<boolean>;
}

export function createMessenger(deps: RequestDeps, performer: Performer): Messenger {
  return {
    async send(tx, row, name, params = {}, given) {
      const part = given ?? (await performer.part(row));
      const key = await keyOf(deps.vault, row.keyId);
      if (part.contact === null || key === null) return false;
      if (part.contact.kind === "phone" && !deps.mailer.texts) return false;
      const pack = performer.pack(row);
      const authority = pack.authority.value;
      const mail = composeMessage(name, row, await performer.controller(), part.token, {
        authority: citeIn(row.locale, authority.name, pack),
        url: authority.url,
        ...params,
      });
      const link =
        params.link ??
        (name === "code" ? "" : statusUrl(await performer.controller(), part.token, row.locale));
      const text = `${(await performer.controller()).name[row.locale]}: ${mail.subject} ${link ?? ""}`.trim();
      await deps.mailer.send(tx, {
        template: `request-${name}`,
        key,
        mail: { to: part.contact.value, ...mail, ...(part.contact.kind === "phone" ? { text } : {}) },
      });
      await insertHistory(tx, {
        requestId: row.requestId,
        at: deps.clock.now(),
        act: NOTICE,
        fromState: row.state,
        toState: row.state,
        actorKind: "system",
        actorId: "requests",
        code: name,
        note: null,
      });
      return true;
    },

    async alert(tx, row, name, params) {
      const key = await keyOf(deps.vault, row.keyId);
      if (key === null) return false;
      const words = REQUEST_WORDS.en;
      const all = {
        id: row.requestId,
        kind: row.kind,
        regime: regimeName(row.regime, "en", deps.regimes),
        state: words.states[row.state],
        ...params,
      };
      const { subject, text } = words.alerts[name];
      await deps.mailer.send(tx, {
        template: `request-${name}`,
        key,
        mail: {
          to: (await performer.controller()).email,
          subject: fill(subject, all),
          text: fill(text, all),
        },
      });
      return true;
    },
  };
}
