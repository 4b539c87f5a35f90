import { writeFile } from "node:fs/promises";
import { Command, Option } from "commander";
import type { Finding, ImportFormat, SurveyClass, SurveyDocument } from "../../../surveys/index.ts";
import type { Context } from "../context.ts";
import { readObject, readTextOf } from "../documents.ts";
import { EXIT, usageError } from "../exit.ts";
import { printable, table } from "../text.ts";
import { everyOf } from "./arguments.ts";
import { campaignCommand } from "./survey-campaigns.ts";
import { casesCommand } from "./survey-cases.ts";
import { resultsCommand } from "./survey-results.ts";

const CLASSES = everyOf<SurveyClass>({ relational: true, transactional: true, research: true });
const FORMATS = everyOf<ImportFormat>({ surveyjs: true, limesurvey: true, csv: true });

/** The room is large; it is loaded by the commands that need it. */
const surveysRoom = () => import("../../../surveys/index.ts");

interface SavedAnswer {
  readonly id: string;
  readonly version: number;
  readonly findings: readonly Pick<Finding, "code" | "level" | "question" | "path" | "locales">[];
}

/** Findings as lines: the level, where, and the sentence. */
export async function describeFindings(findings: SavedAnswer["findings"]): Promise<string[]> {
  if (findings.length === 0) return ["The linter finds nothing."];
  const { LINT_SENTENCES } = await surveysRoom();
  return findings.map((f) => {
    const place = f.question ?? f.path ?? "";
    const lacking = f.locales === undefined ? "" : ` (${f.locales.join(", ")})`;
    return `${f.level === "error" ? "ERROR  " : "warning"} ${f.code}${place === "" ? "" : ` at ${printable(place)}`}${lacking}: ${LINT_SENTENCES[f.code].en}`;
  });
}

interface MakeOptions {
  readonly id?: string;
  readonly name?: string;
  readonly class?: SurveyClass;
  readonly anonymous?: true;
  readonly open?: true;
  readonly format?: ImportFormat;
  readonly out?: string;
}

/** What a file or a template gives to make a survey from. */
async function sourceOf(file: string, options: MakeOptions, context: Context) {
  const { io } = context;
  const { TEMPLATES, formatOfFile, importSurvey } = await surveysRoom();
  const template = TEMPLATES.find((t) => t.id === file);
  if (template !== undefined) return { ...template.survey, name: template.name, notes: [], title: "" };
  const text = await readTextOf(file, io);
  const format = options.format ?? formatOfFile(file);
  if (format === "surveyjs") {
    const whole: unknown = JSON.parse(text);
    // A file of Candor's own form has the definition beside its declarations.
    if (typeof whole === "object" && whole !== null && "definition" in whole)
      return { notes: [], title: "", ...(whole as SurveyDocument) };
  }
  const imported = importSurvey(format, text);
  return { ...imported.document, notes: imported.notes, title: imported.title };
}

/** `candor survey …`: what people are asked, and what they said. */
export function surveyCommand(context: Context): Command {
  const { io } = context;
  const survey = new Command("survey").description(
    "Surveys: make, check, publish and send them, read results, work cases.",
  );

  survey
    .command("templates")
    .description("List the surveys to start from; with a name, print one as a file to edit.")
    .argument("[template]")
    .action(async (name: string | undefined) => {
      const { TEMPLATES } = await surveysRoom();
      if (name === undefined) {
        io.out(...table(TEMPLATES.map((t) => [t.id, t.survey.class, t.about.en])));
        return;
      }
      const found = TEMPLATES.find((t) => t.id === name);
      if (found === undefined)
        throw usageError("There is no template of that name; `candor survey templates` lists them.");
      io.out(JSON.stringify({ name: found.name, ...found.survey }, null, 2));
    });

  survey
    .command("import")
    .description(
      "Make a survey from a template or a file: SurveyJS JSON, LimeSurvey .lss, a CSV list of questions.",
    )
    .argument("<file>", "a template's name or a file; - reads standard input")
    .requiredOption("--id <id>", "the survey's name in addresses, such as after-purchase")
    .option("--name <name>", "what people call it")
    .addOption(new Option("--class <class>", "what kind of asking it is").choices(CLASSES))
    .addOption(new Option("--format <format>", "of the file; else by its name").choices(FORMATS))
    .option("--anonymous", "no row may link an answer to a person; for good")
    .option("--open", "take answers by open links: posters, tills, the widget")
    .action(async (file: string, options: MakeOptions, command: Command) => {
      const { notes, title, ...given } = await sourceOf(file, options, context);
      const spoken = options.name ?? (title === "" ? undefined : title);
      const name =
        options.name === undefined && "name" in given
          ? given.name
          : { en: spoken ?? options.id, "zh-CN": spoken ?? options.id, "zh-TW": spoken ?? options.id };
      const body = {
        class: "research",
        ...given,
        ...(options.class === undefined ? {} : { class: options.class }),
        ...(options.anonymous === true ? { anonymous: true } : {}),
        ...(options.open === true ? { access: { open: true } } : {}),
        id: options.id,
        name,
      };
      await context.withServer(command, async (server) => {
        const made = await server.json<SavedAnswer>("POST", "/v1/surveys", { body });
        for (const note of notes) io.note(`${printable(note.place)}: ${note.code}: ${note.detail}`);
        io.out(...(await describeFindings(made.findings)));
        io.note(
          `Draft ${made.version} of ${printable(made.id)} is kept. To put it in force: candor survey publish ${printable(made.id)}`,
        );
      });
    });

  survey
    .command("lint")
    .description("Say what biases or breaks a survey, without storing it. Ends with 4 when there are errors.")
    .argument("<file>", "a template's name or a file; - reads standard input")
    .addOption(new Option("--class <class>", "what kind of asking it is").choices(CLASSES))
    .addOption(new Option("--format <format>", "of the file; else by its name").choices(FORMATS))
    .option("--anonymous", "as an anonymous survey")
    .action(async (file: string, options: MakeOptions) => {
      const { notes, title: _, ...given } = await sourceOf(file, options, context);
      const stated = given as { class?: SurveyClass; anonymous?: boolean };
      const { lintSurvey } = await surveysRoom();
      const findings = await lintSurvey(
        {
          class: options.class ?? stated.class ?? "research",
          anonymous: options.anonymous ?? stated.anonymous ?? false,
        },
        given,
      );
      for (const note of notes) io.note(`${printable(note.place)}: ${note.code}: ${note.detail}`);
      io.out(...(await describeFindings(findings)));
      if (findings.some((f) => f.level === "error")) context.exitWith(EXIT.refused);
    });

  survey
    .command("save")
    .description("Save a file as the draft of the next version.")
    .argument("<id>")
    .argument(
      "<file>",
      "SurveyJS JSON, or a file of `candor survey templates <name>`; - reads standard input",
    )
    .action(async (id: string, file: string, _options: object, command: Command) => {
      const whole = await readObject(file, io);
      const { definition, metrics, contact, personal } = whole as Partial<SurveyDocument>;
      const body =
        definition === undefined
          ? { definition: whole }
          : Object.fromEntries(
              Object.entries({ definition, metrics, contact, personal }).filter(([, v]) => v !== undefined),
            );
      await context.withServer(command, async (server) => {
        const saved = await server.json<SavedAnswer>("PUT", `/v1/surveys/${encodeURIComponent(id)}/draft`, {
          body,
        });
        io.out(...(await describeFindings(saved.findings)));
        io.note(`Draft ${saved.version} is kept.`);
      });
    });

  survey
    .command("preview")
    .description("Write the first page as people will see it into a file.")
    .argument("<id>")
    .addOption(new Option("--lang <locale>", "the language").choices(["en", "zh-CN", "zh-TW"]).default("en"))
    .requiredOption("--out <file>", "where to write the page")
    .action(async (id: string, options: { lang: string; out: string }, command: Command) => {
      await context.withServer(command, async (server) => {
        const { text } = await server.call("GET", `/v1/surveys/${encodeURIComponent(id)}/preview`, {
          query: { lang: options.lang },
        });
        await writeFile(options.out, text);
        io.note(`Written to ${printable(options.out)}.`);
      });
    });

  survey
    .command("publish")
    .description(
      "Put the draft in force; refused while the linter finds errors. What is published never changes.",
    )
    .argument("<id>")
    .action(async (id: string, _options: object, command: Command) => {
      await context.withServer(command, async (server) => {
        const published = await server.json<SavedAnswer>(
          "POST",
          `/v1/surveys/${encodeURIComponent(id)}/publish`,
        );
        io.out(...(await describeFindings(published.findings)));
        io.note(`Version ${published.version} is in force.`);
      });
    });

  survey
    .command("link")
    .description("Print a signed open link, for a poster, a till, a kiosk or the widget.")
    .argument("<id>")
    .addOption(
      new Option("--channel <channel>", "where it will hang")
        .choices(["qr", "link", "widget", "kiosk"])
        .default("qr"),
    )
    .option("--store <store>", "the store it is for")
    .option("--days <n>", "how long it is good", (n) => Number(n), 365)
    .action(
      async (id: string, options: { channel: string; store?: string; days: number }, command: Command) => {
        await context.withServer(command, async (server) => {
          const made = await server.json<{ path: string }>(
            "POST",
            `/v1/surveys/${encodeURIComponent(id)}/links`,
            {
              body: {
                channel: options.channel,
                days: options.days,
                context: options.store === undefined ? {} : { store: options.store },
              },
            },
          );
          io.out(made.path);
        });
      },
    );

  survey.addCommand(campaignCommand(context));
  survey.addCommand(resultsCommand(context));
  survey.addCommand(casesCommand(context));
  return survey;
}
