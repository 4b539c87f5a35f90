import { Readable } from "node:stream";
import { Command } from "commander";
import type { Context } from "../context.ts";
import { readTextOf } from "../documents.ts";
import { printable } from "../text.ts";

interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly widens: boolean;
}
interface Change {
  readonly kind: "added" | "removed" | "changed";
  readonly id: string;
  readonly fields?: readonly FieldChange[];
  readonly material?: boolean;
  readonly problems?: readonly string[];
}
interface Applied {
  readonly applied: boolean;
  readonly changes: readonly Change[];
}

interface ApplyOptions {
  readonly yes?: true;
  readonly complete?: true;
  readonly json?: true;
}

/** A difference as lines: what is added, removed or changed, and what makes older consents stale. */
export function describeChanges(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ["Nothing changes: the registry says the same."];
  return changes.flatMap((change) => {
    if (change.kind !== "changed") return [`${change.kind === "added" ? "+" : "-"} ${printable(change.id)}`];
    const show = (value: unknown) => printable(JSON.stringify(value));
    return [
      `~ ${printable(change.id)}${change.material === true ? "  (material: older consents become stale)" : ""}`,
      ...(change.fields ?? []).map(
        (f) =>
          `    ${printable(f.field)}: ${show(f.before)} -> ${show(f.after)}${f.widens ? "  (widens)" : ""}`,
      ),
      ...(change.problems ?? []).map((p) => `    ! ${printable(p)}`),
    ];
  });
}

/** `candor purposes`: the registry of purposes, as a reviewed file. */
export function purposesCommand(context: Context): Command {
  const { io } = context;
  const list = new Command("list")
    .description("Print the purposes in force as JSON, in the form of a purposes file.")
    .action(async (_options: object, command: Command) => {
      await context.withServer(command, async (server) => {
        io.out((await server.call("GET", "/v1/purposes")).text);
      });
    });
  const apply = new Command("apply")
    .description("Show what a purposes file would change and, with --yes, change it.")
    .argument("<file>", "a purposes file in YAML or JSON; - reads standard input")
    .option("--yes", "apply the difference; without it nothing changes")
    .option("--complete", "the file is the whole set: purposes that it does not name end")
    .option("--json", "print the difference as JSON")
    .action(async (file: string, options: ApplyOptions, command: Command) => {
      const text = await readTextOf(file, io);
      await context.withServer(command, async (server) => {
        const send = (preview: boolean) =>
          server.json<Applied>("POST", "/v1/purposes", {
            query: {
              ...(preview ? { preview: "true" } : {}),
              ...(options.complete === true ? { complete: "true" } : {}),
            },
            file: Readable.from([Buffer.from(text, "utf8")]),
          });
        const difference = await send(true);
        if (options.json === true) io.out(JSON.stringify(difference));
        else io.out(...describeChanges(difference.changes));
        if (difference.changes.length === 0) return;
        if (options.yes !== true) {
          io.note("Nothing has been changed. To apply it: --yes");
          return;
        }
        await send(false);
        io.note("Applied.");
      });
    });
  return new Command("purposes")
    .description("Purposes: what data may be used for.")
    .addCommand(list)
    .addCommand(apply);
}
