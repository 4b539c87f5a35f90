import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import {
  CreatedSourceSchema,
  NewSourceSchema,
  SourceChangeSchema,
  SourceSchema,
  SourcesSchema,
  WriteKeySchema,
} from "./source.schema.ts";
import type { SourceRow } from "./sources.store.ts";
import { type SourceRegistry, sourceWarnings } from "./sources.ts";

const admin = { kind: "api-key", roles: ["admin"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });

function view(row: SourceRow) {
  const { keyId: _, secrets, ...rest } = row;
  return { ...rest, hasSecrets: secrets !== null, warnings: sourceWarnings(row) };
}

export function sourceRoutes(registry: SourceRegistry): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/sources",
      operationId: "createSource",
      summary: "Register a source of data",
      tag: "sources",
      auth: admin,
      body: { kind: "json", schema: NewSourceSchema },
      responses: {
        201: { describe: "Registered. The write key is shown once.", schema: CreatedSourceSchema },
      },
      handle: async ({ principal, requestId, body }) => {
        const { warnings, ...made } = await registry.create(principal, requestId, body);
        return {
          status: 201,
          body: { ...made, ...(warnings.length === 0 ? {} : { warnings: [...warnings] }) },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/sources",
      operationId: "listSources",
      summary: "List sources",
      tag: "sources",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst", "auditor"] },
      query: Type.Object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        after: Type.Optional(Type.String({ format: "uuid" })),
      }),
      responses: {
        200: {
          describe: "Sources in the order of their registration.",
          schema: SourcesSchema,
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await registry.list({
          limit: limit + 1,
          ...(query.after === undefined ? {} : { after: query.after }),
        });
        const page = found.slice(0, limit);
        return {
          status: 200,
          body: { sources: page.map(view), next: found.length > limit ? (page.at(-1)?.id ?? null) : null },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/sources/:id",
      operationId: "getSource",
      summary: "One source",
      tag: "sources",
      auth: { kind: "api-key", roles: ["admin", "compliance", "cx", "analyst", "auditor"] },
      params: ById,
      responses: { 200: { describe: "The source; secrets are never shown.", schema: SourceSchema } },
      handle: async ({ params }) => ({ status: 200, body: view((await registry.get(params.id)).row) }),
    }),
    route({
      method: "PATCH",
      path: "/v1/sources/:id",
      operationId: "changeSource",
      summary: "Change a source's settings, mapping, secrets or state",
      tag: "sources",
      auth: admin,
      params: ById,
      body: { kind: "json", schema: SourceChangeSchema },
      responses: { 200: { describe: "The source as it is now.", schema: SourceSchema } },
      handle: async ({ principal, requestId, params, body }) => ({
        status: 200,
        body: view(await registry.change(principal, requestId, params.id, body)),
      }),
    }),
    route({
      method: "POST",
      path: "/v1/sources/:id/keys",
      operationId: "rotateSourceKey",
      summary: "Issue a new write key; older ones run out after an overlap",
      tag: "sources",
      auth: admin,
      params: ById,
      body: {
        kind: "json",
        optional: true,
        schema: Type.Object(
          { overlapDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })) },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "The new key, shown once.", schema: WriteKeySchema },
      },
      handle: async ({ principal, requestId, params, body }) => ({
        status: 201,
        body: await registry.rotateKey(principal, requestId, params.id, body?.overlapDays ?? 7),
      }),
    }),
  ];
}

/** The source a request writes to: named by its write key, or by the path for an admin key. */
export async function sourceOf(
  registry: SourceRegistry,
  principal: { kind: string; sourceId?: string },
  pathId: string,
) {
  if (principal.kind === "source" && principal.sourceId !== pathId) {
    throw new AppError("forbidden", { detail: "This write key belongs to another source." });
  }
  return registry.get(pathId);
}
