import { type Static, Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import type { AnswerDoors } from "../port.ts";
import {
  OpenLinkSchema,
  SavedSchema,
  SurveyDetailSchema,
  SurveySchema,
  SurveysSchema,
  VersionSchema,
} from "./answers.schema.ts";
import { showFindings } from "./findings.schema.ts";
import type { SurveyRegistry } from "./registry.ts";
import {
  AccessSchema,
  ById,
  ChannelSchema,
  ContextSchema,
  DEFINITION_LIMIT,
  DocumentSchema,
  NewSurveySchema,
  SurveyName,
} from "./survey.schema.ts";
import type { SurveyRow, VersionRow } from "./surveys.store.ts";

const LINK_DAYS = 365;
const DAY = 86_400_000;

function show(row: SurveyRow): Static<typeof SurveySchema> {
  return {
    id: row.surveyId,
    name: row.name,
    class: row.surveyClass,
    anonymous: row.anonymous,
    state: row.state,
    version: row.currentVersion,
    access: row.access,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function showVersion(
  row: Omit<VersionRow, "document" | "keyId">,
): Static<typeof SurveyDetailSchema>["versions"][number] {
  return {
    version: row.version,
    sha256: row.sha256.toString("hex"),
    createdAt: row.createdAt.toISOString(),
    publishedAt: row.publishedAt?.toISOString() ?? null,
  };
}

export interface SurveyRouteDeps {
  readonly registry: SurveyRegistry;
  readonly doors: Pick<AnswerDoors, "openLinkPath" | "published">;
  readonly now: () => Date;
}

/** The doors of whoever writes surveys. */
export function surveyRoutes(deps: SurveyRouteDeps): Route[] {
  const { registry } = deps;
  const write = { tag: "surveys", auth: { kind: "api-key", roles: ["admin", "cx"] } } as const;
  const read = {
    tag: "surveys",
    auth: { kind: "api-key", roles: ["admin", "cx", "analyst", "compliance"] },
  } as const;

  return [
    route({
      ...read,
      method: "GET",
      path: "/v1/surveys",
      operationId: "listSurveys",
      summary: "Surveys, in the order of their ids",
      query: Type.Object(
        {
          cursor: Type.Optional(Type.String({ maxLength: 64 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page.",
          schema: SurveysSchema,
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await registry.list({
          limit: limit + 1,
          ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
        });
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: {
            items: page.map(show),
            next: found.length > limit ? (page.at(-1)?.surveyId ?? null) : null,
          },
        };
      },
    }),
    route({
      ...write,
      method: "POST",
      path: "/v1/surveys",
      operationId: "createSurvey",
      summary: "Make a survey with its first draft; answers what the linter finds",
      idempotent: true,
      body: { kind: "json", limit: DEFINITION_LIMIT, schema: NewSurveySchema },
      responses: { 201: { describe: "The draft.", schema: SavedSchema } },
      handle: async ({ body, principal, requestId }) => {
        const made = await registry.create({ principal, requestId }, body);
        return {
          status: 201,
          body: { id: made.row.surveyId, version: made.version, findings: showFindings(made.findings, "en") },
        };
      },
    }),
    route({
      ...read,
      method: "GET",
      path: "/v1/surveys/:id",
      operationId: "getSurvey",
      summary: "One survey and its versions",
      params: ById,
      responses: {
        200: {
          describe: "The survey.",
          schema: SurveyDetailSchema,
        },
      },
      handle: async ({ params }) => {
        const row = await registry.get(params.id);
        const versions = await registry.versions(params.id);
        return { status: 200, body: { ...show(row), versions: versions.map(showVersion) } };
      },
    }),
    route({
      ...write,
      method: "PATCH",
      path: "/v1/surveys/:id",
      operationId: "changeSurvey",
      summary: "Change a survey's name, its access and brand, or end it and take it up again",
      params: ById,
      body: {
        kind: "json",
        limit: DEFINITION_LIMIT,
        schema: Type.Object(
          {
            name: Type.Optional(SurveyName),
            access: Type.Optional(AccessSchema),
            state: Type.Optional(Type.Enum(["running", "ended"])),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
      },
      responses: { 200: { describe: "As it is now.", schema: SurveySchema } },
      handle: async ({ params, body, principal, requestId }) => ({
        status: 200,
        body: show(await registry.change({ principal, requestId }, params.id, body)),
      }),
    }),
    route({
      ...write,
      method: "PUT",
      path: "/v1/surveys/:id/draft",
      operationId: "saveSurveyDraft",
      summary: "Save what the next version will be; published versions never change",
      params: ById,
      body: { kind: "json", limit: DEFINITION_LIMIT, schema: DocumentSchema },
      responses: { 200: { describe: "The draft.", schema: SavedSchema } },
      handle: async ({ params, body, principal, requestId }) => {
        const saved = await registry.saveDraft({ principal, requestId }, params.id, body);
        return {
          status: 200,
          body: { id: params.id, version: saved.version, findings: showFindings(saved.findings, "en") },
        };
      },
    }),
    route({
      ...write,
      method: "POST",
      path: "/v1/surveys/:id/publish",
      operationId: "publishSurvey",
      summary: "Put the draft in force; refused while the linter finds errors",
      params: ById,
      responses: {
        200: { describe: "The version in force, with the linter's warnings.", schema: SavedSchema },
      },
      handle: async ({ params, principal, requestId }) => {
        const { version, findings } = await registry.publish({ principal, requestId }, params.id);
        return { status: 200, body: { id: params.id, version, findings: showFindings(findings, "en") } };
      },
    }),
    route({
      ...read,
      method: "GET",
      path: "/v1/surveys/:id/versions/:version",
      operationId: "getSurveyVersion",
      summary: "A version's questions",
      params: Type.Object({ ...ById.properties, version: Type.String({ pattern: "^[1-9][0-9]{0,6}$" }) }),
      responses: { 200: { describe: "The version.", schema: VersionSchema } },
      handle: async ({ params }) => {
        const row = await registry.version(params.id, Number(params.version));
        return { status: 200, body: { ...showVersion(row), ...row.document } };
      },
    }),
    route({
      ...write,
      method: "POST",
      path: "/v1/surveys/:id/links",
      operationId: "makeSurveyLink",
      summary: "A signed open link, for a poster, a till, a kiosk or the widget",
      params: ById,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            channel: ChannelSchema,
            context: Type.Optional(ContextSchema),
            days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "The link.", schema: OpenLinkSchema },
      },
      handle: async ({ params, body }) => {
        const survey = await registry.get(params.id);
        if (survey.access.open !== true)
          throw new AppError("conflict", {
            detail: "This survey does not take open links: set access.open.",
          });
        const expiresAt = new Date(deps.now().getTime() + (body.days ?? LINK_DAYS) * DAY);
        const path = deps.doors.openLinkPath({
          surveyId: params.id,
          channel: body.channel,
          context: body.context ?? {},
          expiresAt,
        });
        return { status: 201, body: { path, expiresAt: expiresAt.toISOString() } };
      },
    }),
  ];
}
