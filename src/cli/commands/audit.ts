import { once } from "node:events";
import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { Command } from "commander";
import { type Context, readPages } from "../context.ts";
import { usageError } from "../exit.ts";
import { plural, shortTime, table } from "../text.ts";
import { id, positiveNumber } from "./arguments.ts";

interface AuditView {
  readonly seq: number;
  readonly entry: string;
  readonly leafHash: string;
}

interface Entry {
  readonly at: string;
  readonly action: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly role?: string };
  readonly purpose?: string;
  readonly outcome?: string;
  readonly targets?: readonly { readonly kind: string }[];
  readonly counts?: Readonly<Record<string, number>>;
}

/** `2 member, 1 source`. */
function countKinds(targets: readonly { readonly kind: string }[]): string[] {
  const kinds = new Map<string, number>();
  for (const { kind } of targets) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, n]) => `${n} ${kind}`);
}

function row({ seq, entry }: AuditView): string[] {
  const e = JSON.parse(entry) as Entry;
  const about = [
    ...(e.outcome === undefined || e.outcome === "done" ? [] : [e.outcome.toUpperCase()]),
    ...(e.purpose === undefined ? [] : [`for ${e.purpose}`]),
    ...countKinds(e.targets ?? []),
    ...Object.entries(e.counts ?? {}).map(([name, n]) => `${name} ${n}`),
  ];
  return [String(seq), shortTime(e.at), e.action, `${e.actor.kind} ${e.actor.id}`.trim(), about.join(", ")];
}

/** Writes a file that must not exist; what a failure left half-written is removed. */
async function writeNew(file: string, write: (sink: WriteStream) => Promise<void>): Promise<void> {
  const sink = createWriteStream(file, { flags: "wx", mode: 0o600 });
  try {
    await once(sink, "open");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw usageError(`${file} exists already.`);
    throw usageError(`${file} cannot be written.`);
  }
  try {
    const ended = finished(sink);
    await write(sink);
    await ended;
  } catch (error) {
    sink.destroy();
    rmSync(file, { force: true });
    throw error;
  }
}

/** `candor audit …`: who did what. */
export function auditCommand(context: Context): Command {
  const { io } = context;
  const audit = new Command("audit").description("Read the audit log.");
  audit
    .command("list")
    .description("List entries, newest first. Targets are committed to, not named.")
    .option("--action <action>", "only this action, such as profile.read")
    .option("--oldest-first", "in the order of the log")
    .option("--limit <n>", "how many", positiveNumber, 50)
    .option("--json", "print them as JSON, with their exact text and hashes")
    .action(
      (options: { action?: string; oldestFirst?: true; limit: number; json?: true }, command: Command) =>
        context.withServer(command, async (server) => {
          const { items, isWhole } = await readPages<AuditView>(server, "/v1/audit", {
            items: "items",
            query: { action: options.action, sort: options.oldestFirst ? "seq" : "-seq" },
            cursor: "cursor",
            most: options.limit,
          });
          if (options.json) return io.out(JSON.stringify(items, null, 2));
          if (items.length === 0) return io.out("No entry has a number yet; that takes about a second.");
          io.out(
            ...table(items.map(row), { header: ["SEQ", "TIME", "ACTION", "ACTOR", "ABOUT"], right: [0] }),
          );
          if (!isWhole) io.note(`There are more: --limit ${options.limit * 10}`);
        }),
    );
  audit
    .command("head")
    .description(
      "Print the newest signed tree head. Keep it somewhere else: `candor verify --head` compares.",
    )
    .option("--sign", "sign the log as it stands now first")
    .action((options: { sign?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const answer = options.sign
          ? await server.call("POST", "/v1/audit/tree-heads")
          : await server.call("GET", "/v1/audit/tree-head");
        io.out(JSON.stringify(JSON.parse(answer.text), null, 2));
      }),
    );
  audit
    .command("export")
    .description("Write the whole log up to a signed head into a file for `candor verify`. It names nobody.")
    .argument("<file>", "a file that does not exist yet")
    .option("--size <n>", "the size of a signed head (default: sign now)", positiveNumber)
    .action((file: string, options: { size?: number }, command: Command) =>
      context.withServer(command, async (server) => {
        const signed =
          options.size === undefined
            ? await server.json<{ size: number }>("POST", "/v1/audit/tree-heads")
            : { size: options.size };
        await writeNew(file, (sink) =>
          server.save("/v1/audit/export", sink, { query: { size: signed.size } }),
        );
        io.out(
          `Wrote ${plural(signed.size, "entry", "entries")} into ${file}. Check it: candor verify ${file}`,
        );
      }),
    );
  audit
    .command("proof")
    .description("Write the proof that one entry is in the signed log.")
    .argument("<entry>", "the entry's id, as `audit list --json` shows it", id)
    .argument("<file>", "a file that does not exist yet")
    .action((entry: string, file: string, _options: unknown, command: Command) =>
      context.withServer(command, async (server) => {
        const { text } = await server.call("GET", `/v1/audit/entries/${entry}/proof`);
        await writeNew(file, async (sink) => void sink.end(`${text}\n`));
        io.out(`Wrote ${file}. Check it: candor verify ${file}`);
      }),
    );
  audit
    .command("growth")
    .description("Write the proof that the log only grew between two signed heads.")
    .argument("<from>", "the size of the earlier head", positiveNumber)
    .argument("<to>", "the size of the later head", positiveNumber)
    .argument("<file>", "a file that does not exist yet")
    .action((from: number, to: number, file: string, _options: unknown, command: Command) =>
      context.withServer(command, async (server) => {
        const { text } = await server.call("GET", "/v1/audit/growth", { query: { from, to } });
        await writeNew(file, async (sink) => void sink.end(`${text}\n`));
        io.out(`Wrote ${file}. Check it: candor verify ${file}`);
      }),
    );
  audit
    .command("certificate")
    .description(
      "Write the certificate of a finished request or retention run, with its signature and proof.",
    )
    .argument("<id>", "the certificate's id", id)
    .argument("<file>", "a file that does not exist yet")
    .action((certificate: string, file: string, _options: unknown, command: Command) =>
      context.withServer(command, async (server) => {
        const { text } = await server.call("GET", `/v1/certificates/${certificate}`);
        await writeNew(file, async (sink) => void sink.end(`${text}\n`));
        io.out(`Wrote ${file}. Check it: candor verify ${file}`);
      }),
    );
  return audit;
}
