import { Command } from "commander";
import { stringify } from "yaml";
import type { Context } from "../context.ts";
import { readObject } from "../documents.ts";
import { usageError } from "../exit.ts";
import { printable, table } from "../text.ts";

interface Notice {
  readonly id: string;
  readonly version: number;
  readonly purposes: readonly string[];
  readonly material: boolean;
  readonly publishedAt: string;
  readonly sha256: Readonly<Record<string, string>>;
  readonly texts?: object;
}
interface Finding {
  readonly severity: string;
  readonly message: string;
}
interface Published {
  readonly published: boolean;
  readonly notice: Notice;
  readonly findings: readonly Finding[];
}

function newestOf(notices: readonly Notice[]): Notice[] {
  const newest = new Map<string, Notice>();
  for (const notice of notices)
    if ((newest.get(notice.id)?.version ?? 0) < notice.version) newest.set(notice.id, notice);
  return [...newest.values()];
}

/** `candor notices`: the words that people agree to, published in versions. */
export function noticesCommand(context: Context): Command {
  const { io } = context;
  const list = new Command("list")
    .description("List the newest version of each notice.")
    .option("--json", "print every version as JSON")
    .action((options: { json?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const { notices } = await server.json<{ notices: Notice[] }>("GET", "/v1/notices");
        if (options.json) return io.out(JSON.stringify(notices, null, 2));
        io.out(
          ...table(
            newestOf(notices).map((n) => [
              n.id,
              String(n.version),
              n.publishedAt.slice(0, 10),
              Object.keys(n.sha256).sort().join(" "),
              n.purposes.join(" "),
            ]),
            { header: ["NOTICE", "VERSION", "PUBLISHED", "LANGUAGES", "PURPOSES"] },
          ),
        );
      }),
    );
  const show = new Command("show")
    .description("Print the newest words of a notice as YAML, ready to be edited and published.")
    .argument("<notice>", "its id, such as analytics")
    .action((id: string, _options: object, command: Command) =>
      context.withServer(command, async (server) => {
        const { notices } = await server.json<{ notices: Notice[] }>("GET", "/v1/notices", {
          query: { id, texts: "true" },
        });
        const [notice] = newestOf(notices);
        if (notice === undefined)
          throw usageError("There is no notice by that id.", "`candor notices list` lists them.");
        const { purposes, texts } = notice;
        io.out(stringify({ id, purposes, material: false, texts }, { lineWidth: 0 }).trimEnd());
      }),
    );
  const publish = new Command("publish")
    .description("Check a notice and, with --yes, publish it as its next version.")
    .argument(
      "<file>",
      "the notice in YAML or JSON, as `candor notices show` prints it; - reads standard input",
    )
    .option("--yes", "publish it; without it nothing changes")
    .option("--material", "people agreed to less than this says: older consents become stale")
    .option("--force", "publish in spite of what the check found")
    .action((file: string, options: { yes?: true; material?: true; force?: true }, command: Command) =>
      context.withServer(command, async (server) => {
        const read = await readObject(file, io);
        const body = options.material === true ? { ...read, material: true } : read;
        const send = (query: Record<string, string>) =>
          server.json<Published>("POST", "/v1/notices", { query, body });
        const checked = await send({ preview: "true" });
        for (const { severity, message } of checked.findings) io.out(printable(`${severity}: ${message}`));
        const isFaulty = checked.findings.some((f) => f.severity === "error") && options.force !== true;
        if (options.yes !== true && isFaulty) {
          io.note(
            "Nothing has been published, nor would --yes publish it: mend what it lacks, or add --force.",
          );
          return;
        }
        if (options.yes !== true) {
          io.out(printable(`Would become ${checked.notice.id} version ${checked.notice.version}.`));
          io.note("Nothing has been published. To publish it: --yes");
          return;
        }
        const done = await send(options.force === true ? { force: "true" } : {});
        if (!done.published)
          throw usageError(
            "The check found errors; nothing was published.",
            "--force publishes it all the same.",
          );
        io.out(
          printable(
            `Published ${done.notice.id} version ${done.notice.version}${done.notice.material ? "; consents to older words are stale" : ""}.`,
          ),
        );
      }),
    );
  return new Command("notices")
    .description("Notices: the words that people agree to.")
    .addCommand(list)
    .addCommand(show)
    .addCommand(publish);
}
