import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteRequest, type RouteResponse, route } from "../../src/kernel/route.ts";
import { takesUploads } from "../definitions/definition.ts";
import { SurveyJsValue } from "../definitions/survey.schema.ts";
import type { Answering, AnsweringDeps } from "./answering.ts";
import { type Door, type Opening, openLink, openToken, type Shut } from "./open.ts";
import { localeFor } from "./routes-pages.ts";

/** Largest set of answers as JSON, in bytes, with files and without. */
const ANSWERS_LIMIT = 5 * 1024 * 1024;
const PLAIN_ANSWERS_LIMIT = 256 * 1024;

const AnswersBody = Type.Object(
  {
    version: Type.Optional(Type.Integer({ minimum: 1, description: "The version that was shown." })),
    answers: Type.Record(Type.String({ maxLength: 100 }), Type.Unknown()),
    complete: Type.Optional(Type.Boolean({ description: "False keeps half-done answers of an invitation." })),
    lang: Type.Optional(Type.String({ maxLength: 20 })),
    form: Type.Optional(
      Type.String({ maxLength: 100, description: "The number that came with the questions." }),
    ),
  },
  { additionalProperties: false },
);
const FormResponse = Type.Object({
  survey: Type.String(),
  version: Type.Integer(),
  anonymous: Type.Boolean(),
  locale: Type.String(),
  locales: Type.Array(Type.String()),
  definition: Type.Record(Type.String(), SurveyJsValue),
  answers: Type.Record(Type.String(), SurveyJsValue),
  form: Type.String(),
});
const Received = Type.Object({
  status: Type.Enum(["saved", "received", "duplicate"]),
  receipt: Type.Union([Type.String(), Type.Null()]),
});
const Query = Type.Object({ lang: Type.Optional(Type.String({ maxLength: 20 })) });
const publicDoor = { tag: "public", auth: { kind: "public" }, cors: true } as const;

function sizeOf(answers: object): number {
  return Buffer.byteLength(JSON.stringify(answers), "utf8");
}

function doorOf(opening: Opening): Door {
  if (opening.kind === "door") return opening.door;
  const missing: readonly Shut[] = ["unknown", "closed"];
  if (missing.includes(opening.because)) throw new AppError("not-found");
  throw new AppError("gone", { detail: `This link has ended: ${opening.because}.` });
}

/** The same doors as JSON, for widgets and apps that show the questions themselves. */
export function answeringJsonRoutes(deps: AnsweringDeps & { readonly answering: Answering }): Route[] {
  const { answering } = deps;

  const show = async (
    opening: Opening,
    request: Pick<RouteRequest, "headers"> & { readonly query: { lang?: string } },
  ): Promise<RouteResponse> => {
    const door = doorOf(opening);
    const { survey } = door;
    const stated = door.kind === "invitation" ? door.invitation.locale : null;
    const locale = localeFor(survey, request.query.lang, stated, request);
    const { data, form } = await answering.resume(door, locale, null);
    return {
      status: 200,
      body: {
        survey: survey.surveyId,
        version: survey.version,
        anonymous: survey.anonymous,
        locale,
        locales: survey.locales,
        definition: survey.definition,
        answers: data,
        form: form.text,
      },
    };
  };

  const take = async (
    open: (version: number | null) => Promise<Opening>,
    request: Pick<RouteRequest, "headers"> & {
      readonly body: {
        version?: number;
        answers: Record<string, unknown>;
        complete?: boolean;
        lang?: string;
        form?: string;
      };
    },
  ): Promise<RouteResponse> => {
    const { body } = request;
    const opening = await open(body.version ?? null);
    // The offline page hands in again what may have arrived: that is no fault.
    if (opening.kind === "shut" && opening.because === "answered" && body.complete !== false)
      return { status: 200, body: { status: "duplicate", receipt: null } };
    const door = doorOf(opening);
    const isLarge = Number(request.headers["content-length"] ?? ANSWERS_LIMIT) > PLAIN_ANSWERS_LIMIT;
    if (isLarge && !takesUploads(door.survey.definition) && sizeOf(body.answers) > PLAIN_ANSWERS_LIMIT)
      throw new AppError("body-too-large");
    if (body.version !== undefined && body.version !== door.survey.version)
      throw new AppError("conflict", {
        detail: `This link asks version ${door.survey.version} of the survey; answers to another do not fit.`,
      });
    const stated = door.kind === "invitation" ? door.invitation.locale : null;
    const locale = localeFor(door.survey, body.lang, stated, request);
    const taken = await answering.take(door, locale, {
      answers: body.answers,
      complete: body.complete ?? true,
      form: body.form ?? null,
    });
    return { status: 200, body: taken };
  };

  const jsonBody = { kind: "json", limit: ANSWERS_LIMIT, schema: AnswersBody } as const;
  const token = Type.Object({ token: Type.String({ maxLength: 100 }) });
  const link = Type.Object({ link: Type.String({ maxLength: 900 }) });
  return [
    route({
      ...publicDoor,
      method: "GET",
      path: "/s/:token/form",
      operationId: "readSurvey",
      summary: "The questions and half-done answers of a single-use link",
      params: token,
      query: Query,
      responses: { 200: { describe: "The survey.", schema: FormResponse } },
      handle: async (request) => show(await openToken(deps, request.params.token), request),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/s/:token/answers",
      operationId: "sendAnswers",
      summary: "Hand in answers by a single-use link",
      params: token,
      body: jsonBody,
      responses: { 200: { describe: "What became of them.", schema: Received } },
      handle: async (request) => take(() => openToken(deps, request.params.token), request),
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/f/:link/form",
      operationId: "readSurveyForm",
      summary: "The questions of an open link",
      params: link,
      query: Query,
      responses: { 200: { describe: "The survey.", schema: FormResponse } },
      handle: async (request) => show(await openLink(deps, request.params.link, null), request),
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/f/:link/answers",
      operationId: "sendFormAnswers",
      summary: "Hand in answers by an open link",
      params: link,
      body: jsonBody,
      responses: { 200: { describe: "What became of them.", schema: Received } },
      handle: async (request) => take((version) => openLink(deps, request.params.link, version), request),
    }),
  ];
}
