import { Command, Option } from "commander";
import type { ReplayReport } from "../../../pipelines/index.ts";
import type { Client } from "../client.ts";
import { type Context, findSource, readPages, readSources } from "../context.ts";
import { readTextOf } from "../documents.ts";
import { EXIT, usageError } from "../exit.ts";
import { count, plural, printable, shortTime, table } from "../text.ts";
import { id, ids, positiveNumber } from "./arguments.ts";

interface Item {
  readonly id: string;
  readonly sourceId: string;
  readonly code: string;
  readonly detail: string;
  readonly door: string;
  readonly place: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly receivedAt: string;
  readonly expiresAt: string;
}

interface Filter {
  readonly reason?: string;
  readonly source?: string;
}

const MOST_AT_ONCE = 10_000;

/** The filter as the doors take it; a source may be named. */
async function queryOf(
  server: Client,
  { reason, source }: Filter,
): Promise<{ code?: string; source?: string }> {
  return {
    ...(reason === undefined ? {} : { code: reason }),
    ...(source === undefined ? {} : { source: findSource(await readSources(server), source).id }),
  };
}

function addFilters(command: Command): Command {
  return command
    .option("--reason <code>", "only this reason, such as invalid-amount")
    .option("--source <source>", "only this source; id or name");
}

function describeReplay(report: ReplayReport): string[] {
  const failed = report.results.filter((r) => r.status !== "accepted" && r.status !== "duplicate");
  if (report.tried === 0) return ["Nothing of that kind waits in quarantine."];
  return [
    `Tried ${plural(report.tried, "item")} again.`,
    ...table(
      [
        ["accepted", count(report.accepted)],
        ["duplicate", count(report.duplicate)],
        ["still quarantined", count(report.quarantined)],
      ],
      { indent: "  ", right: [1] },
    ),
    ...(failed.length === 0 ? [] : ["Still not stored:"]),
    ...table(
      failed.slice(0, 10).map((r) => [r.id, r.code ?? r.status, r.detail ?? ""]),
      { indent: "  " },
    ),
    ...(failed.length > 10 ? [`  … and ${plural(failed.length - 10, "other")}`] : []),
  ];
}

function describeItem(text: string): string[] {
  const item = JSON.parse(text) as Record<string, unknown>;
  const fact = (name: string) => (item[name] === null || item[name] === undefined ? "-" : String(item[name]));
  const time = (name: string) => shortTime(fact(name));
  return [
    ...table([
      ["id", fact("id")],
      ["source", fact("sourceId")],
      ["reason", `${fact("code")}: ${fact("detail")}`],
      ["came by", `${fact("door")}${item.place == null ? "" : `, ${fact("place")}`}`],
      ["state", `${fact("state")}, tried ${fact("attempts")}×`],
      ["received", time("receivedAt")],
      ["kept until", time("expiresAt")],
    ]),
    "",
    ...(item.payload === null || item.payload === undefined
      ? ["Its content is gone."]
      : JSON.stringify(item.payload, null, 2).split("\n").map(printable)),
  ];
}

/** `candor quarantine …`: what was not stored, and why. */
export function quarantineCommand(context: Context): Command {
  const { io } = context;
  const quarantine = new Command("quarantine").description(
    "Look at, replay and give up items that were not stored.",
  );

  addFilters(quarantine.command("list"))
    .description("List items with their reasons, oldest first. What they hold is shown one at a time.")
    .addOption(
      new Option("--state <state>", "which")
        .choices(["open", "replayed", "discarded", "all"])
        .default("open"),
    )
    .option("--limit <n>", "how many", positiveNumber, 50)
    .option("--json", "print them as JSON")
    .action((options: Filter & { state: string; limit: number; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const names = new Map((await readSources(server)).map((s) => [s.id, s.name]));
        const { items, isWhole } = await readPages<Item>(server, "/v1/quarantine", {
          items: "items",
          query: { ...(await queryOf(server, options)), state: options.state },
          most: options.limit,
        });
        if (options.json) return io.out(JSON.stringify(items, null, 2));
        if (items.length === 0) return io.out("Nothing waits in quarantine.");
        io.out(
          ...table(
            items.map((q) => [
              q.id,
              ...(options.state === "open" ? [] : [q.state]),
              q.code,
              names.get(q.sourceId) ?? q.sourceId,
              q.place ?? q.door,
              q.detail,
            ]),
            {
              header: [
                "ID",
                ...(options.state === "open" ? [] : ["STATE"]),
                "REASON",
                "SOURCE",
                "PLACE",
                "DETAIL",
              ],
            },
          ),
        );
        if (!isWhole) io.note(`There are more: --limit ${options.limit * 10}`);
      }),
    );

  quarantine
    .command("show")
    .description("Show one item as it came. The look is audited.")
    .argument("<id>", "the item", id)
    .option("--payload", "print only what was sent, as JSON to correct and replay")
    .option("--json", "print it as JSON")
    .action((itemId: string, options: { payload?: true; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { text } = await server.call("GET", `/v1/quarantine/${itemId}`);
        if (options.payload) {
          const { payload } = JSON.parse(text) as { payload?: unknown };
          if (payload === null || payload === undefined) throw usageError("Its content is gone.");
          return io.out(JSON.stringify(payload, null, 2));
        }
        io.out(...(options.json ? [text] : describeItem(text)));
      }),
    );

  addFilters(quarantine.command("replay"))
    .description("Try items again, with the mapping and settings of now. Replaying twice changes nothing.")
    .argument("[ids...]", "the items; without them --reason or --source", ids, [])
    .option("--payload <file>", "a corrected payload (JSON) for the one item named; - reads stdin")
    .option("--all", "every item that waits")
    .option("--strict", "end with exit code 1 when an item is still not stored")
    .option("--json", "print the server's report as JSON")
    .action(
      async (
        named: string[],
        options: Filter & { payload?: string; all?: true; strict?: true; json?: true },
        command: Command,
      ) => {
        const isFiltered = options.reason !== undefined || options.source !== undefined;
        if (named.length === 0 && !isFiltered && !options.all)
          throw usageError("Name the items, or --reason, --source or --all.");
        if (options.all && (isFiltered || named.length > 0))
          throw usageError("--all goes with neither ids nor filters.");
        if (options.payload !== undefined && named.length !== 1)
          throw usageError("--payload corrects one item: name its id.");
        const payload = options.payload === undefined ? undefined : await readJson(options.payload, context);
        await context.withServer(command, async (server) => {
          const filter = await queryOf(server, options);
          const reports: ReplayReport[] = [];
          if (options.all) {
            for (const source of await readSources(server))
              reports.push(await replay(server, { source: source.id }, undefined));
          } else {
            const body = { ...filter, ...(named.length === 0 ? {} : { ids: named }) };
            reports.push(await replay(server, body, payload));
          }
          const report = reports.reduce(sum);
          io.out(...(options.json ? [JSON.stringify(report, null, 2)] : describeReplay(report)));
          const missed = report.tried - report.accepted - report.duplicate;
          if (options.strict && missed > 0) context.exitWith(EXIT.rejected);
        });
      },
    );

  addFilters(quarantine.command("discard"))
    .description("Give items up: their content becomes unreadable for good.")
    .argument("[ids...]", "the items; without them --reason or --source", ids, [])
    .option("--yes", "do it without asking")
    .action(async (named: string[], options: Filter & { yes?: true }, command: Command) => {
      if (named.length === 0 && options.reason === undefined && options.source === undefined)
        throw usageError("Name the items, or --reason or --source.");
      await context.withServer(command, async (server) => {
        const found =
          named.length > 0
            ? named
            : (
                await readPages<Item>(server, "/v1/quarantine", {
                  items: "items",
                  query: await queryOf(server, options),
                  page: 500,
                })
              ).items.map((q) => q.id);
        if (found.length === 0) return io.out("Nothing to give up.");
        const sure = options.yes ?? (await io.confirm(`Give up ${plural(found.length, "item")} for good?`));
        if (sure !== true) {
          io.note(
            `${plural(found.length, "item")} would be given up. Nothing was changed${sure === null ? "; repeat with --yes" : ""}.`,
          );
          return;
        }
        let discarded = 0;
        for (let at = 0; at < found.length; at += MOST_AT_ONCE) {
          const part = found.slice(at, at + MOST_AT_ONCE);
          const answer = await server.json<{ discarded: number }>("POST", "/v1/quarantine/discard", {
            body: { ids: part },
          });
          discarded += answer.discarded;
        }
        io.out(`Gave up ${plural(discarded, "item")}.`);
      });
    });
  return quarantine;
}

async function readJson(path: string, { io }: Context): Promise<string> {
  const text = await readTextOf(path, io);
  try {
    JSON.parse(text);
  } catch {
    throw usageError(`${printable(path)} is not valid JSON.`);
  }
  return text;
}

/** The payload goes as it stands in its file: JavaScript's numbers would spoil long ids. */
async function replay(server: Client, body: object, payload: string | undefined): Promise<ReplayReport> {
  if (payload === undefined) return server.json("POST", "/v1/quarantine/replay", { body });
  const head = JSON.stringify(body).slice(0, -1);
  return server.json("POST", "/v1/quarantine/replay", { json: `${head},"payload":${payload}}` });
}

function sum(a: ReplayReport, b: ReplayReport): ReplayReport {
  return {
    tried: a.tried + b.tried,
    accepted: a.accepted + b.accepted,
    duplicate: a.duplicate + b.duplicate,
    quarantined: a.quarantined + b.quarantined,
    results: [...a.results, ...b.results],
  };
}
