import { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { printable } from "../text.ts";
import { id } from "./arguments.ts";

interface ExplainOptions {
  readonly channel?: string;
  readonly category?: string;
  readonly recipient?: string;
  readonly at?: string;
  readonly lang: string;
  readonly json?: true;
}
interface Answer {
  readonly results: readonly { readonly found: boolean; readonly sentences?: readonly string[] }[];
}

/** `candor explain`: may a member's data be used for a purpose, and why. */
export function explainCommand(context: Context): Command {
  const { io } = context;
  return new Command("explain")
    .description("Say whether a member's data may be used for a purpose, by which rule and with which proof.")
    .argument("<member>", "the member's id", id)
    .argument("<purpose>", "a registered purpose, such as marketing")
    .option("--channel <channel>", "the channel, where the purpose is decided channel by channel")
    .option("--category <category>", "the data category; the purpose as a whole unless stated")
    .option("--recipient <id>", "the recipient; ourselves unless stated")
    .option("--at <time>", "a past moment (RFC 3339) instead of now")
    .addOption(
      new Option("--lang <language>", "language of the sentences")
        .choices(["en", "zh-CN", "zh-TW"])
        .default("en"),
    )
    .option("--json", "print the decision as JSON")
    .action(async (member: string, purpose: string, options: ExplainOptions, command: Command) => {
      const { channel, category, recipient, at } = options;
      await context.withServer(command, async (server) => {
        const answer = await server.json<Answer>("POST", "/v1/decisions", {
          query: { explain: "true", locale: options.lang },
          body: { decisions: [{ memberId: member, purpose, channel, category, recipient, at }] },
        });
        const [decision] = answer.results;
        if (options.json === true) io.out(JSON.stringify(decision));
        else if (decision?.found !== true) io.out("There is no member by that id.");
        else io.out(...(decision.sentences ?? []).map(printable));
      });
    });
}
