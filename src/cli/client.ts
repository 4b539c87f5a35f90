import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Agent, request } from "undici";
import { CliError, EXIT } from "./exit.ts";
import { printable } from "./text.ts";

/** How a server is reached. */
export type Target =
  | { readonly kind: "socket"; readonly socketPath: string }
  | { readonly kind: "url"; readonly url: string; readonly key: string | null };

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** JSON as it stands, for values that JavaScript's numbers would spoil. */
  readonly json?: string;
  /** A file to send as it streams, in place of a body. */
  readonly file?: Readable;
}

export interface Answer {
  readonly status: number;
  /** The body as it came: JSON. Empty where there is none. */
  readonly text: string;
}

/** Speaks to one server. */
export interface Client {
  /** Throws `ServerProblem` for every status but 2xx, `Unreachable` without an answer. */
  call(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    options?: CallOptions,
  ): Promise<Answer>;
  /** `call`, and its body parsed. */
  json<T>(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    options?: CallOptions,
  ): Promise<T>;
  /** Writes an answer of any size into `sink` as it comes, and ends it. An answer that breaks off rejects. */
  save(path: string, sink: Writable, options?: { readonly query?: Query }): Promise<void>;
  close(): Promise<void>;
}

interface ProblemBody {
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly requestId?: unknown;
}

/** The server's answer was a problem (RFC 9457), or no answer of Candor's at all. */
export class ServerProblem extends CliError {
  readonly status: number;
  readonly code: string;
  readonly problem: ProblemBody;

  constructor(status: number, problem: ProblemBody, headers: { readonly retryAfter: string | null }) {
    const exit = status >= 500 || status === 429 || status < 400 ? EXIT.server : EXIT.refused;
    const text = (value: unknown) => (typeof value === "string" ? printable(value) : null);
    const title = text(problem.title) ?? `The answer (HTTP ${status}) is not one of Candor's.`;
    const lines: string[] = [];
    const detail = text(problem.detail);
    if (detail !== null) lines.push(detail);
    for (const error of Array.isArray(problem.errors) ? problem.errors : []) {
      const { path, message, code } = error as { path?: unknown; message?: unknown; code?: unknown };
      const place = text(path) ?? "";
      lines.push(`${place === "" ? "" : `${place}: `}${text(message) ?? ""} (${text(code) ?? "no code"})`);
    }
    const id = text(problem.requestId);
    const marks = [text(problem.code) ?? `HTTP ${status}`, ...(id === null ? [] : [`request ${id}`])];
    if (headers.retryAfter !== null) marks.push(`try again after ${printable(headers.retryAfter)} s`);
    lines.push(`[${marks.join(", ")}]`);
    super(exit, title, lines);
    this.name = "ServerProblem";
    this.status = status;
    this.code = text(problem.code) ?? "";
    this.problem = problem;
  }
}

/** Nobody answered. `code` is the system's, such as ECONNREFUSED. */
export class Unreachable extends CliError {
  readonly code: string;

  constructor(where: string, cause: unknown) {
    const code =
      cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown";
    super(EXIT.server, `No answer from ${where} (${code}).`, [
      "Is the server running there? `candor serve` starts one; --url or CANDOR_URL names another.",
    ]);
    this.name = "Unreachable";
    this.code = code;
  }
}

function problemOf(text: string): ProblemBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as ProblemBody) : {};
  } catch {
    return {};
  }
}

/**
 * Opens a client. It follows no redirect, keeps no time limit of its own (an import answers when all of it is
 * committed) unless `deadlineMs` is given, and sends the key to the target only.
 */
export function createClient(target: Target, options: { readonly deadlineMs?: number } = {}): Client {
  const deadline = options.deadlineMs ?? 0;
  const dispatcher = new Agent({
    headersTimeout: deadline,
    bodyTimeout: deadline,
    connect: {
      timeout: options.deadlineMs ?? 10_000,
      ...(target.kind === "socket" ? { socketPath: target.socketPath } : {}),
    },
  });
  const base = target.kind === "socket" ? "http://localhost/" : target.url.replace(/\/*$/, "/");
  const where = target.kind === "socket" ? "the socket in the data directory" : printable(target.url);

  const urlOf = (path: string, query: Query = {}): URL => {
    const url = new URL(path.replace(/^\//, ""), base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  };
  const authorization =
    target.kind === "url" && target.key !== null ? { authorization: `Bearer ${target.key}` } : {};

  const call: Client["call"] = async (method, path, { query, body, json, file } = {}) => {
    const url = urlOf(path, query);
    const sent = json ?? (body === undefined ? undefined : JSON.stringify(body));
    let answer: Awaited<ReturnType<typeof request>>;
    let text: string;
    try {
      answer = await request(url, {
        dispatcher,
        method,
        headers: {
          accept: "application/json",
          ...authorization,
          ...(sent === undefined ? {} : { "content-type": "application/json" }),
          ...(file === undefined ? {} : { "content-type": "application/octet-stream" }),
        },
        ...(sent !== undefined ? { body: sent } : file !== undefined ? { body: file } : {}),
      });
      text = await answer.body.text();
    } catch (cause) {
      // A file that cannot be read fails the request; that is no fault of the server.
      if (cause instanceof CliError) throw cause;
      throw new Unreachable(where, cause);
    }
    const { statusCode: status, headers } = answer;
    if (status < 200 || status > 299) {
      const retryAfter = headers["retry-after"];
      throw new ServerProblem(status, problemOf(text), {
        retryAfter: typeof retryAfter === "string" ? retryAfter : null,
      });
    }
    return { status, text };
  };

  return {
    call,
    async json<T>(...args: Parameters<Client["call"]>): Promise<T> {
      const { status, text } = await call(...args);
      try {
        return JSON.parse(text) as T;
      } catch {
        throw new ServerProblem(status === 200 ? 502 : status, {}, { retryAfter: null });
      }
    },
    async save(path, sink, { query } = {}) {
      let answer: Awaited<ReturnType<typeof request>>;
      try {
        answer = await request(urlOf(path, query), { dispatcher, method: "GET", headers: authorization });
      } catch (cause) {
        throw new Unreachable(where, cause);
      }
      if (answer.statusCode !== 200)
        throw new ServerProblem(answer.statusCode, problemOf(await answer.body.text()), { retryAfter: null });
      try {
        await pipeline(answer.body, sink);
      } catch (cause) {
        throw new CliError(EXIT.server, "The answer broke off; what was written so far is not whole.", [
          cause instanceof Error ? printable(cause.message) : "",
        ]);
      }
    },
    close: () => dispatcher.destroy(),
  };
}
