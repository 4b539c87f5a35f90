import type { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { Type } from "typebox";
import { CONTACT_CHANNELS } from "../../consent/index.ts";
import { actorOf } from "../audit/index.ts";
import { assertNever } from "../kernel/assert-never.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import { ChangesSchema, OneProfile, PullLine } from "./answers.schema.ts";
import { readChanges, resync, type SettleDeps } from "./changes.ts";
import { openCursor, readPosition, writePosition } from "./cursor.ts";
import { type FeedDeps, findFeedOf, openFeed } from "./feeds.ts";
import { csvFormat, NDJSON } from "./formats.ts";
import { noticeFeed } from "./notice.ts";
import { startPosition, streamPull } from "./pull.ts";
import { auditOfRead, auditRead } from "./routes.ts";
import { createSingleReads } from "./single-reads.ts";

export interface ReadRouteDeps extends FeedDeps {
  /** With the names and kinds of the sources as they are registered now. */
  readonly pageDeps: () => Promise<SettleDeps>;
}

const recipients = { kind: "api-key", roles: ["recipient"] } as const;
const Purpose = Type.Optional(Type.String({ maxLength: 64 }));
const Channel = Type.Optional(
  Type.Enum(CONTACT_CHANNELS, {
    description:
      "Narrows a purpose that is decided channel by channel to one channel; all of them unless stated.",
  }),
);
/** Changes a page holds unless the caller asks for fewer. */
const CHANGES = 500;

/** Whether the caller takes gzip (RFC 9110 §12.5.3, as far as anybody uses it). */
function takesGzip(request: Pick<RouteRequest, "headers">): boolean {
  return (request.headers["accept-encoding"] ?? "")
    .split(",")
    .some((part) => /^\s*(gzip|x-gzip|\*)\s*(;|$)/i.test(part) && !/;\s*q=0(\.0*)?\s*$/.test(part));
}

/** The doors through which recipients read: everybody, what changed, one member. */
export function readRoutes(deps: ReadRouteDeps): Route[] {
  const { db } = deps;
  const readSingle = createSingleReads(deps);
  return [
    route({
      method: "GET",
      path: "/v1/profiles",
      operationId: "pullProfiles",
      summary: "All members that may be read for a purpose, streamed as NDJSON or CSV",
      tag: "recipients",
      auth: recipients,
      query: Type.Object(
        {
          purpose: Purpose,
          channel: Channel,
          format: Type.Optional(Type.Enum(["ndjson", "csv"] as const)),
          cursor: Type.Optional(
            Type.String({ maxLength: 2_000, description: "The last cursor of a pull that was cut." }),
          ),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe:
            "One line a member. The header candor-feed-position names the position from which GET /v1/changes goes on.",
          contentType: "application/x-ndjson",
          schema: PullLine,
        },
      },
      handle: async (request) => {
        const { query, principal, requestId } = request;
        const ask = { purpose: query.purpose, channel: query.channel };
        const open = await openFeed(deps, principal, ask);
        const resume =
          query.cursor === undefined ? null : openCursor((await deps.pageDeps()).vault, query.cursor);
        if (resume !== null) {
          if (resume.recipientId !== open.key.recipientId || resume.purposeId !== open.key.purposeId)
            throw new AppError("invalid-request", {
              errors: [{ path: "/cursor", code: "cursor", message: "belongs to another pull" }],
            });
          if (resume.epoch !== open.row.epoch) throw resync("The pull began in an earlier epoch.");
        }
        const position = resume?.position ?? (await startPosition(db));
        const csv = query.format === "csv";
        const pageDeps = await deps.pageDeps();
        const stream = streamPull(
          { ...pageDeps, db },
          {
            open,
            refresh: () => openFeed(deps, principal, ask),
            resume,
            format: csv ? csvFormat(open.feed) : NDJSON,
            actor: actorOf(principal),
            requestId,
          },
          position,
        );
        const gzip = takesGzip(request);
        return {
          status: 200,
          headers: {
            "content-type": csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
            "candor-feed-position": writePosition(open.row.epoch, position),
            vary: "accept-encoding",
            ...(gzip ? { "content-encoding": "gzip" } : {}),
          },
          stream: gzip ? compressed(stream) : stream,
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/changes",
      operationId: "readChanges",
      summary: "What changed since a position: members to write anew, and members to drop, with the reason",
      tag: "recipients",
      auth: recipients,
      query: Type.Object(
        {
          purpose: Purpose,
          channel: Channel,
          after: Type.Optional(
            Type.String({
              maxLength: 100,
              description:
                "The position of a pull or the `next` of the page before; without it, from the start.",
            }),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "Changes in order, one entry a member.",
          schema: ChangesSchema,
        },
      },
      handle: async (request) => {
        const { query, principal } = request;
        const open = await openFeed(
          deps,
          principal,
          { purpose: query.purpose, channel: query.channel },
          { lenient: true },
        );
        const { epoch, compactedPosition } = open.row;
        const from = query.after === undefined ? { epoch, position: 0 } : readPosition(query.after);
        if (from.epoch !== epoch) throw resync("The position belongs to an earlier epoch.");
        if (query.after !== undefined && from.position < compactedPosition)
          throw resync("What followed this position has been forgotten.");
        // Who left since is noticed first, so that no reader waits for a worker.
        while ((await noticeFeed(deps, open.key)).more);
        const page = await readChanges(db, await deps.pageDeps(), open.rules, open.feed, {
          after: from.position,
          limit: query.limit ?? CHANGES,
          audit: (tx, members) =>
            auditRead(deps, tx, request, {
              action: "changes.read",
              purpose: open.key.purposeId,
              recipientId: open.key.recipientId,
              members,
            }),
        });
        return {
          status: 200,
          body: {
            changes: page.entries.map(({ position, ...entry }) => ({
              position: writePosition(epoch, position),
              ...entry,
            })),
            next: writePosition(epoch, page.upTo),
            more: page.more,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/profiles/:member",
      operationId: "readProfile",
      summary: "One member by the id under which the recipient knows it",
      tag: "recipients",
      auth: recipients,
      params: Type.Object({ member: Type.String({ format: "uuid" }) }),
      query: Type.Object({ purpose: Purpose, channel: Channel }, { additionalProperties: false }),
      responses: { 200: { describe: "The member as it may be read now.", schema: OneProfile } },
      handle: async (request) => {
        const { query, principal, params } = request;
        const { feed, key, rules } = await findFeedOf(deps, principal, {
          purpose: query.purpose,
          channel: query.channel,
        });
        const answer = await readSingle({
          feed,
          key,
          rules,
          alias: params.member,
          audit: auditOfRead(request, {
            action: "profile.read",
            purpose: key.purposeId,
            recipientId: key.recipientId,
            members: 1,
          }),
        });
        switch (answer.kind) {
          case "given":
            return { status: 200, body: { purpose: key.purposeId, ...answer.line } };
          case "unknown":
            throw new AppError("not-found", { detail: "The recipient knows no member by that id." });
          case "gone":
            throw new AppError("gone", { detail: "The member may no longer be read for this purpose." });
          default:
            return assertNever(answer);
        }
      },
    }),
  ];
}

/** Compresses a stream, and lets every page out as it comes. */
function compressed(stream: Readable): Readable {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH, level: 4 });
  stream.on("error", (error) => gzip.destroy(error));
  gzip.on("close", () => stream.destroy());
  return stream.pipe(gzip);
}
