import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { SECOND } from "../kernel/clock.ts";
import type { RouteResponse } from "../kernel/route.ts";
import { hasBody, isWaitingToSend } from "./body.ts";

/** A rest of a body smaller than this is simply read, and the connection kept. */
const SMALL_REST = 64 * 1024;
/** How much of a refused body is read and thrown away, and for how long, before the connection is cut. */
const DRAIN_BYTES = 512 * 1024 * 1024;
const DRAIN_TIME = 20 * SECOND;

function encode(response: RouteResponse): { body: Buffer; type: string | undefined } {
  const { body } = response;
  if (body === undefined) return { body: Buffer.alloc(0), type: undefined };
  if (Buffer.isBuffer(body)) return { body, type: "application/octet-stream" };
  const hasType = Object.keys(response.headers ?? {}).some((h) => h.toLowerCase() === "content-type");
  if (typeof body === "string" && hasType) return { body: Buffer.from(body), type: undefined };
  return { body: Buffer.from(JSON.stringify(body)), type: "application/json; charset=utf-8" };
}

/** Reads on and forgets what it reads, until the body or the bounds end. */
function drain(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const done = () => {
      clearTimeout(timer);
      req.off("data", onData).off("end", done).off("close", done);
      resolve();
    };
    const onData = (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > DRAIN_BYTES) done();
    };
    const timer = setTimeout(done, DRAIN_TIME);
    req.on("error", () => {});
    req.unpipe();
    req.on("data", onData).on("end", done).on("close", done);
    req.resume();
  });
}

/**
 * Writes the answer. When a large part of the request is still on its way, the answer goes out at once, complete,
 * and the rest is thrown away for a bounded while before the connection closes: closing over unread data would
 * reset it, and senders that write before they read would never see why they were refused.
 */
export async function respond(
  req: IncomingMessage,
  res: ServerResponse,
  response: RouteResponse,
): Promise<void> {
  if (res.destroyed) return;
  for (const [name, value] of Object.entries(response.headers ?? {})) res.setHeader(name, value);
  res.statusCode = response.status;
  if (response.stream !== undefined) {
    await pipeline(response.stream, res);
    return;
  }
  const { body, type } = encode(response);
  if (type !== undefined && !res.hasHeader("content-type")) res.setHeader("content-type", type);
  if (response.status !== 204 && response.status !== 304) res.setHeader("content-length", body.length);

  const unread = hasBody(req) && !req.complete && !req.destroyed;
  const declared = Number(req.headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (unread && isWaitingToSend(req)) res.setHeader("connection", "close");
  else if (unread && declared > SMALL_REST) {
    res.setHeader("connection", "close");
    res.flushHeaders();
    if (req.method !== "HEAD" && body.length > 0) res.write(body);
    await drain(req);
    res.end();
    return;
  }
  res.end(body);
}
