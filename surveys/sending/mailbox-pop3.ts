import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { MINUTE } from "../../src/kernel/clock.ts";
import { LARGEST_REPORT, MOST_REPORTS, type TakeReport } from "./mailbox-reports.ts";

/** Reads the newest messages of a mailbox over POP3 (RFC 1939) and deletes those that `take` settled; see `readMailbox`. */
export async function readOverPop3(url: URL, take: TakeReport): Promise<number> {
  const talk = await openPop3(url);
  let settled = 0;
  try {
    await talk.command(`USER ${decodeURIComponent(url.username)}`);
    await talk.command(`PASS ${decodeURIComponent(url.password)}`);
    const list = await talk.lines("LIST");
    // Numbers ascend with arrival (RFC 1939 §5): what stays in the mailbox does not hide what arrives.
    for (const line of list.slice(-MOST_REPORTS)) {
      const [number = "", size = "0"] = line.split(" ");
      if (!/^\d+$/.test(number)) continue;
      if (Number(size) > LARGEST_REPORT) continue;
      const raw = (await talk.lines(`RETR ${number}`)).join("\r\n");
      if (!(await take(raw))) continue;
      await talk.command(`DELE ${number}`);
      settled++;
    }
    // Deletions happen only now (RFC 1939 §6): a dropped connection deletes nothing, and taking a report again is fine.
    await talk.command("QUIT");
  } finally {
    talk.end();
  }
  return settled;
}

interface Talk {
  command(line: string): Promise<string>;
  lines(line: string): Promise<string[]>;
  end(): void;
}

async function openPop3(url: URL): Promise<Talk> {
  const secure = url.protocol === "pop3s:";
  const port = Number(url.port) || (secure ? 995 : 110);
  const socket: Socket = secure
    ? connectTls({ host: url.hostname, port, servername: url.hostname })
    : connectPlain({ host: url.hostname, port });
  socket.setTimeout(MINUTE, () => socket.destroy(new Error("the mailbox does not answer")));
  socket.setEncoding("latin1");
  let buffer = "";
  let failure: Error | null = null;
  let wake: () => void = () => {};
  socket.on("data", (part: string) => {
    buffer += part;
    wake();
  });
  const fail = (error: Error) => {
    failure = error;
    wake();
  };
  socket.on("error", fail);
  socket.on("close", () => fail(failure ?? new Error("the mailbox closed the connection")));
  const line = async (): Promise<string> => {
    for (;;) {
      const end = buffer.indexOf("\r\n");
      if (end >= 0) {
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return text;
      }
      if (failure !== null) throw failure;
      if (buffer.length > 2 * LARGEST_REPORT) throw new Error("a line of the mailbox is too long");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const status = async (): Promise<string> => {
    const text = await line();
    if (!text.startsWith("+OK")) throw new Error("the mailbox refused a command");
    return text;
  };
  const send = (text: string) => {
    if (/[\r\n]/.test(text)) throw new RangeError("a setting of the mailbox holds a line break");
    socket.write(`${text}\r\n`);
  };
  await status();
  return {
    async command(text) {
      send(text);
      return status();
    },
    async lines(text) {
      send(text);
      await status();
      const found: string[] = [];
      for (let next = await line(); next !== "."; next = await line()) {
        // A leading dot is doubled on the way (RFC 1939 §3).
        found.push(next.startsWith(".") ? next.slice(1) : next);
      }
      return found;
    },
    end: () => socket.destroy(),
  };
}
