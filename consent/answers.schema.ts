import { type TSchema, Type } from "typebox";
import { NextPlace } from "../src/kernel/place.ts";
import { NOTICE_FAULTS } from "./notice-lint.ts";
import { PurposeSchema } from "./purpose.schema.ts";
import { LOCALES } from "./vocabulary.ts";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const AnyValue = Type.Unknown({ description: "A JSON value." });
const inLocales = <T extends TSchema>(schema: T, options?: { readonly description: string }) =>
  Type.Partial(Type.Object({ en: schema, "zh-CN": schema, "zh-TW": schema }), options);
const NoticeRef = Type.Object({ id: Text, version: Type.Integer() });

/** An entry of the ledger as the API shows it. */
export const ShownRecord = Type.Object({
  id: Uuid,
  subjectId: Uuid,
  state: Text,
  purpose: Text,
  purposeVersion: OrNull(Type.Integer()),
  channel: OrNull(Text),
  recipient: OrNull(Text),
  separateConsent: OrNull(Text),
  regime: OrNull(Text),
  regimeBecause: Type.Unknown({
    description: "How the law was found: the clue that decided, and the others.",
  }),
  notice: OrNull(Type.Object({ id: Text, version: Type.Integer(), locale: Text, sha256: Text })),
  recordedAt: Time,
  occurredAt: OrNull(Time),
  clock: Text,
  method: Text,
  sourceId: OrNull(Uuid),
  storeId: OrNull(Text),
  actor: Text,
  signal: OrNull(Text),
  prompt: OrNull(Type.Object({ programme: Text, outcome: Text })),
  refersTo: OrNull(Uuid),
  conflictShown: Type.Boolean(),
  validUntil: OrNull(Time),
  doubleOptIn: Text,
  byGuardian: Type.Boolean(),
  evidenceSha256: OrNull(Text),
});

const decision = {
  allowed: Type.Boolean(),
  rule: Text,
  basis: OrNull(Text),
  recordId: OrNull(Uuid),
  notice: OrNull(NoticeRef),
  regime: OrNull(Text),
  regimeVersion: OrNull(
    Type.Integer({ description: "Of the pack that was asked: the one in force at the moment asked about." }),
  ),
  regimeSha256: OrNull(
    Type.String({ description: "Of that pack's canonical JSON; GET /v1/regimes/{id}?at= shows it." }),
  ),
  since: OrNull(Time),
  detail: Type.Union([Text, Type.Number(), Type.Null()]),
  sentences: Type.Optional(Type.Array(Text)),
};

/** What a member's consents amount to. */
export const MemberConsentsSchema = Type.Object({
  memberId: Uuid,
  regime: Type.Object({
    regime: OrNull(Text),
    country: OrNull(Text),
    region: OrNull(Text),
    because: Type.Object({
      decidedBy: Text,
      strength: Text,
      clues: Type.Array(
        Type.Object({ clue: Text, country: Text, region: OrNull(Text), regime: OrNull(Text) }),
      ),
      conflict: Type.Boolean(),
    }),
  }),
  age: OrNull(Type.Integer()),
  decisions: Type.Array(Type.Object({ purpose: Text, channel: OrNull(Text), ...decision })),
  states: Type.Array(
    Type.Object({
      subjects: Type.Array(Uuid),
      purposeId: Text,
      channel: OrNull(Text),
      recipientId: OrNull(Text),
      regime: OrNull(Text),
      separateConsent: OrNull(Text),
      state: Text,
      recordId: Uuid,
      since: Time,
    }),
  ),
  history: Type.Array(ShownRecord, { description: "A page of what was said, the newest first." }),
  next: NextPlace,
  chains: Type.Optional(
    Type.Record(
      Text,
      Type.Object({
        kind: Type.Enum(["intact", "broken"] as const),
        length: Type.Optional(Type.Integer()),
        erased: Type.Optional(Type.Integer()),
        tip: Type.Optional(Text),
        sequence: Type.Optional(Type.Integer()),
        fault: Type.Optional(Text),
      }),
    ),
  ),
});

export const ConfirmationLinkSchema = Type.Object({
  recordId: Uuid,
  token: Text,
  path: Text,
  expiresAt: Time,
});

export const PreferenceLinkSchema = Type.Object({
  url: Text,
  path: Text,
  expiresAt: Time,
  unsubscribe: OrNull(Type.Object({ url: Text, expiresAt: Time })),
});

export const DisclosuresSchema = Type.Object({
  memberId: Uuid,
  disclosures: Type.Array(
    Type.Object({
      subjectId: Uuid,
      reader: Type.Object({ kind: Text, id: Text }),
      purpose: Text,
      categories: Type.Array(Text),
      firstAt: Time,
      lastAt: Time,
    }),
    { description: "A page, the last read first." },
  ),
  next: OrNull(Text),
});

export const ReceiptAnswer = Type.Object(
  {
    receipt: Type.Record(Text, AnyValue, { description: "Kantara 1.1, or ISO/IEC TS 27560 as JSON-LD." }),
    jws: Type.String({ description: "The receipt, signed (RFC 7515, compact)." }),
  },
  { description: "With `signed=true` the JWS alone, as application/jose; with `format=html` a page." },
);

const NoticeWords = Type.Object({ title: Text, ask: Text, sections: Type.Record(Text, Text) });

export const ShownNotice = Type.Object({
  id: Text,
  version: Type.Integer(),
  purposes: Type.Array(Text),
  material: Type.Boolean(),
  publishedAt: Time,
  sha256: inLocales(Text, { description: "Locale to the hash of its words." }),
  texts: Type.Optional(inLocales(NoticeWords)),
});
export const NoticesSchema = Type.Object({ notices: Type.Array(ShownNotice) });

export const PublishedNotice = Type.Object({
  published: Type.Boolean(),
  notice: ShownNotice,
  findings: Type.Array(
    Type.Object({
      code: Type.Enum(NOTICE_FAULTS),
      severity: Type.Enum(["error", "warning"] as const),
      locale: OrNull(Type.Enum(LOCALES)),
      section: OrNull(Text),
      item: OrNull(Text),
      regime: OrNull(Text),
      about: OrNull(Text),
      message: Text,
    }),
  ),
});

const StaleNoticeSchema = Type.Object({
  purposeId: Text,
  notice: OrNull(Type.Object({ id: Text, version: Type.Integer(), publishedAt: Time })),
  reason: Type.Enum(["no-notice", "purpose-changed", "lacks-something"] as const),
  errors: Type.Integer({ description: "What the linter finds in it now." }),
});
export const StaleNoticesSchema = Type.Object({ items: Type.Array(StaleNoticeSchema) });

export const PurposeChangesSchema = Type.Object({
  applied: Type.Boolean(),
  changes: Type.Array(
    Type.Union([
      Type.Object({ kind: Type.Enum(["added", "removed"] as const), id: Text, purpose: PurposeSchema }),
      Type.Object({
        kind: Type.Literal("changed"),
        id: Text,
        fields: Type.Array(
          Type.Object({ field: Text, before: AnyValue, after: AnyValue, widens: Type.Boolean() }),
        ),
        material: Type.Boolean({ description: "Consents given before become stale." }),
        expectedVersion: Type.Integer(),
        problems: Type.Array(Text),
      }),
    ]),
  ),
  stale: Type.Array(StaleNoticeSchema, { description: "Purposes whose notices do not fit afterwards." }),
});

/** The preference centre as JSON. */
export const ChoicesSchema = Type.Object({
  locale: Text,
  expiresAt: Time,
  regime: OrNull(Text),
  gpc: OrNull(Type.Object({ processedAt: Time })),
  questions: Type.Array(Type.Object({ purpose: Text }), {
    description:
      "What to ask: a signal ends a loyalty programme that needs the purpose (11 CCR §7025(c)(4)).",
  }),
  purposes: Type.Array(
    Type.Object({
      id: Text,
      name: Text,
      description: Text,
      kind: Type.Enum(["needed", "contact", "use"] as const),
      notice: OrNull(Type.Object({ ref: Text, ask: Text, text: Type.Optional(NoticeWords) })),
      choices: Type.Array(
        Type.Object({
          purpose: Text,
          channel: OrNull(Text),
          separate: OrNull(Text),
          recipient: OrNull(Text),
          state: Type.Enum(["on", "off", "waiting"] as const),
          note: OrNull(Text),
          canTurnOn: Type.Boolean(),
          validUntil: OrNull(Time),
          name: Text,
        }),
      ),
    }),
  ),
  history: Type.Array(Type.Object({ ...ShownRecord.properties, about: Text })),
});

export const SigningKeysSchema = Type.Object({
  keys: Type.Array(Type.Record(Text, AnyValue, { description: "A public JWK." })),
});
