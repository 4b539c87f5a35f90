import { Type } from "typebox";
import { LOCALES, type Locale } from "../../src/i18n/index.ts";
import { type Route, type RouteResponse, route } from "../../src/kernel/route.ts";
import { IMPORT_FORMATS, importSurvey } from "../imports/index.ts";
import { lintSurvey } from "../lint/lint.ts";
import { TEMPLATES } from "../templates/index.ts";
import { LintedSchema, TemplatesSchema } from "./answers.schema.ts";
import { FindingSchema, showFindings } from "./findings.schema.ts";
import type { SurveyRegistry } from "./registry.ts";
import {
  ById,
  DEFINITION_LIMIT,
  DocumentSchema,
  NewSurveySchema,
  type SurveyDocument,
} from "./survey.schema.ts";

const LintBody = Type.Object(
  {
    class: Type.Optional(NewSurveySchema.properties.class),
    anonymous: Type.Optional(Type.Boolean()),
    ...DocumentSchema.properties,
  },
  { additionalProperties: false },
);
const LocaleQuery = Type.Object({ lang: Type.Optional(Type.Enum([...LOCALES])) });

export interface WritingRouteDeps {
  readonly registry: Pick<SurveyRegistry, "get" | "version">;
  /** A page of a document as it would be shown. */
  readonly preview: (
    survey: { readonly id: string; readonly anonymous: boolean },
    document: SurveyDocument,
    ask: {
      readonly locale: Locale;
      readonly page?: string;
      readonly whole?: boolean;
      readonly still?: boolean;
    },
  ) => Promise<RouteResponse>;
}

/** What helps whoever writes questions: templates, imports, the linter, pages as they will look. Nothing is stored. */
export function writingRoutes(deps: WritingRouteDeps): Route[] {
  const { registry } = deps;
  const read = {
    tag: "surveys",
    auth: { kind: "api-key", roles: ["admin", "cx", "analyst", "compliance"] },
  } as const;
  const definitionBody = <S extends Parameters<typeof Type.Object>[0]>(properties: S) =>
    ({
      kind: "json",
      limit: DEFINITION_LIMIT,
      schema: Type.Object(properties, { additionalProperties: false }),
    }) as const;

  return [
    route({
      ...read,
      method: "POST",
      path: "/v1/surveys/lint",
      operationId: "lintSurvey",
      summary: "What biases or breaks a survey, without storing it",
      query: LocaleQuery,
      body: definitionBody(LintBody.properties),
      responses: {
        200: { describe: "Errors first.", schema: LintedSchema },
      },
      handle: async ({ body, query }) => {
        const { class: surveyClass = "research", anonymous = false, ...document } = body;
        const findings = await lintSurvey({ class: surveyClass, anonymous }, document);
        return { status: 200, body: { findings: showFindings(findings, query.lang ?? "en") } };
      },
    }),
    route({
      ...read,
      method: "POST",
      path: "/v1/surveys/import",
      operationId: "importSurvey",
      summary: "Read a SurveyJS file, a LimeSurvey .lss file or a CSV question list; nothing is stored",
      query: Type.Object(
        { format: Type.Enum([...IMPORT_FORMATS]), ...LocaleQuery.properties },
        { additionalProperties: false },
      ),
      body: { kind: "raw", limit: DEFINITION_LIMIT, describe: "The file, in UTF-8." },
      responses: {
        200: {
          describe: "The document, and everything of the file that was not understood.",
          schema: Type.Object({
            title: Type.String(),
            questions: Type.Integer(),
            document: DocumentSchema,
            notes: Type.Array(
              Type.Object({ place: Type.String(), code: Type.String(), detail: Type.String() }),
            ),
            findings: Type.Array(FindingSchema),
          }),
        },
      },
      handle: async ({ body, query }) => {
        const imported = importSurvey(query.format, body.toString("utf8"));
        const findings = await lintSurvey({ class: "research", anonymous: false }, imported.document);
        return { status: 200, body: { ...imported, findings: showFindings(findings, query.lang ?? "en") } };
      },
    }),
    route({
      ...read,
      method: "GET",
      path: "/v1/surveys/templates",
      operationId: "listSurveyTemplates",
      summary: "Surveys to start from, in three languages",
      responses: {
        200: {
          describe: "Every template: send its `survey` with an id and a name to make it.",
          schema: TemplatesSchema,
        },
      },
      handle: async () => ({ status: 200, body: { items: TEMPLATES } }),
    }),
    route({
      ...read,
      method: "GET",
      path: "/v1/surveys/:id/preview",
      operationId: "previewSurvey",
      summary: "The newest version's first page as people will see it; nothing is recorded",
      params: ById,
      query: LocaleQuery,
      responses: { 200: { describe: "The page.", contentType: "text/html" } },
      handle: async ({ params, query }) => {
        const survey = await registry.get(params.id);
        const { document } = await registry.version(params.id);
        return deps.preview({ id: params.id, anonymous: survey.anonymous }, document, {
          locale: query.lang ?? "en",
        });
      },
    }),
    route({
      ...read,
      method: "POST",
      path: "/v1/surveys/:id/preview",
      operationId: "previewSurveyDraft",
      summary: "A page of questions that are not saved yet, as people would see it; nothing is stored",
      params: ById,
      query: Type.Object(
        {
          ...LocaleQuery.properties,
          page: Type.Optional(Type.String({ maxLength: 200, description: "The page's name." })),
          whole: Type.Optional(Type.Boolean({ description: "Also what conditions hide." })),
        },
        { additionalProperties: false },
      ),
      body: definitionBody(DocumentSchema.properties),
      responses: {
        200: { describe: "The page, without script, in one language.", contentType: "text/html" },
      },
      handle: async ({ params, query, body }) => {
        const survey = await registry.get(params.id);
        return deps.preview({ id: params.id, anonymous: survey.anonymous }, body, {
          locale: query.lang ?? "en",
          still: true,
          ...(query.page === undefined ? {} : { page: query.page }),
          ...(query.whole === undefined ? {} : { whole: query.whole }),
        });
      },
    }),
  ];
}
