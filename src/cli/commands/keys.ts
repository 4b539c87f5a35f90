import { Command, Option } from "commander";
import { ROLES } from "../../kernel/route.ts";
import { type Context, readPages } from "../context.ts";
import { printable, shortTime, table } from "../text.ts";
import { collect, id } from "./arguments.ts";

interface KeyView {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly purposes: readonly string[];
  readonly expiresAt: string | null;
  readonly endedAt: string | null;
  readonly lastUsed: string | null;
}

function stateOf(key: KeyView): string {
  if (key.endedAt !== null) return `ended ${shortTime(key.endedAt)}`;
  return key.expiresAt === null ? "active" : `until ${shortTime(key.expiresAt)}`;
}

/** `candor keys …`: who may call the server. */
export function keysCommand(context: Context): Command {
  const { io } = context;
  const keys = new Command("keys").description("Make, list and end API keys.");
  keys
    .command("add")
    .description("Make an API key. Its secret is printed this once.")
    .argument("<name>", "whose it is, or what for")
    .addOption(new Option("--role <role>", "what it may").choices(ROLES).makeOptionMandatory())
    .option(
      "--purpose <purpose>",
      "purpose it may read personal data for; repeatable (default: service)",
      collect,
    )
    .option("--scope <name>", "route tag or operation id it is limited to; repeatable", collect)
    .option("--expires <time>", "RFC 3339, such as 2027-12-31T00:00:00Z")
    .option("--json", "print the answer as JSON")
    .action(
      (
        name: string,
        options: {
          role: string;
          purpose?: readonly string[];
          scope?: readonly string[];
          expires?: string;
          json?: true;
        },
        command: Command,
      ) =>
        context.withServer(command, async (server) => {
          const answer = await server.call("POST", "/v1/keys", {
            body: {
              name,
              role: options.role,
              purposes: options.purpose,
              scopes: options.scope,
              expiresAt: options.expires,
            },
          });
          if (options.json) return io.out(answer.text);
          const made = JSON.parse(answer.text) as KeyView & { secret: string };
          io.out(
            ...table([
              ["id", made.id],
              ["secret", made.secret],
            ]),
          );
          io.note("The secret is shown this once. Send it as: Authorization: Bearer …");
        }),
    );
  keys
    .command("list")
    .description("List API keys, ended ones too.")
    .option("--json", "print them as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { items } = await readPages<KeyView>(server, "/v1/keys", { items: "items", cursor: "cursor" });
        if (options.json) return io.out(JSON.stringify(items, null, 2));
        if (items.length === 0) return io.out("There is no API key: `candor keys add` makes one.");
        io.out(
          ...table(
            items.map((k) => [
              k.id,
              k.role,
              stateOf(k),
              k.lastUsed ?? "never",
              k.purposes.join(","),
              k.scopes.join(",") || "all",
              k.name,
            ]),
            { header: ["ID", "ROLE", "STATE", "LAST USED", "PURPOSES", "SCOPES", "NAME"] },
          ),
        );
      }),
    );
  keys
    .command("end")
    .description("End an API key. It stops within 5 seconds; ending it again changes nothing.")
    .argument("<id>", "the key's id, from the list", id)
    .action((keyId: string, _options: unknown, command: Command) =>
      context.withServer(command, async (server) => {
        await server.call("DELETE", `/v1/keys/${keyId}`);
        io.out(`Ended ${printable(keyId)}.`);
      }),
    );
  return keys;
}
