import { Command } from "commander";
import { type Context, readPages } from "../context.ts";
import { shortTime, table } from "../text.ts";
import { positiveNumber } from "./arguments.ts";

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
            query: { action: options.action, order: options.oldestFirst ? "asc" : "desc" },
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
  return audit;
}
