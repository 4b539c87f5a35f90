import { actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Principal, type Role, type Route, route } from "../kernel/route.ts";
import { ApiKeyPage, ApiKeyParams, ApiKeyQuery, CreatedApiKey, NewApiKey } from "./api-key.schema.ts";
import { endKey, insertKey, listKeys } from "./api-key.store.ts";
import { type ApiKey, DEFAULT_PURPOSES, hashSecret, newSecret } from "./api-key.ts";
import type { KeyAuthenticator } from "./authenticator.ts";

export interface StaffDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: Pick<KeyAuthenticator, "forget">;
}

export interface KeyInput {
  readonly name: string;
  readonly role: Role;
  readonly scopes?: readonly string[];
  readonly purposes?: readonly string[];
  /** The shops that a key of the role `store` sees. */
  readonly stores?: readonly string[];
  readonly expiresAt?: string;
  /** The registered recipient that the key belongs to. */
  readonly recipientId?: string;
}

/**
 * Makes an API key, with its audit entry, and answers it with the secret nobody can read again.
 * Throws `invalid-request` when it would be expired from the start.
 */
export async function createKey(
  deps: Pick<StaffDeps, "db" | "clock" | "ids">,
  by: { readonly principal: Principal; readonly requestId?: string },
  input: KeyInput,
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  const now = deps.clock.now();
  const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
  if (expiresAt !== null && !(expiresAt > now)) {
    throw new AppError("invalid-request", {
      errors: [{ path: "/expiresAt", code: "in-the-past", message: "must be in the future" }],
    });
  }
  if (input.role !== "store" && (input.stores ?? []).length > 0) {
    throw new AppError("invalid-request", {
      errors: [{ path: "/stores", code: "not-for-role", message: "only keys of the role store have shops" }],
    });
  }
  const secret = newSecret();
  const key: ApiKey = {
    id: deps.ids.next(),
    name: input.name,
    hash: hashSecret(secret),
    role: input.role,
    scopes: input.scopes ?? [],
    purposes: input.purposes ?? DEFAULT_PURPOSES,
    stores: input.stores ?? [],
    recipientId: input.recipientId ?? null,
    createdAt: now,
    expiresAt,
    endedAt: null,
    lastUsed: null,
  };
  await deps.db.tx(async (tx) => {
    await insertKey(tx, key);
    await stageAudit(tx, deps, {
      actor: actorOf(by.principal),
      action: "key.created",
      targets: [{ kind: "api-key", id: key.id }],
      ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
    });
  });
  return { key, secret };
}

function shown(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    scopes: key.scopes,
    purposes: key.purposes,
    stores: key.stores,
    recipient: key.recipientId,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    endedAt: key.endedAt?.toISOString() ?? null,
    lastUsed: key.lastUsed?.toISOString().slice(0, 10) ?? null,
  };
}

/** The doors by which administrators make, list and end API keys. */
export function staffRoutes(deps: StaffDeps): Route[] {
  const auth = { kind: "api-key", roles: ["admin"] } as const;
  return [
    route({
      method: "POST",
      path: "/v1/keys",
      operationId: "createKey",
      summary: "Make an API key. Its secret is shown this once.",
      tag: "keys",
      auth,
      body: { kind: "json", schema: NewApiKey },
      responses: { 201: { describe: "The key, with its secret.", schema: CreatedApiKey } },
      handle: async ({ principal, requestId, body }) => {
        const { key, secret } = await createKey(deps, { principal, requestId }, body);
        return { status: 201, body: { ...shown(key), secret } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/keys",
      operationId: "listKeys",
      summary: "List API keys, ended ones too, oldest first.",
      tag: "keys",
      auth,
      query: ApiKeyQuery,
      responses: { 200: { describe: "A page of keys.", schema: ApiKeyPage } },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const found = await listKeys(deps.db, {
          limit,
          ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
        });
        const next = found.length < limit ? null : (found.at(-1)?.id ?? null);
        return { status: 200, body: { items: found.map(shown), next } };
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/keys/:id",
      operationId: "endKey",
      summary: "End an API key. It stops within 5 seconds; ending it again changes nothing.",
      tag: "keys",
      auth,
      params: ApiKeyParams,
      responses: { 204: { describe: "The key has ended." } },
      handle: async ({ principal, requestId, params }) => {
        const outcome = await deps.db.tx(async (tx) => {
          const result = await endKey(tx, params.id, deps.clock.now());
          if (result === "ended") {
            await stageAudit(tx, deps, {
              actor: actorOf(principal),
              action: "key.ended",
              targets: [{ kind: "api-key", id: params.id }],
              requestId,
            });
          }
          return result;
        });
        if (outcome === "unknown") throw new AppError("not-found");
        deps.keys.forget();
        return { status: 204 };
      },
    }),
  ];
}
