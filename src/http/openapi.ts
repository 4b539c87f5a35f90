import type { TSchema } from "typebox";
import { PROBLEMS } from "../kernel/problems.ts";
import type { Route } from "../kernel/route.ts";
import { SESSION_COOKIE } from "./credentials.ts";

type Json = Record<string, unknown>;

const PROBLEM_REF = { $ref: "#/components/responses/Problem" };

/** Schemas as plain JSON, without what TypeBox keeps beside them. */
function plain(schema: TSchema): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

/** `/v1/sources/:id` is `/v1/sources/{id}` in OpenAPI; wildcards become one parameter. */
function openApiPath(path: string): string {
  return path.replace(/[:*]([A-Za-z_$][\w$]*)/g, "{$1}");
}

function parametersOf(route: Route): Json[] {
  const declared = (schema: TSchema | undefined) => (schema === undefined ? {} : plain(schema));
  const params = (declared(route.params).properties ?? {}) as Record<string, Json>;
  const names = [...route.path.matchAll(/[:*]([A-Za-z_$][\w$]*)/g)].map((m) => m[1] as string);
  const parameter = (name: string, where: string, required: boolean, schema: Json): Json => {
    const { description, ...rest } = schema;
    return { name, in: where, required, ...(description === undefined ? {} : { description }), schema: rest };
  };
  const query = declared(route.query);
  const required = (query.required ?? []) as string[];
  return [
    ...names.map((name) => parameter(name, "path", true, params[name] ?? { type: "string" })),
    ...Object.entries((query.properties ?? {}) as Record<string, Json>).map(([name, schema]) =>
      parameter(name, "query", required.includes(name), schema),
    ),
    ...(route.idempotent === true
      ? [
          parameter("Idempotency-Key", "header", false, {
            type: "string",
            minLength: 1,
            maxLength: 255,
            description:
              "Repeating the request under the same key within 24 hours does nothing and gives the first answer again.",
          }),
        ]
      : []),
  ];
}

function requestBodyOf(route: Route): Json {
  const { body } = route;
  switch (body?.kind) {
    case undefined:
      return {};
    case "json":
      return {
        requestBody: {
          required: body.optional !== true,
          content: { "application/json": { schema: plain(body.schema) } },
        },
      };
    case "raw":
      return {
        requestBody: {
          required: true,
          description: `${body.describe} At most ${body.limit} bytes after decompression.`,
          content:
            body.schema === undefined
              ? { "application/octet-stream": {} }
              : { "application/json": { schema: plain(body.schema) } },
        },
      };
    case "stream":
      return {
        requestBody: {
          required: true,
          description: body.describe,
          content: { "application/octet-stream": {} },
        },
      };
  }
}

function securityOf(route: Route): Json {
  switch (route.auth.kind) {
    case "public":
      return { security: [] };
    case "api-key":
      return {
        security: [{ apiKey: [] }, { session: [] }],
        "x-roles": [...new Set(["admin", ...route.auth.roles])],
      };
    case "session":
      return { security: [{ session: [] }] };
    case "write-key":
      return { security: [{ writeKey: [] }, { writeKeyBasic: [] }, { writeKeyQuery: [] }, { apiKey: [] }] };
  }
}

function responsesOf(route: Route): Json {
  const responses: Json = {};
  for (const [status, { describe, schema, contentType }] of Object.entries(route.responses)) {
    const content =
      schema === undefined && contentType === undefined
        ? {}
        : {
            content: {
              [contentType ?? "application/json"]: schema === undefined ? {} : { schema: plain(schema) },
            },
          };
    responses[status] = { description: describe, ...content };
  }
  if (route.body !== undefined || route.query !== undefined || route.params !== undefined)
    responses["400"] = PROBLEM_REF;
  if (route.auth.kind !== "public") {
    responses["401"] = PROBLEM_REF;
    responses["403"] = PROBLEM_REF;
  }
  if (route.idempotent === true) responses["409"] = PROBLEM_REF;
  responses.default = PROBLEM_REF;
  return responses;
}

/**
 * The interface as an OpenAPI 3.1 document, made of the very values that are mounted. The same routes, in whatever
 * order, give the same document. Throws when two routes share an operation id.
 */
export function buildOpenApi(routes: readonly Route[], options: { readonly version: string }): object {
  const paths: Record<string, Json> = {};
  const seen = new Set<string>();
  const ordered = [...routes].sort((a, b) =>
    a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1,
  );
  for (const route of ordered) {
    if (seen.has(route.operationId)) throw new Error(`two routes are called ${route.operationId}`);
    seen.add(route.operationId);
    const path = openApiPath(route.path);
    paths[path] ??= {};
    const parameters = parametersOf(route);
    paths[path][route.method.toLowerCase()] = {
      operationId: route.operationId,
      summary: route.summary,
      tags: [route.tag],
      ...securityOf(route),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...requestBodyOf(route),
      responses: responsesOf(route),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Candor",
      version: options.version,
      description:
        "Times are RFC 3339 in UTC; money is an amount in minor units and a currency; errors are RFC 9457 problems with a stable code.",
    },
    tags: [...new Set(routes.map((r) => r.tag))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: SESSION_COOKIE,
          description:
            "Somebody who logged in. Writes also carry the header x-candor-csrf, which GET /v1/session tells.",
        },
        writeKey: { type: "http", scheme: "bearer", description: "A source's write key." },
        writeKeyBasic: {
          type: "http",
          scheme: "basic",
          description: "A source's write key as the user name, with an empty password.",
        },
        writeKeyQuery: {
          type: "apiKey",
          in: "query",
          name: "writeKey",
          description: "A source's write key, for beacons and pixels that cannot set headers.",
        },
      },
      responses: {
        Problem: {
          description: "What is wrong, as RFC 9457 has it. It never repeats what was sent.",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      schemas: {
        Problem: {
          type: "object",
          required: ["type", "title", "status", "code"],
          properties: {
            type: { type: "string", description: "urn:candor:problem: and the code." },
            title: { type: "string" },
            status: { type: "integer" },
            code: { type: "string", enum: Object.keys(PROBLEMS).sort() },
            detail: { type: "string" },
            errors: {
              type: "array",
              items: {
                type: "object",
                required: ["path", "code", "message"],
                properties: {
                  path: {
                    type: "string",
                    description: "JSON pointer; * stands for a name the sender chose.",
                  },
                  code: { type: "string" },
                  message: { type: "string" },
                },
              },
            },
            requestId: { type: "string", format: "uuid" },
          },
        },
      },
    },
  };
}
