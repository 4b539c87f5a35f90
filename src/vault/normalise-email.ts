import { domainToASCII } from "node:url";
import type { IdentifierFault } from "./normalise.ts";

export type EmailResult =
  | { readonly kind: "ok"; readonly value: string }
  | { readonly kind: "bad"; readonly reason: IdentifierFault };

/** RFC 5321 §4.5.3.1: 64 octets before the @; a path of 256 with its brackets leaves 254 in all (RFC 3696 erratum 1690). */
const LONGEST_LOCAL = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_DOMAIN = 253;

/** The ends are trimmed of spaces only: a line break inside an address cell is a broken export or worse. */
const OUTER_SPACES = /^[\p{Zs}\t]+|[\p{Zs}\t]+$/gu;
const INVISIBLE = /\p{Cf}/gu;
/** RFC 5322 dot-atom, with letters, marks and digits of every script (RFC 6531). */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)*$/u;
const ASCII_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** No top-level domain is a number; such a "domain" is an IP address or a slip. */
const NUMERIC_TOP = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;
const IDEOGRAPHIC_FULL_STOP = /\u3002/g;

function bad(reason: IdentifierFault): EmailResult {
  return { kind: "bad", reason };
}

function asciiDomain(domain: string): string | null {
  if (!DOMAIN.test(domain) || NUMERIC_TOP.test(domain)) return null;
  const ascii = domainToASCII(domain);
  if (ascii === "" || ascii.length > LONGEST_DOMAIN || NUMERIC_TOP.test(ascii)) return null;
  return ascii.split(".").every((label) => ASCII_LABEL.test(label)) ? ascii : null;
}

/**
 * One spelling of an e-mail address: trimmed, NFKC, lower case, the domain in ASCII (IDNA). Dots and plus tags
 * before the @ stay: whether they matter is known to the provider alone.
 *
 * Accepts what people are given as addresses: a dot-atom and a domain. Quoted names, comments, folded lines
 * and address literals, which RFC 5322 also knows, are slips in customer data and are `bad`. DNS is not asked.
 */
export function normaliseEmail(text: string): EmailResult {
  const folded = text
    .replace(OUTER_SPACES, "")
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFKC")
    .replace(INVISIBLE, "");
  const at = folded.lastIndexOf("@");
  const local = folded.slice(0, at);
  if (at < 1) return bad("bad-email");
  if (!LOCAL.test(local)) return bad("bad-email");
  const domain = asciiDomain(folded.slice(at + 1).replace(IDEOGRAPHIC_FULL_STOP, "."));
  if (domain === null) return bad("bad-email");
  const value = `${local}@${domain}`;
  if (Buffer.byteLength(local) > LONGEST_LOCAL || Buffer.byteLength(value) > LONGEST_ADDRESS)
    return bad("too-long");
  return { kind: "ok", value };
}
