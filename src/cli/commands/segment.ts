import { Command } from "commander";
import { type Context, readPages } from "../context.ts";
import { readTextOf } from "../documents.ts";
import { usageError } from "../exit.ts";
import { count, printable, table } from "../text.ts";
import { id } from "./arguments.ts";

interface SegmentView {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly members: ShownCount;
}
interface ShownCount {
  readonly count: number | null;
  readonly suppressed: boolean;
}

function shown(c: ShownCount): string {
  return c.count === null ? "too few to tell" : count(c.count);
}

/** `candor segment …`: rules about members, their counts and who is in them. */
export function segmentCommand(context: Context): Command {
  const { io } = context;
  const segment = new Command("segment").description("Segments: rules that members fit or do not.");
  const rule = async (file: string): Promise<unknown> => {
    try {
      return JSON.parse(await readTextOf(file, io));
    } catch (error) {
      if (error instanceof SyntaxError) throw usageError("The file is not JSON.");
      throw error;
    }
  };
  segment
    .command("list")
    .description("List segments with their purposes and counts.")
    .option("--json", "print them as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { items } = await readPages<SegmentView>(server, "/v1/segments", { items: "items" });
        if (options.json === true) io.out(JSON.stringify(items));
        else
          io.out(
            ...table(
              items.map((s) => [s.id, s.name, s.purpose, shown(s.members)]),
              { header: ["ID", "NAME", "PURPOSE", "MEMBERS"], right: [3] },
            ),
          );
      }),
    );
  segment
    .command("preview")
    .description("Count the members whom a rule would fit, without keeping it.")
    .argument("<file>", "the rule as JSON; - reads standard input")
    .requiredOption("--purpose <purpose>", "what the segment is for")
    .action((file: string, options: { purpose: string }, command: Command) =>
      context.withServer(command, async (server) => {
        const body = { purpose: options.purpose, rule: await rule(file) };
        const answer = await server.json<{ members: ShownCount; among: ShownCount }>(
          "POST",
          "/v1/segments/preview",
          { body },
        );
        io.out(`${shown(answer.members)} of ${shown(answer.among)} members whom the purpose allows.`);
      }),
    );
  segment
    .command("add")
    .description("Define a segment; its members are found at once and kept up to date.")
    .argument("<name>", "its name")
    .argument("<file>", "the rule as JSON; - reads standard input")
    .requiredOption("--purpose <purpose>", "what the segment is for")
    .action((name: string, file: string, options: { purpose: string }, command: Command) =>
      context.withServer(command, async (server) => {
        const body = { name, purpose: options.purpose, rule: await rule(file) };
        const made = await server.json<SegmentView>("POST", "/v1/segments", { body });
        io.out(`${made.id}  ${printable(made.name)}: ${shown(made.members)}`);
      }),
    );
  segment
    .command("members")
    .description("Print the ids of a segment's members.")
    .argument("<segment>", "the segment's id", id)
    .requiredOption("--purpose <purpose>", "the segment's purpose")
    .action((segmentId: string, options: { purpose: string }, command: Command) =>
      context.withServer(command, async (server) => {
        const { items } = await readPages<{ memberId: string }>(server, `/v1/segments/${segmentId}/members`, {
          items: "items",
          query: { purpose: options.purpose },
        });
        io.out(...items.map((m) => m.memberId));
      }),
    );
  segment
    .command("end")
    .description("End a segment and forget who was in it.")
    .argument("<segment>", "the segment's id", id)
    .action((segmentId: string, _options: object, command: Command) =>
      context.withServer(command, async (server) => {
        await server.call("DELETE", `/v1/segments/${segmentId}`);
        io.out("Ended.");
      }),
    );
  return segment;
}
