import { expect } from "chai";
import fc from "fast-check";
import { MINUTE, systemClock } from "../../../src/kernel/clock.ts";
import { awsKms, type RootKeyProvider, vaultTransit } from "../../../src/vault/index.ts";
import { signAws } from "../../../src/vault/sigv4.ts";
import { testDatabases } from "../../setup/engines.ts";
import { startTestServer } from "../../setup/server.ts";
import { type KmsServer, startAwsKms, startVault } from "./kms-servers.ts";
import { aKeystore, place, problemOf } from "./vaults.ts";

const credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};
const region = "eu-central-1";

describe("AWS Signature Version 4", () => {
  it("signs the requests of AWS's own test suite as AWS does", () => {
    const url = new URL("https://example.amazonaws.com/");
    const to = { credentials, region: "us-east-1", service: "service", at: new Date("2015-08-30T12:36:00Z") };
    const signature = (method: string) =>
      signAws({ method, url, headers: {}, body: "" }, to).authorization?.split("Signature=")[1];
    expect(signature("GET")).to.equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    expect(signature("POST")).to.equal("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  });

  it("signs a session token along", () => {
    const url = new URL("https://kms.eu-central-1.amazonaws.com/");
    const to = {
      credentials: { ...credentials, sessionToken: "session" },
      region,
      service: "kms",
      at: new Date(0),
    };
    const headers = signAws({ method: "POST", url, headers: {}, body: "{}" }, to);
    expect(headers["x-amz-security-token"]).to.equal("session");
    expect(headers.authorization).to.include("x-amz-security-token");
  });
});

interface Kms {
  readonly server: KmsServer;
  readonly provider: RootKeyProvider;
  /** Makes another version of the root key current, as the service's administrator or Candor does. */
  turn(): Promise<void>;
}

async function aVault(): Promise<Kms> {
  const server = await startVault({ token: "s.token" });
  const provider = vaultTransit({
    address: `${server.url}/`,
    mount: "transit",
    key: "candor",
    namespace: null,
    token: () => "s.token",
  });
  return { server, provider, turn: async () => provider.rotate?.() };
}

async function anAwsKms(): Promise<Kms> {
  const server = await startAwsKms({ ...credentials, region });
  const provider = awsKms({ keyId: "alias/candor", region, endpoint: server.url, credentials }, systemClock);
  return { server, provider, turn: async () => server.turnAlias() };
}

const context = { tenant: "candor", purpose: "kek", key: "k-1" };

for (const [name, open] of [
  ["HashiCorp Vault's transit engine", aVault],
  ["AWS KMS", anAwsKms],
] as const) {
  describe(`the root key in ${name}`, () => {
    let kms: Kms;
    before(async () => {
      kms = await open();
    });
    after(() => kms.server.stop());
    afterEach(() => kms.server.behave("well"));

    it("wraps and unwraps batches in their order, each bound to what it is for", async () => {
      const plain = [1, 2, 3].map((n) => Buffer.alloc(32, n));
      const wrapped = await kms.provider.wrap(
        plain.map((p, i) => ({ plain: p, context: { ...context, key: `k-${i}` } })),
      );
      for (const w of wrapped) for (const p of plain) expect(w.bytes.includes(p)).to.equal(false);
      expect(await kms.provider.versionOf(wrapped.map((w) => w.bytes))).to.deep.equal(
        wrapped.map((w) => w.version),
      );
      const items = wrapped.map((w, i) => ({ bytes: w.bytes, context: { ...context, key: `k-${i}` } }));
      expect(await kms.provider.unwrap(items)).to.deep.equal(plain);
      const [first] = items;
      const moved = { bytes: first?.bytes as Buffer, context: { ...context, key: "k-1" } };
      expect(await problemOf(kms.provider.unwrap([moved]))).to.equal("keystore-unavailable");
    });

    it("refuses every altered byte of a wrapped key", async () => {
      const [wrapped] = await kms.provider.wrap([{ plain: Buffer.alloc(32, 9), context }]);
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, by) => {
          const bytes = Buffer.from(wrapped?.bytes as Buffer);
          bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ by;
          const outcome = await kms.provider.unwrap([{ bytes, context }]).then(
            (plain) => plain[0]?.equals(Buffer.alloc(32, 9)) === true && "opened",
            (error: { code?: string }) => error.code,
          );
          // Base64 has spellings that decode alike; what opens must be what was wrapped.
          expect(outcome).to.be.oneOf(["keystore-unavailable", "invalid-settings", "opened"]);
        }),
        { numRuns: 60 },
      );
    });

    it("says clearly that it cannot be used, and repeats neither secrets nor the service's words", async () => {
      for (const mood of ["away", "sealed", "forbidden", "disabled", "throttled"] as const) {
        if (mood === "sealed" && name === "AWS KMS") continue;
        if ((mood === "disabled" || mood === "throttled") && name !== "AWS KMS") continue;
        kms.server.behave(mood);
        let thrown: { code?: string; detail?: string } = {};
        await kms.provider.wrap([{ plain: Buffer.alloc(32, 9), context }]).catch((e: typeof thrown) => {
          thrown = e;
        });
        expect(thrown.code, mood).to.equal("keystore-unavailable");
        expect(thrown.detail, mood).to.match(/Vault|KMS/);
        expect(JSON.stringify(thrown), mood).not.to.match(/s\.token|wJalr|permission denied/);
      }
    });

    it("carries a keystore through a rotation, an outage and a restart", async () => {
      const keystore = await aKeystore("kms");
      try {
        const vault = await keystore.openAnother({ provider: kms.provider });
        const [key] = await vault.createKeys("subject", 1);
        if (key === undefined) throw new Error("no key");
        const cell = vault.seal(key, place, Buffer.from("secret"));
        const before = (await vault.rotations.versions()).rootVersion;
        if (kms.provider.rotate === undefined) await kms.turn();
        await vault.rotations.start("root");
        for (let i = 0; (await vault.rotations.step()).isRunning; i++) if (i > 10) throw new Error("no end");
        const after = await vault.rotations.versions();
        expect(after.rootVersion).not.to.equal(before);
        expect(new Set(after.versions.map((v) => v.rootVersion))).to.deep.equal(new Set([after.rootVersion]));
        const again = await keystore.openAnother({ provider: kms.provider });
        const held = (await again.loadKeys([key.id])).get(key.id);
        expect(held && again.open(held, place, cell).toString()).to.equal("secret");

        kms.server.behave("away");
        keystore.clock.advance(6 * MINUTE);
        expect(await problemOf(again.loadKeys([key.id]))).to.equal("keystore-unavailable");
        expect(await problemOf(again.createKeys("subject", 1))).to.equal("keystore-unavailable");
        expect(await again.isRootKeyThere()).to.equal(false);
        expect(await problemOf(keystore.openAnother({ provider: kms.provider }))).to.equal(
          "keystore-unavailable",
        );
        kms.server.behave("well");
        keystore.clock.advance(MINUTE);
        expect((await again.loadKeys([key.id])).size, "back").to.equal(1);
        expect(await again.isRootKeyThere()).to.equal(true);
      } finally {
        await keystore.drop();
      }
    });
  });
}

describe("a key management service behind a server", () => {
  it("is told of by /readyz while it is away", async () => {
    const kms = await aVault();
    const database = await testDatabases().freshDatabase("kms_ready");
    const server = await startTestServer("kms_ready", { database, provider: kms.provider });
    try {
      expect((await server.call("GET", "/readyz", { key: null })).status).to.equal(200);
    } finally {
      await server.close();
    }
    kms.server.behave("silent");
    const later = await startTestServer("kms_ready", { database }).catch(
      (error: { code?: string }) => error.code,
    );
    expect(later, "another provider than the keystore was made with").to.equal("invalid-settings");
    kms.server.behave("well");
    const again = await startTestServer("kms_ready", { database, provider: kms.provider });
    try {
      kms.server.behave("away");
      const answer = await again.call<{ code: string; errors: { path: string }[] }>("GET", "/readyz", {
        key: null,
      });
      expect(answer.status).to.equal(503);
      expect(answer.body.code).to.equal("keystore-unavailable");
      expect(answer.body.errors.map((e) => e.path)).to.deep.equal(["/root-key"]);
    } finally {
      await again.close();
      await database.drop();
      await kms.server.stop();
    }
  });

  it("must bind associated data", async () => {
    const server = await startVault({ token: "t", type: "ecdsa-p256" });
    const provider = vaultTransit({
      address: server.url,
      mount: "transit",
      key: "candor",
      namespace: null,
      token: () => "t",
    });
    try {
      expect(await problemOf(provider.wrap([{ plain: Buffer.alloc(32), context }]))).to.equal(
        "invalid-settings",
      );
    } finally {
      await server.stop();
    }
  });
});
