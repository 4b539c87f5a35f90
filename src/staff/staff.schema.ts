import { Type } from "typebox";
import { STAFF_ROLES } from "../kernel/route.ts";

const Id = Type.String({ format: "uuid" });
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
const Email = Type.String({ minLength: 3, maxLength: 254 });
const Password = Type.String({ minLength: 1, maxLength: 200 });
const Token = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });
const Code = Type.String({
  pattern: "^\\d{6}$",
  description: "The six digits that the authenticator app shows.",
});
const StaffRole = Type.Enum(STAFF_ROLES);
const Purposes = Type.Array(Type.String({ pattern: "^(\\*|[a-z][a-z0-9_-]{0,63})$" }), {
  maxItems: 50,
  uniqueItems: true,
  description: "Purposes that the person may name when reading personal data; by role unless stated.",
});
const Stores = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  maxItems: 200,
  uniqueItems: true,
  description: "The shops that store staff may see.",
});
const closed = { additionalProperties: false } as const;

export const Account = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: StaffRole,
  purposes: Type.Array(Type.String()),
  stores: Type.Array(Type.String()),
  state: Type.Union([
    Type.Literal("invited"),
    Type.Literal("active"),
    Type.Literal("locked"),
    Type.Literal("ended"),
  ]),
  secondFactor: Type.Boolean(),
  signOn: Type.Boolean({ description: "Whether it is linked with an identity at the OpenID provider." }),
  createdAt: Type.String({ format: "date-time" }),
  lastLogin: Type.Union([Type.String({ format: "date" }), Type.Null()]),
});
export const Accounts = Type.Object({ items: Type.Array(Account) });
export const NewAccount = Type.Object(
  {
    email: Email,
    name: Name,
    role: StaffRole,
    purposes: Type.Optional(Purposes),
    stores: Type.Optional(Stores),
  },
  closed,
);
export const AccountChange = Type.Object(
  {
    name: Type.Optional(Name),
    role: Type.Optional(StaffRole),
    purposes: Type.Optional(Purposes),
    stores: Type.Optional(Stores),
    ended: Type.Optional(Type.Boolean()),
    resetSecondFactor: Type.Optional(Type.Boolean()),
    resetSignOn: Type.Optional(Type.Boolean()),
  },
  { ...closed, minProperties: 1 },
);
export const InvitedAccount = Type.Object({
  account: Account,
  link: Type.String({ description: "Shown this once: where the person chooses a password." }),
});
export const InviteLink = Type.Object({ link: Type.String() });
export const IdParams = Type.Object({ id: Id });

export const SetUp = Type.Object(
  { token: Token, password: Password, email: Type.Optional(Email), name: Type.Optional(Name) },
  closed,
);
export const InviteToken = Type.Object({ token: Token }, closed);
export const Invite = Type.Object({
  first: Type.Boolean({ description: "Whether this makes the first administrator." }),
  email: Type.Union([Type.String(), Type.Null()]),
  name: Type.Union([Type.String(), Type.Null()]),
});
export const LogIn = Type.Object({ email: Email, password: Password, code: Type.Optional(Code) }, closed);
export const LogInWays = Type.Object({
  password: Type.Boolean(),
  signOn: Type.Union([
    Type.Object({ name: Type.String({ description: "What the button names." }) }),
    Type.Null(),
  ]),
});
export const SignOnBegun = Type.Object({ url: Type.String({ description: "The provider's page." }) });
export const SignOnAnswer = Type.Object(
  {
    answer: Type.String({
      minLength: 1,
      maxLength: 8_000,
      description: "The query with which the provider sent the browser back, without the question mark.",
    }),
  },
  closed,
);
export const CurrentSession = Type.Object({
  account: Account,
  csrf: Type.String({ description: "Goes into the header x-candor-csrf of every write." }),
});
export const Sessions = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      device: Type.String(),
      createdAt: Type.String({ format: "date-time" }),
      seenAt: Type.String({ format: "date-time" }),
      expiresAt: Type.String({ format: "date-time" }),
      current: Type.Boolean(),
    }),
  ),
});
export const PasswordChange = Type.Object({ current: Password, password: Password }, closed);
export const PasswordOnly = Type.Object({ password: Password }, closed);
export const TotpSetup = Type.Object({
  uri: Type.String({ description: "The otpauth: link for the authenticator app." }),
  secret: Type.String({ description: "The same in base32, for typing." }),
});
export const TotpCode = Type.Object({ code: Code }, closed);

export const Approval = Type.Object({
  id: Id,
  operation: Type.String({ description: "The operation id of the act." }),
  target: Type.String({ description: "The address it is about, without its query." }),
  askedBy: Type.String(),
  askedAt: Type.String({ format: "date-time" }),
  expiresAt: Type.String({ format: "date-time" }),
  decision: Type.Union([Type.Literal("approved"), Type.Literal("refused"), Type.Null()]),
  decidedBy: Type.Union([Type.String(), Type.Null()]),
  usedAt: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  mine: Type.Boolean({ description: "Whether you asked for it." }),
});
export const Approvals = Type.Object({
  items: Type.Array(Approval),
  next: Type.Union([Id, Type.Null()]),
});
export const ApprovalQuery = Type.Object({
  waiting: Type.Optional(Type.Boolean({ description: "Only what nobody has decided yet." })),
  cursor: Type.Optional(Type.String({ format: "uuid", description: "The `next` of the page before." })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const ApprovalDecision = Type.Object(
  { decision: Type.Union([Type.Literal("approved"), Type.Literal("refused")]) },
  closed,
);
