import { Type } from "typebox";
import { AppError } from "../../../src/kernel/problems.ts";
import { type Route, route } from "../../../src/kernel/route.ts";

const ok = { 200: { describe: "Done." } };
const about = { summary: "For tests.", tag: "things", responses: ok } as const;

/** Counts calls of routes that must not be called twice. */
export const calls = { made: 0 };

export const LIMIT = 256 * 1024;

export const testRoutes: Route[] = [
  route({
    ...about,
    method: "POST",
    path: "/v1/things",
    operationId: "createThing",
    auth: { kind: "api-key", roles: ["store"] },
    idempotent: true,
    body: {
      kind: "json",
      schema: Type.Object(
        {
          name: Type.String({ maxLength: 20, "x-plain": true }),
          kind: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b")])),
          labels: Type.Optional(Type.Record(Type.String(), Type.Integer())),
        },
        { additionalProperties: false },
      ),
    },
    handle: async ({ body }) => {
      calls.made++;
      return { status: 201, body: { n: calls.made, name: body.name, keys: Object.keys(body) } };
    },
  }),
  route({
    ...about,
    method: "GET",
    path: "/v1/things/:id",
    operationId: "getThing",
    auth: { kind: "api-key", roles: ["cx"] },
    params: Type.Object({ id: Type.String({ maxLength: 8 }) }),
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, default: 7 })),
      deep: Type.Optional(Type.Boolean()),
    }),
    handle: async ({ params, query, principal }) => ({ status: 200, body: { params, query, principal } }),
  }),
  route({
    ...about,
    method: "GET",
    path: "/v1/things/special",
    operationId: "getSpecial",
    auth: { kind: "public" },
    handle: async () => ({ status: 200, body: { special: true } }),
  }),
  route({
    ...about,
    method: "POST",
    path: "/v1/batch",
    operationId: "batch",
    tag: "ingest",
    auth: { kind: "write-key" },
    cors: true,
    body: { kind: "json", schema: Type.Object({ batch: Type.Array(Type.Unknown()) }), limit: LIMIT },
    handle: async ({ body, principal }) => ({ status: 200, body: { batch: body.batch, by: principal.kind } }),
  }),
  route({
    ...about,
    method: "POST",
    path: "/v1/raw",
    operationId: "raw",
    tag: "ingest",
    auth: { kind: "write-key" },
    cors: true,
    body: { kind: "raw", limit: LIMIT, describe: "Bytes." },
    handle: async ({ body }) => ({
      status: 200,
      body: { length: body.length, text: body.toString().slice(0, 99) },
    }),
  }),
  route({
    ...about,
    method: "POST",
    path: "/v1/file",
    operationId: "file",
    auth: { kind: "api-key", roles: [] },
    body: { kind: "stream", describe: "A file." },
    handle: async ({ body }) => {
      let length = 0;
      for await (const chunk of body) length += (chunk as Buffer).length;
      return { status: 200, body: { length } };
    },
  }),
  route({
    ...about,
    method: "POST",
    path: "/v1/refused-file",
    operationId: "refusedFile",
    auth: { kind: "api-key", roles: [] },
    body: { kind: "stream", describe: "A file that is refused at its first bytes." },
    handle: async ({ body }) => {
      for await (const _chunk of body) throw new AppError("unknown-encoding");
      return { status: 200 };
    },
  }),
  route({
    ...about,
    method: "POST",
    path: "/v1/broken",
    operationId: "broken",
    auth: { kind: "public" },
    body: { kind: "json", schema: Type.Object({ kind: Type.String() }) },
    handle: async ({ body }) => {
      if (body.kind === "away") throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
      if (body.kind === "full") throw new AppError("queue-full", { headers: { "retry-after": "3" } });
      throw new TypeError(`cannot handle secret-value-${body.kind}`);
    },
  }),
  route({
    ...about,
    method: "DELETE",
    path: "/v1/things/:id",
    operationId: "deleteThing",
    auth: { kind: "api-key", roles: [] },
    handle: async () => ({ status: 204 }),
  }),
];
