import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { expect } from "chai";
import { readConfig } from "../../../src/config.ts";
import { AppError } from "../../../src/kernel/problems.ts";

function failureOf(env: Record<string, string>): AppError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("the settings were accepted");
}

const codes = (env: Record<string, string>) => readConfig(env).warnings.map((w) => w.code);

describe("settings", () => {
  it("has a default for everything", () => {
    const config = readConfig({});
    expect(config).to.deep.include({
      port: 8080,
      host: "127.0.0.1",
      dataDir: resolve("data"),
      keystoreDir: resolve("data-keys"),
      databaseUrl: null,
      keystoreUrl: null,
      rootKey: { kind: "file", path: resolve("data-root-key/root.key") },
      adminKey: null,
      logLevel: "info",
    });
  });

  it("says of each setting whether it is set, never to what", () => {
    const { settings } = readConfig({ CANDOR_ADMIN_KEY: "a-secret-of-some-length", CANDOR_PORT: " " });
    expect(settings).to.deep.include.members([
      { name: "CANDOR_ADMIN_KEY", isSet: true },
      { name: "CANDOR_PORT", isSet: false },
    ]);
    expect(JSON.stringify(settings)).not.to.contain("secret");
  });

  it("knows a provider by which staff log in, only whole and only by TLS or on this machine", () => {
    const whole = {
      CANDOR_OIDC_ISSUER: "https://login.example/tenant",
      CANDOR_OIDC_CLIENT_ID: "candor",
      CANDOR_OIDC_REDIRECT_URI: "https://candor.example/sign-on",
      CANDOR_OIDC_ROLE_CLAIM: "groups",
      CANDOR_OIDC_ROLES: "cn=admins,ou=x=admin",
    };
    expect(failureOf(whole).errors?.map((e) => e.path)).to.deep.equal(["CANDOR_OIDC_ROLES"]);
    const { signOn } = readConfig({ ...whole, CANDOR_OIDC_ROLES: "a=b=admin, Privacy Team = compliance" });
    expect(signOn).to.deep.include({
      name: "login.example",
      clientSecret: null,
      scope: "openid email profile",
      roles: [
        { value: "a=b", role: "admin" },
        { value: "Privacy Team", role: "compliance" },
      ],
    });
    const wrong = failureOf({
      CANDOR_OIDC_ISSUER: "http://login.example",
      CANDOR_OIDC_REDIRECT_URI: "https://candor.example/elsewhere",
      CANDOR_OIDC_ROLE_CLAIM: "groups",
      CANDOR_OIDC_SCOPE: "email",
    });
    expect(wrong.errors?.map((e) => e.path)).to.deep.equal([
      "CANDOR_OIDC_ISSUER",
      "CANDOR_OIDC_CLIENT_ID",
      "CANDOR_OIDC_REDIRECT_URI",
      "CANDOR_OIDC_SCOPE",
      "CANDOR_OIDC_ROLES",
    ]);
    expect(readConfig({}).signOn).to.equal(null);
  });

  it("counts empty settings as absent", () => {
    const empty = {
      CANDOR_PORT: "",
      DATABASE_URL: " ",
      CANDOR_ROOT_KEY: "",
      CANDOR_ADMIN_KEY: "",
      CANDOR_LOG_LEVEL: "",
    };
    expect(readConfig(empty)).to.deep.equal(readConfig({}));
  });

  it("puts keys and root key beside the data directory, never in it", () => {
    const config = readConfig({ CANDOR_DATA_DIR: "/srv/candor/data/" });
    expect(config.dataDir).to.equal("/srv/candor/data");
    expect(config.keystoreDir).to.equal("/srv/candor/data-keys");
    expect(config.rootKey).to.deep.equal({ kind: "file", path: "/srv/candor/data-root-key/root.key" });
  });

  it("names all wrong settings at once and none of their values", () => {
    const env = {
      CANDOR_PORT: "secret-port",
      CANDOR_HOST: "secret host",
      CANDOR_DATA_DIR: "/",
      DATABASE_URL: "mysql://secret:secret@secret/secret",
      CANDOR_ROOT_KEY: Buffer.from("secret").toString("base64"),
      CANDOR_ADMIN_KEY: "secret",
      CANDOR_LOG_LEVEL: "secret",
    };
    const error = failureOf(env);
    expect(error.code).to.equal("invalid-settings");
    expect(error.errors?.map((e) => e.path)).to.deep.equal([
      "CANDOR_PORT",
      "CANDOR_HOST",
      "CANDOR_DATA_DIR",
      "DATABASE_URL",
      "KEYSTORE_URL",
      "CANDOR_ROOT_KEY",
      "CANDOR_ADMIN_KEY",
      "CANDOR_LOG_LEVEL",
    ]);
    const told = JSON.stringify([error.message, error.detail, error.errors]);
    expect(told).not.to.contain("secret").and.not.to.contain(env.CANDOR_ROOT_KEY);
    for (const name of Object.keys(env)) expect(error.detail).to.contain(name);
  });

  it("takes ports from 0 to 65535", () => {
    expect(readConfig({ CANDOR_PORT: "0" }).port).to.equal(0);
    expect(readConfig({ CANDOR_PORT: "65535" }).port).to.equal(65_535);
    for (const port of ["65536", "-1", "80.5", "0x50", "1e3"]) failureOf({ CANDOR_PORT: port });
  });

  it("requires a keystore with a database, another than the data's", () => {
    const data = "postgres://candor:pw@db.example/candor";
    expect(failureOf({ DATABASE_URL: data }).errors?.[0]).to.include({
      path: "KEYSTORE_URL",
      code: "missing",
    });
    expect(failureOf({ DATABASE_URL: data, KEYSTORE_URL: data }).errors?.[0]?.path).to.equal("KEYSTORE_URL");
    const spelling = "postgresql://other@DB.example:5432/candor";
    expect(failureOf({ DATABASE_URL: data, KEYSTORE_URL: spelling }).errors?.[0]?.path).to.equal(
      "KEYSTORE_URL",
    );
    expect(failureOf({ KEYSTORE_URL: data }).errors?.[0]?.path).to.equal("KEYSTORE_URL");
    expect(failureOf({ DATABASE_URL: "postgres://%zz@h/%", KEYSTORE_URL: data }).errors?.[0]?.path).to.equal(
      "DATABASE_URL",
    );
  });

  it("accepts a keystore on the same server with a warning, and on another without", () => {
    const data = "postgres://candor@localhost/candor";
    expect(codes({ DATABASE_URL: data, KEYSTORE_URL: "postgres://candor@127.0.0.1:5432/keys" })).to.include(
      "keystore-on-same-server",
    );
    expect(
      codes({ DATABASE_URL: data, KEYSTORE_URL: "postgres://candor@localhost:5433/keys" }),
    ).not.to.include("keystore-on-same-server");
    const socket = "postgres://candor@/candor?host=/run/a";
    expect(
      codes({ DATABASE_URL: socket, KEYSTORE_URL: "postgres://candor@/keys?host=/run/b" }),
    ).not.to.include("keystore-on-same-server");
  });

  it("takes a root key of exactly 32 bytes in base64, and warns when there is none", () => {
    const key = randomBytes(32);
    const config = readConfig({ CANDOR_ROOT_KEY: key.toString("base64") });
    expect(config.rootKey).to.deep.equal({ kind: "given", key, previous: [] });
    expect(config.warnings).to.deep.equal([]);
    expect(codes({})).to.deep.equal(["root-key-in-file"]);
    for (const text of [randomBytes(31), randomBytes(33)].map((b) => b.toString("base64")))
      expect(failureOf({ CANDOR_ROOT_KEY: text }).errors?.[0]?.path).to.equal("CANDOR_ROOT_KEY");
    failureOf({
      CANDOR_ROOT_KEY: `${key.toString("base64").slice(0, 20)} ${key.toString("base64").slice(20)}`,
    });
  });

  it("wants at least 16 characters of an admin key", () => {
    expect(readConfig({ CANDOR_ADMIN_KEY: "0123456789abcdef" }).adminKey).to.equal("0123456789abcdef");
    failureOf({ CANDOR_ADMIN_KEY: "0123456789abcde" });
    failureOf({ CANDOR_ADMIN_KEY: "0123456789 abcdef" });
  });

  it("warns when it opens to the network", () => {
    expect(codes({ CANDOR_HOST: "0.0.0.0" })).to.include("open-to-network");
    expect(codes({ CANDOR_HOST: "::1" })).not.to.include("open-to-network");
  });
});

describe("settings of a key management service", () => {
  it("are asked for by name, and never repeated", () => {
    const failure = failureOf({ CANDOR_KMS: "aws-kms", AWS_SECRET_ACCESS_KEY: "very-secret" });
    expect(failure.errors?.map((e) => e.path)).to.deep.equal([
      "CANDOR_KMS_KEY_ID",
      "AWS_REGION",
      "AWS_ACCESS_KEY_ID",
    ]);
    expect(JSON.stringify(failure)).not.to.include("very-secret");
    expect(failureOf({ CANDOR_KMS: "vault-transit" }).errors?.map((e) => e.path)).to.deep.equal([
      "CANDOR_VAULT_ADDR",
      "CANDOR_VAULT_KEY",
      "CANDOR_VAULT_TOKEN",
    ]);
    expect(failureOf({ CANDOR_KMS: "other" }).errors?.[0]?.path).to.equal("CANDOR_KMS");
  });

  it("take the place of a root key of one's own, without its warning", () => {
    const vault = {
      CANDOR_KMS: "vault-transit",
      CANDOR_VAULT_ADDR: "https://vault.internal:8200",
      CANDOR_VAULT_KEY: "candor",
      CANDOR_VAULT_TOKEN: "s.x",
    };
    const config = readConfig(vault);
    expect(config.rootKey).to.deep.equal({
      kind: "vault-transit",
      address: "https://vault.internal:8200",
      mount: "transit",
      key: "candor",
      namespace: null,
      token: { text: "s.x" },
    });
    expect(config.warnings).to.deep.equal([]);
    const both = { ...vault, CANDOR_ROOT_KEY: randomBytes(32).toString("base64") };
    expect(failureOf(both).errors?.[0]?.path).to.equal("CANDOR_ROOT_KEY");
  });

  it("keep the anchor out of what it guards", () => {
    expect(readConfig({ CANDOR_ANCHOR: "/var/anchor/head.json" }).anchor).to.deep.equal({
      kind: "file",
      path: "/var/anchor/head.json",
    });
    expect(readConfig({ CANDOR_ANCHOR: "https://store.example/head" }).anchor?.kind).to.equal("url");
    for (const inside of ["data/head.json", "data-keys/head.json"])
      expect(failureOf({ CANDOR_DATA_DIR: "data", CANDOR_ANCHOR: inside }).errors?.[0]?.path).to.equal(
        "CANDOR_ANCHOR",
      );
  });
});
