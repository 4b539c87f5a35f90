import { assertNever } from "../../src/kernel/assert-never.ts";
import type { ConsentRecord } from "../ledger.ts";
import { basisUnder } from "../purposes.ts";
import type { LawfulBasis } from "../vocabulary.ts";
import { principalRef, type ReceiptFacts, type ReceiptParty, timeOfAct } from "./facts.ts";

/** Names as the Data Privacy Vocabulary 2.x has them; the context resolves each to its IRI. */
const CONTEXT = {
  dpv: "https://w3id.org/dpv#",
  pd: "https://w3id.org/dpv/pd#",
  loc: "https://w3id.org/dpv/loc#",
  "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
  dct: "http://purl.org/dc/terms/",
  skos: "http://www.w3.org/2004/02/skos/core#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  candor: "urn:candor:terms:",
} as const;

const PURPOSE_TERMS: Readonly<Record<string, string>> = {
  service: "dpv:ServiceProvision",
  "legal-obligation": "dpv:LegalCompliance",
  analytics: "dpv:ServiceUsageAnalytics",
  marketing: "dpv:DirectMarketing",
  "survey-contact": "dpv:CommunicationForCustomerCare",
  profiling: "dpv:CustomerManagement",
  personalisation: "dpv:ServicePersonalisation",
  "partner-sharing": "dpv:SellDataToThirdParties",
};

const DATA_TERMS: Readonly<Record<string, string>> = {
  identity: "pd:Identifying",
  contact: "pd:Contact",
  demographic: "pd:Demographic",
  location: "pd:Location",
  online: "pd:DeviceBased",
  transaction: "pd:Transactional",
  social: "pd:SocialNetwork",
  survey: "pd:Opinion",
  preference: "pd:Preference",
  derived: "pd:Interest",
};

const BASIS_TERMS: Readonly<Record<LawfulBasis, string>> = {
  consent: "dpv:Consent",
  contract: "dpv:Contract",
  "legal-obligation": "dpv:LegalObligation",
  "vital-interest": "dpv:VitalInterest",
  "legitimate-interest": "dpv:LegitimateInterest",
  "opt-out": "dpv:LegitimateInterest",
};

/** A JSON-LD node; its shape is checked against `iso27560.schema.ts`. */
export type JsonLd = Readonly<Record<string, unknown>>;

/** The consent record of ISO/IEC TS 27560:2023 in JSON-LD, as the W3C group's DPV profile writes it. */
export function iso27560Record(facts: ReceiptFacts): JsonLd {
  return { "@context": CONTEXT, ...recordNode(facts) };
}

/** The receipt that hands a record to the person: a header and a copy of the record (DPV guide §9). */
export function iso27560Receipt(facts: ReceiptFacts): JsonLd {
  return {
    "@context": CONTEXT,
    "@id": `urn:uuid:${facts.receiptId}`,
    "@type": "dpv:ConsentReceipt",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
    "dpv:hasIdentifier": facts.receiptId,
    "dct:created": facts.issuedAt.toISOString(),
    "dct:publisher": facts.controller.id,
    "dpv:hasRecordOfActivity": [recordNode(facts)],
  };
}

function recordNode(facts: ReceiptFacts): JsonLd {
  const { record, purpose, controller } = facts;
  const locale = record.notice?.locale ?? "en";
  const recipients = purpose.recipients.filter(
    (r) => record.recipientId === null || r.id === record.recipientId,
  );
  const entities: Record<string, JsonLd> = { [controller.id]: controllerNode(controller) };
  for (const r of recipients) {
    entities[`urn:candor:recipient:${r.id}`] = {
      "@type": [r.role === "third-party" ? "dpv:ThirdParty" : "dpv:DataProcessor", "dpv:Recipient"],
      "dpv:hasName": r.name[locale],
      ...(r.country === null ? {} : { "dpv:hasLocation": `loc:${r.country}` }),
    };
  }
  return {
    "@id": `urn:uuid:${record.id}`,
    "@type": "dpv:ConsentRecord",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record",
    "dpv:hasIdentifier": record.id,
    "dpv:hasDataSubject": { "@type": ["dpv:DataSubject"], "dpv:hasIdentifier": principalRef(record) },
    "dct:created": record.recordedAt.toISOString(),
    "dct:creator": controller.id,
    "dct:language": locale.slice(0, 2),
    "dpv:hasEntity": entities,
    "dpv:hasNotice": noticeNodes(facts),
    "dpv:hasJurisdiction": record.regime === null ? "candor:unknown" : jurisdictionTerm(record.regime),
    "candor:jurisdictionDeterminedBy": record.regimeBecause?.decidedBy ?? "not-recorded",
    "candor:proof": {
      "candor:doubleOptIn": record.proof.doubleOptIn,
      "candor:doubleOptInTokenSha256": record.proof.doubleOptInTokenSha256,
      "candor:evidenceSha256": record.proof.evidenceSha256,
      "candor:guardianRelation": record.proof.guardian?.relation ?? null,
      "candor:auditSequence": record.proof.auditSequence,
    },
    "dpv:hasConsentControl": {
      "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
      "dpv:isExercisedAt": facts.withdrawalUrl,
    },
    "dpv:hasRight": [{ "@type": ["dpv:DataSubjectRight"], "dpv:isExercisedAt": facts.rightsUrl }],
    "dpv:hasAuthority": {
      "@type": ["dpv:DataProtectionAuthority"],
      "dpv:hasName": facts.authority.name,
      "dpv:hasContact": facts.authority.url,
    },
    "dpv:hasProcess": [processNode(facts, Object.keys(entities).slice(1))],
  };
}

function processNode(facts: ReceiptFacts, recipients: readonly string[]): JsonLd {
  const { record, purpose, controller } = facts;
  const locale = record.notice?.locale ?? "en";
  const special = purpose.sensitive ? "dpv:SensitivePersonalData" : "dpv:PersonalData";
  return {
    "@type": "dpv:Process",
    "dpv:hasPurpose": [
      {
        "@type": ["dpv:Purpose"],
        "skos:broader": PURPOSE_TERMS[purpose.id] ?? "dpv:Purpose",
        "skos:prefLabel": purpose.name[locale],
        "skos:definition": purpose.description[locale],
        "candor:version": record.purposeVersion,
      },
    ],
    "dpv:hasLegalBasis": [BASIS_TERMS[basisUnder(purpose, record.regime)]],
    "dpv:hasPersonalData": purpose.categories.map((category) => ({
      "@type": [special],
      "skos:broader": [DATA_TERMS[category] ?? "dpv:PersonalData"],
      "skos:prefLabel": category,
    })),
    "dpv:hasProcessing": [
      "dpv:Collect",
      "dpv:Store",
      "dpv:Use",
      ...(recipients.length > 0 ? ["dpv:Share"] : []),
      ...(purpose.profiling ? ["dpv:Profiling"] : []),
    ],
    "dpv:hasDataController": [controller.id],
    "dpv:hasDataSource": ["dpv:DataSubjectDataSource"],
    "dpv:hasStorageCondition": [
      { "@type": ["dpv:StorageLocation"], "dpv:hasLocation": facts.storageCountries.map((c) => `loc:${c}`) },
      {
        "@type": ["dpv:StorageDuration"],
        "dpv:hasDuration": { "@type": "dpv:TemporalDuration", "rdf:value": purpose.retention },
      },
    ],
    "dpv:hasProcessingCondition": [
      {
        "@type": ["dpv:ProcessingLocation"],
        "dpv:hasLocation": facts.processingCountries.map((c) => `loc:${c}`),
      },
    ],
    // The controller receives the data, too, and the profile wants that said.
    "dpv:hasRecipient": [controller.id, ...recipients],
    ...(record.channel === null ? {} : { "dpv:hasService": `candor:channel-${record.channel}` }),
    ...(record.separateConsent === null ? {} : { "candor:separateConsent": record.separateConsent }),
    "dpv:hasConsentStatus": [...facts.history, record].map((entry) => statusNode(facts, entry)),
  };
}

function statusNode(facts: ReceiptFacts, entry: ConsentRecord): JsonLd {
  return {
    "@type": statusTerms(entry),
    "dpv:hasIdentifier": entry.id,
    "dpv:isIndicatedAtTime": timeOfAct(entry).toISOString(),
    "dct:created": entry.recordedAt.toISOString(),
    "dpv:isIndicatedBy":
      entry.actor.kind === "member"
        ? "dpv:DataSubject"
        : entry.actor.kind === "guardian"
          ? "dpv:GuardianOfDataSubject"
          : facts.controller.id,
    "dpv:isExercisedAt": entry.method,
    "dpv:hasIndicationMethod": entry.method,
    "dpv:hasDuration":
      entry.validUntil === null
        ? { "@type": ["dpv:UntilEventDuration"], "rdf:value": "withdrawal" }
        : { "@type": ["dpv:UntilTimeDuration"], "rdf:value": entry.validUntil.toISOString() },
  };
}

function statusTerms(entry: ConsentRecord): string[] {
  switch (entry.state) {
    case "requested":
      return ["dpv:ConsentRequested"];
    case "refused":
      return ["dpv:ConsentRefused"];
    case "given":
      return entry.proof.doubleOptIn === "pending"
        ? ["dpv:ConsentRequestDeferred"]
        : ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"];
    case "renewed":
      return ["dpv:RenewedConsentGiven", "dpv:ExplicitlyExpressedConsent"];
    case "withdrawn":
    case "objected":
    case "restricted":
    case "channel-closed":
      return ["dpv:ConsentWithdrawn"];
    case "expired":
      return ["dpv:ConsentExpired"];
    case "invalidated":
      return ["dpv:ConsentInvalidated"];
    case "objection-lifted":
    case "restriction-lifted":
    case "channel-opened":
    case "signalled":
    case "prompted":
      return ["dpv:ConsentUnknown"];
    default:
      return assertNever(entry.state);
  }
}

function noticeNodes({ record, notice, policyUrl }: ReceiptFacts): JsonLd[] {
  if (record.notice === null) return [];
  return [
    {
      "@type": ["dpv:ConsentNotice"],
      "dpv:hasIdentifier": `${record.notice.id}/${record.notice.version}/${record.notice.locale}`,
      "dct:language": record.notice.locale,
      "dpv:hasLocation": policyUrl,
      "candor:sha256": record.notice.sha256,
      ...(notice === null ? {} : { "dct:title": notice.title, "candor:ask": notice.ask }),
    },
  ];
}

function controllerNode(party: ReceiptParty): JsonLd {
  return {
    "@type": ["dpv:LegalEntity", "dpv:DataController"],
    "dpv:hasName": party.name,
    "dpv:hasAddress": [party.address.streetAddress, party.address.addressCountry].filter(Boolean).join(", "),
    "dpv:hasContact": [party.contact, `mailto:${party.email}`, `tel:${party.phone}`],
  };
}

function jurisdictionTerm(regime: string): string {
  return regime === "UK" ? "loc:GB" : `loc:${regime}`;
}
