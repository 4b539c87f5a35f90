import { type Static, Type } from "typebox";
import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { ROTATION_KINDS, type Rotation, type Vault } from "../vault/index.ts";
import { EncryptionKeysView, RotationView } from "./encryption-keys.schema.ts";

const Kind = Type.Enum(ROTATION_KINDS, {
  description:
    "root: the key that wraps all others, in the file, the environment or the key management service. wrapping: the key-encryption key that wraps the data keys. index: the key of the blind indexes by which identifiers are found.",
});

function viewOf(r: Rotation): Static<typeof RotationView> {
  return {
    id: r.id,
    kind: r.kind,
    state: r.state,
    phase: r.phase,
    toVersion: r.toVersion,
    done: r.done,
    total: r.total,
    startedAt: r.startedAt.toISOString(),
    updatedAt: r.updatedAt.toISOString(),
    finishedAt: r.finishedAt?.toISOString() ?? null,
  };
}

/** The doors to the keys that encrypt: what there is, and rotating them. No key ever passes through. */
export function encryptionKeyRoutes(deps: {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether every identifier is found under the newest index key. */
  readonly isIndexComplete: () => Promise<boolean>;
}): Route[] {
  const { db, vault } = deps;
  const door = { tag: "encryption-keys", auth: { kind: "api-key", roles: ["admin"] } } as const;
  return [
    route({
      ...door,
      method: "GET",
      path: "/v1/encryption-keys",
      operationId: "getEncryptionKeys",
      summary: "Versions, counts and rotations of the keys that encrypt.",
      responses: { 200: { describe: "What there is.", schema: EncryptionKeysView } },
      handle: async () => {
        // Rotations first: one that is done by then has its last version among those read after it.
        const rotations = await vault.rotations.list();
        const { provider, rootVersion, versions, dataKeys } = await vault.rotations.versions();
        return {
          status: 200,
          body: {
            provider,
            rootVersion,
            versions: versions.map((v) => ({ ...v, createdAt: v.createdAt.toISOString() })),
            dataKeys: [...dataKeys],
            erased: (await vault.erasures.head()).seq,
            rotations: rotations.map(viewOf),
          } satisfies Static<typeof EncryptionKeysView>,
        };
      },
    }),
    route({
      ...door,
      method: "POST",
      path: "/v1/encryption-keys/rotations",
      operationId: "rotateEncryptionKeys",
      summary: "Start a rotation. Work goes on meanwhile; a second call answers with the one that runs.",
      body: { kind: "json", schema: Type.Object({ kind: Kind }, { additionalProperties: false }) },
      responses: { 202: { describe: "It runs in the background.", schema: RotationView } },
      handle: async ({ principal, body, requestId }) => {
        const rotation = await vault.rotations.start(body.kind);
        await db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "encryption-key.rotation-started",
            targets: [{ kind: `${body.kind}-key`, id: rotation.id }],
            counts: { keys: rotation.total },
            requestId,
          }),
        );
        return { status: 202, body: viewOf(rotation) };
      },
    }),
    route({
      ...door,
      method: "POST",
      path: "/v1/encryption-keys/index-keys/destroy",
      operationId: "destroyOldIndexKeys",
      summary:
        "Destroy the retired keys of blind indexes: backups of the data from before can then be matched with nobody",
      responses: {
        200: {
          describe: "How many versions were destroyed.",
          schema: Type.Object({ destroyed: Type.Integer() }),
        },
      },
      handle: async ({ principal, requestId }) => {
        if (!(await deps.isIndexComplete()))
          throw new AppError("conflict", {
            detail: "Not every identifier is found under the newest key yet: the older ones are still asked.",
          });
        const destroyed = await vault.rotations.destroyOldIndexKeys();
        if (destroyed > 0)
          await db.tx((tx) =>
            stageAudit(tx, deps, {
              actor: actorOf(principal),
              action: "encryption-key.index-destroyed",
              counts: { versions: destroyed },
              requestId,
            }),
          );
        return { status: 200, body: { destroyed } };
      },
    }),
  ];
}
