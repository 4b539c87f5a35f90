import type { Readable } from "node:stream";
import { parse } from "csv-parse";
import { type Static, Type } from "typebox";
import { actorOf } from "../src/audit/index.ts";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, route } from "../src/kernel/route.ts";
import { validator } from "../src/kernel/validator.ts";
import { type StatementInput, StatementSchema } from "./consents.schema.ts";
import { IMPORT_PAGE, type ImportFault, type ImportLine, importPage } from "./import-page.ts";
import type { ConsentRouteDeps } from "./routes-consents.ts";

/** Faults that are listed line by line; the counts are always whole. */
const LISTED = 1_000;
const LONGEST_LINE = 64 * 1024;

const ReportSchema = Type.Object({
  read: Type.Integer(),
  recorded: Type.Integer(),
  known: Type.Integer({ description: "Lines that were imported before." }),
  refused: Type.Integer(),
  faults: Type.Array(Type.Object({ line: Type.Integer(), code: Type.String(), message: Type.String() }), {
    description: `The first ${LISTED.toLocaleString("en")}; the counts are whole.`,
  }),
});
type ImportReport = Static<typeof ReportSchema>;

const isStatement = validator<StatementInput>(StatementSchema, { strict: false, allErrors: false });

/** Columns of a CSV file, and where each belongs in a statement. */
const COLUMNS: Readonly<Record<string, (row: Record<string, unknown>, value: string) => void>> = {
  memberId: (row, value) => put(row, "memberId", value),
  kind: (row, value) => nest(row, "identifier", "kind", value),
  value: (row, value) => nest(row, "identifier", "value", value),
  issuer: (row, value) => nest(row, "identifier", "issuer", value),
  state: (row, value) => put(row, "state", value),
  purpose: (row, value) => put(row, "purpose", value),
  channel: (row, value) => put(row, "channel", value),
  recipient: (row, value) => put(row, "recipient", value),
  noticeId: (row, value) => nest(row, "notice", "id", value),
  noticeVersion: (row, value) => nest(row, "notice", "version", Number(value)),
  locale: (row, value) => nest(row, "notice", "locale", value),
  occurredAt: (row, value) => put(row, "occurredAt", value),
  evidenceSha256: (row, value) => nest(row, "evidence", "sha256", value),
  addressConfirmed: (row, value) => nest(row, "evidence", "addressConfirmed", value === "true"),
  validUntil: (row, value) => put(row, "validUntil", value),
  storeId: (row, value) => put(row, "storeId", value),
  country: (row, value) => put(row, "country", value),
  birthYear: (row, value) => put(row, "birthYear", Number(value)),
};

function put(row: Record<string, unknown>, name: string, value: unknown): void {
  row[name] = value;
}

function nest(row: Record<string, unknown>, outer: string, name: string, value: unknown): void {
  row[outer] = { ...(row[outer] as object | undefined), [name]: value };
}

/** The door for consents that were collected elsewhere, with their evidence. */
export function importRoutes(deps: ConsentRouteDeps): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/consents/import",
      operationId: "importConsents",
      summary:
        "Import consents with their evidence, as NDJSON or CSV; importing a file again changes nothing",
      tag: "consent",
      auth: { kind: "api-key", roles: ["admin", "compliance"] },
      query: Type.Object({
        format: Type.Optional(Type.Union([Type.Literal("ndjson"), Type.Literal("csv")])),
        evidenceSha256: Type.Optional(
          Type.String({
            pattern: "^[0-9a-f]{64}$",
            description: "Of the document that proves lines which name no evidence of their own.",
          }),
        ),
      }),
      body: {
        kind: "stream",
        describe:
          "One statement a line, as `POST /v1/consents` takes it, or a CSV file with the columns " +
          `${Object.keys(COLUMNS).join(", ")}. Stated times are taken as those of a clock nobody checked.`,
      },
      responses: { 200: { describe: "What became of the lines.", schema: ReportSchema } },
      handle: async ({ principal, requestId, query, body, headers }) => {
        const csv =
          query.format === "csv" || (query.format === undefined && /csv/.test(headers["content-type"] ?? ""));
        const by = { actor: actorOf(principal), requestId };
        const report: ImportReport = { read: 0, recorded: 0, known: 0, refused: 0, faults: [] };
        const fault = (found: ImportFault): void => {
          report.refused++;
          if (report.faults.length < LISTED) report.faults.push(found);
        };
        let page: ImportLine[] = [];
        const write = async (): Promise<void> => {
          const outcome = await importPage(deps, by, page, query.evidenceSha256);
          page = [];
          report.recorded += outcome.recorded;
          report.known += outcome.known;
          outcome.faults.forEach(fault);
        };
        for await (const item of csv ? readCsv(body) : readLines(body)) {
          report.read++;
          if (isStatement(item.value)) page.push({ line: item.line, value: item.value });
          else fault({ line: item.line, ...formFault() });
          if (page.length >= IMPORT_PAGE) await write();
        }
        await write();
        return { status: 200, body: report };
      },
    }),
  ];
}

/** What the validator found last. */
function formFault(): Omit<ImportFault, "line"> {
  const first = isStatement.errors[0];
  return {
    code: first?.keyword ?? "invalid-json",
    message: `The line is not a statement: ${first?.instancePath || "/"} ${first?.message ?? "is not JSON"}`,
  };
}

async function* readLines(body: Readable): AsyncGenerator<{ line: number; value: unknown }> {
  let rest = "";
  let line = 0;
  const decoder = new TextDecoder("utf-8");
  const parseLine = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  for await (const chunk of body) {
    rest += decoder.decode(chunk as Buffer, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE)
      throw new AppError("body-too-large", { detail: "A line is longer than a statement may be." });
    for (const text of lines) {
      line++;
      if (text.trim() !== "") yield { line, value: parseLine(text) };
    }
  }
  if (rest.trim() !== "") yield { line: line + 1, value: parseLine(rest) };
}

async function* readCsv(body: Readable): AsyncGenerator<{ line: number; value: unknown }> {
  const rows = body.pipe(
    parse({
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: LONGEST_LINE,
      info: true,
    }),
  );
  body.on("error", (error) => rows.destroy(error));
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      const value: Record<string, unknown> = {};
      for (const [name, text] of Object.entries(record)) {
        const place = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
        if (text !== "") place?.(value, text);
      }
      yield { line: info.lines, value };
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("unparsable-body", { detail: "The CSV file could not be read.", cause: error });
  }
}
