import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { candor, endAll } from "./candor.ts";

describe("candor serve with wrong settings", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "candor-cli-"));
  });
  after(() => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it("ends with 3 before it makes anything, and names every one of them without its value", async () => {
    const wrong = {
      CANDOR_PORT: "secret-port",
      CANDOR_ROOT_KEY: Buffer.from("secret").toString("base64"),
      CANDOR_ADMIN_KEY: "secret",
      DATABASE_URL: "mysql://secret:secret@secret/secret",
    };
    const { code, out, err } = await candor({ ...wrong, CANDOR_DATA_DIR: join(folder, "data") }, ["serve"]);
    expect(code).to.equal(3);
    expect(out).to.equal("");
    expect(err).to.contain("Some settings are missing or wrong.").and.to.contain("[invalid-settings]");
    for (const name of [...Object.keys(wrong), "KEYSTORE_URL"]) expect(err).to.contain(name);
    expect(err).not.to.contain("secret").and.not.to.contain(wrong.CANDOR_ROOT_KEY);
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
