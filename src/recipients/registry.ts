import { randomBytes } from "node:crypto";
import type { PurposeRegistry } from "../../consent/index.ts";
import { type AuditActor, stageAudit } from "../audit/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { type Clock, SECOND } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError, type FieldProblem } from "../kernel/problems.ts";
import type { Outbound, OutboundFailure } from "../outbound/index.ts";
import { openPack, sealPack, type Vault } from "../vault/index.ts";
import type { NewRecipient, RecipientPatch } from "./recipient.schema.ts";
import {
  endRecipientKeys,
  findRecipient,
  insertRecipient,
  listRecipients,
  lockRecipient,
  type RecipientRow,
  updateRecipient,
} from "./recipients.store.ts";

/** What only this room may know of a recipient. */
export interface RecipientSecrets {
  readonly contact: string;
  /** `whsec_…`; null while it has no webhook. */
  readonly webhook: string | null;
}

export interface RecipientRegistry {
  /** Registers a recipient. The webhook secret is answered this once. */
  create(
    by: By,
    input: NewRecipient,
  ): Promise<{ readonly row: RecipientRow; readonly secrets: RecipientSecrets }>;
  /** Changes a recipient; a webhook URL that it had none of gets a secret, answered this once. Ending ends its keys. */
  change(
    by: By,
    id: string,
    patch: RecipientPatch,
  ): Promise<{ readonly row: RecipientRow; readonly secrets: RecipientSecrets; readonly newSecret: boolean }>;
  list(): Promise<RecipientRow[]>;
  /** At most a second old. Throws `not-found` for an unknown one. */
  get(id: string): Promise<RecipientRow>;
  /** As it is stored now. Throws likewise. */
  fresh(id: string): Promise<RecipientRow>;
  secrets(row: RecipientRow): Promise<RecipientSecrets>;
}

export interface By {
  readonly actor: AuditActor;
  readonly requestId: string;
}

export interface RegistryDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly outbound: Outbound;
  readonly purposes: () => Promise<PurposeRegistry>;
  /** Told, in the changing transaction, that what recipients may be given has changed. */
  readonly rulesChanged: (tx: Tx) => Promise<void>;
  /** Reads what feeds depend on; answers what opens, in a transaction, those that a recipient is to be told by webhook. */
  readonly feedOpener: () => Promise<(tx: Tx, row: RecipientRow) => Promise<void>>;
}

const DEFAULT_ACK_HOURS = 72;
/** Bytes of a webhook secret: Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

const WEBHOOK_SENTENCES: Partial<Record<OutboundFailure, string>> = {
  "bad-url": "must be an https URL without a user",
  "not-https": "must be an https URL",
  "address-refused": "leads to an address that is not public",
};

/** Settings whose change may alter what the recipient is given. */
const TELLING = ["role", "purposes", "categories", "fields", "joinPurposes", "country", "state"] as const;

const placeOf = (id: string) => ({ table: "recipient", column: "sealed", recordId: id });

export function createRecipientRegistry(deps: RegistryDeps): RecipientRegistry {
  const { db, vault, clock } = deps;
  const remembered = new Map<string, { readonly at: number; readonly row: RecipientRow }>();

  const sealSecrets = async (id: string, keyId: string | null, secrets: RecipientSecrets) => {
    const key =
      keyId === null ? (await vault.createKeys("source", 1))[0] : (await vault.loadKeys([keyId])).get(keyId);
    if (key === undefined) throw new AppError("keystore-unavailable");
    const sealed = sealPack(
      vault,
      key,
      placeOf(id),
      new Map<string, unknown>([
        ["contact", secrets.contact],
        ["secret", secrets.webhook],
      ]),
    ) as Buffer;
    return { keyId: key.id as string, sealed };
  };

  const openSecrets = async (row: RecipientRow): Promise<RecipientSecrets> => {
    const key = (await vault.loadKeys([row.keyId])).get(row.keyId);
    if (key === undefined) throw new AppError("key-destroyed");
    const pack = openPack(vault, key, placeOf(row.id), row.sealed, () => true);
    return { contact: pack.get("contact") as string, webhook: pack.get("secret") as string | null };
  };

  const check = async (r: Pick<RecipientRow, "id" | "purposes" | "joinPurposes" | "webhookUrl" | "role">) => {
    const errors: FieldProblem[] = [];
    const purposes = await deps.purposes();
    r.purposes.forEach((id, i) => {
      const purpose = purposes.get(id);
      if (purpose === undefined)
        errors.push({
          path: `/purposes/${i}`,
          code: "unknown-purpose",
          message: "is not a registered purpose",
        });
      else if (r.role === "third-party" && !purpose.recipients.some((named) => named.id === r.id))
        errors.push({
          path: `/purposes/${i}`,
          code: "recipient-outside-purpose",
          message: "does not name this third party among its recipients",
        });
    });
    r.joinPurposes.forEach((id, i) => {
      if (!r.purposes.includes(id))
        errors.push({
          path: `/joinPurposes/${i}`,
          code: "unknown-purpose",
          message: "is not one of its purposes",
        });
    });
    const fault = r.webhookUrl === null ? null : deps.outbound.checkUrl(r.webhookUrl);
    if (fault !== null)
      errors.push({
        path: "/webhookUrl",
        code: fault,
        message: WEBHOOK_SENTENCES[fault] ?? "cannot be called",
      });
    if (errors.length > 0) throw new AppError("invalid-request", { errors });
  };

  return {
    async create(by, input) {
      const now = clock.now();
      const webhookUrl = input.webhookUrl ?? null;
      const base = {
        id: input.id,
        name: input.name,
        role: input.role,
        purposes: input.purposes,
        categories: input.categories,
        fields: input.fields ?? null,
        joinPurposes: input.joinPurposes ?? [],
        country: input.country ?? null,
        region: input.region ?? null,
        locale: input.locale ?? ("en" as const),
        webhookUrl,
        ackHours: input.ackHours ?? DEFAULT_ACK_HOURS,
        state: "active" as const,
        revision: 1,
        createdAt: now,
        updatedAt: now,
      };
      await check(base);
      const secrets = { contact: input.contact, webhook: webhookUrl === null ? null : newWebhookSecret() };
      const row: RecipientRow = { ...base, ...(await sealSecrets(input.id, null, secrets)) };
      const openFeeds = await deps.feedOpener();
      await db.tx(async (tx) => {
        if (!(await insertRecipient(tx, row)))
          throw new AppError("conflict", { detail: "There is a recipient by that id." });
        await openFeeds(tx, row);
        await stageAudit(tx, deps, {
          actor: by.actor,
          action: "recipient.created",
          targets: [{ kind: "recipient", id: row.id }],
          requestId: by.requestId,
        });
      });
      return { row, secrets };
    },

    async change(by, id, patch) {
      const { contact, ...rest } = patch;
      const before = await findRecipient(db, id);
      if (before === null) throw unknown();
      await check({ ...before, ...rest });
      const openFeeds = await deps.feedOpener();
      const done = await db.tx(async (tx) => {
        const old = await lockRecipient(tx, id);
        if (old === null) throw unknown();
        if (old.state === "ended") throw new AppError("gone", { detail: "This recipient has ended." });
        const next = { ...old, ...rest, updatedAt: clock.now() } as RecipientRow;
        const held = await openSecrets(old);
        const newSecret = next.webhookUrl !== null && held.webhook === null;
        const secrets = {
          contact: contact ?? held.contact,
          webhook: next.webhookUrl === null ? null : (held.webhook ?? newWebhookSecret()),
        };
        const differs = TELLING.some((name) => JSON.stringify(old[name]) !== JSON.stringify(next[name]));
        const row: RecipientRow = {
          ...next,
          ...(await sealSecrets(id, old.keyId, secrets)),
          revision: old.revision + (differs ? 1 : 0),
        };
        await updateRecipient(tx, row);
        await openFeeds(tx, row);
        if (differs) await deps.rulesChanged(tx);
        if (row.state === "ended") await endRecipientKeys(tx, id, row.updatedAt);
        await stageAudit(tx, deps, {
          actor: by.actor,
          action: row.state === "ended" ? "recipient.ended" : "recipient.changed",
          targets: [{ kind: "recipient", id }],
          requestId: by.requestId,
        });
        return { row, secrets, newSecret };
      });
      remembered.delete(id);
      return done;
    },

    list: () => listRecipients(db),
    async fresh(id) {
      const row = await findRecipient(db, id);
      if (row === null) throw unknown();
      return row;
    },
    async get(id) {
      const now = clock.now().getTime();
      const hit = remembered.get(id);
      if (hit !== undefined && Math.abs(now - hit.at) < SECOND) return hit.row;
      const row = await findRecipient(db, id);
      if (row === null) throw unknown();
      remembered.set(id, { at: now, row });
      return row;
    },
    secrets: openSecrets,
  };
}

function unknown(): AppError {
  return new AppError("not-found", { detail: "There is no recipient by that id." });
}

function newWebhookSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString("base64")}`;
}
