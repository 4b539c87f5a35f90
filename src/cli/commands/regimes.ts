import { Command } from "commander";
import type { Context } from "../context.ts";
import { plural, printable, table } from "../text.ts";

interface ListedRegime {
  readonly id: string;
  readonly version: number;
  readonly reviewedOn: string;
  readonly origin: "built-in" | "own";
  readonly laws: readonly string[];
}

/** `candor regimes`: the laws as data, shown and checked. */
export function regimesCommand({ io, withServer }: Context): Command {
  const list = new Command("list")
    .description("List the regime packs in force, and which of them are the operator's own.")
    .action((_options: object, command: Command) =>
      withServer(command, async (server) => {
        const { regimes } = await server.json<{ regimes: ListedRegime[] }>("GET", "/v1/regimes");
        io.out(
          ...table(
            regimes.map((r) => [r.id, String(r.version), r.reviewedOn, r.origin, r.laws.join("; ")]),
            { header: ["REGIME", "VERSION", "REVIEWED", "FROM", "LAWS"] },
          ),
        );
      }),
    );
  const show = new Command("show")
    .description("Print a regime pack as JSON, ready to be edited in a folder of your own.")
    .argument("<regime>", "its id, such as TW")
    .option("--at <time>", "as it was in force at a past moment (RFC 3339)")
    .action((id: string, { at }: { at?: string }, command: Command) =>
      withServer(command, async (server) => {
        const then = at === undefined ? "" : `?at=${encodeURIComponent(at)}`;
        const pack = await server.json<object>("GET", `/v1/regimes/${encodeURIComponent(id)}${then}`);
        io.out(JSON.stringify(pack, null, 2));
      }),
    );
  const check = new Command("check")
    .description(
      "Check a folder of regime packs as the server would at its start; names file, place and fault.",
    )
    .argument("<folder>", "what CANDOR_REGIMES_DIR is to name")
    .action(async (folder: string) => {
      const { BUILT_IN_REGIMES, loadRegimes } = await import("../../../consent/index.ts");
      const own = [...loadRegimes(folder).values()].filter((pack) => BUILT_IN_REGIMES.get(pack.id) !== pack);
      const named = own.map((p) => `${printable(p.id)} version ${p.version}`).join(", ");
      io.out(
        own.length === 0
          ? "There is no pack in this folder: those that come with Candor stay in force."
          : `${plural(own.length, "pack fits", "packs fit")}: ${named}.`,
      );
    });
  return new Command("regimes")
    .description("The laws that protect people, as data packs.")
    .addCommand(list)
    .addCommand(show)
    .addCommand(check);
}
