import { principalRef, type ReceiptFacts, timeOfAct } from "./facts.ts";

/** A consent receipt as the Kantara Initiative's specification 1.1 has it. */
export interface KantaraReceipt {
  readonly version: "KI-CR-v1.1.0";
  readonly jurisdiction: string;
  /** Seconds since 1970 (§4.3.3). */
  readonly consentTimestamp: number;
  readonly collectionMethod: string;
  readonly consentReceiptID: string;
  readonly publicKey?: string;
  readonly language: string;
  readonly piiPrincipalId: string;
  readonly piiControllers: readonly {
    readonly piiController: string;
    readonly onBehalf: boolean;
    readonly contact: string;
    readonly address: object;
    readonly email: string;
    readonly phone: string;
    readonly piiControllerUrl?: string;
  }[];
  readonly policyUrl: string;
  readonly services: readonly {
    readonly service: string;
    readonly purposes: readonly KantaraPurpose[];
  }[];
  readonly sensitive: boolean;
  readonly spiCat: readonly string[];
}

interface KantaraPurpose {
  readonly purpose: string;
  readonly purposeCategory: readonly string[];
  readonly consentType: string;
  readonly piiCategory: readonly string[];
  readonly primaryPurpose: boolean;
  readonly termination: string;
  readonly thirdPartyDisclosure: boolean;
  readonly thirdPartyName?: string;
}

/** Purpose categories as the specification's appendix numbers them; a purpose of the shop's own has none. */
const PURPOSE_CATEGORIES: Readonly<Record<string, string>> = {
  service: "2 - Contracted Service",
  "legal-obligation": "12 - Legally Required Data Retention",
  analytics: "16 - Improve Performance",
  marketing: "6 - Marketing",
  "survey-contact": "16 - Improve Performance",
  profiling: "5 - Personalize Experience",
  personalisation: "5 - Personalize Experience",
  "partner-sharing": "9 - Sharing for Marketing",
};

/** Categories of personal data as the same appendix numbers them. */
const PII_CATEGORIES: Readonly<Record<string, string>> = {
  identity: "1 - Biographical",
  contact: "2 - Contact",
  demographic: "1 - Biographical",
  location: "15 - Behavioural",
  online: "15 - Behavioural",
  social: "4 - Communications/Social",
  transaction: "7 - Financial",
  survey: "13 - Psychological/Attitudinal",
  preference: "16 - Profile",
  derived: "16 - Profile",
};

/**
 * The Kantara 1.1 receipt of a record. The service is the channel, since that is what the person switched; texts
 * are in the language of the notice. The specification has receipts of consents only: for a refusal or withdrawal
 * `consentType` says which, so that the person holds proof of that, too.
 */
export function kantaraReceipt(facts: ReceiptFacts, publicKeyId?: string): KantaraReceipt {
  const { record, purpose, controller } = facts;
  const locale = record.notice?.locale ?? "en";
  const thirdParties = purpose.recipients.filter(
    (r) => r.role === "third-party" && (record.recipientId === null || record.recipientId === r.id),
  );
  const piiCategory = [...new Set(purpose.categories.map((c) => PII_CATEGORIES[c] ?? c))];
  const common = {
    purpose: purpose.description[locale],
    purposeCategory: [PURPOSE_CATEGORIES[purpose.id] ?? purpose.id],
    consentType: consentTypeOf(facts),
    piiCategory,
    primaryPurpose: purpose.lawfulBasis === "contract",
    termination: `${facts.withdrawalUrl}; ${record.validUntil === null ? purpose.retention : record.validUntil.toISOString()}`,
  };
  return {
    version: "KI-CR-v1.1.0",
    jurisdiction: record.regime ?? "unknown",
    consentTimestamp: Math.floor(timeOfAct(record).getTime() / 1000),
    collectionMethod: record.method,
    consentReceiptID: facts.receiptId,
    ...(publicKeyId === undefined ? {} : { publicKey: publicKeyId }),
    language: locale,
    piiPrincipalId: principalRef(record),
    piiControllers: [
      {
        piiController: controller.name,
        onBehalf: false,
        contact: controller.contact,
        address: controller.address,
        email: controller.email,
        phone: controller.phone,
        ...(controller.url === null ? {} : { piiControllerUrl: controller.url }),
      },
    ],
    policyUrl: facts.policyUrl,
    services: [
      {
        service: record.channel ?? purpose.name[locale],
        purposes: [
          thirdParties.length === 0
            ? { ...common, thirdPartyDisclosure: false }
            : {
                ...common,
                thirdPartyDisclosure: true,
                thirdPartyName: thirdParties.map((r) => r.name[locale]).join(", "),
              },
        ],
      },
    ],
    sensitive: purpose.sensitive,
    spiCat: purpose.sensitive ? piiCategory : [],
  };
}

function consentTypeOf({ record }: ReceiptFacts): string {
  if (record.state !== "given" && record.state !== "renewed") return record.state.toUpperCase();
  return record.separateConsent !== null ? `EXPLICIT; SEPARATE: ${record.separateConsent}` : "EXPLICIT";
}
