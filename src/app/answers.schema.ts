import { Type } from "typebox";

const Time = Type.String({ format: "date-time" });
const MaybeTime = Type.Union([Time, Type.Null()]);
const Bytes = Type.Integer({ description: "Bytes." });

/** Every queue of background work with its jobs by state. */
export const QueuesSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      queue: Type.String(),
      waiting: Type.Integer(),
      retrying: Type.Integer(),
      active: Type.Integer(),
      completed: Type.Integer(),
      failed: Type.Integer(),
      oldestDueAt: MaybeTime,
    }),
  ),
});

/** Jobs that were given up. */
export const FailedJobsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      queue: Type.String(),
      attempts: Type.Integer(),
      createdAt: Time,
      failedAt: MaybeTime,
      error: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()]),
});

/** What runs here. */
export const SystemSchema = Type.Object({
  version: Type.String(),
  node: Type.String(),
  system: Type.String(),
  startedAt: Time,
  engine: Type.Object({
    kind: Type.Enum(["pglite", "postgres"] as const),
    version: Type.String(),
    bytes: Bytes,
  }),
  migrations: Type.Object({ applied: Type.Integer(), newest: Type.Union([Type.String(), Type.Null()]) }),
  disk: Type.Union([Type.Object({ free: Bytes, total: Bytes }), Type.Null()]),
  memory: Bytes,
  lastBackupAt: MaybeTime,
  settings: Type.Array(
    Type.Object({
      name: Type.String(),
      isSet: Type.Boolean({ description: "Values are shown nowhere: some are secrets." }),
    }),
  ),
});
