import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { AppError } from "../../../src/kernel/problems.ts";
import { openRootKeyFile, rootKeyFromText } from "../../../src/vault/index.ts";
import { thrownBy } from "./builders.ts";

const context = { purpose: "kek", key: "1" };

async function rejectionOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (!(error instanceof AppError)) throw new Error("expected a refusal");
  return error;
}

describe("a root key given as text", () => {
  it("wraps and unwraps batches in their order, each bound to its context", async () => {
    const provider = rootKeyFromText(randomBytes(32).toString("base64"));
    const items = [1, 2, 3].map((n) => ({ plain: randomBytes(32), context: { key: String(n) } }));
    const wrapped = await provider.wrap(items);
    const back = await provider.unwrap(
      wrapped.map((w, i) => ({ bytes: w.bytes, context: items[i]?.context ?? {} })),
    );
    expect(back).to.deep.equal(items.map((i) => i.plain));
    const swapped = provider.unwrap([{ bytes: wrapped[0]?.bytes as Buffer, context: { key: "2" } }]);
    expect((await rejectionOf(swapped)).code).to.equal("keystore-unavailable");
  });

  it("records its version on every wrapped key, and tells it again from the bytes", async () => {
    const provider = rootKeyFromText(randomBytes(32).toString("base64"));
    const [wrapped] = await provider.wrap([{ plain: randomBytes(32), context }]);
    expect(wrapped?.version).to.equal(await provider.currentVersion());
    expect(await provider.versionOf([wrapped?.bytes as Buffer])).to.deep.equal([wrapped?.version]);
  });

  it("refuses keys wrapped under another root key, naming both versions and no bytes", async () => {
    const text = randomBytes(32).toString("base64");
    const [wrapped] = await rootKeyFromText(text).wrap([{ plain: randomBytes(32), context }]);
    const other = rootKeyFromText(randomBytes(32).toString("base64"));
    const error = await rejectionOf(other.unwrap([{ bytes: wrapped?.bytes as Buffer, context }]));
    expect(error.code).to.equal("invalid-settings");
    expect(error.detail)
      .to.include(wrapped?.version)
      .and.include(await other.currentVersion());
    expect(error.detail).not.to.include(text);
  });

  it("rewraps what a previous root key wrapped under the current one", async () => {
    const [before, now] = [randomBytes(32).toString("base64"), randomBytes(32).toString("base64")];
    const plain = randomBytes(32);
    const [old] = await rootKeyFromText(before).wrap([{ plain, context }]);
    const both = rootKeyFromText(now, [before]);
    const [fresh] = await both.rewrap([{ bytes: old?.bytes as Buffer, context }]);
    expect(fresh?.version)
      .to.equal(await both.currentVersion())
      .and.not.equal(old?.version);
    const back = await rootKeyFromText(now).unwrap([{ bytes: fresh?.bytes as Buffer, context }]);
    expect(back[0]?.equals(plain)).to.equal(true);
  });

  it("refuses every altered bit and every truncation of a wrapped key", async () => {
    const provider = rootKeyFromText(randomBytes(32).toString("base64"));
    const bytes = (await provider.wrap([{ plain: randomBytes(32), context }]))[0]?.bytes as Buffer;
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes);
      altered[i] = (altered[i] as number) ^ 1;
      await rejectionOf(provider.unwrap([{ bytes: altered, context }]));
      await rejectionOf(provider.unwrap([{ bytes: bytes.subarray(0, i), context }]));
    }
  });

  for (const [what, text] of [
    ["empty text", ""],
    ["31 bytes", Buffer.alloc(31, 1).toString("base64")],
    ["33 bytes", Buffer.alloc(33, 1).toString("base64")],
    ["hexadecimal", Buffer.alloc(32, 1).toString("hex")],
    ["base64url", Buffer.alloc(32, 0xfb).toString("base64url")],
    ["a spelling with stray last bits", `${"A".repeat(42)}B=`],
  ] as const) {
    it(`refuses ${what} without repeating it`, () => {
      const error = thrownBy(() => rootKeyFromText(text));
      expect(error.code).to.equal("invalid-settings");
      if (text !== "") expect(error.message).not.to.include(text);
    });
  }
});

describe("the root key file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "candor-root-key-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (): string => join(folder, "keys", "root.key");

  it("is made once, 0600 in a directory 0700, and read from then on", async () => {
    const first = openRootKeyFile(path());
    expect(first.generated).to.equal(true);
    expect(statSync(path()).mode & 0o777).to.equal(0o600);
    expect(statSync(join(folder, "keys")).mode & 0o777).to.equal(0o700);
    expect(readdirSync(join(folder, "keys"))).to.deep.equal(["root.key"]);
    const second = openRootKeyFile(path());
    expect(second.generated).to.equal(false);
    expect(await second.provider.currentVersion()).to.equal(await first.provider.currentVersion());
  });

  it("holds what CANDOR_ROOT_KEY may hold", async () => {
    const { provider } = openRootKeyFile(path());
    const same = rootKeyFromText(readFileSync(path(), "utf8"));
    expect(await same.currentVersion()).to.equal(await provider.currentVersion());
  });

  for (const mode of [0o640, 0o604, 0o660, 0o666, 0o777]) {
    it(`is refused with mode ${mode.toString(8)}, saying what to do and not what it holds`, () => {
      openRootKeyFile(path());
      const text = readFileSync(path(), "utf8").trim();
      chmodSync(path(), mode);
      const error = thrownBy(() => openRootKeyFile(path()));
      expect(error.code).to.equal("invalid-settings");
      expect(error.message).to.include("chmod 600").and.not.include(text);
    });
  }

  it("is refused in a directory open to others", () => {
    openRootKeyFile(path());
    chmodSync(join(folder, "keys"), 0o755);
    expect(thrownBy(() => openRootKeyFile(path())).message).to.include("chmod 700");
    rmSync(path());
    thrownBy(() => openRootKeyFile(path()));
    expect(existsSync(path())).to.equal(false);
  });

  it("is refused when it holds anything else, and is left as it was", () => {
    openRootKeyFile(path());
    writeFileSync(path(), "not a key\n");
    const error = thrownBy(() => openRootKeyFile(path()));
    expect(error.code).to.equal("invalid-settings");
    expect(error.message).not.to.include("not a key");
    expect(readFileSync(path(), "utf8")).to.equal("not a key\n");
  });
});
