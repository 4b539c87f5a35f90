import { type Static, type TObject, Type } from "typebox";
import { Value } from "typebox/value";
import type { FieldProblem } from "../../../src/kernel/problems.ts";
import type { Platform } from "../../adapter.ts";

/** A secret as a platform's console shows it: visible ASCII without spaces. */
const Secret = (description: string) =>
  Type.String({ minLength: 1, maxLength: 256, pattern: "^[\\x21-\\x7e]+$", description });

const closed = { additionalProperties: false } as const;

export const WechatSecretsSchema = Type.Object(
  {
    appId: Secret("The account's AppID, such as wx0123456789abcdef."),
    token: Secret("The Token set in the account's server configuration."),
    encodingAesKey: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9+/]{43}$",
        description:
          "The EncodingAESKey of the server configuration, 43 characters. With it, only encrypted messages are taken.",
      }),
    ),
  },
  closed,
);

export const WeiboSecretsSchema = Type.Object(
  { appSecret: Secret("The App Secret of the app that the account authorised.") },
  closed,
);

export const LineSecretsSchema = Type.Object(
  { channelSecret: Secret("The channel secret of the Messaging API channel.") },
  closed,
);

export const MetaSecretsSchema = Type.Object(
  {
    appSecret: Secret("The App Secret of the Meta app."),
    verifyToken: Secret("The verify token typed into the webhook's configuration."),
  },
  closed,
);

export type WechatSecrets = Static<typeof WechatSecretsSchema>;
export type WeiboSecrets = Static<typeof WeiboSecretsSchema>;
export type LineSecrets = Static<typeof LineSecretsSchema>;
export type MetaSecrets = Static<typeof MetaSecretsSchema>;

/** The secrets that each platform's webhooks need. */
export interface SocialSecrets {
  readonly wechat: WechatSecrets;
  readonly weibo: WeiboSecrets;
  readonly line: LineSecrets;
  readonly meta: MetaSecrets;
}

export const SECRETS_SCHEMAS: Readonly<Record<Platform, TObject>> = {
  wechat: WechatSecretsSchema,
  weibo: WeiboSecretsSchema,
  line: LineSecretsSchema,
  meta: MetaSecretsSchema,
};

export type SecretsResult<P extends Platform> =
  | { readonly kind: "ok"; readonly secrets: SocialSecrets[P] }
  | { readonly kind: "bad"; readonly errors: readonly FieldProblem[] };

/**
 * Checks the secrets of a source. Problems name our own fields only: neither values nor the names of fields we do
 * not know are repeated, since a secret may have been pasted into the wrong place.
 */
export function validateSecrets<P extends Platform>(platform: P, value: unknown): SecretsResult<P> {
  const schema = SECRETS_SCHEMAS[platform];
  if (Value.Check(schema, value)) return { kind: "ok", secrets: value as SocialSecrets[P] };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return {
      kind: "bad",
      errors: [problem("", "invalid-field", `The secrets of ${platform} are an object.`)],
    };
  }
  const given = value as Record<string, unknown>;
  const errors: FieldProblem[] = [];
  for (const [name, field] of Object.entries(schema.properties)) {
    const path = `/${name}`;
    if (!Object.hasOwn(given, name) || given[name] === undefined) {
      if (schema.required.includes(name)) errors.push(problem(path, "missing-field", `${name} is required.`));
    } else if (!Value.Check(field, given[name])) {
      errors.push(problem(path, "invalid-field", `${name} does not have the form of its kind.`));
    }
  }
  if (Object.keys(given).some((name) => !Object.hasOwn(schema.properties, name))) {
    const known = Object.keys(schema.properties).join(", ");
    errors.push(problem("", "unknown-field", `The secrets of ${platform} are ${known}, and nothing else.`));
  }
  return { kind: "bad", errors };
}

function problem(path: string, code: string, message: string): FieldProblem {
  return { path: `/secrets${path}`, code, message };
}
