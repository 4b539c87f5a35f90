import { Type } from "typebox";
import { type AuditInput, actorOf, stageAudit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import { type Principal, type Route, type RouteRequest, route } from "../kernel/route.ts";
import {
  CreatedRecipient,
  CreatedRecipientKey,
  NewRecipient,
  NewRecipientKey,
  RecipientId,
  RecipientPatch,
  ShownRecipient,
  ShownRecipients,
} from "./recipient.schema.ts";
import type { RecipientRow } from "./recipients.store.ts";
import type { RecipientRegistry, RecipientSecrets } from "./registry.ts";

/** How a key is made: the room of the keys does it. */
export type MakeKey = (
  by: { readonly principal: Principal; readonly requestId: string },
  input: {
    readonly name: string;
    readonly role: "recipient";
    readonly purposes: readonly string[];
    readonly recipientId: string;
    readonly expiresAt?: string;
  },
) => Promise<{
  readonly key: {
    readonly id: string;
    readonly name: string;
    readonly purposes: readonly string[];
    readonly expiresAt: Date | null;
  };
  readonly secret: string;
}>;

export interface RegistryRouteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registry: RecipientRegistry;
  readonly makeKey: MakeKey;
  /** Forgets remembered keys, so that those of an ended recipient stop at once. */
  readonly forgetKeys: () => void;
}

const staff = { kind: "api-key", roles: ["admin", "compliance"] } as const;
const ById = Type.Object({ id: RecipientId });

export function byOf(request: Pick<RouteRequest, "principal" | "requestId">) {
  return { actor: actorOf(request.principal), requestId: request.requestId };
}

export function showRecipient(row: RecipientRow, secrets: RecipientSecrets) {
  const { keyId: _key, sealed: _sealed, revision: _revision, createdAt, updatedAt, ...settings } = row;
  return {
    ...settings,
    contact: secrets.contact,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The doors by which recipients are registered, changed, ended and given keys. */
export function registryRoutes(deps: RegistryRouteDeps): Route[] {
  const { registry } = deps;
  return [
    route({
      method: "POST",
      path: "/v1/recipients",
      operationId: "createRecipient",
      summary: "Register a downstream system. Its webhook secret is shown this once.",
      tag: "recipients",
      auth: staff,
      body: { kind: "json", schema: NewRecipient },
      responses: { 201: { describe: "The recipient.", schema: CreatedRecipient } },
      handle: async (request) => {
        const { row, secrets } = await registry.create(byOf(request), request.body);
        return { status: 201, body: { ...showRecipient(row, secrets), webhookSecret: secrets.webhook } };
      },
    }),
    route({
      method: "GET",
      path: "/v1/recipients",
      operationId: "listRecipients",
      summary: "All downstream systems",
      tag: "recipients",
      auth: { kind: "api-key", roles: ["admin", "compliance", "auditor"] },
      responses: {
        200: { describe: "By id.", schema: ShownRecipients },
      },
      handle: async () => ({
        status: 200,
        body: {
          items: await Promise.all(
            (await registry.list()).map(async (row) => showRecipient(row, await registry.secrets(row))),
          ),
        },
      }),
    }),
    route({
      method: "GET",
      path: "/v1/recipients/:id",
      operationId: "getRecipient",
      summary: "One downstream system",
      tag: "recipients",
      auth: { kind: "api-key", roles: ["admin", "compliance", "auditor"] },
      params: ById,
      responses: { 200: { describe: "The recipient.", schema: ShownRecipient } },
      handle: async ({ params }) => {
        const row = await registry.get(params.id);
        return { status: 200, body: showRecipient(row, await registry.secrets(row)) };
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/recipients/:id",
      operationId: "changeRecipient",
      summary: "Change or end a downstream system; whoever it may no longer hold becomes a tombstone",
      tag: "recipients",
      auth: staff,
      params: ById,
      body: { kind: "json", schema: RecipientPatch },
      responses: { 200: { describe: "The recipient.", schema: CreatedRecipient } },
      handle: async (request) => {
        const { row, secrets, newSecret } = await registry.change(
          byOf(request),
          request.params.id,
          request.body,
        );
        if (row.state === "ended") deps.forgetKeys();
        return {
          status: 200,
          body: { ...showRecipient(row, secrets), webhookSecret: newSecret ? secrets.webhook : null },
        };
      },
    }),
    route({
      method: "POST",
      path: "/v1/recipients/:id/keys",
      operationId: "createRecipientKey",
      summary:
        "Make an API key of a recipient, for all of its purposes or some. Its secret is shown this once.",
      tag: "recipients",
      auth: { kind: "api-key", roles: ["admin"] },
      params: ById,
      body: { kind: "json", schema: NewRecipientKey },
      responses: { 201: { describe: "The key.", schema: CreatedRecipientKey } },
      handle: async ({ principal, requestId, params, body }) => {
        const recipient = await registry.get(params.id);
        if (recipient.state === "ended") throw new AppError("gone", { detail: "This recipient has ended." });
        const purposes = body.purposes ?? recipient.purposes;
        const foreign = purposes.findIndex((p) => !recipient.purposes.includes(p));
        if (foreign >= 0) {
          throw new AppError("invalid-request", {
            errors: [
              {
                path: `/purposes/${foreign}`,
                code: "unknown-purpose",
                message: "is not one of the recipient's purposes",
              },
            ],
          });
        }
        const made = await deps.makeKey(
          { principal, requestId },
          {
            name: body.name,
            role: "recipient",
            purposes,
            recipientId: recipient.id,
            ...(body.expiresAt === undefined ? {} : { expiresAt: body.expiresAt }),
          },
        );
        return {
          status: 201,
          body: {
            id: made.key.id,
            name: made.key.name,
            purposes: made.key.purposes,
            expiresAt: made.key.expiresAt?.toISOString() ?? null,
            secret: made.secret,
          },
        };
      },
    }),
  ];
}

export async function auditRead(
  deps: Pick<RegistryRouteDeps, "ids" | "clock">,
  tx: Parameters<typeof stageAudit>[0],
  request: Pick<RouteRequest, "principal" | "requestId">,
  read: ReadToAudit,
): Promise<void> {
  if (read.members > 0) await stageAudit(tx, deps, auditOfRead(request, read));
}

export interface ReadToAudit {
  readonly action: string;
  readonly purpose: string;
  readonly recipientId: string;
  readonly members: number;
}

export function auditOfRead(
  request: Pick<RouteRequest, "principal" | "requestId">,
  read: ReadToAudit,
): AuditInput {
  return {
    actor: actorOf(request.principal),
    action: read.action,
    purpose: read.purpose,
    targets: [{ kind: "recipient", id: read.recipientId }],
    counts: { members: read.members },
    requestId: request.requestId,
  };
}
