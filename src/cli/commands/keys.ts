import { setTimeout as pause } from "node:timers/promises";
import { Argument, Command, Option } from "commander";
import { ROLES } from "../../kernel/route.ts";
import { type Context, readPages } from "../context.ts";
import { count, printable, shortTime, table } from "../text.ts";
import { collect, id } from "./arguments.ts";
import { catchUpCommand } from "./backup.ts";

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

interface RotationView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

interface EncryptionKeys {
  readonly provider: string;
  readonly rootVersion: string;
  readonly versions: readonly {
    readonly what: string;
    readonly version: number;
    readonly state: string;
    readonly rootVersion: string;
    readonly createdAt: string;
  }[];
  readonly dataKeys: readonly { readonly use: string; readonly state: string; readonly count: number }[];
  readonly erased: number;
  readonly rotations: readonly RotationView[];
}

const POLL_EVERY = 500;

function describeKeys(keys: EncryptionKeys): string[] {
  const lines = [
    ...table([
      ["root key", `${keys.provider}, version ${printable(keys.rootVersion)}`],
      ["erased", `${count(keys.erased)} subjects in the erasure ledger`],
    ]),
    "",
    ...table(
      keys.versions.map((v) => [v.what, String(v.version), v.state, v.rootVersion, shortTime(v.createdAt)]),
      { header: ["KEY", "VERSION", "STATE", "UNDER ROOT VERSION", "MADE"], right: [1] },
    ),
    "",
    ...table(
      keys.dataKeys.map((k) => [k.use, k.state, count(k.count)]),
      { header: ["DATA KEYS OF", "STATE", "COUNT"], right: [2] },
    ),
  ];
  if (keys.rotations.length > 0)
    lines.push(
      "",
      ...table(
        keys.rotations.map((r) => [
          r.kind,
          r.state === "done" ? `done ${shortTime(r.finishedAt ?? r.startedAt)}` : r.phase,
          `${count(r.done)} of ${count(Math.max(r.total, r.done))}`,
          shortTime(r.startedAt),
        ]),
        { header: ["ROTATION", "STATE", "DONE", "STARTED"] },
      ),
    );
  return lines;
}

function stateOf(key: KeyView): string {
  if (key.endedAt !== null) return `ended ${shortTime(key.endedAt)}`;
  return key.expiresAt === null ? "active" : `until ${shortTime(key.expiresAt)}`;
}

/** `candor keys …`: who may call the server, and the keys that encrypt. */
export function keysCommand(context: Context): Command {
  const { io } = context;
  const keys = new Command("keys").description(
    "Make, list and end API keys; show and rotate the keys that encrypt.",
  );
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
    .option("--store <store>", "shop that a key of the role store sees; repeatable", collect)
    .option("--expires <time>", "RFC 3339, such as 2027-12-31T00:00:00Z")
    .option("--json", "print the answer as JSON")
    .action(
      (
        name: string,
        options: {
          role: string;
          purpose?: readonly string[];
          scope?: readonly string[];
          store?: readonly string[];
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
              stores: options.store,
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
  keys
    .command("status")
    .description("Show the keys that encrypt: versions, counts, rotations. No key is shown.")
    .option("--json", "print it as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { text } = await server.call("GET", "/v1/encryption-keys");
        if (options.json) return io.out(text);
        io.out(...describeKeys(JSON.parse(text) as EncryptionKeys));
      }),
    );
  keys
    .command("rotate")
    .description("Rotate a key that encrypts, while all else goes on. A killed rotation resumes by itself.")
    .addArgument(new Argument("<which>", "which key").choices(["root", "wrapping", "index"]))
    .option("--no-wait", "return at once; `keys status` shows how far it is")
    .action((kind: string, options: { wait: boolean }, command: Command) =>
      context.withServer(command, async (server) => {
        const started = await server.json<RotationView>("POST", "/v1/encryption-keys/rotations", {
          body: { kind },
        });
        io.note(
          kind === "index"
            ? "Rotating the index key: every identifier is indexed anew."
            : `Rotating the ${kind} key: ${count(started.total)} keys to rewrap.`,
        );
        for (let seen = -1; options.wait; ) {
          const { rotations } = await server.json<EncryptionKeys>("GET", "/v1/encryption-keys");
          const now = rotations.find((r) => r.id === started.id);
          if (now === undefined || now.state === "done") break;
          if (now.done !== seen)
            io.note(`  ${now.phase}: ${count(now.done)} of ${count(Math.max(now.total, now.done))}`);
          seen = now.done;
          await pause(POLL_EVERY);
        }
        io.out(options.wait ? `The ${kind} key is rotated.` : `Rotation ${started.id} runs.`);
      }),
    );
  keys
    .command("destroy-old-index")
    .description(
      "Destroy the retired keys of blind indexes, once no backup of the data from before their rotation is needed.",
    )
    .option("--yes", "do it; without it nothing happens")
    .action((options: { yes?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        if (options.yes !== true) {
          io.out(
            "Nothing was destroyed. Data restored from before the rotation are found by the old keys only: --yes",
          );
          return;
        }
        const { destroyed } = await server.json<{ destroyed: number }>(
          "POST",
          "/v1/encryption-keys/index-keys/destroy",
        );
        io.out(destroyed === 0 ? "There is no retired index key." : `Destroyed: ${count(destroyed)}.`);
      }),
    );
  keys.addCommand(catchUpCommand(context));
  return keys;
}
