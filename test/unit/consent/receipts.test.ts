import { generateKeyPairSync } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { CompactSign } from "jose";
import type { ConsentRecord } from "../../../consent/ledger.ts";
import {
  Iso27560ReceiptSchema,
  Iso27560RecordSchema,
  iso27560Receipt,
  iso27560Record,
  KantaraReceiptSchema,
  kantaraReceipt,
  type ReceiptFacts,
  signReceipt,
  verifyReceipt,
} from "../../../consent/receipts.ts";
import { aPurpose, aRecord, day } from "./builders.ts";

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
const validKantara = ajv.compile(KantaraReceiptSchema);
const validRecord = ajv.compile(Iso27560RecordSchema);
const validReceipt = ajv.compile(Iso27560ReceiptSchema);

const partner = aPurpose("partner-sharing", {
  recipients: [
    { id: "north", role: "third-party", country: "DE", name: { en: "North", "zh-CN": "北", "zh-TW": "北" } },
    { id: "mail", role: "processor", country: null, name: { en: "Mail", "zh-CN": "邮", "zh-TW": "郵" } },
  ],
});

function facts(record: ConsentRecord, purpose = aPurpose("analytics")): ReceiptFacts {
  return {
    record,
    purpose,
    notice: { title: "t", ask: "Yes", sections: {} },
    controller: {
      id: "https://shop.example/#controller",
      name: "Example Shops",
      contact: "Privacy team",
      address: { streetAddress: "1 Example Street", addressCountry: "IE" },
      email: "privacy@shop.example",
      phone: "+353 1 555 0100",
      url: "https://shop.example",
    },
    policyUrl: "https://shop.example/notices/analytics/1",
    withdrawalUrl: "https://shop.example/preferences",
    rightsUrl: "https://shop.example/rights",
    authority: { name: "the authority", url: "https://authority.example" },
    storageCountries: ["IE"],
    processingCountries: ["IE", "DE"],
    history: [],
    receiptId: "0190a5d2-0000-7000-8000-000000000001",
    issuedAt: day(2),
  };
}

const guardian = { ref: "g", relation: "parent", method: "form", evidenceSha256: null } as const;
const records: [string, ConsentRecord, ReturnType<typeof aPurpose>][] = [
  ["a consent", aRecord(), aPurpose("analytics")],
  ["a withdrawal", aRecord({ state: "withdrawn", notice: null }), aPurpose("analytics")],
  ["an objection", aRecord({ state: "objected" }), aPurpose("survey-contact")],
  ["a channel", aRecord({ channel: "line", purposeId: "marketing" }), aPurpose("marketing")],
  [
    "a sharing abroad",
    aRecord({ recipientId: "north", regime: "CN", separateConsent: "cross-border" }),
    partner,
  ],
  [
    "sensitive data",
    aRecord({ regime: "UK", validUntil: day(9) }),
    aPurpose("profiling", { sensitive: true }),
  ],
  ["a guardian", aRecord({ proof: { guardian } as ConsentRecord["proof"] }), aPurpose("analytics")],
  ["a purpose of the shop's own", aRecord({ regime: null }), aPurpose("warranty-care")],
];

describe("consent receipts", () => {
  for (const [what, record, purpose] of records) {
    it(`of ${what} hold what Kantara 1.1 and ISO/IEC TS 27560 ask for`, () => {
      const given = facts(record, purpose);
      expect(validKantara(kantaraReceipt(given)), ajv.errorsText(validKantara.errors)).to.equal(true);
      expect(validRecord(iso27560Record(given)), ajv.errorsText(validRecord.errors)).to.equal(true);
      expect(validReceipt(iso27560Receipt(given)), ajv.errorsText(validReceipt.errors)).to.equal(true);
    });
  }

  it("are caught by the schemas when a field is missing or in milliseconds", () => {
    const receipt = kantaraReceipt(facts(aRecord()));
    expect(validKantara({ ...receipt, consentTimestamp: day(1).getTime() })).to.equal(false);
    expect(validKantara({ ...receipt, services: [{ service: "x", purposes: [{}] }] })).to.equal(false);
    expect(validRecord({ ...iso27560Record(facts(aRecord())), "dpv:hasProcess": [] })).to.equal(false);
  });

  it("name the person by an opaque reference and the time of the act, not of the record", () => {
    const record = aRecord({ recordedAt: day(9), occurredAt: day(3), clock: "offline" });
    const receipt = kantaraReceipt(facts(record));
    expect(receipt.piiPrincipalId).to.equal("urn:candor:subject:s1");
    expect(receipt.consentTimestamp).to.equal(day(3).getTime() / 1000);
  });

  it("say who receives the data, and under which basis it stands in that regime", () => {
    const receipt = kantaraReceipt(facts(aRecord({ recipientId: "north" }), partner));
    expect(receipt.services[0]?.purposes[0]).to.include({
      thirdPartyDisclosure: true,
      thirdPartyName: "North",
    });
    const survey = iso27560Record(facts(aRecord({ regime: "TW" }), aPurpose("survey-contact")));
    expect(JSON.stringify(survey)).to.include('"dpv:hasLegalBasis":["dpv:Consent"]');
  });

  it("tell the life of a consent, oldest first", () => {
    const first = aRecord();
    const over = aRecord({ state: "withdrawn", recordedAt: day(4) });
    const record = iso27560Record({ ...facts(over), history: [first] });
    const text = JSON.stringify(record);
    expect(text.indexOf("dpv:ConsentGiven"))
      .to.be.lessThan(text.indexOf("dpv:ConsentWithdrawn"))
      .and.above(0);
  });

  it("carry a signature that a changed or foreign receipt does not pass", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const stranger = generateKeyPairSync("ed25519");
    const find = (id: string) => (id === "k1" ? publicKey : null);
    const receipt = kantaraReceipt(facts(aRecord()), "k1");
    const jws = await signReceipt(receipt, "kantara", { key: privateKey, keyId: "k1" });
    expect(await verifyReceipt(jws, find)).to.deep.equal({
      kind: "genuine",
      keyId: "k1",
      type: "kantara",
      receipt: JSON.parse(JSON.stringify(receipt)),
    });
    const [head, body, signature] = jws.split(".") as [string, string, string];
    const changed = Buffer.from(Buffer.from(body, "base64url").toString().replace("IE", "FR")).toString(
      "base64url",
    );
    expect(await verifyReceipt(`${head}.${changed}.${signature}`, find)).to.include({
      reason: "bad-signature",
    });
    const foreign = await signReceipt(receipt, "kantara", { key: stranger.privateKey, keyId: "k1" });
    expect(await verifyReceipt(foreign, find)).to.include({ reason: "bad-signature" });
    const unknown = await signReceipt(receipt, "iso27560", { key: privateKey, keyId: "k9" });
    expect(await verifyReceipt(unknown, find)).to.include({ reason: "unknown-key" });
    expect(await verifyReceipt("no", find)).to.include({ reason: "unreadable" });
    const hmac = await new CompactSign(Buffer.from("{}"))
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .sign(Buffer.alloc(32, 1));
    expect((await verifyReceipt(hmac, find)).kind).to.equal("not-genuine");
  });
});
