import type { EntryDraft } from "../entry.ts";
import type { ContactChannel } from "../vocabulary.ts";

/**
 * The two headers that let a mail client unsubscribe with one click (RFC 2369 §3.2, RFC 8058 §3.1). Both must be
 * covered by the message's DKIM signature. Throws RangeError for an address that is not https.
 */
export function listUnsubscribeHeaders(url: string, mailto?: string): Readonly<Record<string, string>> {
  if (!url.startsWith("https://") || /[\s<>,]/.test(url))
    throw new RangeError("one-click needs an https address");
  if (mailto !== undefined && /[\s<>,]/.test(mailto)) throw new RangeError("not a mail address");
  const addresses = [`<${url}>`, ...(mailto === undefined ? [] : [`<mailto:${mailto}>`])];
  return {
    "List-Unsubscribe": addresses.join(", "),
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/**
 * Whether a request is a one-click unsubscription: a POST whose form holds `List-Unsubscribe=One-Click`
 * (RFC 8058 §3.2; urlencoded or multipart). A GET never is: scanners open every link.
 */
export function isOneClick(method: string, contentType: string | undefined, body: string): boolean {
  if (method !== "POST" || body.length > 4096) return false;
  const kind = (contentType ?? "").split(";")[0]?.trim().toLowerCase();
  if (kind === "multipart/form-data")
    return /name="?List-Unsubscribe"?\s*\r?\n(?:[^\r\n]+\r?\n)*\r?\nOne-Click\s*\r?\n--/i.test(body);
  return new URLSearchParams(body.trim()).get("List-Unsubscribe") === "One-Click";
}

/** The withdrawal of one channel, for the purpose of the message that carried the link (or for all of them). */
export function unsubscribeEntry(purposeId: string, channel: ContactChannel): EntryDraft {
  return { state: "withdrawn", purposeId, channel, method: "unsubscribe-link" };
}
