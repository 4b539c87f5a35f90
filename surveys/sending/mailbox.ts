import { readOverImap } from "./mailbox-imap.ts";
import { readOverPop3 } from "./mailbox-pop3.ts";
import type { TakeReport } from "./mailbox-reports.ts";

export interface MailboxSettings {
  /** `imaps://user:password@host:port/folder` or `pop3s://user:password@host:port`; without TLS on loopback only. */
  readonly url: string;
}

/**
 * Reads the newest reports of a mailbox, at most 200, and deletes those that `take` settled; all else stays as it is.
 * Throws when the mailbox cannot be read, without any text of the server. Answers how many were settled.
 */
export function readMailbox(settings: MailboxSettings, take: TakeReport): Promise<number> {
  const url = new URL(settings.url);
  return /^imaps?:$/.test(url.protocol) ? readOverImap(url, take) : readOverPop3(url, take);
}
