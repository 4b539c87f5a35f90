import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { expect } from "chai";
import { generateKey } from "openpgp";
import type { PackageDelivery } from "../../../src/privacy/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { BY, erase, scopeOf, send, whoIs } from "./acts.ts";
import { unzip } from "./archive.ts";

const PASSPHRASE = "correct horse battery staple";

describe("an access package", () => {
  let server: TestServer;
  let memberId: string;
  let home: string;
  before(async () => {
    server = await startTestServer("package");
    home = mkdtempSync(join(tmpdir(), "candor-gnupg-"));
    const list = await server.source({ name: "Members of Taipei", kind: "members", region: "TW" });
    const web = await server.source({ name: "Web shop", kind: "web", region: "TW" });
    await send(server, list, [
      {
        memberId: "P-1",
        email: "own@mail.example",
        phone: "+886912345678",
        firstName: "Mei",
        note: "friend is other@mail.example, call 0987 654 321",
        updatedAt: "2026-10-01T00:00:00Z",
      },
    ]);
    await send(server, web, [
      {
        type: "track",
        event: "Order Completed",
        messageId: "m-1",
        userId: "P-1",
        timestamp: "2026-10-02T00:00:00Z",
        properties: {
          order_id: "W-77",
          total: 120,
          currency: "TWD",
          products: [{ product_id: "a", price: 120, quantity: 1 }],
        },
      },
    ]);
    memberId = (await whoIs(server, "member_id", "P-1")) as string;
  });
  after(async () => {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(home, { recursive: true, force: true });
    await server.close();
  });

  const gpg = (args: readonly string[], input?: Buffer) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", ...args], {
      input,
      maxBuffer: 100_000_000,
      stdio: ["pipe", "pipe", "ignore"],
    });
  const make = async (delivery: PackageDelivery, locale: "en" | "zh-TW" = "en", of = memberId) => {
    const { fulfilment, work } = server.candor.fulfil;
    const scope = scopeOf(of, { kind: "access", locale });
    const started = await server.database.db.tx((tx) =>
      fulfilment.startPackage(tx, scope, "access", delivery, BY),
    );
    await work();
    expect((await fulfilment.progress(started.runId))?.state).to.equal("completed");
    return started;
  };
  const fetchOnce = (token: string) => fetch(`${server.url}/privacy/packages/${token}`, { method: "POST" });

  it("opens in GnuPG with the passphrase and holds everything, by schema, with others taken out", async () => {
    const { token } = await make({ kind: "passphrase", passphrase: PASSPHRASE }, "zh-TW");
    const page = await fetch(`${server.url}/privacy/packages/${token}`);
    expect([page.status, await page.text()].join(" ")).to.match(/200[\s\S]*您的資料已備妥/);
    const answer = await fetchOnce(token);
    expect(answer.status).to.equal(200);
    const message = Buffer.from(await answer.arrayBuffer());
    expect(message.includes("own@mail.example")).to.equal(false);
    const files = unzip(gpg(["--passphrase", PASSPHRASE, "--decrypt"], message));
    const data = JSON.parse((files.get("data.json") as Buffer).toString("utf8"));
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const validate = ajv.compile(JSON.parse((files.get("data.schema.json") as Buffer).toString("utf8")));
    expect(validate(data), JSON.stringify(validate.errors)).to.equal(true);
    const values = data.identifiers.map((i: { value: string }) => i.value);
    expect(values).to.include.members(["P-1", "own@mail.example", "+886912345678"]);
    expect(data.orders).to.have.lengthOf(1);
    expect(data.events.length).to.be.greaterThan(1);
    expect(data.sources.map((s: { name: string }) => s.name)).to.include.members([
      "Members of Taipei",
      "Web shop",
    ]);
    const all = [...files.values()].map((f) => f.toString("utf8")).join("\n");
    expect(all)
      .to.contain("own@mail.example")
      .and.not.contain("other@mail.example")
      .and.not.contain("0987 654 321");
    expect((files.get("index.html") as Buffer).toString("utf8"))
      .to.contain('lang="zh-TW"')
      .and.contain("您的個人資料");
    const manifest = JSON.parse((files.get("manifest.json") as Buffer).toString("utf8"));
    for (const file of manifest.files)
      expect(
        createHash("sha256")
          .update(files.get(file.name) as Buffer)
          .digest("hex"),
      ).to.equal(file.sha256);
    expect((files.get("csv/events.csv") as Buffer).toString("utf8").split("\r\n").length).to.be.greaterThan(
      2,
    );
    expect((files.get("dictionary.csv") as Buffer).toString("utf8")).to.contain("orders,netMinor,number,");
  });

  it("opens with the requester's own key and with no other", async () => {
    const { publicKey, privateKey } = await generateKey({
      type: "rsa",
      rsaBits: 2048,
      userIDs: [{ name: "Requester" }],
      format: "armored",
    });
    const { token } = await make({ kind: "openpgp", publicKey });
    const file = join(home, "key.asc");
    writeFileSync(file, privateKey);
    gpg(["--import", file]);
    const message = Buffer.from(await (await fetchOnce(token)).arrayBuffer());
    expect(unzip(gpg(["--decrypt"], message)).has("index.html")).to.equal(true);
    expect(readFileSync(file, "utf8")).to.contain("PRIVATE KEY");
  });

  it("is fetched once by a button, never by looking, and is then gone", async () => {
    const { token, packageId } = await make({ kind: "passphrase", passphrase: PASSPHRASE });
    for (let n = 0; n < 3; n++)
      expect((await fetch(`${server.url}/privacy/packages/${token}`)).status).to.equal(200);
    expect((await fetchOnce(token)).status).to.equal(200);
    expect((await fetchOnce(token)).status).to.equal(410);
    expect((await fetch(`${server.url}/privacy/packages/${token}`)).status).to.equal(410);
    const [row] = await server.database.db.query<{
      content: Buffer | null;
      delivery: Buffer | null;
      key: string;
    }>({
      text: "select content, delivery, key_id as key from privacy_package where package_id = $1",
      values: [packageId],
    } as never);
    expect([row?.content, row?.delivery]).to.deep.equal([null, null]);
    await server.candor.fulfil.purge();
    expect((await server.vault.loadKeys([row?.key as string])).size, "of the passphrase in backups").to.equal(
      0,
    );
  });

  it("ends with the erasure of its person, fetched or not, and so does the key of every one before", async () => {
    const list = await server.source({ name: "Members who leave", kind: "members", region: "TW" });
    await send(server, list, [{ memberId: "P-2", updatedAt: "2026-10-01T00:00:00Z" }]);
    const leaving = (await whoIs(server, "member_id", "P-2")) as string;
    const { token, packageId } = await make({ kind: "passphrase", passphrase: PASSPHRASE }, "en", leaving);
    const runId = await erase(server, scopeOf(leaving));
    const run = await server.candor.fulfil.fulfilment.progress(runId);
    expect(run?.state).to.equal("completed");
    expect(run?.steps.find((s) => s.step === "rows")?.counts.privacy_package).to.equal(1);
    expect((await fetchOnce(token)).status).to.equal(410);
    const [row] = await server.database.db.query<{ content: Buffer | null; key: string }>({
      text: "select content, key_id as key from privacy_package where package_id = $1",
      values: [packageId],
    } as never);
    expect(row?.content).to.equal(null);
    expect((await server.vault.loadKeys([row?.key as string])).size).to.equal(0);
  });

  it("refuses a key that cannot encrypt and a passphrase that is short", async () => {
    const { fulfilment } = server.candor.fulfil;
    for (const delivery of [
      { kind: "passphrase", passphrase: "short" },
      { kind: "openpgp", publicKey: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnonsense" },
    ] as const) {
      const refused = await server.database.db
        .tx((tx) =>
          fulfilment.startPackage(tx, scopeOf(memberId, { kind: "access" }), "access", delivery, BY),
        )
        .then(
          () => "taken",
          (error: { code?: string }) => error.code,
        );
      expect(refused).to.equal("invalid-request");
    }
  });
});
