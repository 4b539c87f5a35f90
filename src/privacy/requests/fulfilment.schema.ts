import { Type } from "typebox";

const Maybe = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });

/** An erasure preview as it is answered (`ErasurePreview`). */
export const ErasurePreviewSchema = Type.Object({
  memberId: Type.String(),
  subjectIds: Type.Array(Type.String()),
  computedAt: Time,
  fingerprint: Type.String({ description: "Approve with it; it changes when what counts has changed." }),
  holders: Type.Array(
    Type.Object({
      table: Type.String(),
      holds: Type.String(),
      categories: Type.Array(Type.String()),
      treatment: Type.Union([Type.Literal("erase"), Type.Literal("pseudonymise"), Type.Literal("keep")]),
      rows: Type.Integer(),
      ground: Type.Union([Type.Object({ code: Type.String(), provision: Type.String() }), Type.Null()]),
      keptUntil: Maybe(Type.String()),
    }),
  ),
  holds: Type.Array(
    Type.Object({
      holdId: Type.String(),
      ground: Type.String(),
      since: Type.String(),
      until: Maybe(Type.String()),
    }),
  ),
  recipients: Type.Array(Type.Object({ recipientId: Type.String(), copies: Type.Integer() })),
  keys: Type.Integer(),
});

/** How far the work of a request is (`RunProgress`); null before it starts. */
export const ProgressSchema = Type.Union([
  Type.Object({
    runId: Type.String(),
    requestId: Type.String(),
    kind: Type.String(),
    state: Type.String(),
    startedAt: Time,
    finishedAt: Maybe(Time),
    steps: Type.Array(
      Type.Object({
        step: Type.String(),
        state: Type.String(),
        startedAt: Maybe(Time),
        finishedAt: Maybe(Time),
        attempts: Type.Integer(),
        failure: Maybe(Type.String()),
        counts: Type.Record(Type.String(), Type.Number()),
      }),
    ),
    certificateId: Maybe(Type.String()),
    packageId: Maybe(Type.String()),
  }),
  Type.Null(),
]);
