import { Readable } from "node:stream";
import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { requirePurpose } from "../../src/members/index.ts";
import { requirePublished, type SendingDeps } from "../sending/context.ts";
import { redact } from "../themes/redact.ts";
import { AnswerRowsSchema } from "./answers.schema.ts";
import { csvLine } from "./csv.ts";
import { countGroups, type ExportRow, readExportPage } from "./export.store.ts";
import { allowedSubjects, namesOf, noteRead } from "./purpose-reads.ts";
import { K_COMMENT, K_METRIC, withhold } from "./suppress.ts";
import { windowOf } from "./window.ts";

const readers = { kind: "api-key", roles: ["admin", "cx", "analyst"] } as const;
const SurveyId = Type.Object({ id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }) });
const Day = Type.String({ format: "date" });
const EXPORT_PAGE = 1_000;
const NAMED = ["store", "region", "channel", "category", "level", "tenure"] as const;

/** The door of export: answers for a purpose, row by row, naming nobody and no small group. */
export function exportRoutes(deps: SendingDeps): Route[] {
  const { db, clock } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/surveys/:id/answers",
      operationId: "exportSurveyAnswers",
      summary: "Answers for a purpose, as JSON pages or as one CSV; small groups are not named, nobody is",
      tag: "surveys",
      auth: readers,
      params: SurveyId,
      query: Type.Object(
        {
          from: Type.Optional(Day),
          to: Type.Optional(Day),
          purpose: Type.Optional(Type.String({ maxLength: 64 })),
          format: Type.Optional(Type.Enum(["json", "csv"] as const)),
          comments: Type.Optional(Type.Boolean()),
          cursor: Type.Optional(Type.String({ format: "uuid" })),
        },
        { additionalProperties: false },
      ),
      responses: { 200: { describe: "The answers.", schema: AnswerRowsSchema } },
      handle: async ({ principal, requestId, params, query }) => {
        const found = await requirePublished(deps.doors, params.id);
        const snapshot = await deps.consent.snapshot();
        const purpose = requirePurpose(principal, query.purpose, snapshot.rules.purposes);
        const window = windowOf(query, clock.now());
        const groups = await countGroups(db, { surveyId: found.surveyId, ...window });
        const hidden = hiddenGroups(groups);
        const questions = found.metrics.filter((m) => m.kind !== "comment").map((m) => m.question);
        const texts =
          query.comments === true
            ? found.metrics.filter((m) => m.kind === "comment").map((m) => m.question)
            : [];
        const total = groups.filter((g) => g.dimension === "channel").reduce((s, g) => s + g.n, 0);
        if (total < K_METRIC)
          throw new AppError("forbidden", { detail: "There are too few answers to show any of them." });
        if (texts.length > 0 && total < K_COMMENT)
          throw new AppError("forbidden", { detail: "There are too few answers to show comments." });
        const page = (after: string | null) =>
          db.tx(async (tx) => {
            const rows = await readExportPage(tx, {
              surveyId: found.surveyId,
              ...window,
              after,
              limit: EXPORT_PAGE,
            });
            const allowed = await allowedSubjects(
              deps,
              tx,
              snapshot,
              purpose,
              rows.flatMap((r) => r.subjectId ?? []),
            );
            const kept = rows.filter((r) => r.subjectId === null || allowed.has(r.subjectId));
            const opened =
              texts.length === 0
                ? new Map<string, Readonly<Record<string, unknown>>>()
                : await deps.doors.openAnswers(
                    tx,
                    kept.map((r) => r.responseId),
                  );
            const names = await namesOf(deps, tx, texts.length === 0 ? [] : [...allowed]);
            await noteRead(deps, tx, { principal, requestId, purpose, action: "survey.answers-exported" }, [
              ...allowed,
            ]);
            return {
              rows: kept.map((r) => {
                const answers = opened.get(r.responseId) ?? {};
                const said = texts.map((q) => [q, redacted(answers[q], names(r.subjectId))] as const);
                return { ...shownRow(r, hidden, questions), ...Object.fromEntries(said) };
              }),
              notAllowed: rows.length - kept.length,
              next: rows.length < EXPORT_PAGE ? null : (rows.at(-1)?.responseId ?? null),
            };
          });
        if (query.format !== "csv") {
          const { rows, notAllowed, next } = await page(query.cursor ?? null);
          return { status: 200, body: { items: rows, notAllowed, withheldGroups: hidden.size, next } };
        }
        const columns = ["answeredOn", "version", "wave", ...NAMED, ...questions, ...texts];
        async function* lines(): AsyncGenerator<string> {
          yield csvLine(columns);
          let after: string | null = null;
          do {
            const part: Awaited<ReturnType<typeof page>> = await page(after);
            for (const row of part.rows) yield csvLine(columns.map((c) => row[c] ?? null));
            after = part.next;
          } while (after !== null);
        }
        return {
          status: 200,
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": `attachment; filename="${found.surveyId}.csv"`,
          },
          stream: Readable.from(lines()),
        };
      },
    }),
  ];
}
/** Groups that are too small to be named in a row, or would give away one that is. */
function hiddenGroups(groups: readonly { dimension: string; key: string; n: number }[]): ReadonlySet<string> {
  return new Set(
    NAMED.flatMap((dimension) =>
      [
        ...withhold(
          groups.filter((g) => g.dimension === dimension).map((g) => ({ key: g.key, n: g.n })),
          K_METRIC,
        ).keys(),
      ].map((key) => `${dimension}|${key}`),
    ),
  );
}

/** A comment without the names in it; null where there is none. */
function redacted(text: unknown, names: readonly string[]): string | null {
  return typeof text === "string" ? redact(text, names).text : null;
}

function shownRow(
  row: ExportRow,
  hidden: ReadonlySet<string>,
  questions: readonly string[],
): Record<string, string | number | null> {
  const named = Object.fromEntries(
    NAMED.map((d) => {
      const value = row[d];
      return [d, value === null || hidden.has(`${d}|${value}`) ? null : value];
    }),
  );
  return {
    answeredOn: row.answeredOn,
    version: row.version,
    wave: row.wave,
    ...named,
    ...Object.fromEntries(questions.map((q) => [q, row.scores[q] ?? null])),
  };
}
