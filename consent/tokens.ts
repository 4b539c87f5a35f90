import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isUuid } from "../src/kernel/ids.ts";
import type { Vault } from "../src/vault/index.ts";
import { type Guardian, openGuardian, sealGuardian } from "./guardian-seal.ts";
import { CONTACT_CHANNELS, type ContactChannel, LOCALES, type Locale } from "./vocabulary.ts";

/** What a signed link lets its holder do: see and change the choices of one person, or end one kind of message. */
export interface LinkToken {
  readonly kind: "preferences" | "unsubscribe";
  readonly subjectId: string;
  readonly expiresAt: Date;
  readonly locale: Locale | null;
  /** Of a preference link: the channel by whose message it came, which proves that address. */
  readonly channel: ContactChannel | null;
  /** Of an unsubscribe link: the purpose of the message. */
  readonly purposeId: string | null;
  /** Of a preference link: who decides for a minor, as the shop has checked it. */
  readonly guardian?: Guardian | null;
}

const LABEL = "consent-link";
const KINDS = { preferences: "p", unsubscribe: "u" } as const;
/** Longest token, with what it says of a guardian. */
export const LONGEST_TOKEN = 1_200;

/** A link token: its content readable, its truth guarded by a MAC. It holds ids and no name or address. */
export function signLink(vault: Pick<Vault, "mac">, token: LinkToken): string {
  const content = [
    KINDS[token.kind],
    token.subjectId,
    Math.floor(token.expiresAt.getTime() / 1_000).toString(36),
    token.locale ?? "",
    token.channel ?? "",
    token.purposeId ?? "",
    ...(token.guardian == null ? [] : [sealGuardian(vault, token.guardian)]),
  ].join("~");
  const body = Buffer.from(content, "utf8");
  return `${body.toString("base64url")}.${vault.mac(LABEL, body).toString("base64url")}`;
}

export type LinkCheck =
  | { readonly kind: "good"; readonly token: LinkToken }
  | { readonly kind: "expired" | "forged" };

/** Reads a link token. Links signed before a rotation of keys stay good until they expire. */
export function readLink(vault: Pick<Vault, "macVersions">, text: string, now: Date): LinkCheck {
  const match = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/.exec(text);
  if (match === null || text.length > LONGEST_TOKEN) return { kind: "forged" };
  const body = Buffer.from(match[1] as string, "base64url");
  const mac = Buffer.from(match[2] as string, "base64url");
  const genuine = vault
    .macVersions(LABEL, body)
    .some((known) => known.mac.length === mac.length && timingSafeEqual(known.mac, mac));
  if (!genuine) return { kind: "forged" };
  const [kind, subjectId = "", ends = "", locale, channel, purposeId, sealed] = body
    .toString("utf8")
    .split("~");
  const expiresAt = new Date(Number.parseInt(ends, 36) * 1_000);
  if (!isUuid(subjectId) || Number.isNaN(expiresAt.getTime())) return { kind: "forged" };
  if (expiresAt <= now) return { kind: "expired" };
  const guardian = sealed === undefined ? null : openGuardian(vault, sealed);
  if (sealed !== undefined && guardian === null) return { kind: "forged" };
  return {
    kind: "good",
    token: {
      kind: kind === KINDS.unsubscribe ? "unsubscribe" : "preferences",
      subjectId,
      expiresAt,
      locale: LOCALES.find((l) => l === locale) ?? null,
      channel: CONTACT_CHANNELS.find((c) => c === channel) ?? null,
      purposeId: purposeId === undefined || purposeId === "" ? null : purposeId,
      guardian,
    },
  };
}

/** A secret for one confirmation, and its hash, which is all that is kept. */
export function newOptInToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashOptInToken(token) };
}

export function hashOptInToken(token: string): Buffer {
  return createHash("sha256").update("candor/opt-in/1\0").update(token, "utf8").digest();
}
