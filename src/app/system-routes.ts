import { statfs } from "node:fs/promises";
import { arch, platform } from "node:os";
import { lastAudited } from "../audit/index.ts";
import { type Db, readEngine } from "../db/index.ts";
import { type Route, route } from "../kernel/route.ts";
import { SystemSchema } from "./answers.schema.ts";
import { VERSION } from "./version.ts";

/** A setting as the system page shows it: whether it is set, never to what. */
export interface SettingShown {
  readonly name: string;
  readonly isSet: boolean;
}

/** The door by which operators see what runs here. */
export function systemStateRoutes(deps: {
  readonly db: Db;
  readonly startedAt: Date;
  readonly settings: readonly SettingShown[];
  /** Where the embedded stores lie; null with PostgreSQL, whose disk is another machine's. */
  readonly dataDir: string | null;
}): Route[] {
  const disk = async () => {
    if (deps.dataDir === null) return null;
    try {
      const { bavail, blocks, bsize } = await statfs(deps.dataDir);
      return { free: bavail * bsize, total: blocks * bsize };
    } catch {
      // Not every file system says.
      return null;
    }
  };
  return [
    route({
      method: "GET",
      path: "/v1/system",
      operationId: "getSystem",
      summary: "Versions, engine, disk, last backup, and which settings are set (never to what)",
      tag: "system",
      auth: { kind: "api-key", roles: ["admin"] },
      responses: { 200: { describe: "What runs here.", schema: SystemSchema } },
      handle: async () => {
        const engine = await readEngine(deps.db);
        return {
          status: 200,
          body: {
            version: VERSION,
            node: process.version,
            system: `${platform()} ${arch()}`,
            startedAt: deps.startedAt.toISOString(),
            engine: { kind: deps.db.engine, version: engine.version, bytes: engine.bytes },
            migrations: { applied: engine.migrations, newest: engine.newestMigration },
            disk: await disk(),
            memory: process.memoryUsage().rss,
            lastBackupAt: (await lastAudited(deps.db, "backup.taken"))?.toISOString() ?? null,
            settings: deps.settings,
          },
        };
      },
    }),
  ];
}
