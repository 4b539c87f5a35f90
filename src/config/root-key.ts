import { join, resolve } from "node:path";
import { isServerUrl } from "./addresses.ts";
import type { SettingsReader } from "./settings-reader.ts";

/**
 * Where the root key comes from: the environment, a file that is generated once when it is missing, or a key management
 * service that never gives it away.
 */
export type RootKeySetting =
  | { readonly kind: "given"; readonly key: Buffer; readonly previous: readonly Buffer[] }
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "vault-transit";
      readonly address: string;
      readonly mount: string;
      readonly key: string;
      readonly namespace: string | null;
      /** Or the file it is read from at every call. */
      readonly token: { readonly text: string } | { readonly file: string };
    }
  | {
      readonly kind: "aws-kms";
      readonly keyId: string;
      readonly region: string;
      readonly endpoint: string | null;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string | null;
      };
    };

const ROOT_KEY_BYTES = 32;

function parseRootKey(text: string): Buffer | undefined {
  const key = Buffer.from(text, "base64");
  // Node ignores what is not base64; only a text that comes out again as it went in was meant.
  return key.length === ROOT_KEY_BYTES && key.toString("base64") === text ? key : undefined;
}

/** The settings of HashiCorp Vault's transit engine. */
function readVaultTransit({ read, wrong }: SettingsReader, need: Needed): RootKeySetting {
  const file = read("CANDOR_VAULT_TOKEN_FILE");
  const setting = {
    kind: "vault-transit",
    address: need.url("CANDOR_VAULT_ADDR", "where Vault answers, such as https://vault.internal:8200"),
    mount: read("CANDOR_VAULT_MOUNT") ?? "transit",
    key: need.text("CANDOR_VAULT_KEY", "the name of a transit key of type aes256-gcm96"),
    namespace: read("CANDOR_VAULT_NAMESPACE") ?? null,
    token:
      file === undefined
        ? { text: need.text("CANDOR_VAULT_TOKEN", "a token, or its file in CANDOR_VAULT_TOKEN_FILE") }
        : { file: resolve(file) },
  } as const;
  if (!/^[\w-]+(\/[\w-]+)*$/.test(setting.mount)) wrong("CANDOR_VAULT_MOUNT", "must be the path of a mount");
  if (setting.key !== "" && !/^[\w.-]+$/.test(setting.key))
    wrong("CANDOR_VAULT_KEY", "must be the name of a key");
  return setting;
}

/** The settings of AWS KMS. */
function readAwsKms({ read, wrong }: SettingsReader, need: Needed): RootKeySetting {
  const setting = {
    kind: "aws-kms",
    keyId: need.text("CANDOR_KMS_KEY_ID", "a symmetric key's id, ARN or alias/name"),
    region: need.text("AWS_REGION", "the region of the key"),
    endpoint:
      read("CANDOR_KMS_ENDPOINT") === undefined ? null : need.url("CANDOR_KMS_ENDPOINT", "its address"),
    credentials: {
      accessKeyId: need.text("AWS_ACCESS_KEY_ID", "who asks"),
      secretAccessKey: need.text("AWS_SECRET_ACCESS_KEY", "its secret"),
      sessionToken: read("AWS_SESSION_TOKEN") ?? null,
    },
  } as const;
  if (setting.region !== "" && !/^[a-z0-9-]+$/.test(setting.region))
    wrong("AWS_REGION", "must be the name of a region");
  return setting;
}

/** How a key management service's own settings are asked for. */
interface Needed {
  text(name: string, what: string): string;
  url(name: string, what: string): string;
}

function neededFor({ need, wrong }: SettingsReader, kms: string): Needed {
  const text: Needed["text"] = (name, what) => need(name, `is required with CANDOR_KMS=${kms}: ${what}`);
  return {
    text,
    url(name, what) {
      const value = text(name, what);
      if (value !== "" && !isServerUrl(value))
        wrong(name, "must be an http or https URL without a user and a query");
      return value;
    },
  };
}

/** The root key that is given, and older ones that still unwrap; null when the text is no key. */
function readGivenKey({ read, wrong }: SettingsReader, text: string): RootKeySetting | null {
  const key = parseRootKey(text);
  if (key === undefined)
    wrong("CANDOR_ROOT_KEY", `must be ${ROOT_KEY_BYTES} bytes in base64 (44 characters)`);
  const previous = (read("CANDOR_ROOT_KEY_PREVIOUS") ?? "")
    .split(",")
    .filter((older) => older.trim() !== "")
    .map((older) => parseRootKey(older.trim()));
  if (previous.includes(undefined))
    wrong("CANDOR_ROOT_KEY_PREVIOUS", "must be older root keys, each 32 bytes in base64, between commas");
  return key === undefined ? null : { kind: "given", key, previous: previous.filter((k) => k !== undefined) };
}

/** Where the root key comes from; without a setting, a file beside the data directory, and a warning. */
export function readRootKey(settings: SettingsReader, dataDir: string): RootKeySetting {
  const { read, wrong, warn } = settings;
  const inFile: RootKeySetting = { kind: "file", path: join(`${dataDir}-root-key`, "root.key") };
  const text = read("CANDOR_ROOT_KEY");
  const kms = read("CANDOR_KMS");
  if (kms === undefined) {
    if (text !== undefined) return readGivenKey(settings, text) ?? inFile;
    warn(
      "root-key-in-file",
      "CANDOR_ROOT_KEY is not set, so the root key is kept in a file beside the data directory (<data dir>-root-key/root.key). Keep a copy elsewhere: losing it loses the data.",
    );
    return inFile;
  }
  if (text !== undefined)
    wrong("CANDOR_ROOT_KEY", "goes without CANDOR_KMS: a root key is either given or kept by a service");
  const need = neededFor(settings, kms);
  if (kms === "vault-transit") return readVaultTransit(settings, need);
  if (kms === "aws-kms") return readAwsKms(settings, need);
  wrong("CANDOR_KMS", "must be vault-transit or aws-kms; without it the key is local");
  return inFile;
}
