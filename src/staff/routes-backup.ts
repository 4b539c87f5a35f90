import { isAbsolute } from "node:path";
import { Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import type { Manifest } from "../vault/index.ts";
import { SOCKET_ADMIN } from "./api-key.ts";

const Part = Type.Object({
  takenAt: Type.String({ format: "date-time" }),
  deleteBy: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  files: Type.Integer(),
  bytes: Type.Integer(),
});

function viewOf(manifest: Manifest) {
  return {
    takenAt: manifest.takenAt,
    deleteBy: manifest.deleteBy,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}

/**
 * The door through which `candor backup` reaches the server that holds the embedded stores. It writes files of this
 * machine, so it opens for the socket in the data directory alone, never for a key.
 */
export function backupRoutes(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly takeBackup: (into: {
    readonly data: string;
    readonly keystore: string;
  }) => Promise<{ readonly data: Manifest; readonly keystore: Manifest }>;
}): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/backups",
      operationId: "takeBackup",
      summary: "Copy the embedded stores into two new directories of this machine (the local socket only).",
      tag: "backup",
      auth: { kind: "api-key", roles: ["admin"] },
      body: {
        kind: "json",
        schema: Type.Object(
          { data: Type.String({ maxLength: 4_096 }), keystore: Type.String({ maxLength: 4_096 }) },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: { describe: "Both are there.", schema: Type.Object({ data: Part, keystore: Part }) },
      },
      handle: async ({ principal, body, requestId }) => {
        if (principal !== SOCKET_ADMIN)
          throw new AppError("forbidden", {
            detail: "Only the socket in the data directory may ask for this.",
          });
        if (deps.db.engine !== "pglite")
          throw new AppError("conflict", { detail: "With PostgreSQL, `candor backup` runs pg_dump itself." });
        if (!isAbsolute(body.data) || !isAbsolute(body.keystore) || body.data === body.keystore)
          throw new AppError("invalid-request", { detail: "Two different absolute paths are needed." });
        const taken = await deps.takeBackup(body);
        await deps.db.tx((tx) =>
          stageAudit(tx, deps, { actor: actorOf(principal), action: "backup.taken", requestId }),
        );
        return { status: 201, body: { data: viewOf(taken.data), keystore: viewOf(taken.keystore) } };
      },
    }),
  ];
}
