import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { previewFile } from "../files/index.ts";
import { type FileMapping, validateMapping } from "../mapping/index.ts";
import { sourceOf } from "../registry/routes.ts";
import { parseJsonBytes, readTime } from "../steps/index.ts";
import { FilePreviewSchema, FileReportSchema } from "./answers.schema.ts";
import { type DoorDeps, parseDepsOf } from "./deps.ts";
import { takeFile } from "./take-file.ts";

const LISTED = 100;

function trialMapping(text: string): FileMapping {
  const json = parseJsonBytes(Buffer.from(text, "utf8"));
  const checked = validateMapping(json.kind === "ok" ? json.value : undefined);
  if (checked.kind === "bad") throw new AppError("invalid-mapping", { errors: checked.errors });
  return checked.mapping;
}

/** The door for files of till lines, member lists, survey answers and events. */
export function fileRoutes(deps: DoorDeps): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/sources/:id/files",
      operationId: "importFile",
      summary:
        "Import a file (CSV, TSV, NDJSON, JSON); ?preview=true shows what would happen and writes nothing",
      tag: "ingestion",
      auth: { kind: "write-key" },
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      query: Type.Object({
        preview: Type.Optional(Type.Boolean()),
        rows: Type.Optional(
          Type.Integer({ minimum: 1, maximum: 200, description: "Rows shown by a preview. Default 20." }),
        ),
        mapping: Type.Optional(
          Type.String({
            maxLength: 16_384,
            description: "A mapping to try, as JSON, in place of the source's own. Only with preview.",
          }),
        ),
        rejected: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 100_000,
            description: "How many rejected rows are listed one by one. Default 100.",
          }),
        ),
        writtenAt: Type.Optional(
          Type.String({
            maxLength: 40,
            description: "When the file was written: dates rows that have no time.",
          }),
        ),
      }),
      body: { kind: "stream", describe: "The file itself, gzip or not, under any content type." },
      responses: {
        200: {
          describe: "Counts by verdict with the first reasons, after all of it is committed; or the preview.",
          schema: Type.Union([FileReportSchema, FilePreviewSchema]),
        },
      },
      handle: async ({ principal, params, query, body }) => {
        const source = await sourceOf(deps.registry, principal, params.id);
        if (source.row.state !== "active")
          throw new AppError("conflict", { detail: "This source has been ended." });
        if (query.mapping !== undefined && query.preview !== true) {
          throw new AppError("invalid-request", {
            errors: [
              {
                path: "/mapping",
                code: "preview-only",
                message: "A mapping to try goes with preview=true; store it with PATCH to import with it.",
              },
            ],
          });
        }
        if (query.preview === true) {
          const mapping =
            query.mapping === undefined
              ? (source.settings.mapping as FileMapping | null)
              : trialMapping(query.mapping);
          const arrival = { receivedAt: deps.clock.now(), sentAt: null };
          return {
            status: 200,
            body: await previewFile(
              body,
              source.settings,
              mapping,
              arrival,
              parseDepsOf(deps),
              query.rows === undefined ? {} : { rows: query.rows },
            ),
          };
        }
        const writtenAt = query.writtenAt === undefined ? null : readTime(query.writtenAt);
        if (writtenAt !== null && writtenAt.kind !== "ok") {
          throw new AppError("invalid-request", {
            errors: [{ path: "/writtenAt", code: "time", message: "Must be an RFC 3339 time." }],
          });
        }
        return {
          status: 200,
          body: await takeFile(deps, source, body, {
            listed: query.rejected ?? LISTED,
            sentAt: writtenAt === null ? null : writtenAt.at,
          }),
        };
      },
    }),
  ];
}
