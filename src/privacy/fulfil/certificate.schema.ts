import { type Static, Type } from "typebox";
import { EntryProofView } from "../../audit/index.ts";
import { ANY_REQUEST_KINDS, DOORS, FILERS } from "../requests/kinds.ts";
import { STATES } from "../requests/state.ts";
import { CERTIFICATE_KINDS, OUTCOMES } from "./certificate-kinds.ts";
import { GroundSchema, TreatmentSchema } from "./port.schema.ts";
import { Uuid } from "./route-parts.ts";

const Time = Type.String({ format: "date-time" });
const MaybeTime = Type.Union([Time, Type.Null()]);
const MaybeString = Type.Union([Type.String(), Type.Null()]);
const Count = Type.Integer({ minimum: 0 });
const Counts = Type.Record(Type.String(), Type.Number());
const LocaleWords = Type.Object({ en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() });

/** The course of a request, as its certificate tells it: what was asked, decided and said, when, and by what rule. */
export const CertifiedRequestSchema = Type.Object({
  kind: Type.Enum(ANY_REQUEST_KINDS),
  door: Type.Enum(DOORS),
  filer: Type.Enum(FILERS),
  regime: Type.String(),
  state: Type.Enum(STATES),
  subjects: Count,
  identity: Type.Union([Type.String(), Type.Null()], { description: "How the asker was made sure of." }),
  receivedAt: Time,
  acknowledgedAt: MaybeTime,
  verifiedAt: MaybeTime,
  extendedAt: MaybeTime,
  closedAt: MaybeTime,
  answer: Type.Object(
    {
      dueOn: Type.Union([Type.String({ format: "date" }), Type.Null()]),
      provision: Type.String(),
      words: LocaleWords,
      inTime: Type.Union([Type.Boolean(), Type.Null()], {
        description: "Null where the law names no number.",
      }),
    },
    { description: "By when the law wanted an answer, and the whole reckoning in words." },
  ),
  refusal: Type.Union([
    Type.Object({
      ground: Type.String(),
      reason: Type.String(),
      provision: Type.String(),
      words: LocaleWords,
    }),
    Type.Null(),
  ]),
  appealOf: Type.Union([Uuid, Type.Null()]),
  duplicateOf: Type.Union([Uuid, Type.Null()]),
  course: Type.Array(
    Type.Object({ at: Time, act: Type.String(), to: Type.String(), by: Type.String(), code: MaybeString }),
  ),
  notices: Type.Array(Type.Object({ at: Time, notice: Type.String() }), {
    description: "What the asker was written.",
  }),
});
export type CertifiedRequest = Static<typeof CertifiedRequestSchema>;

const Recipients = Type.Array(
  Type.Object({
    recipientId: Type.String(),
    name: Type.String(),
    purposeId: Type.String(),
    toldAt: Time,
    dueAt: Type.Union([Time, Type.Null()], {
      description: "By when it is to be confirmed; null of a correction, which is taken and not confirmed.",
    }),
    acknowledgedAt: MaybeTime,
    state: Type.Enum(["acknowledged", "open", "overdue", "told"]),
  }),
);

/** What a certificate says (`CertificateBody`). */
export const CertificateSchema = Type.Object({
  v: Type.Literal(1),
  certificateId: Uuid,
  kind: Type.Enum(CERTIFICATE_KINDS),
  requestId: Type.Union([Uuid, Type.Null()]),
  runId: Type.Union([Uuid, Type.Null()]),
  regime: MaybeString,
  issuedAt: Time,
  controller: LocaleWords,
  outcome: Type.Enum(OUTCOMES),
  request: Type.Union([CertifiedRequestSchema, Type.Null()], {
    description: "The request; null for retention and for what a restored backup brought back.",
  }),
  subjects: Count,
  steps: Type.Array(
    Type.Object({
      step: Type.String(),
      startedAt: Time,
      finishedAt: MaybeTime,
      attempts: Count,
      counts: Counts,
    }),
  ),
  holders: Type.Array(
    Type.Object({
      table: Type.String(),
      holds: Type.String(),
      treatment: TreatmentSchema,
      rows: Count,
      ground: GroundSchema,
      keptUntil: Type.Union([Type.String({ format: "date" }), Type.Null()]),
    }),
  ),
  exceptions: Type.Array(
    Type.Object({
      code: Type.String({
        description:
          "A ground of keeping, recipient-open, recipient-overdue, erased-meanwhile, package-expired.",
      }),
      what: Type.String(),
      provision: MaybeString,
    }),
  ),
  keys: Type.Union([
    Type.Object({
      destroyed: Type.Array(Uuid),
      destroyedAt: MaybeTime,
      lastCopyEndsAt: Type.Union([Time, Type.Null()], {
        description: "When the last copy of them dies: that in the last backup of the keystore.",
      }),
    }),
    Type.Null(),
  ]),
  recipients: Recipients,
  suppression: Type.Union([Type.Object({ identifiers: Count }), Type.Null()]),
  counts: Counts,
  audit: Type.Object({ entryId: Uuid }),
});

/** A page of certificates without their content. */
export const CertificatePage = Type.Object({
  certificates: Type.Array(
    Type.Object({
      certificateId: Uuid,
      requestId: Type.Union([Uuid, Type.Null()]),
      kind: Type.Enum(CERTIFICATE_KINDS),
      issuedAt: Time,
    }),
  ),
  next: Type.Union([Uuid, Type.Null()], { description: "Pass it as `before` for the next page." }),
});

/** A certificate with all that proves it: the file that `candor verify` takes. */
export const ProvenCertificate = Type.Object({
  certificate: CertificateSchema,
  jws: Type.String({ description: "Compact JWS (RFC 7515, EdDSA) over the certificate's canonical JSON." }),
  keys: Type.Object(
    { keys: Type.Array(Type.Record(Type.String(), Type.Unknown({ description: "Of the public JWK." }))) },
    { description: "The public keys of this installation as a JWK set (RFC 7517)." },
  ),
  proof: Type.Union([EntryProofView, Type.Null()]),
  since: Type.Union(
    [Type.Object({ at: Time, told: Count, confirmed: Count, recipients: Recipients }), Type.Null()],
    {
      description:
        "How many recipients were told and how many have confirmed up to now; not signed. Null where none was told.",
    },
  ),
});
