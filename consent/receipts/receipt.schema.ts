import { Type } from "typebox";

/**
 * What a Kantara 1.1 receipt must hold. Our own statement of the specification: the schema that the Kantara
 * Initiative published for 1.1.0 (draft 6, 2017) holds comments that JSON forbids and leaves the items of
 * `services` and `purposes` unchecked, because it puts `required` beside `properties` of the wrong object. This
 * one asks for everything that one asks for, and for those items too.
 */
const KantaraPurpose = Type.Intersect([
  Type.Object({
    purpose: Type.Optional(Type.String()),
    consentType: Type.String(),
    purposeCategory: Type.Array(Type.String(), { minItems: 1 }),
    piiCategory: Type.Array(Type.String(), { minItems: 1 }),
    primaryPurpose: Type.Optional(Type.Boolean()),
    termination: Type.String(),
  }),
  Type.Union([
    Type.Object({ thirdPartyDisclosure: Type.Literal(false) }),
    Type.Object({ thirdPartyDisclosure: Type.Literal(true), thirdPartyName: Type.String({ minLength: 1 }) }),
  ]),
]);

export const KantaraReceiptSchema = Type.Object(
  {
    version: Type.Literal("KI-CR-v1.1.0"),
    jurisdiction: Type.String({ minLength: 1 }),
    /** Whole seconds since 1970. The bound catches milliseconds. */
    consentTimestamp: Type.Integer({ minimum: 0, maximum: 99_999_999_999 }),
    collectionMethod: Type.String({ minLength: 1 }),
    consentReceiptID: Type.String({ minLength: 1 }),
    publicKey: Type.Optional(Type.String()),
    language: Type.Optional(Type.String({ pattern: "^[a-z]{2}(-[A-Z]{2})?$" })),
    piiPrincipalId: Type.String({ minLength: 1 }),
    piiControllers: Type.Array(
      Type.Object({
        piiController: Type.String({ minLength: 1 }),
        onBehalf: Type.Optional(Type.Boolean()),
        contact: Type.String({ minLength: 1 }),
        address: Type.Object({}),
        email: Type.String({ minLength: 3 }),
        phone: Type.String({ minLength: 3 }),
        piiControllerUrl: Type.Optional(Type.String()),
      }),
      { minItems: 1 },
    ),
    policyUrl: Type.String({ minLength: 1 }),
    services: Type.Array(
      Type.Object({
        service: Type.String({ minLength: 1 }),
        purposes: Type.Array(KantaraPurpose, { minItems: 1 }),
      }),
      { minItems: 1 },
    ),
    sensitive: Type.Boolean(),
    spiCat: Type.Array(Type.String()),
  },
  { additionalProperties: false },
);

const Words = Type.String({ minLength: 1 });
const DpvTerm = Type.String({ pattern: "^(dpv|pd|loc|candor):[A-Za-z0-9-]+$" });
const DpvTerms = Type.Array(DpvTerm, { minItems: 1 });
const Time = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$" });

/**
 * What a consent record must hold after ISO/IEC TS 27560:2023 in the W3C group's DPV profile. The group publishes
 * the profile as prose and tables, not as JSON Schema; this is our statement of its mandatory fields.
 */
export const Iso27560RecordSchema = Type.Object({
  "@id": Words,
  "@type": Type.Literal("dpv:ConsentRecord"),
  "dct:conformsTo": Type.Literal("https://w3id.org/dpv/schema/dpv-27560#record"),
  "dpv:hasIdentifier": Words,
  "dpv:hasDataSubject": Type.Object({ "dpv:hasIdentifier": Words }),
  "dct:created": Time,
  "dct:creator": Words,
  "dct:language": Type.String({ pattern: "^[a-z]{2}$" }),
  "dpv:hasEntity": Type.Record(
    Type.String(),
    Type.Object({ "@type": Type.Array(DpvTerm, { minItems: 1 }), "dpv:hasName": Words }),
    { minProperties: 1 },
  ),
  "dpv:hasNotice": Type.Array(
    Type.Object({
      "@type": DpvTerms,
      "dpv:hasIdentifier": Words,
      "dpv:hasLocation": Words,
      "candor:sha256": Type.String({ pattern: "^[0-9a-f]{64}$" }),
    }),
  ),
  "dpv:hasJurisdiction": DpvTerm,
  "dpv:hasConsentControl": Type.Object({ "@type": DpvTerms, "dpv:isExercisedAt": Words }),
  "dpv:hasRight": Type.Array(Type.Object({ "@type": DpvTerms, "dpv:isExercisedAt": Words }), { minItems: 1 }),
  "dpv:hasAuthority": Type.Object({ "@type": DpvTerms, "dpv:hasName": Words }),
  "dpv:hasProcess": Type.Array(
    Type.Object({
      "@type": Type.Literal("dpv:Process"),
      "dpv:hasPurpose": Type.Array(Type.Object({ "skos:broader": DpvTerm, "skos:prefLabel": Words }), {
        minItems: 1,
      }),
      "dpv:hasLegalBasis": DpvTerms,
      "dpv:hasPersonalData": Type.Array(Type.Object({ "@type": DpvTerms, "skos:broader": DpvTerms }), {
        minItems: 1,
      }),
      "dpv:hasProcessing": DpvTerms,
      "dpv:hasDataController": Type.Array(Words, { minItems: 1 }),
      "dpv:hasDataSource": DpvTerms,
      "dpv:hasStorageCondition": Type.Array(Type.Object({ "@type": DpvTerms }), { minItems: 2 }),
      "dpv:hasRecipient": Type.Array(Words),
      "dpv:hasConsentStatus": Type.Array(
        Type.Object({
          "@type": DpvTerms,
          "dpv:isIndicatedAtTime": Time,
          "dpv:isIndicatedBy": Words,
          "dpv:isExercisedAt": Words,
          "dpv:hasDuration": Type.Object({ "@type": DpvTerms, "rdf:value": Words }),
        }),
        { minItems: 1 },
      ),
    }),
    { minItems: 1 },
  ),
});

/** The receipt's header and the record that it copies. */
export const Iso27560ReceiptSchema = Type.Object({
  "@context": Type.Record(Type.String(), Words),
  "@id": Words,
  "@type": Type.Literal("dpv:ConsentReceipt"),
  "dct:conformsTo": Type.Literal("https://w3id.org/dpv/schema/dpv-27560#receipt"),
  "dpv:hasIdentifier": Words,
  "dct:created": Time,
  "dct:publisher": Words,
  "dpv:hasRecordOfActivity": Type.Array(Iso27560RecordSchema, { minItems: 1 }),
});
