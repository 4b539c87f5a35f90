import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Express } from "express";
import type { Db } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import type { Log, Meter } from "../kernel/log.ts";
import { PROBLEMS } from "../kernel/problems.ts";
import type { Route } from "../kernel/route.ts";
import { type AppDeps, createApp } from "./app.ts";
import type { Authenticate } from "./credentials.ts";
import { healthRoutes, type Readiness } from "./health-routes.ts";
import { buildOpenApi } from "./openapi.ts";

export interface HttpDeps {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly readiness: Readiness;
  /** What `/metrics` shows; without it there is no such door. */
  readonly renderMetrics?: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Where answers to repeated writes are kept; without it Idempotency-Key is not honoured. */
  readonly db?: Db;
  /** How acts that two people decide are approved; without it logged-in people cannot do them. */
  readonly approve?: AppDeps["approve"];
  /** The version stated in `/openapi.json`. */
  readonly version?: string;
}

/** Something that already listens and hands over its connections, as the lock of a data directory does. */
export interface ConnectionSource {
  serve(onConnection: (socket: Socket) => void): void;
}

export interface Http {
  readonly app: Express;
  /** All routes, the server's own among them. */
  readonly routes: readonly Route[];
  /** Serves on TCP; port 0 lets the system choose. Resolves once connections are accepted. */
  listen(port: number, host: string): Promise<{ readonly port: number; readonly url: string }>;
  /**
   * Serves on a Unix socket, whose requests count as the administrator's: the file's mode (0600) protects it.
   * Takes a path, or something that listens already.
   */
  listenUnix(target: string | ConnectionSource): Promise<void>;
  /**
   * Stops accepting, lets requests under way end for at most `graceMs` (10 s unless stated), cuts the others off.
   * Closing twice is fine.
   */
  close(graceMs?: number): Promise<void>;
}

const GRACE = 10 * SECOND;
/** Longer than the idle time-outs of common proxies (60 s), so that they never reuse a connection we just closed. */
const KEEP_ALIVE = 75 * SECOND;
const HEADERS_DEADLINE = 30 * SECOND;
/** Node's 16 KiB are less than a mapping of Chinese column names, which a preview takes in its query. */
const LONGEST_HEADERS = 64 * 1024;

/** A host to listen at that has no address here: the system speaks of a look-up, which sounds like the database's. */
function asAddressFault(error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOTFOUND" && error.code !== "EAI_AGAIN") return error;
  return Object.assign(new Error("the host is no address of this machine", { cause: error }), {
    code: "EADDRNOTAVAIL",
  });
}

/** Node answers malformed HTTP before there is a request; this gives it the form of every other answer. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, title } = PROBLEMS["invalid-request"];
  const code = "invalid-request";
  const body = JSON.stringify({ type: `urn:candor:problem:${code}`, title, status, code });
  socket.end(
    `HTTP/1.1 ${status} Bad Request\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Puts the routes of all rooms behind HTTP. Nothing listens until `listen` or `listenUnix`. */
export function createHttp(deps: HttpDeps): Http {
  let closing = false;
  const overSocket = new WeakSet<IncomingMessage>();
  const servers: Server[] = [];
  const open = new Set<ServerResponse>();
  /** Connections that others accepted: a server that does not listen itself keeps no list of its own. */
  const handedOver = new Set<Socket>();
  let onIdle: (() => void) | undefined;

  let openApi: string | undefined;
  const routes: Route[] = [
    ...deps.routes,
    ...healthRoutes({
      readiness: deps.readiness,
      isClosing: () => closing,
      ...(deps.renderMetrics === undefined ? {} : { renderMetrics: deps.renderMetrics }),
      openApi: () => {
        openApi ??= JSON.stringify(buildOpenApi(routes, { version: deps.version ?? "0.0.0" }));
        return openApi;
      },
    }),
  ];
  const app = createApp({
    ...deps,
    db: deps.db,
    routes,
    isClosing: () => closing,
    isOverSocket: (req) => overSocket.has(req),
  });

  const newServer = (unix: boolean): Server => {
    const handle = (req: IncomingMessage, res: ServerResponse) => {
      open.add(res);
      res.once("close", () => {
        open.delete(res);
        if (open.size === 0) onIdle?.();
      });
      if (unix) overSocket.add(req);
      app(req, res);
    };
    const server = createServer(
      // Bodies have deadlines of their own (body.ts); a large file may take longer than any fixed time.
      {
        keepAliveTimeout: KEEP_ALIVE,
        headersTimeout: HEADERS_DEADLINE,
        requestTimeout: 0,
        maxHeaderSize: LONGEST_HEADERS,
      },
      handle,
    );
    server.on("checkContinue", handle);
    server.on("clientError", answerMalformed);
    servers.push(server);
    return server;
  };

  const listening = (server: Server, start: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(asAddressFault(error)));
      server.once("listening", () => {
        server.removeAllListeners("error");
        resolve();
      });
      start();
    });

  return {
    app,
    routes,
    listen: async (port, host) => {
      const server = newServer(false);
      await listening(server, () => server.listen(port, host));
      const address = server.address();
      const bound = typeof address === "object" && address !== null ? address.port : port;
      const name = host.includes(":") ? `[${host}]` : host;
      return { port: bound, url: `http://${name}:${bound}` };
    },
    listenUnix: async (target) => {
      const server = newServer(true);
      if (typeof target !== "string") {
        target.serve((socket) => {
          handedOver.add(socket);
          socket.once("close", () => handedOver.delete(socket));
          server.emit("connection", socket);
        });
        return;
      }
      // Binding creates the file with the process's mask; a tight one leaves no moment at which others may connect.
      const mask = process.umask(0o177);
      try {
        await listening(server, () => server.listen(target));
      } finally {
        process.umask(mask);
      }
      chmodSync(target, 0o600);
    },
    close: async (graceMs = GRACE) => {
      closing = true;
      for (const server of servers) {
        if (server.listening) server.close();
        server.closeIdleConnections();
      }
      if (open.size > 0) {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
          onIdle = resolve;
          timer = setTimeout(resolve, graceMs);
        });
        clearTimeout(timer);
      }
      for (const server of servers) server.closeAllConnections();
      for (const socket of handedOver) socket.destroy();
    },
  };
}
