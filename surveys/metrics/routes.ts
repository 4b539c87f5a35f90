import { Type } from "typebox";
import { type Route, route } from "../../src/kernel/route.ts";
import { requirePurpose } from "../../src/members/index.ts";
import { titlesOf } from "../definitions/published.ts";
import { requirePublished, type SendingDeps } from "../sending/context.ts";
import { LEXICON_VERSION, THEMES } from "../themes/lexicon.ts";
import { redact } from "../themes/redact.ts";
import { ResultsSchema, ThemeCommentsSchema, ThemesSchema } from "./answers.schema.ts";
import { allowedSubjects, namesOf, noteRead } from "./purpose-reads.ts";
import { readResults, readThemes } from "./read-results.ts";
import { DIMENSIONS, type MentionPlace, readMentions } from "./results.store.ts";
import { K_COMMENT, K_METRIC } from "./suppress.ts";
import { onlyOf, windowOf } from "./window.ts";

const readers = { kind: "api-key", roles: ["admin", "cx", "analyst"] } as const;
const SurveyId = Type.Object({ id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }) });
const Day = Type.String({ format: "date" });
const Window = {
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  by: Type.Optional(Type.Enum(DIMENSIONS)),
  value: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
};
const COMMENTS = 50;
const MENTION = /^(\d{4}-\d\d-\d\d)~([0-9a-f-]{36})~(.{1,100})$/;

function mentionPlace(cursor: string | undefined): MentionPlace | null {
  const [, answeredOn, responseId, question] = MENTION.exec(cursor ?? "") ?? [];
  return !answeredOn || !responseId || !question ? null : { answeredOn, responseId, question };
}

/** The doors of results: figures, themes with their comments, and answers for export. */
export function resultRoutes(deps: SendingDeps): Route[] {
  const { db, clock } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/surveys/:id/results",
      operationId: "readSurveyResults",
      summary:
        "NPS, CSAT or CES with intervals, over all and by store, region, channel, category, level, tenure and period; small groups withheld",
      tag: "surveys",
      auth: readers,
      params: SurveyId,
      query: Type.Object(
        {
          ...Window,
          question: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
          population: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
          ces: Type.Optional(Type.Enum(["mean", "agree"] as const)),
        },
        { additionalProperties: false },
      ),
      responses: { 200: { describe: "The figures, and what was withheld.", schema: ResultsSchema } },
      handle: async ({ params, query }) => {
        const found = await requirePublished(deps.doors, params.id);
        const window = windowOf(query, clock.now());
        const { metric, results, drivers } = await readResults(db, found, {
          ...window,
          question: query.question,
          ...onlyOf(query),
          options: {
            ...(query.population === undefined ? {} : { population: query.population }),
            ...(query.ces === undefined ? {} : { ces: query.ces }),
          },
        });
        return {
          status: 200,
          body: {
            survey: found.surveyId,
            class: found.surveyClass,
            anonymous: found.anonymous,
            question: metric.question,
            metric: metric.kind,
            metrics: found.metrics
              .filter((m) => m.kind !== "comment")
              .map((m) => ({ question: m.question, kind: m.kind })),
            questions: titlesOf(found.definition),
            window,
            rules: { smallestGroup: K_METRIC, interval: 0.95, latestPerMember: true, partialsCounted: false },
            ...results,
            drivers,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/surveys/:id/themes",
      operationId: "readSurveyThemes",
      summary: "What comments speak of, with shares, intervals and the phrases by which each theme was found",
      tag: "surveys",
      auth: readers,
      params: SurveyId,
      query: Type.Object(Window, { additionalProperties: false }),
      responses: {
        200: { describe: "The themes, or that there are too few comments.", schema: ThemesSchema },
      },
      handle: async ({ params, query }) => {
        const found = await requirePublished(deps.doors, params.id);
        const window = windowOf(query, clock.now());
        const themes = await readThemes(db, { surveyId: found.surveyId, ...window, ...onlyOf(query) });
        return {
          status: 200,
          body: {
            survey: found.surveyId,
            window,
            lexicon: LEXICON_VERSION,
            rules: { fewestComments: K_COMMENT },
            ...(themes ?? { comments: null, themes: [], withheld: "small-group" }),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/surveys/:id/themes/:theme/comments",
      operationId: "readThemeComments",
      summary: "Comments that speak of a theme, the newest first, names taken out, for a purpose",
      tag: "surveys",
      auth: readers,
      params: Type.Object({
        ...SurveyId.properties,
        theme: Type.Enum(THEMES.map((t) => t.id)),
      }),
      query: Type.Object(
        {
          ...Window,
          purpose: Type.Optional(Type.String({ maxLength: 64 })),
          cursor: Type.Optional(
            Type.String({ pattern: MENTION.source, description: "The `next` of the page before." }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: { describe: "A page of comments with the phrases found in them.", schema: ThemeCommentsSchema },
      },
      handle: async ({ principal, requestId, params, query }) => {
        const found = await requirePublished(deps.doors, params.id);
        const snapshot = await deps.consent.snapshot();
        const purpose = requirePurpose(principal, query.purpose, snapshot.rules.purposes);
        const filter = { surveyId: found.surveyId, ...windowOf(query, clock.now()), ...onlyOf(query) };
        const themes = await readThemes(db, filter);
        if (
          themes === null ||
          (themes.themes.find((t) => t.theme === params.theme)?.comments ?? 0) < K_COMMENT
        )
          return { status: 200, body: { comments: [], next: null, withheld: "small-group" } };
        const limit = query.limit ?? COMMENTS;
        return db.tx(async (tx) => {
          const found = await readMentions(tx, {
            ...filter,
            theme: params.theme,
            after: mentionPlace(query.cursor),
            limit: limit + 1,
          });
          const mentions = found.slice(0, limit);
          const last = mentions.at(-1);
          const allowed = await allowedSubjects(
            deps,
            tx,
            snapshot,
            purpose,
            mentions.flatMap((m) => m.subjectId ?? []),
          );
          const shown = mentions.filter((m) => m.subjectId === null || allowed.has(m.subjectId));
          const opened = await deps.doors.openAnswers(
            tx,
            shown.map((m) => m.responseId),
          );
          const names = await namesOf(deps, tx, [...allowed]);
          await noteRead(deps, tx, { principal, requestId, purpose, action: "survey.comments-read" }, [
            ...allowed,
          ]);
          return {
            status: 200,
            body: {
              comments: shown.flatMap((m) => {
                const text = opened.get(m.responseId)?.[m.question];
                return typeof text !== "string"
                  ? []
                  : [
                      {
                        text: redact(text, names(m.subjectId)).text,
                        polarity: m.polarity,
                        phrases: m.phrases,
                        answeredOn: m.answeredOn,
                      },
                    ];
              }),
              notAllowed: mentions.length - shown.length,
              next:
                found.length > limit && last !== undefined
                  ? `${last.answeredOn}~${last.responseId}~${last.question}`
                  : null,
            },
          };
        });
      },
    }),
  ];
}
