import { Command } from "commander";
import { ServerProblem } from "../client.ts";
import type { Context } from "../context.ts";
import { usageError } from "../exit.ts";
import { describeProfile, type ShownProfile } from "../profile-text.ts";
import { id } from "./arguments.ts";

interface ProfileOptions {
  readonly member?: string;
  readonly purpose: string;
  readonly channel?: string;
  readonly issuer?: string;
  readonly region?: string;
  readonly json?: true;
}

/** `candor profile`: one member, with the lineage of every value. */
export function profileCommand(context: Context): Command {
  const { io } = context;
  return new Command("profile")
    .description("Print a member's profile: every value, why it won, and who stated it when.")
    .argument("[kind]", "kind of identifier: member_id, email, phone, wechat_openid, …")
    .argument(
      "[value]",
      "the identifier; - reads it from standard input, which keeps it out of the shell's history",
    )
    .option("--member <id>", "the member's id, in place of an identifier", id)
    .option("--purpose <purpose>", "what the read is for", "service")
    .option(
      "--channel <channel>",
      "how the member is to be reached, where the purpose asks for it, such as sms",
    )
    .option("--issuer <issuer>", "issuer of the identifier, where its kind has several")
    .option("--region <code>", "region of a phone number without country code, such as TW")
    .option("--json", "print it as JSON")
    .action(
      async (
        kind: string | undefined,
        value: string | undefined,
        options: ProfileOptions,
        command: Command,
      ) => {
        if ((options.member === undefined) === (kind === undefined))
          throw usageError("Name a kind of identifier and its value, or --member <id>.");
        if (kind !== undefined && value === undefined)
          throw usageError(
            "The identifier's value is missing.",
            `To type it unseen by others: candor profile ${kind} -`,
          );
        const sought = value === "-" ? (await io.readStdin()).trim() : value;
        await context.withServer(command, async (server) => {
          const query = { purpose: options.purpose, channel: options.channel };
          try {
            const answer =
              options.member !== undefined
                ? await server.call("GET", `/v1/members/${options.member}`, { query })
                : await server.call("POST", "/v1/profiles/lookup", {
                    query,
                    body: { kind, value: sought, issuer: options.issuer, region: options.region },
                  });
            if (options.json) io.out(answer.text);
            else io.out(...describeProfile(JSON.parse(answer.text) as ShownProfile));
          } catch (error) {
            if (error instanceof ServerProblem && error.code === "contested-identifier")
              io.note("Each of them can be read by its id: candor profile --member <id>");
            throw error;
          }
        });
      },
    );
}
