import { createReadStream, existsSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { Command } from "commander";
import { stringify } from "yaml";
import type { FilePreview, FileReport } from "../../../pipelines/index.ts";
import { type Answer, type Client, ServerProblem, Unreachable } from "../client.ts";
import { type Context, findSource, readSources, type SourceView } from "../context.ts";
import { fileError, readObject } from "../documents.ts";
import { type CliError, EXIT, usageError } from "../exit.ts";
import { describePreview } from "../import-preview.ts";
import { describeImport, openRejectedFile, type RejectedFile, rejectedOf } from "../import-report.ts";
import { type Watch, watchUpload } from "../progress.ts";
import { showError } from "../show-error.ts";
import { count, plural, printable } from "../text.ts";
import { positiveNumber } from "./arguments.ts";

interface IngestOptions {
  readonly preview?: true;
  readonly mapping?: string;
  readonly rows?: number;
  readonly saveMapping?: string;
  readonly report?: string;
  readonly writtenAt?: string;
  readonly strict?: true;
  readonly json?: true;
}

/** As many as the door lists. */
const MOST_LISTED = 100_000;
const LISTED = 100;
/** A mapping on trial goes in the URL, and servers take no more than 64 KiB of that. */
const LONGEST_TRIAL = 60_000;

interface Input {
  readonly path: string;
  readonly name: string;
  /** Bytes; null for standard input. */
  readonly size: number | null;
  open(): AsyncIterable<Uint8Array>;
}

/** Looks at every file before the first is sent: a misspelt name should not come up half-way. */
function inputsOf(paths: readonly string[], { io }: Context): Input[] {
  return paths.map((path) => {
    if (path === "-") return { path, name: "standard input", size: null, open: () => io.stdin };
    let size: number;
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) throw Object.assign(new Error("a directory"), { code: "EISDIR" });
      size = stat.size;
    } catch (error) {
      throw fileError(path, error);
    }
    return {
      path,
      name: basename(path),
      size,
      open: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
    };
  });
}

/** The file's bytes, watched. What the system says against reading it becomes an error of the command's own. */
async function* bytesOf(input: Input, watch: Watch): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of input.open()) {
      watch.saw(chunk);
      yield chunk;
    }
  } catch (error) {
    throw fileError(input.path, error);
  }
}

/** Sends one file as it streams. */
async function send(
  server: Client,
  source: SourceView,
  input: Input,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
  watch: Watch,
): Promise<Answer> {
  const file = Readable.from(bytesOf(input, watch), { objectMode: false });
  try {
    return await server.call("POST", `/v1/sources/${source.id}/files`, { query, file });
  } finally {
    watch.stop();
  }
}

async function previewAll(
  context: Context,
  server: Client,
  source: SourceView,
  inputs: readonly Input[],
  options: IngestOptions,
): Promise<void> {
  const { io } = context;
  const mapping = options.mapping === undefined ? undefined : await readObject(options.mapping, io);
  if (mapping !== undefined && encodeURIComponent(JSON.stringify(mapping)).length > LONGEST_TRIAL)
    throw usageError(
      "This mapping is too large to be tried without being stored.",
      "Store it in a source made for trying: candor source add <name> --kind <kind> --mapping <file>",
    );
  const origin =
    mapping !== undefined
      ? "tried from the file; not stored"
      : source.mapping === null
        ? "found by well-known column names"
        : "the source's own";
  for (const input of inputs) {
    const query = {
      preview: true,
      rows: options.rows ?? 10,
      ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
    };
    const answer = await send(
      server,
      source,
      input,
      query,
      watchUpload(input.name, input.size, { ...io, screen: null }),
    );
    const preview = JSON.parse(answer.text) as FilePreview;
    if (options.json) io.out(answer.text);
    else io.out(...describePreview(input.name, preview, origin));
    if (preview.problems.length > 0 && options.strict) context.exitWith(EXIT.rejected);
    if (options.saveMapping !== undefined) saveMapping(options.saveMapping, preview, context);
  }
}

function saveMapping(path: string, { mapping }: FilePreview, { io }: Context): void {
  if (mapping === null) throw usageError("This file needs no mapping: its rows are events already.");
  try {
    writeFileSync(path, stringify(mapping, { lineWidth: 0 }), { flag: "wx" });
  } catch (error) {
    if (existsSync(path)) throw usageError(`${printable(path)} exists already and is left as it is.`);
    throw fileError(path, error);
  }
  io.note(`Wrote the mapping to ${printable(path)}.`);
}

async function importAll(
  context: Context,
  server: Client,
  source: SourceView,
  inputs: readonly Input[],
  options: IngestOptions,
  report: RejectedFile | null,
): Promise<void> {
  const { io } = context;
  const failures: CliError[] = [];
  const done: { file: string; report: FileReport }[] = [];
  let rejected = 0;
  for (const input of inputs) {
    const query = {
      rejected: report === null ? LISTED : MOST_LISTED,
      ...(options.writtenAt === undefined ? {} : { writtenAt: options.writtenAt }),
    };
    const watch = watchUpload(input.name, input.size, io);
    try {
      const answer = await send(server, source, input, query, watch);
      const one = JSON.parse(answer.text) as FileReport;
      done.push({ file: input.path, report: one });
      report?.add(input.name, one.rejected);
      const missed = rejectedOf(one);
      rejected += missed;
      if (!options.json) io.out(...describeImport(input.name, one, watch.seconds(), watch.bytes()));
      if (report !== null && missed > one.rejected.length)
        io.note(
          `${printable(input.name)}: the report lists the first ${count(one.rejected.length)} of ${plural(missed, "rejected row")}; ` +
            `candor quarantine list --source ${source.id} has all.`,
        );
    } catch (error) {
      if (error instanceof Unreachable)
        io.note(
          `${printable(input.name)}: the connection broke. Rows stored until then stay; send the file again when the server ` +
            "runs, and they are recognised.",
        );
      // A file that cannot be read to its end says nothing about the next one.
      if (!(error instanceof ServerProblem) || error.exitCode !== EXIT.refused || inputs.length === 1)
        throw error;
      io.note(`${printable(input.name)}: not imported to its end.`);
      showError(error, io);
      failures.push(error);
    }
  }
  if (options.json) io.out(JSON.stringify(done.length === 1 ? done[0]?.report : done, null, 2));
  else if (rejected > 0) io.note(`Look at what waits: candor quarantine list --source ${source.id}`);
  if (failures[0] !== undefined) context.exitWith(failures[0].exitCode);
  else if (rejected > 0 && options.strict) context.exitWith(EXIT.rejected);
}

/** `candor ingest`: files in, a verdict for every row out. */
export function ingestCommand(context: Context): Command {
  return new Command("ingest")
    .description("Import files (CSV, TSV, NDJSON, JSON; gzip or not). Sending a file again changes nothing.")
    .argument("<source>", "id or name of the source")
    .argument("<files...>", "paths; - reads standard input")
    .option("--preview", "show what would happen and write nothing")
    .option("--mapping <file>", "with --preview: a mapping (YAML, JSON) to try in place of the source's own")
    .option("--rows <n>", "with --preview: rows shown (default: 10)", positiveNumber)
    .option("--save-mapping <file>", "with --preview: write the mapping in use as YAML, to edit")
    .option("--report <file>", "write every rejected row (line, code, reason, quarantine id) as CSV")
    .option("--written-at <time>", "when the file was written: dates rows that have no time")
    .option("--strict", "end with exit code 1 when a row was (or would be) rejected")
    .option("--json", "print the server's report as JSON")
    .action(async (idOrName: string, paths: string[], options: IngestOptions, command: Command) => {
      for (const [option, given] of [
        ["--mapping", options.mapping],
        ["--rows", options.rows],
        ["--save-mapping", options.saveMapping],
      ] as const) {
        if (given !== undefined && !options.preview)
          throw usageError(
            `${option} goes with --preview.`,
            "To import with a mapping, store it: candor source set-mapping <source> <file>",
          );
      }
      if (options.preview && options.report !== undefined)
        throw usageError("--report is for imports; a preview shows its problems itself.");
      const inputs = inputsOf(paths, context);
      if (options.saveMapping !== undefined && inputs.length > 1)
        throw usageError("--save-mapping takes one file at a time.");
      const { report: path } = options;
      const report =
        path === undefined
          ? null
          : openRejectedFile(path, (await import("../../../pipelines/index.ts")).csvLine);
      try {
        await context.withServer(command, async (server) => {
          const source = findSource(await readSources(server), idOrName);
          if (options.preview) await previewAll(context, server, source, inputs, options);
          else await importAll(context, server, source, inputs, options, report);
        });
      } finally {
        report?.close();
      }
    });
}
