import { Type } from "typebox";
import { ERASURE_STEPS, PACKAGE_STEPS, RUN_STATES } from "./port.ts";
import { Uuid } from "./route-parts.ts";

const Time = Type.String({ format: "date-time" });
const MaybeTime = Type.Union([Time, Type.Null()]);
const MaybeString = Type.Union([Type.String(), Type.Null()]);

export const TreatmentSchema = Type.Enum(["erase", "pseudonymise", "keep"]);
/** Why something is kept. */
export const GroundSchema = Type.Union([
  Type.Object({ code: Type.String(), provision: Type.String() }),
  Type.Null(),
]);

/** An erasure preview as it is answered (`ErasurePreview`). */
export const ErasurePreviewSchema = Type.Object({
  memberId: Type.String(),
  subjectIds: Type.Array(Type.String()),
  computedAt: Time,
  fingerprint: Type.String({ description: "Approve with it; it changes when what counts has changed." }),
  holders: Type.Array(
    Type.Object({
      table: Type.String(),
      name: Type.Object({ en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() }),
      holds: Type.String(),
      categories: Type.Array(Type.String()),
      treatment: TreatmentSchema,
      rows: Type.Integer(),
      ground: GroundSchema,
      keptUntil: MaybeString,
    }),
  ),
  holds: Type.Array(Type.Object({ holdId: Uuid, ground: Type.String(), since: Time, until: MaybeTime })),
  recipients: Type.Array(Type.Object({ recipientId: Type.String(), copies: Type.Integer() })),
  keys: Type.Integer(),
});

/** How far an erasure or a package is (`RunProgress`). */
export const ProgressSchema = Type.Object({
  runId: Uuid,
  requestId: Uuid,
  kind: Type.Enum(["erasure", "access", "portability"]),
  state: Type.Enum(RUN_STATES),
  startedAt: Time,
  finishedAt: MaybeTime,
  steps: Type.Array(
    Type.Object({
      step: Type.Enum([...new Set([...ERASURE_STEPS, ...PACKAGE_STEPS])]),
      state: Type.Enum(["waiting", "running", "done", "failed"]),
      startedAt: MaybeTime,
      finishedAt: MaybeTime,
      attempts: Type.Integer(),
      failure: MaybeString,
      counts: Type.Record(Type.String(), Type.Number()),
    }),
  ),
  certificateId: MaybeString,
  packageId: MaybeString,
});
