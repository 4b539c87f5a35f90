import { Type } from "typebox";
import { ROLES } from "../kernel/route.ts";

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
const RoleName = Type.Enum(ROLES);
const Scope = Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$" });
const PurposeName = Type.String({ pattern: "^(\\*|[a-z][a-z0-9_-]{0,63})$" });
const Time = Type.String({ format: "date-time" });

export const NewApiKey = Type.Object(
  {
    name: Name,
    role: RoleName,
    scopes: Type.Optional(
      Type.Array(Scope, {
        maxItems: 50,
        uniqueItems: true,
        description:
          "Route tags and operation ids to which the key is limited; all that its role may unless stated.",
      }),
    ),
    purposes: Type.Optional(
      Type.Array(PurposeName, {
        maxItems: 50,
        uniqueItems: true,
        description: 'Purposes it may name when it reads personal data; ["service"] unless stated.',
      }),
    ),
    stores: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        maxItems: 500,
        uniqueItems: true,
        description: "The shops that a key of the role `store` sees; no other role has any.",
      }),
    ),
    expiresAt: Type.Optional(Time),
  },
  { additionalProperties: false },
);

const shown = {
  id: Type.String({ format: "uuid" }),
  name: Type.String(),
  role: RoleName,
  scopes: Type.Array(Type.String()),
  purposes: Type.Array(Type.String()),
  stores: Type.Array(Type.String()),
  recipient: Type.Union([Type.String(), Type.Null()], {
    description: "The registered recipient that it belongs to.",
  }),
  createdAt: Time,
  expiresAt: Type.Union([Time, Type.Null()]),
  endedAt: Type.Union([Time, Type.Null()]),
  lastUsed: Type.Union([Type.String({ format: "date" }), Type.Null()], {
    description: "The last day on which it was used.",
  }),
};

export const ShownApiKey = Type.Object(shown);

export const CreatedApiKey = Type.Object({
  ...shown,
  secret: Type.String({ description: "Shown this once. Send it as Authorization: Bearer …" }),
});

export const ApiKeyPage = Type.Object({
  items: Type.Array(ShownApiKey),
  next: Type.Union([Type.String(), Type.Null()]),
});

export const ApiKeyQuery = Type.Object(
  {
    cursor: Type.Optional(Type.String({ format: "uuid" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "100 unless stated." })),
  },
  { additionalProperties: false },
);

export const ApiKeyParams = Type.Object({ id: Type.String({ format: "uuid" }) });
