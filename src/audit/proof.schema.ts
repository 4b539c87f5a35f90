import { type Static, Type } from "typebox";

const Size = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Keys = Type.Array(Type.Record(Type.String(), Type.Unknown({ description: "Of the public JWK." })), {
  description: "The public keys of this installation as JWKs (RFC 7517).",
});
const Jws = Type.String({
  description:
    "A signed tree head: compact JWS (EdDSA) over {v, size, root, at}. Keep it elsewhere; `candor verify --head` compares.",
});

export const TreeHeadView = Type.Object({
  size: Type.Integer({ minimum: 0, description: "How many entries it covers." }),
  root: Hash,
  keyId: Type.String(),
  signedAt: Type.String({ format: "date-time" }),
  jws: Jws,
});
export type TreeHeadView = Static<typeof TreeHeadView>;

export const TreeHeadPage = Type.Object({
  items: Type.Array(TreeHeadView),
  next: Type.Union([Type.String(), Type.Null()], { description: "Pass it as `cursor` for the next page." }),
});

export const TreeHeadQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "100 unless stated." })),
    cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$", description: "From the previous page." })),
  },
  { additionalProperties: false },
);

export const ProofParams = Type.Object({
  id: Type.String({ format: "uuid", description: "The entry's id." }),
});
export const ProofQuery = Type.Object(
  {
    size: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "The size of a signed head. The first that covers the entry unless stated.",
      }),
    ),
  },
  { additionalProperties: false },
);
export const EntryProofView = Type.Object({
  format: Type.Literal("candor-audit-proof"),
  v: Type.Literal(1),
  seq: Type.Integer({ minimum: 0 }),
  entry: Type.String({ description: "The entry as it is hashed." }),
  leafHash: Hash,
  size: Size,
  path: Type.Array(Hash, { description: "PATH(seq, D[size]) of RFC 6962 §2.1.1." }),
  treeHead: Jws,
  keys: Keys,
});

export const GrowthQuery = Type.Object({ from: Size, to: Size }, { additionalProperties: false });
export const GrowthProofView = Type.Object({
  format: Type.Literal("candor-audit-growth"),
  v: Type.Literal(1),
  from: Jws,
  to: Jws,
  path: Type.Array(Hash, { description: "PROOF(from, D[to]) of RFC 6962 §2.1.2." }),
  keys: Keys,
});

export const ExportQuery = Type.Object(
  {
    size: Type.Optional(
      Type.Integer({ minimum: 1, description: "The size of a signed head; the newest unless stated." }),
    ),
  },
  { additionalProperties: false },
);
