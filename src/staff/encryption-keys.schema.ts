import { Type } from "typebox";
import { INDEX_KEY_LABELS, KEY_USES, ROTATION_KINDS, ROTATION_PHASES } from "../vault/index.ts";

const Time = Type.String({ format: "date-time" });

export const RotationView = Type.Object({
  id: Type.String({ format: "uuid" }),
  kind: Type.Enum(ROTATION_KINDS),
  state: Type.Enum(["running", "done"] as const),
  phase: Type.Enum(ROTATION_PHASES, {
    description: "prepare, rewrap, settle or done; of the index key publish, index, settle, again or done.",
  }),
  toVersion: Type.Union([Type.String(), Type.Null()]),
  done: Type.Integer({ description: "Keys rewrapped, or identifiers indexed anew, so far." }),
  total: Type.Integer({ description: "How many there are, as counted at the start." }),
  startedAt: Time,
  updatedAt: Time,
  finishedAt: Type.Union([Time, Type.Null()]),
});

export const EncryptionKeysView = Type.Object({
  provider: Type.String({ description: "Who holds the root key: file, aws-kms or vault-transit." }),
  rootVersion: Type.String({ description: "The version of the root key that wraps now." }),
  versions: Type.Array(
    Type.Object({
      what: Type.Enum(["wrapping", ...INDEX_KEY_LABELS] as const),
      version: Type.Integer(),
      state: Type.Enum(["live", "retired", "destroyed"] as const, {
        description: "Retired ones unwrap or look up only.",
      }),
      rootVersion: Type.String({ description: "The version of the root key that wraps it." }),
      createdAt: Time,
    }),
  ),
  dataKeys: Type.Array(
    Type.Object({
      use: Type.Enum(KEY_USES),
      state: Type.Enum(["live", "destroyed"] as const),
      count: Type.Integer(),
    }),
  ),
  erased: Type.Integer({ description: "Entries of the erasure ledger." }),
  rotations: Type.Array(RotationView, { description: "Newest first." }),
});
