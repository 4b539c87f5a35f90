import { type Static, Type } from "typebox";
import { DENIAL_REASONS, LOCALES, RegimeName } from "../../../consent/index.ts";
import { OrderCursor, sortBy } from "../../kernel/list-order.ts";
import { ProgressSchema } from "../fulfil/port.schema.ts";
import { STAFF_METHODS } from "./identity.ts";
import { ANY_REQUEST_KINDS, DOORS, FILERS } from "./kinds.ts";
import { OFFICER_ACTS, STATES } from "./state.ts";

const Time = Type.String({ format: "date-time" });
const MaybeTime = Type.Union([Time, Type.Null()]);
const Uuid = Type.String({ format: "uuid" });
const Words = Type.String({ minLength: 1, maxLength: 4_000 });
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const LocaleWords = Type.Object({ en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() });
export const Kind = Type.Enum(ANY_REQUEST_KINDS);
export const LocaleOf = Type.Enum(LOCALES);
const Contact = Type.Object(
  {
    kind: Type.Union([Type.Literal("email"), Type.Literal("phone")]),
    value: Type.String({ minLength: 3, maxLength: 320 }),
  },
  { additionalProperties: false },
);
const Representative = Type.Object({ name: Words, proof: Words }, { additionalProperties: false });
export const DeliverySchema = Type.Union([
  Type.Object(
    { kind: Type.Literal("openpgp"), publicKey: Type.String({ minLength: 100, maxLength: 20_000 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal("passphrase"), passphrase: Type.String({ minLength: 12, maxLength: 200 }) },
    { additionalProperties: false },
  ),
]);
const CorrectionSchema = Type.Object(
  {
    field: Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,63}$" }),
    value: Type.Union([
      Type.String({ maxLength: 1_000 }),
      Type.Number(),
      Type.Boolean(),
      Type.Null({ description: "Null takes the value away." }),
    ]),
  },
  { additionalProperties: false },
);
const Identity = Type.Object(
  {
    memberId: Type.Optional(Uuid),
    method: Type.Enum(STAFF_METHODS),
    code: Type.Optional(Type.String({ pattern: "^[0-9 ]{6,9}$", description: "Only for the method code." })),
    note: Type.Optional(Words),
  },
  { additionalProperties: false },
);
export const IdentityBody = Identity;

export const NewRequest = Type.Object(
  {
    kind: Kind,
    door: Type.Optional(
      Type.Enum(["api", "letter", "counter", "phone"] as const, {
        description: "By which way it came: api unless stated.",
      }),
    ),
    filer: Type.Optional(Type.Enum(FILERS)),
    representative: Type.Optional(Representative),
    memberId: Type.Optional(Uuid),
    contact: Type.Optional(Contact),
    locale: Type.Optional(LocaleOf),
    country: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
    region: Type.Optional(Type.String({ pattern: "^[A-Z0-9]{1,3}$" })),
    receivedAt: Type.Optional(Time),
    words: Type.Optional(Words),
    corrections: Type.Optional(Type.Array(CorrectionSchema, { maxItems: 50 })),
    purposes: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
    delivery: Type.Optional(DeliverySchema),
    declared: Type.Optional(Type.Boolean()),
    appealOf: Type.Optional(Uuid),
    identity: Type.Optional(
      Type.Object(
        {
          method: Type.Enum(["document", "in-person", "call-back", "account"] as const),
          note: Type.Optional(Words),
        },
        {
          additionalProperties: false,
          description:
            "How the caller made sure of the named member already, such as a fresh log-in (account).",
        },
      ),
    ),
    sendCode: Type.Optional(Type.Boolean({ description: "Send a code to the contact at once." })),
  },
  { additionalProperties: false },
);
export type NewRequest = Static<typeof NewRequest>;

const Deadline = Type.Object({
  day: MaybeText,
  at: MaybeTime,
  article: Type.String(),
  mark: Type.String({ description: "How sure the figure is: read, secondary, from-memory, house-rule." }),
  words: LocaleWords,
});

export const ShownRequest = Type.Object({
  id: Uuid,
  kind: Kind,
  door: Type.Enum(DOORS),
  filer: Type.Enum(FILERS),
  regime: RegimeName,
  regimeFrom: Type.String(),
  country: MaybeText,
  locale: LocaleOf,
  state: Type.Enum(STATES),
  memberId: Type.Union([Uuid, Type.Null()]),
  match: Type.String(),
  identity: Type.Object({
    tier: Type.String(),
    method: MaybeText,
    declaration: Type.Union([Type.Literal("not-needed"), Type.Literal("missing"), Type.Literal("made")]),
    authority: Type.Union([Type.Literal("not-needed"), Type.Literal("missing"), Type.Literal("accepted")]),
  }),
  receivedAt: Time,
  acknowledgedAt: MaybeTime,
  verifiedAt: MaybeTime,
  closedAt: MaybeTime,
  dueOn: MaybeText,
  dueAt: MaybeTime,
  isLate: Type.Boolean(),
  isHeld: Type.Boolean(),
  isExtended: Type.Boolean(),
  isPaused: Type.Boolean(),
  reason: Type.Union([Type.Enum(DENIAL_REASONS), Type.Null()]),
  ground: MaybeText,
  confirmUntil: MaybeTime,
  confirmedAt: MaybeTime,
  coolingUntil: MaybeTime,
  duplicateOf: MaybeText,
  appealOf: MaybeText,
  runId: MaybeText,
  failedStep: Type.Union([Type.String(), Type.Null()], {
    description: "A step of the work that failed again and again; `retry` tries it at once.",
  }),
  certificateId: MaybeText,
});

export const RequestDetail = Type.Object({
  ...ShownRequest.properties,
  masked: Type.Boolean({ description: "Whether what says who somebody is stays hidden: see `reveal`." }),
  contact: Type.Union([Contact, Type.Null()]),
  words: MaybeText,
  representative: Type.Union([Representative, Type.Null()]),
  corrections: Type.Array(CorrectionSchema),
  purposes: Type.Array(Type.String()),
  delivery: MaybeText,
  clock: Type.Object({
    timeZone: Type.String(),
    acknowledge: Type.Union([Deadline, Type.Null()]),
    answer: Deadline,
    extensionNotice: Type.Union([Deadline, Type.Null()]),
    warnings: Type.Array(Time),
  }),
  possibleActs: Type.Array(Type.Enum([...OFFICER_ACTS]), {
    description: "What the request would let an officer do now, each by a door of its own.",
  }),
  possibleDuplicates: Type.Array(Type.Object({ id: Uuid, state: Type.String(), receivedAt: Time })),
  grounds: Type.Array(
    Type.Object({ id: Type.String(), reason: Type.String(), article: Type.String(), words: LocaleWords }),
  ),
  history: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      at: Time,
      act: Type.String(),
      from: MaybeText,
      to: Type.String(),
      by: Type.Object({ kind: Type.String(), id: Type.String() }),
      code: MaybeText,
      note: MaybeText,
    }),
  ),
  progress: Type.Union([ProgressSchema, Type.Null()], { description: "Null before the work starts." }),
});

/** By what requests can be ordered. */
export const REQUEST_ORDERS = { due: "moment", received: "moment" } as const;

export const RequestQuery = Type.Object(
  {
    state: Type.Optional(Type.String({ maxLength: 300, description: "One or more states, with commas." })),
    kind: Type.Optional(Kind),
    regime: Type.Optional(RegimeName),
    door: Type.Optional(Type.Enum(DOORS)),
    member: Type.Optional(Uuid),
    open: Type.Optional(Type.Boolean()),
    dueBefore: Type.Optional(Type.String({ maxLength: 40, description: "A day or a moment." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: "50 unless stated." })),
    sort: sortBy(REQUEST_ORDERS, "due"),
    cursor: OrderCursor,
  },
  { additionalProperties: false },
);
