import { LOOPBACK } from "./addresses.ts";
import type { SettingsReader } from "./settings-reader.ts";

/** How messages leave, and where reports of those that came back arrive. */
export interface MessageSettings {
  readonly mail: {
    /** `smtp://` or `smtps://`; null: messages stay in the outbox. */
    readonly smtpUrl: string | null;
    readonly from: string;
    /** The company's bridge to its SMS provider; null: codes go by mail alone. */
    readonly texts: { readonly url: string; readonly secret: string } | null;
  };
  /** `imaps://user:password@host/folder` or `pop3s://user:password@host`, where reports of delivery arrive; null: they are told of over HTTP alone. */
  readonly bounceMailbox: string | null;
}

/** A mailbox over TLS; without it only on this very machine, since the password travels with it. */
function isMailbox(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username === "" || url.password === "" || url.hostname === "") return false;
  return (
    /^(imaps|pop3s):$/.test(url.protocol) ||
    (/^(imap|pop3):$/.test(url.protocol) && LOOPBACK.has(url.hostname))
  );
}

/** The settings of mail and text messages. */
export function readMessages({ read, wrong }: SettingsReader): MessageSettings {
  const smtpUrl = read("CANDOR_SMTP_URL") ?? null;
  if (smtpUrl !== null && !(URL.canParse(smtpUrl) && /^smtps?:$/.test(new URL(smtpUrl).protocol)))
    wrong("CANDOR_SMTP_URL", "must be an SMTP URL: smtps://user:password@mail.example:465");
  const mailFrom = read("CANDOR_MAIL_FROM");
  const textUrl = read("CANDOR_SMS_URL");
  const textSecret = read("CANDOR_SMS_SECRET");
  if ((textUrl === undefined) !== (textSecret === undefined))
    wrong(
      textUrl === undefined ? "CANDOR_SMS_URL" : "CANDOR_SMS_SECRET",
      "goes with the other: where text messages are handed over, and the secret that signs them",
      "missing",
    );
  if (textUrl !== undefined && !(URL.canParse(textUrl) && /^https?:$/.test(new URL(textUrl).protocol)))
    wrong("CANDOR_SMS_URL", "must be the HTTPS address of the gateway");
  if (textSecret !== undefined && !/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(textSecret))
    wrong("CANDOR_SMS_SECRET", "must be whsec_ and the base64 of at least 24 random bytes");
  const bounceMailbox = read("CANDOR_BOUNCE_MAILBOX") ?? null;
  if (bounceMailbox !== null && !isMailbox(bounceMailbox))
    wrong(
      "CANDOR_BOUNCE_MAILBOX",
      "must be an IMAP or POP3 URL: imaps://user:password@mail.example:993/INBOX",
    );
  if (smtpUrl !== null && mailFrom === undefined)
    wrong("CANDOR_MAIL_FROM", "is required with CANDOR_SMTP_URL: the address mail comes from", "missing");
  if (mailFrom !== undefined && !/^([^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/.test(mailFrom))
    wrong("CANDOR_MAIL_FROM", "must be an address: Shop <news@shop.example>");
  return {
    bounceMailbox,
    mail: {
      smtpUrl,
      from: mailFrom ?? "candor@localhost",
      texts: textUrl === undefined || textSecret === undefined ? null : { url: textUrl, secret: textSecret },
    },
  };
}
