import { csvReader } from "./csv-reader.ts";
import { type DecodedText, decodeText, type Encoding } from "./decode.ts";
import type { FileRow, RowReader } from "./file-row.ts";
import { jsonReader, ndjsonReader } from "./json-reader.ts";

export type RowFormat = "csv" | "tsv" | "ndjson" | "json";

/** How a file is laid out, as far as its mapping says so. */
export interface RowOptions {
  readonly format?: RowFormat;
  readonly encoding?: Encoding;
  readonly separator?: string;
  readonly quote?: string;
  readonly header?: boolean;
  readonly columns?: readonly string[];
  readonly comment?: string;
}

export interface OpenedFile {
  readonly format: RowFormat;
  /** The separator stated or guessed; null for JSON. */
  readonly separator: string | null;
  /** Names of the columns; null for JSON and for an empty file. */
  readonly columns: readonly string[] | null;
  /** Whether cells are named by a header; otherwise by position. */
  readonly hasHeader: boolean;
  readonly rows: AsyncIterable<FileRow>;
  encoding(): Encoding | null;
}

/** How far into a file its format and separator are looked for. */
const HEAD_CHARACTERS = 64 * 1024;
const SEPARATORS = [",", ";", "\t", "|"] as const;

/**
 * Opens a file: decodes it, finds its format and reads its header. The format is the stated one, else JSON when the
 * first character that is not blank is `[`, NDJSON when it is `{`, else separated values; a Content-Type never
 * counts. The separator is the stated one, else the one of `, ; TAB |` most frequent on the first line.
 * Stopping early closes the stream. Throws `unknown-encoding`, and `unparsable-body` for an unreadable header.
 */
export async function openRows(bytes: AsyncIterable<Uint8Array>, options: RowOptions): Promise<OpenedFile> {
  const decoded: DecodedText = decodeText(bytes, options.encoding ?? null);
  const texts = decoded.chunks[Symbol.asyncIterator]();
  let head = "";
  let isEnd = false;
  while (!isEnd && head.length < HEAD_CHARACTERS && !hasWholeLine(head)) {
    const next = await texts.next();
    if (next.done) isEnd = true;
    else head += next.value;
  }
  const format = options.format ?? formatOf(head);
  const newline: "\n" | "\r" = !head.includes("\n") && /\r[^\n]/.test(head) ? "\r" : "\n";
  const separator =
    format === "csv" || format === "tsv"
      ? (options.separator ?? (format === "tsv" ? "\t" : guessSeparator(head, options, newline)))
      : null;
  const hasHeader = options.header ?? options.columns === undefined;
  const reader: RowReader =
    separator === null
      ? format === "ndjson"
        ? ndjsonReader()
        : jsonReader()
      : csvReader({
          separator,
          quote: options.quote ?? '"',
          header: hasHeader,
          columns: options.columns ?? null,
          comment: options.comment ?? null,
          newline,
        });

  // Runs of rows, never spread: after an unclosed quote one push may give a hundred thousand.
  const first = [reader.push(head)];
  head = "";
  while (!isEnd && separator !== null && reader.columns() === null) {
    const next = await texts.next();
    if (next.done) isEnd = true;
    else first.push(reader.push(next.value));
  }
  if (isEnd) first.push(reader.end());

  async function* rows(): AsyncGenerator<FileRow, void, undefined> {
    try {
      for (const run of first.splice(0)) yield* run;
      while (!isEnd) {
        const next = await texts.next();
        if (next.done) {
          isEnd = true;
          yield* reader.end();
        } else yield* reader.push(next.value);
      }
    } finally {
      await texts.return?.();
    }
  }
  return {
    format,
    separator,
    columns: reader.columns(),
    hasHeader,
    rows: rows(),
    encoding: decoded.encoding,
  };
}

function hasWholeLine(head: string): boolean {
  // Two searches, each once through: one expression for both would begin again at every character of a long line.
  const first = head.search(/\S/);
  return first >= 0 && head.includes("\n", first);
}

function formatOf(head: string): RowFormat {
  const first = head.trimStart()[0];
  return first === "[" ? "json" : first === "{" ? "ndjson" : "csv";
}

function guessSeparator(head: string, options: RowOptions, newline: string): string {
  const line =
    head.split(newline).find((l) => l.trim() !== "" && !(options.comment && l.startsWith(options.comment))) ??
    "";
  const unquoted = line.replace(/"[^"]*"/g, "");
  let best = ",";
  let most = 0;
  for (const separator of SEPARATORS) {
    const count = unquoted.split(separator).length - 1;
    if (count > most) [best, most] = [separator, count];
  }
  return best;
}
