import { Command } from "commander";
import type { Context } from "../context.ts";
import { count, table } from "../text.ts";

interface Line {
  readonly what: string;
  readonly before: string;
  readonly count: number;
}

function show(lines: readonly Line[]): string[] {
  return table(
    lines.map((l) => [l.what, l.before.slice(0, 10), count(l.count)]),
    { header: ["WHAT", "OLDER THAN", "ROWS"], right: [2] },
  );
}

/** `candor retention preview` and `candor retention run`: what the schedule would delete, and deleting it. */
export function retentionCommand(context: Context): Command {
  const { io } = context;
  const command = new Command("retention").description(
    "Delete what its time has passed for, by the schedule.",
  );
  command
    .command("preview")
    .description("Show what the schedule would delete now; nothing is deleted.")
    .option("--json", "print the answer as JSON")
    .action(async (options: { json?: true }, self: Command) => {
      const answer = await context.withServer(self, (client) =>
        client.json<{ lines: readonly Line[] }>("POST", "/v1/retention/preview", { body: {} }),
      );
      io.out(...(options.json ? [JSON.stringify(answer, null, 2)] : show(answer.lines)));
    });
  command
    .command("run")
    .description("Delete what the schedule says, now, and print the certificate's id.")
    .option("--json", "print the answer as JSON")
    .action(async (options: { json?: true }, self: Command) => {
      const answer = await context.withServer(self, (client) =>
        client.json<{ lines: readonly Line[]; certificateId: string }>("POST", "/v1/retention/run"),
      );
      if (options.json) io.out(JSON.stringify(answer, null, 2));
      else io.out(...show(answer.lines), "", `Certificate ${answer.certificateId}`);
    });
  return command;
}
