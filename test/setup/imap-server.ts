import { createRequire } from "node:module";
import type { Server } from "node:net";

/** What of hoodiecrow-imap, which has no types of its own, is used. */
type Hoodiecrow = (options: {
  readonly plugins: readonly string[];
  readonly users: Readonly<Record<string, { readonly password: string }>>;
  readonly storage: Readonly<Record<string, { readonly messages: readonly { readonly raw: string }[] }>>;
}) => {
  readonly server: Server;
  readonly storage: Readonly<
    Record<string, { messages: readonly { readonly raw: string; readonly flags: readonly string[] }[] }>
  >;
  appendMessage(folder: string, flags: readonly string[], at: string | undefined, raw: string): void;
  listen(port: number, host: string, listening: () => void): void;
};

const hoodiecrow = createRequire(import.meta.url)("hoodiecrow-imap") as Hoodiecrow;

/** A mailbox on a real IMAP server on loopback, in memory. */
export interface ImapMailbox {
  /** As the setting names it, with the folder. */
  readonly url: string;
  /** A message arrives. */
  take(raw: string): void;
  /** The messages that are in the folder now. */
  messages(): readonly { readonly raw: string; readonly flags: readonly string[] }[];
  close(): void;
}

/** Starts one whose folder `INBOX` is empty. The system chooses the port. */
export async function anImapMailbox(): Promise<ImapMailbox> {
  const server = hoodiecrow({
    plugins: ["ID", "UIDPLUS"],
    users: { "bounces@shop.example": { password: "a secret" } },
    storage: { INBOX: { messages: [] } },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    url: `imap://bounces%40shop.example:a%20secret@127.0.0.1:${port}/INBOX`,
    take: (raw) => server.appendMessage("INBOX", [], undefined, raw),
    messages: () => server.storage.INBOX?.messages ?? [],
    close: () => void server.server.close(),
  };
}
