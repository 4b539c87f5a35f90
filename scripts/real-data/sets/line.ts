import { parse } from "yaml";
import { signedWebhook } from "../../../pipelines/sources/social/index.ts";
import { readText } from "../data.ts";
import type { Installation } from "../installation.ts";
import type { Findings } from "../report.ts";
import { readEventType } from "../stored.ts";

const FILE = "social/line/webhook.yml";
export const LINE_FILES = [FILE];

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping?: Readonly<Record<string, string>>;
  };
}

type Schemas = Readonly<Record<string, Schema>>;

function referred(schemas: Schemas, ref: string): Schema {
  return schemas[ref.split("/").at(-1) ?? ""] ?? {};
}

/** A value that the description allows: every property it names, its first word of an enumeration. */
function exampleOf(schemas: Schemas, schema: Schema, depth = 0): unknown {
  if (depth > 12) return null;
  if (schema.$ref !== undefined) return exampleOf(schemas, referred(schemas, schema.$ref), depth + 1);
  const chosen = Object.entries(schema.discriminator?.mapping ?? {})[0];
  if (chosen !== undefined && schema.discriminator !== undefined && depth > 0) {
    const [word, ref] = chosen;
    return {
      ...ownExample(schemas, referred(schemas, ref), depth),
      [schema.discriminator.propertyName]: word,
    };
  }
  return ownExample(schemas, schema, depth);
}

function ownExample(schemas: Schemas, schema: Schema, depth: number): object {
  const found: Record<string, unknown> = {};
  for (const part of schema.allOf ?? []) {
    // The base of a family names its own discriminator; its properties are what counts here.
    const whole = part.$ref === undefined ? part : referred(schemas, part.$ref);
    Object.assign(found, ownExample(schemas, whole, depth + 1));
  }
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    found[name] = scalarExample(property) ?? exampleOf(schemas, property, depth + 1);
  return found;
}

function scalarExample(schema: Schema): unknown {
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "string":
      return "example";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return false;
    case "array":
      return [];
    default:
      return undefined;
  }
}

const SECRETS = { channelSecret: "0123456789abcdef0123456789abcdef" };
const USER = `U${"0123456789abcdef".repeat(2)}`;
const GROUP = `C${"fedcba9876543210".repeat(2)}`;

/** Kinds that name the person beside the event's source. */
const MEMBER_KINDS: Readonly<Record<string, string>> = { memberJoined: "joined", memberLeft: "left" };

/** LINE's own description of its webhook: one delivery of every kind it names, with and without a person. */
export async function runLine(installation: Installation, findings: Findings): Promise<void> {
  const { components } = parse(readText(FILE)) as { components: { schemas: Schemas } };
  const { schemas } = components;
  const kinds = Object.entries(schemas.Event?.discriminator?.mapping ?? {});
  const source = await installation.source({
    name: "LINE",
    kind: "social",
    platform: "line",
    secrets: SECRETS,
  });
  findings.check("kinds of event in the description", kinds.length, 19);

  const rows: (string | number)[][] = [];
  let stored = 0;
  let explained = 0;
  for (const [kind, ref] of kinds) {
    const described = exampleOf(schemas, referred(schemas, ref)) as Record<string, unknown>;
    const list = MEMBER_KINDS[kind];
    const person = { type: "user", userId: USER };
    const withPerson = {
      ...described,
      type: kind,
      source: list === undefined ? person : { type: "group", groupId: GROUP },
      ...(list === undefined ? {} : { [list]: { members: [person] } }),
      ...(kind === "accountLink" ? { link: { result: "ok", nonce: "nonce-0123456789" } } : {}),
    };
    const withoutPerson = {
      ...described,
      type: kind,
      source: { type: "group", groupId: GROUP },
      ...(list === undefined ? {} : { [list]: { members: [] } }),
    };
    const one = await deliver(installation, source.id, withPerson, `01PERSON${kind}`, list && `:${USER}`);
    const other = await deliver(installation, source.id, withoutPerson, `01NOBODY${kind}`);
    const type = one.eventId === undefined ? null : await readEventType(installation.db, one.eventId);
    if (one.status === "accepted" && type !== null) stored++;
    if (other.code === "missing-identifier") explained++;
    rows.push([kind, one.status ?? "no receipt", type ?? "not stored", `${other.status} ${other.code}`]);
  }
  findings.table(
    "Every kind of event",
    ["LINE's kind", "with a person", "stored as", "without a person"],
    rows,
  );
  findings.checkAll("kinds stored when they name a person", stored, kinds.length);
  findings.checkAll("kinds explained when they name nobody", explained, kinds.length);
  findings.decide(
    "What serves people has types of its own; the rest (groups, module channels, suspended bots, deliveries) is a " +
      "social.interaction that keeps its kind. LINE sends some of these without a user: they name nobody, are kept in " +
      "quarantine with that reason, and LINE is answered 200.",
  );
}

interface Receipt {
  readonly status?: string;
  readonly code?: string | null;
  readonly eventId?: string;
}

async function deliver(
  installation: Installation,
  sourceId: string,
  event: Readonly<Record<string, unknown>>,
  id: string,
  suffix = "",
): Promise<Receipt> {
  const sent = {
    ...event,
    timestamp: Date.UTC(2026, 10, 1, 9),
    mode: "active",
    webhookEventId: id,
    deliveryContext: { isRedelivery: false },
  };
  const signed = signedWebhook(
    "line",
    SECRETS,
    { destination: "Ubot", events: [sent] },
    {
      now: new Date(Date.UTC(2026, 10, 1, 9)),
      nonce: id,
    },
  );
  const answer = await installation.call("POST", `/v1/webhooks/${sourceId}`, signed.body, {
    ...signed.headers,
  });
  if (answer.status !== 200) throw new Error(`the webhook door answered ${answer.status}`);
  const path = `/v1/sources/${sourceId}/events/${encodeURIComponent(id + suffix)}`;
  return (await installation.call<Receipt>("GET", path)).body;
}
