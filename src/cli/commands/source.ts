import { Command, InvalidArgumentError, Option } from "commander";
import { stringify } from "yaml";
import { type Context, findSource, readSources, type SourceView } from "../context.ts";
import { readObject, readTextOf } from "../documents.ts";
import { usageError } from "../exit.ts";
import { printable, shortTime, table } from "../text.ts";
import { collect, wholeNumber } from "./arguments.ts";

interface AddOptions {
  readonly kind?: string;
  readonly platform?: string;
  readonly purpose?: readonly string[];
  readonly locale?: string;
  readonly region?: string;
  readonly timeZone?: string;
  readonly currency?: string;
  readonly orderNamespace?: string;
  readonly verified?: readonly string[];
  readonly namespace?: readonly { kind: string; value: string }[];
  readonly blocked?: string;
  readonly mapping?: string;
  readonly secrets?: string;
  readonly from?: string;
  readonly json?: true;
}

function kindAndValue(text: string, before: readonly { kind: string; value: string }[] = []) {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("write it as kind=namespace");
  return [...before, { kind: text.slice(0, at), value: text.slice(at + 1) }];
}

/** The body of `POST /v1/sources`: what a file says, overruled by what the command line says. */
async function definitionOf(
  name: string,
  options: AddOptions,
  { io }: Context,
): Promise<Record<string, unknown>> {
  const fromStdin = [options.from, options.mapping, options.secrets, options.blocked].filter(
    (p) => p === "-",
  );
  if (fromStdin.length > 1) throw usageError("Only one thing can be read from standard input.");
  const base = options.from === undefined ? {} : await readObject(options.from, io);
  const identifiers: Record<string, { namespace?: string; verified?: boolean }> = {
    ...(base.identifiers as object | undefined),
  };
  for (const kind of options.verified ?? []) identifiers[kind] = { ...identifiers[kind], verified: true };
  for (const { kind, value } of options.namespace ?? [])
    identifiers[kind] = { ...identifiers[kind], namespace: value };
  const { kind, platform, locale, region, timeZone, currency, orderNamespace } = options;
  const settings = { kind, platform, locale, region, timeZone, currency, orderNamespace };
  const stated = Object.entries(settings).filter(([, value]) => value !== undefined);
  const blocked = options.blocked === undefined ? undefined : await blockedValues(options.blocked, io);
  return {
    ...base,
    ...Object.fromEntries(stated),
    name,
    purposes: options.purpose ?? base.purposes ?? ["service"],
    ...(Object.keys(identifiers).length === 0 ? {} : { identifiers }),
    ...(blocked === undefined ? {} : { blockedValues: blocked }),
    ...(options.mapping === undefined ? {} : { mapping: await readObject(options.mapping, io) }),
    ...(options.secrets === undefined ? {} : { secrets: await readObject(options.secrets, io) }),
  };
}

async function blockedValues(path: string, io: Context["io"]): Promise<string[]> {
  return (await readTextOf(path, io))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Everything about a source, its mapping as YAML. */
export function describeSource(source: SourceView): string[] {
  const facts: [string, string | null][] = [
    ["id", source.id],
    ["name", source.name],
    ["kind", source.platform === null ? source.kind : `${source.kind} (${source.platform})`],
    ["state", source.state],
    ["purposes", source.purposes.join(", ")],
    ["locale", source.locale],
    ["phone region", source.region],
    ["time zone", source.timeZone],
    ["currency", source.currency],
    ["order numbers of", source.orderNamespace],
    ["identifiers", Object.entries(source.identifiers).map(ruleText).join("; ") || null],
    ["blocked values", source.blockedValues.length === 0 ? null : String(source.blockedValues.length)],
    ["webhook secrets", source.hasSecrets ? "set" : null],
    ["registered", shortTime(source.createdAt)],
    ["changed", shortTime(source.updatedAt)],
  ];
  return [
    ...table(facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    "",
    ...(source.mapping === null
      ? ["No mapping: columns are recognised by well-known names. `candor ingest … --preview` shows which."]
      : ["Mapping:", ...yamlLines(source.mapping).map((line) => `  ${line}`)]),
    ...warningLines(source.warnings),
  ];
}

/** What of a mapping cannot work, a line each. */
function warningLines(warnings: SourceView["warnings"] = []): string[] {
  return warnings.map((w) => printable(`Warning: ${w.message} (${w.code}, at ${w.path})`));
}

function ruleText([kind, rule]: [string, SourceView["identifiers"][string]]): string {
  const marks = [
    ...(rule.namespace === undefined
      ? []
      : [`of ${rule.namespace === "" ? "the whole installation" : rule.namespace}`]),
    ...(rule.verified === true ? ["verified"] : []),
    ...(rule.shared === true ? ["shared"] : []),
    ...(rule.checkDigit === undefined ? [] : [`check digit ${rule.checkDigit}`]),
  ];
  return `${kind}: ${marks.join(", ")}`;
}

/** A value as YAML that can be edited and read in again. */
export function yamlLines(value: unknown): string[] {
  return stringify(value, { lineWidth: 0 }).trimEnd().split("\n").map(printable);
}

/** `candor source …`: where data comes from. */
export function sourceCommand(context: Context): Command {
  const { io } = context;
  const source = new Command("source").description("Register and change the sources of data.");

  source
    .command("add")
    .description("Register a source. Prints its id and its write key, which is shown this once.")
    .argument("<name>", "what people call it; quote blanks")
    .addOption(
      new Option("--kind <kind>", "what it is").choices(["pos", "web", "social", "survey", "members"]),
    )
    .addOption(
      new Option("--platform <platform>", "for social sources").choices(["wechat", "weibo", "line", "meta"]),
    )
    .option("--purpose <purpose>", "purpose it collects for; repeatable (default: service)", collect)
    .option("--locale <tag>", "BCP 47, such as zh-TW; names the phone region too")
    .option("--region <code>", "region of phone numbers without country code, such as TW")
    .option("--time-zone <zone>", "IANA zone of local times (default: UTC)")
    .option("--currency <code>", "ISO 4217, of amounts that name none")
    .option("--order-namespace <name>", "whose order numbers it shares; unless stated, the installation's")
    .option("--verified <kind>", "identifier kind whose values it vouches for; repeatable", collect)
    .option("--namespace <kind=issuer>", "issuer of an identifier kind; repeatable", kindAndValue)
    .option(
      "--blocked <file>",
      "values that name nobody, such as the shop's own number, a line each; - reads stdin",
    )
    .option("--mapping <file>", "column mapping, YAML or JSON")
    .option("--secrets <file>", "webhook secrets, YAML or JSON; - reads stdin")
    .option("--from <file>", "the whole definition as YAML or JSON; other options overrule it")
    .option("--json", "print the answer as JSON")
    .action(async (name: string, options: AddOptions, command: Command) => {
      const definition = await definitionOf(name, options, context);
      if (definition.kind === undefined)
        throw usageError("Name the kind of source: --kind pos, for example.");
      await context.withServer(command, async (server) => {
        const answer = await server.call("POST", "/v1/sources", { body: definition });
        if (options.json) return io.out(answer.text);
        const made = JSON.parse(answer.text) as Pick<SourceView, "id" | "warnings"> & { writeKey: string };
        io.out(
          `Registered "${printable(name)}".`,
          ...table([
            ["id", made.id],
            ["write key", made.writeKey],
          ]),
          ...warningLines(made.warnings),
        );
        io.note("The write key is shown this once; `candor source rotate-key` makes another.");
      });
    });

  source
    .command("list")
    .description("List the sources.")
    .option("--json", "print them as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const sources = await readSources(server);
        if (options.json) return io.out(JSON.stringify(sources, null, 2));
        if (sources.length === 0)
          return io.out("No source is registered: `candor source add` registers one.");
        io.out(
          ...table(
            sources.map((s) => [
              s.id,
              s.platform === null ? s.kind : `${s.kind}/${s.platform}`,
              s.state,
              s.mapping === null ? "by names" : "stored",
              s.name,
            ]),
            { header: ["ID", "KIND", "STATE", "MAPPING", "NAME"] },
          ),
        );
      }),
    );

  source
    .command("show")
    .description("Show one source and its mapping.")
    .argument("<source>", "id or name")
    .option("--mapping", "print only the mapping, as YAML to edit")
    .option("--json", "print it as JSON")
    .action((idOrName: string, options: { mapping?: true; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const found = findSource(await readSources(server), idOrName);
        const shown = options.mapping ? found.mapping : found;
        if (options.json) return io.out(JSON.stringify(shown, null, 2));
        if (!options.mapping) return io.out(...describeSource(found));
        if (found.mapping === null)
          throw usageError(
            "This source has no mapping of its own.",
            "`candor ingest <source> <file> --preview --save-mapping mapping.yaml` writes down the one in use.",
          );
        io.out(...yamlLines(found.mapping));
      }),
    );

  source
    .command("set-mapping")
    .description(
      "Store how the columns of a source's files are read. Quarantined lines can then be replayed.",
    )
    .argument("<source>", "id or name")
    .argument("[file]", "the mapping, YAML or JSON; - reads stdin")
    .option("--clear", "remove it: columns are recognised by well-known names again")
    .action(
      async (idOrName: string, file: string | undefined, options: { clear?: true }, command: Command) => {
        if ((file === undefined) !== (options.clear === true))
          throw usageError("Name the file with the mapping, or --clear.");
        const mapping = file === undefined ? null : await readObject(file, io);
        await context.withServer(command, async (server) => {
          const { id, name } = findSource(await readSources(server), idOrName);
          const changed = await server.call("PATCH", `/v1/sources/${id}`, { body: { mapping } });
          io.out(
            mapping === null
              ? `"${printable(name)}" has no mapping of its own any more.`
              : `Stored the mapping of "${printable(name)}".`,
            ...warningLines((JSON.parse(changed.text) as SourceView).warnings),
          );
          io.note(`Lines that wait in quarantine: candor quarantine replay --source ${id}`);
        });
      },
    );

  source
    .command("rotate-key")
    .description("Issue a new write key; it is shown this once. Older ones run out after an overlap.")
    .argument("<source>", "id or name")
    .option("--overlap-days <n>", "days for which older keys stay valid; 0 ends them now", wholeNumber, 7)
    .option("--json", "print the answer as JSON")
    .action((idOrName: string, options: { overlapDays: number; json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { id } = findSource(await readSources(server), idOrName);
        const answer = await server.call("POST", `/v1/sources/${id}/keys`, {
          body: { overlapDays: options.overlapDays },
        });
        if (options.json) return io.out(answer.text);
        io.out((JSON.parse(answer.text) as { writeKey: string }).writeKey);
        io.note(
          options.overlapDays === 0
            ? "Older keys have ended."
            : `Older keys end in ${options.overlapDays} days.`,
        );
      }),
    );
  return source;
}
