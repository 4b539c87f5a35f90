import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { DAY } from "../../src/kernel/clock.ts";
import type { Vault } from "../../src/vault/index.ts";
import { ANSWER_CHANNELS, type AnswerContext, type OpenLink } from "../port.ts";

/** A secret of 256 random bits, and its hash, which is all that is kept. */
export function newToken(): { readonly token: string; readonly hash: Buffer } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashToken(token) };
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Whether a text has the form of a token; anything else is not even looked for. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function hashToken(token: string): Buffer {
  return createHash("sha256").update("candor/survey/1\0").update(token, "utf8").digest();
}

const LINK_LABEL = "survey-link";
const LONGEST_LINK = 800;
const CONTEXT = ["store", "region", "category", "level", "tenure"] as const;

function sameMac(known: readonly { readonly mac: Buffer }[], mac: Buffer): boolean {
  return known.some((k) => k.mac.length === mac.length && timingSafeEqual(k.mac, mac));
}

/** A signed open link: what it carries is readable, and nobody can change it. */
export function signOpenLink(vault: Pick<Vault, "mac">, link: OpenLink): string {
  const content = JSON.stringify([
    link.surveyId,
    link.channel,
    Math.floor(link.expiresAt.getTime() / 1_000),
    ...CONTEXT.map((name) => link.context[name] ?? 0),
  ]);
  const body = Buffer.from(content, "utf8");
  return `${body.toString("base64url")}.${vault.mac(LINK_LABEL, body).toString("base64url")}`;
}

/** Reads an open link; null when it was changed or is none. Links signed before a rotation of keys stay good. */
export function readOpenLink(vault: Pick<Vault, "macVersions">, text: string): OpenLink | null {
  const match = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/.exec(text);
  if (match === null || text.length > LONGEST_LINK) return null;
  const body = Buffer.from(match[1] as string, "base64url");
  if (!sameMac(vault.macVersions(LINK_LABEL, body), Buffer.from(match[2] as string, "base64url")))
    return null;
  const [surveyId, channelName, ends, ...values] = JSON.parse(body.toString("utf8")) as [
    string,
    string,
    number,
    ...(string | 0)[],
  ];
  const channel = ANSWER_CHANNELS.find((c) => c === channelName);
  if (channel === undefined) return null;
  const context: Record<string, string> = {};
  CONTEXT.forEach((name, i) => {
    const value = values[i];
    if (typeof value === "string") context[name] = value;
  });
  return { surveyId, channel, context: context as AnswerContext, expiresAt: new Date(ends * 1_000) };
}

const FORM_LABEL = "survey-form";
/** A form may be handed in this long after its first page was shown: a phone may be offline for a while. */
const FORM_GOOD_FOR = 7 * DAY;

/** A blank form: a random number that the page carries, so that handing in twice counts once. */
export interface Form {
  /** 16 random bytes and the hour of issue, signed for one survey. */
  readonly text: string;
  /** Stored, so that it is used once. No answer can be found by it. */
  readonly hash: Buffer;
  /** The person's receipt for an anonymous answer, as `ABCD-EFGH-…`. */
  readonly receipt: string;
}

function formOf(vault: Pick<Vault, "mac">, surveyId: string, body: Buffer, mac: Buffer): Form {
  const code = base32(vault.mac("survey-receipt", surveyId, body).subarray(0, 10));
  return {
    text: `${body.toString("base64url")}.${mac.toString("base64url")}`,
    hash: createHash("sha256").update("candor/survey-form/1\0").update(body).digest(),
    receipt: (code.match(/.{4}/g) as string[]).join("-"),
  };
}

export function newForm(vault: Pick<Vault, "mac">, surveyId: string, now: Date): Form {
  const body = Buffer.alloc(20);
  randomBytes(16).copy(body);
  // The hour is enough, and tells less about who answered.
  body.writeUInt32BE(Math.floor(now.getTime() / 3_600_000), 16);
  return formOf(vault, surveyId, body, vault.mac(FORM_LABEL, surveyId, body));
}

/** Reads a form's number; null when it is not one of this survey's, or too old. */
export function readFormNumber(
  vault: Pick<Vault, "mac" | "macVersions">,
  surveyId: string,
  text: string,
  now: Date,
): Form | null {
  const match = /^([A-Za-z0-9_-]{27})\.([A-Za-z0-9_-]{22})$/.exec(text);
  if (match === null) return null;
  const body = Buffer.from(match[1] as string, "base64url");
  const mac = Buffer.from(match[2] as string, "base64url");
  if (body.length !== 20 || !sameMac(vault.macVersions(FORM_LABEL, surveyId, body), mac)) return null;
  const issued = body.readUInt32BE(16) * 3_600_000;
  return now.getTime() - issued > FORM_GOOD_FOR ? null : formOf(vault, surveyId, body, mac);
}

/** Crockford's alphabet: no I, L, O or U, so that a code can be read from paper. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function base32(bytes: Buffer): string {
  let bits = 0;
  let held = 0;
  let text = "";
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** A receipt as somebody typed it: any case, any separators, O for 0 and I or L for 1. Null when it cannot be one. */
export function readReceipt(typed: string): string | null {
  const code = typed
    .toUpperCase()
    .replace(/[\s\-–—]/g, "")
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return code.length === 16 && [...code].every((c) => ALPHABET.includes(c)) ? code : null;
}

/** What is kept of a receipt. */
export function hashReceipt(code: string): Buffer {
  const bare = code.replaceAll("-", "");
  return createHash("sha256").update("candor/survey-receipt/1\0").update(bare, "utf8").digest();
}
