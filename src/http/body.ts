import type { IncomingMessage, ServerResponse } from "node:http";
import { type Readable, Transform } from "node:stream";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { MINUTE } from "../kernel/clock.ts";
import { AppError } from "../kernel/problems.ts";

/** How long a whole buffered body may take to arrive. */
const BODY_DEADLINE = MINUTE;
/** A stream that has grown to more than this, and to more than RATIO times its compressed size, is a bomb. */
const BOMB_SIZE = 100 * 1024 * 1024;
const BOMB_RATIO = 250;

type Encoding = "gzip" | "deflate" | "deflate-raw" | "br";

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const brotli = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);

function tooLarge(limit: number): AppError {
  return new AppError("body-too-large", {
    detail: `This door accepts at most ${limit} bytes after decompression.`,
  });
}
const endedEarly = () =>
  new AppError("unparsable-body", { detail: "The body ended before it was complete." });
const badCompression = () =>
  new AppError("unparsable-body", { detail: "The body could not be decompressed." });

/** Whether the request carries a body at all (RFC 9112 §6.3). */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/**
 * How the body is compressed, by its label and its first bytes. Some senders compress without saying so, and some
 * proxies decompress without removing the label, so for gzip and deflate the bytes decide.
 */
function encodingOf(req: IncomingMessage, head: Buffer): Encoding | undefined {
  const [first = 0, second = 0] = head;
  if (first === 0x1f && second === 0x8b) return "gzip";
  switch (req.headers["content-encoding"]?.trim().toLowerCase() ?? "identity") {
    case "":
    case "identity":
    case "gzip":
    case "x-gzip":
      return undefined;
    case "br":
      return "br";
    case "deflate":
      // RFC 9110 §8.4.1.2 means zlib; some senders leave its header out. Plain JSON can be mistaken for neither.
      if ((first & 0x0f) === 8 && (first * 256 + second) % 31 === 0) return "deflate";
      return first === 0x7b || first === 0x5b ? undefined : "deflate-raw";
    default:
      throw new AppError("unparsable-body", {
        detail: "The body is compressed in a way this door does not know.",
        headers: { "accept-encoding": "gzip, deflate, br" },
      });
  }
}

/** Lets a client that asked first (`Expect: 100-continue`) send its body. */
function letItCome(req: IncomingMessage, res: ServerResponse): void {
  if (isWaitingToSend(req) && !res.headersSent) {
    res.writeContinue();
    continued.add(req);
  }
}
const continued = new WeakSet<IncomingMessage>();

/** Whether the client holds its body back until it is told to go on. */
export function isWaitingToSend(req: IncomingMessage): boolean {
  return req.headers.expect?.toLowerCase() === "100-continue" && !continued.has(req);
}

/** Takes the body as it is sent, and stops reading as soon as it is larger than `cap`. */
function collect(req: IncomingMessage, cap: number, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      // Errors of a connection nobody reads from any more must not end the process.
      req.on("error", () => {});
      act();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > cap) {
        req.pause();
        settle(() => reject(tooLarge(limit)));
      } else chunks.push(chunk);
    };
    const onEnd = () =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const onClose = () => settle(() => reject(endedEarly()));
    // A body that trickles in is cut off without an answer: every sender takes that for a network fault and retries.
    const timer = setTimeout(() => req.destroy(), BODY_DEADLINE);
    req.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

/**
 * The whole body, decompressed. Throws `body-too-large` once more than `limit` bytes have come, compressed or
 * decompressed, without reading or unpacking the rest; `unparsable-body` when it cannot be decompressed.
 */
export async function readBody(req: IncomingMessage, res: ServerResponse, limit: number): Promise<Buffer> {
  if (!hasBody(req)) return Buffer.alloc(0);
  // What cannot be compressed grows a little when it is.
  const cap = limit + Math.ceil(limit / 1_000) + 1_024;
  if (Number(req.headers["content-length"] ?? 0) > cap) throw tooLarge(limit);
  letItCome(req, res);
  const sent = await collect(req, cap, limit);
  const encoding = encodingOf(req, sent);
  if (encoding === undefined) {
    if (sent.length > limit) throw tooLarge(limit);
    return sent;
  }
  const unpack = { gzip: gunzip, deflate: inflate, "deflate-raw": inflateRaw, br: brotli }[encoding];
  try {
    return await unpack(sent, { maxOutputLength: limit, chunkSize: 65_536 });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit);
    throw badCompression();
  }
}

/** What comes first: at least two bytes, unless there are no more. The rest waits in the stream. */
function peek(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const settle = (act: () => void) => {
      req.pause();
      req.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      act();
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.reduce((n, c) => n + c.length, 0) >= 2) settle(() => resolve(Buffer.concat(chunks)));
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks)));
    const onClose = () => settle(() => reject(endedEarly()));
    req.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

function decoderFor(encoding: Encoding): Transform {
  const options = { chunkSize: 65_536 };
  switch (encoding) {
    case "gzip":
      return zlib.createGunzip(options);
    case "deflate":
      return zlib.createInflate(options);
    case "deflate-raw":
      return zlib.createInflateRaw(options);
    case "br":
      return zlib.createBrotliDecompress(options);
  }
}

/**
 * The body as a stream of decompressed bytes, of any length, at the reader's pace. It fails with `unparsable-body`
 * when the compression is broken or the sender goes away, and with `body-too-large` when it turns out a bomb.
 * Destroying it leaves the connection open for the answer.
 */
export async function openBody(req: IncomingMessage, res: ServerResponse): Promise<Readable> {
  letItCome(req, res);
  const head = hasBody(req) ? await peek(req) : Buffer.alloc(0);
  const encoding = encodingOf(req, head);
  let sent = head.length;
  let unpacked = 0;
  const out = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      unpacked += chunk.length;
      if (encoding !== undefined && unpacked > BOMB_SIZE && unpacked > BOMB_RATIO * sent) {
        done(
          new AppError("body-too-large", {
            detail: "The body unpacks to far more than compression explains.",
          }),
        );
      } else done(null, chunk);
    },
  });
  // A reader that has stopped reading must not turn a late fault into the end of the process.
  out.on("error", () => {});
  req.on("error", () => {});

  const entrance = encoding === undefined ? out : decoderFor(encoding);
  if (entrance !== out) {
    entrance.on("error", () => out.destroy(badCompression()));
    entrance.pipe(out);
    out.on("close", () => entrance.destroy());
  }
  if (req.readableEnded || !hasBody(req)) {
    entrance.end(head);
    return out;
  }
  entrance.write(head);
  req.on("data", (chunk: Buffer) => {
    sent += chunk.length;
  });
  req.pause();
  req.pipe(entrance);
  req.on("close", () => {
    if (!req.complete) out.destroy(endedEarly());
  });
  out.on("close", () => req.unpipe(entrance));
  return out;
}
