import { Type } from "typebox";
import { carriesGpc } from "../../consent/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Principal, type Route, type RouteResponse, route } from "../../src/kernel/route.ts";
import type { ItemResult } from "../../src/kernel/verdicts.ts";
import type { Arrival } from "../adapter.ts";
import type { Entry } from "../ingest/entry.ts";
import { entryOf } from "../ingest/read-item.ts";
import type { KnownSource } from "../registry/sources.ts";
import { parseWebItem, unpackBody, WEB_PATHS, type WebPath } from "../sources/web/index.ts";
import { parseJsonBytes } from "../steps/index.ts";
import { ScriptSettingsSchema } from "./answers.schema.ts";
import { type DoorDeps, parseDepsOf } from "./deps.ts";
import { ResultsSchema } from "./result.schema.ts";

/** Decompressed size of one request: above what any SDK sends, and bounded whatever the compression. */
const BODY_LIMIT = 5 * 1024 * 1024;
/** Items of one request: a larger batch is cut by its sender. */
const ITEM_LIMIT = 5_000;

const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

const PATHS: readonly { readonly path: string; readonly as: WebPath }[] = [
  ...WEB_PATHS.map((p) => ({ path: `/v1/${p}`, as: p })),
  // The short names of analytics.js, and RudderStack's beacon.
  { path: "/v1/b", as: "batch" },
  { path: "/v1/i", as: "identify" },
  { path: "/v1/t", as: "track" },
  { path: "/v1/p", as: "page" },
  { path: "/v1/s", as: "screen" },
  { path: "/v1/g", as: "group" },
  { path: "/v1/a", as: "alias" },
  { path: "/beacon/v1/batch", as: "batch" },
];

const FAULTS = {
  "invalid-json": "The body is not valid JSON.",
  "too-deep": "The body is nested too deeply.",
  "bad-text": "The body is not valid UTF-8.",
} as const;

const SourceQuery = Type.Object({
  source: Type.Optional(
    Type.String({ format: "uuid", description: "The source to send as; only with an API key." }),
  ),
});
const PixelQuery = Type.Object({
  ...SourceQuery.properties,
  event: Type.Optional(Type.Unknown({ description: "Name of a track." })),
  userId: Type.Optional(Type.Unknown()),
  anonymousId: Type.Optional(Type.Unknown()),
  messageId: Type.Optional(Type.Unknown()),
  properties: Type.Optional(Type.Unknown({ description: "JSON; single ones also as properties.name." })),
  context: Type.Optional(Type.Unknown({ description: "JSON; single ones also as context.name." })),
});

/** The source that a write key belongs to. An API key must name it: `?source=<id>`. */
async function sourceOfRequest(
  deps: DoorDeps,
  principal: Principal,
  query: Readonly<Record<string, unknown>>,
): Promise<KnownSource> {
  if (principal.kind === "source") return deps.registry.get(principal.sourceId);
  const named = query.source;
  if (principal.kind === "api-key" && typeof named === "string") {
    const source = await deps.registry.get(named);
    if (source.row.state !== "active")
      throw new AppError("conflict", { detail: "This source has been ended." });
    return source;
  }
  if (principal.kind === "api-key") {
    throw new AppError("invalid-request", {
      errors: [{ path: "/source", code: "required", message: "An API key names the source to send as." }],
    });
  }
  throw new AppError("unauthenticated", { detail: "Send the write key of a source." });
}

/**
 * Reads the items of a request into entries. Not within what waits for the store: there, the items themselves would
 * wait too. `read` gives them anew each time.
 */
function entriesOf(
  deps: DoorDeps,
  source: KnownSource,
  read: () => readonly unknown[],
  arrival: Arrival,
): Entry[] {
  const parseDeps = parseDepsOf(deps);
  // Of hardly any event the item itself is asked for again: until then the bytes of the request are enough.
  let again: readonly unknown[] | undefined;
  const readAgain = (index: number): unknown => {
    again ??= read();
    return again[index];
  };
  return read().map((raw, index) => {
    const parsed = parseWebItem(raw, source.settings, arrival, parseDeps);
    const rawAgain = (): unknown => readAgain(index);
    return entryOf(deps.vault, source.settings, parsed, {
      door: "http",
      place: null,
      raw,
      rawAgain,
      arrival,
    });
  });
}

async function takeEntries(deps: DoorDeps, entries: readonly Entry[]): Promise<ItemResult[]> {
  const outcomes = await deps.queue.submit(entries);
  return outcomes.map((o, index) => ({
    index,
    messageId: entries[index]?.messageId ?? null,
    status: o.status,
    ...(o.code === undefined ? {} : { code: o.code }),
    ...(o.detail === undefined ? {} : { detail: o.detail }),
  }));
}

/** The browser's opt-out signal (`Sec-GPC: 1`) belongs to each item that came with it. */
function withSignal(item: unknown): unknown {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const { context } = item as { context?: unknown };
  const known = typeof context === "object" && context !== null && !Array.isArray(context) ? context : {};
  return { ...item, context: { ...known, globalPrivacyControl: true } };
}

interface Sent {
  readonly principal: Principal;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

function unpack(as: WebPath, { body, headers }: Sent) {
  const json = parseJsonBytes(body);
  if (json.kind === "bad") throw new AppError("unparsable-body", { detail: FAULTS[json.fault] });
  const unpacked = unpackBody(as, json.value, headers.anonymousid);
  if (unpacked.kind === "problem") throw new AppError(unpacked.code, { detail: unpacked.detail });
  return unpacked;
}

function readBody(
  deps: DoorDeps,
  source: KnownSource,
  as: WebPath,
  request: Sent,
  receivedAt: Date,
): Entry[] {
  const { items, sentAt } = unpack(as, request);
  if (items.length > ITEM_LIMIT) {
    throw new AppError("body-too-large", { detail: `A request may hold ${ITEM_LIMIT} items.` });
  }
  const signalled = carriesGpc(request.headers);
  let first: readonly unknown[] | undefined = items;
  const read = (): readonly unknown[] => {
    const given = first ?? unpack(as, request).items;
    first = undefined;
    return signalled ? given.map(withSignal) : given;
  };
  return entriesOf(deps, source, read, { receivedAt, sentAt });
}

async function takeBody(deps: DoorDeps, as: WebPath, request: Sent): Promise<RouteResponse> {
  const receivedAt = deps.clock.now();
  const source = await sourceOfRequest(deps, request.principal, request.query);
  const results = await takeEntries(deps, readBody(deps, source, as, request, receivedAt));
  return { status: 200, body: { results } };
}

/** The doors through which shops, apps and tills send events, as the Segment and RudderStack SDKs know them. */
export function eventRoutes(deps: DoorDeps): Route[] {
  return [
    settingsRoute(deps),
    ...PATHS.map(({ path, as }) =>
      route({
        method: "POST",
        path,
        operationId: `send${operationName(path)}`,
        summary: as === "batch" ? "Send a batch of events" : `Send one ${as} event`,
        tag: "ingestion",
        auth: { kind: "write-key" },
        cors: true,
        query: SourceQuery,
        body: {
          kind: "raw",
          limit: BODY_LIMIT,
          describe:
            "JSON of the Segment and RudderStack HTTP APIs, gzip or not, under any content type; see docs/sending-events.md.",
        },
        responses: {
          200: {
            describe: "One result an item, in order. Accepted items are committed.",
            schema: ResultsSchema,
          },
        },
        handle: (request) => takeBody(deps, as, request),
      }),
    ),
    ...(["track", "page"] as const).map((as) =>
      route({
        method: "GET",
        path: `/pixel/v1/${as}`,
        operationId: `sendPixel${as === "track" ? "Track" : "Page"}`,
        summary: `Send one ${as} event from an image`,
        tag: "ingestion",
        auth: { kind: "write-key" },
        cors: true,
        query: PixelQuery,
        responses: { 200: { describe: "A transparent picture of one pixel.", contentType: "image/gif" } },
        handle: async (request) => {
          const receivedAt = deps.clock.now();
          const query = request.query as Readonly<Record<string, unknown>>;
          const source = await sourceOfRequest(deps, request.principal, query);
          const item = pixelItem(as, query);
          const items = [carriesGpc(request.headers) ? withSignal(item) : item];
          await takeEntries(
            deps,
            entriesOf(deps, source, () => items, { receivedAt, sentAt: null }),
          );
          return { status: 200, headers: { "content-type": "image/gif" }, body: PIXEL };
        },
      }),
    ),
  ];
}

/**
 * What analytics.js 2 asks for before it sends: which integrations it loads (ours alone) and where they send to. The
 * write key stands in the URL because that is how the script asks; it only lets in events, as in any web page.
 */
function settingsRoute(deps: DoorDeps): Route {
  return route({
    method: "GET",
    path: "/v1/projects/:writeKey/settings",
    operationId: "getScriptSettings",
    summary: "The settings that analytics.js 2 loads at its start",
    tag: "ingestion",
    auth: { kind: "public" },
    cors: true,
    params: Type.Object({ writeKey: Type.String({ minLength: 1, maxLength: 100 }) }),
    responses: { 200: { describe: "Settings of the one integration.", schema: ScriptSettingsSchema } },
    handle: async ({ params, headers }) => {
      const source = await deps.registry.findByWriteKey(params.writeKey);
      if (source === undefined)
        throw new AppError("not-found", { detail: "There is no source with that write key." });
      const enabled = { __default: { enabled: true, integrations: {} } };
      return {
        status: 200,
        body: {
          integrations: {
            "Segment.io": {
              apiKey: params.writeKey,
              apiHost: `${headers["x-forwarded-host"] ?? headers.host ?? "localhost"}/v1`,
              protocol: headers["x-forwarded-proto"] ?? "http",
              unbundledIntegrations: [],
              addBundledMetadata: true,
            },
          },
          plan: { track: enabled, identify: enabled, group: enabled },
          enabledMiddleware: {},
          metrics: { sampleRate: 0 },
          analyticsNextEnabled: true,
          legacyVideoPluginsEnabled: false,
          remotePlugins: [],
        },
      };
    },
  });
}

function operationName(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== "v1")
    .map((part) =>
      part.length === 1 ? `Short${part.toUpperCase()}` : `${part[0]?.toUpperCase()}${part.slice(1)}`,
    )
    .join("");
}

/** A pixel carries flat parameters: `event`, `userId`, `anonymousId`, `properties` as JSON or `properties.x`. */
function pixelItem(type: string, query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const item: Record<string, unknown> = { type };
  const nested: Record<string, Record<string, unknown>> = {};
  for (const [name, value] of Object.entries(query)) {
    if (name === "writeKey" || name === "source" || typeof value !== "string") continue;
    const [outer, inner] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)];
    if (name.includes(".") && (outer === "properties" || outer === "context")) {
      nested[outer] = { ...nested[outer], [inner]: value };
    } else if (name === "properties" || name === "context") {
      const parsed = parseJsonBytes(Buffer.from(value, "utf8"));
      if (parsed.kind === "ok" && typeof parsed.value === "object" && parsed.value !== null) {
        nested[name] = { ...nested[name], ...(parsed.value as Record<string, unknown>) };
      }
    } else item[name] = value;
  }
  return { ...item, ...nested };
}
