import { generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { leafHash, renderEntry, verifyEvidence } from "../../../src/audit/index.ts";
import { signTreeHead } from "../../../src/audit/tree-head.ts";
import { type CertificateBody, signCertificate } from "../../../src/privacy/fulfil/certificate.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k-1", alg: "EdDSA" };
const signer = { keyId: "k-1", sign: (bytes: Buffer) => sign(null, bytes, privateKey) };
const at = new Date("2026-11-22T10:00:00Z");
const entryId = "01a200da-26a4-7662-9062-e5498de24d4c";

const body: CertificateBody = {
  v: 1,
  certificateId: "01a200da-26a4-7662-9062-000000000001",
  kind: "erasure",
  requestId: "01a200da-26a4-7662-9062-000000000002",
  runId: "01a200da-26a4-7662-9062-000000000003",
  regime: "gdpr",
  issuedAt: at.toISOString(),
  controller: { en: "Shop", "zh-CN": "商店", "zh-TW": "商店" },
  outcome: "completed",
  request: null,
  subjects: 1,
  steps: [],
  holders: [],
  exceptions: [],
  keys: null,
  recipients: [],
  suppression: { identifiers: 2 },
  counts: {},
  audit: { entryId },
};

function proofOf(action: string, id: string) {
  const entry = renderEntry({ actor: { kind: "system", id: "test" }, action }, { id, at, salts: [] });
  const root = leafHash(entry);
  return {
    format: "candor-audit-proof",
    v: 1,
    seq: 0,
    entry,
    leafHash: root.toString("hex"),
    size: 1,
    path: [],
    treeHead: signTreeHead(signer, { size: 1, root, at }),
    keys: [jwk],
  };
}

async function verdictOn(file: object, options = {}) {
  const lines = (async function* () {
    yield* JSON.stringify(file, null, 2).split("\n");
  })();
  return verifyEvidence(lines, options);
}

describe("a certificate, offline", () => {
  const proof = proofOf("privacy.erasure-certified", entryId);
  const whole = async () => ({
    certificate: body,
    jws: await signCertificate(body, { key: privateKey, keyId: "k-1" }),
    keys: { keys: [jwk] },
    proof,
  });

  it("verifies with its signature and its place in the audit log", async () => {
    const verdict = await verdictOn(await whole(), { keyId: "k-1" });
    expect(verdict).to.deep.include({ kind: "certificate", ok: true, fails: [], notes: [], keyId: "k-1" });
    expect(verdict.holds).to.have.length(6);
  });

  it("says that there is no proof yet, and verifies the rest", async () => {
    const verdict = await verdictOn({ ...(await whole()), proof: null });
    expect(verdict.ok).to.equal(true);
    expect(verdict.notes.join()).to.include("no proof");
  });

  it("does not verify when it was changed, was signed by somebody else, or has the proof of another act", async () => {
    const file = await whole();
    const stranger = generateKeyPairSync("ed25519");
    const forgeries: Readonly<Record<string, object>> = {
      "another count": { ...file, certificate: { ...body, subjects: 2 } },
      "no body": { ...file, certificate: null },
      "another signer": {
        ...file,
        jws: await signCertificate(body, { key: stranger.privateKey, keyId: "k-1" }),
      },
      "a tree head for a certificate": { ...file, jws: proof.treeHead },
      "the proof of another entry": {
        ...file,
        proof: proofOf("privacy.erasure-certified", body.certificateId),
      },
      "the proof of another act": { ...file, proof: proofOf("privacy.access-certified", entryId) },
      "a changed entry": { ...file, proof: { ...proof, entry: proof.entry.replace("test", "best") } },
      "no keys": { ...file, keys: null },
    };
    for (const [how, forged] of Object.entries(forgeries)) {
      const verdict = await verdictOn(forged);
      expect(verdict.ok, how).to.equal(false);
    }
    expect((await verdictOn(file, { keyId: "k-2" })).ok, "a key that is not trusted").to.equal(false);
  });
});
