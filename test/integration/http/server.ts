import type { Socket } from "node:net";
import { createHttp, type HttpDeps } from "../../../src/http/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { type LogFields, silentMeter } from "../../../src/kernel/log.ts";
import type { Principal, Route } from "../../../src/kernel/route.ts";

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

export const ADMIN: Principal = { kind: "api-key", id: "k1", name: "admin", role: "admin", purposes: ["*"] };
export const CX: Principal = { kind: "api-key", id: "k2", name: "cx", role: "cx", purposes: ["service"] };
export const SCOPED: Principal = { ...ADMIN, id: "k3", scopes: ["things"] } as Principal;
export const SOURCE = { kind: "source", sourceId: "s1", keyId: "sk1" } as Principal;

const KEYS: Readonly<Record<string, Principal>> = {
  "admin-key": ADMIN,
  "cx-key": CX,
  "scoped-key": SCOPED,
  "write-key": SOURCE,
};

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** A running server on a port of the system's choice, and what it logged. */
export async function startHttp(routes: readonly Route[], over: Partial<HttpDeps> = {}) {
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields });
  const http = createHttp({
    routes,
    authenticate: async ({ secret, overSocket }) => {
      if (secret === undefined) return overSocket ? ADMIN : { kind: "anonymous" };
      return KEYS[secret] ?? { kind: "anonymous" };
    },
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    meter: silentMeter,
    clock: fixedClock("2026-11-21T10:00:00Z"),
    ids: uuidIds,
    readiness: async () => ({ store: true, keystore: true }),
    ...over,
  });
  const { url, port } = await http.listen(0, "127.0.0.1");
  return { http, url, port, lines };
}

export type Running = Awaited<ReturnType<typeof startHttp>>;

/** Everything a raw connection says until it closes. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
    socket.on("error", (error) => (chunks.length > 0 ? undefined : reject(error)));
  });
}
