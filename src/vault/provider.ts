import { frame } from "./framing.ts";

/**
 * What a wrapped key is for, bound to it: an encryption context for AWS KMS, associated data for Vault Transit.
 * Values are names and numbers, never secrets: services write them to their logs.
 */
export type WrapContext = Readonly<Record<string, string>>;

/** A context as bytes, the same for the same names and values: what local keys and Vault bind. */
export function contextBytes(context: WrapContext): Buffer {
  return frame(
    Object.keys(context)
      .sort()
      .flatMap((name) => [name, context[name] as string]),
  );
}

export interface ToWrap {
  readonly plain: Buffer;
  readonly context: WrapContext;
}

/** A wrapped key together with the version of the root key that wrapped it. Both are stored. */
export interface WrappedKey {
  readonly bytes: Buffer;
  /** The provider's own name of its key version, such as `3` or a key's fingerprint. */
  readonly version: string;
}

export interface ToUnwrap {
  readonly bytes: Buffer;
  readonly context: WrapContext;
}

/**
 * Who holds the root key: a file, the environment, a key management service.
 *
 * Every call takes a batch and answers in its order. A provider that cannot be reached rejects with any error;
 * the keystore turns that into `keystore-unavailable`. A provider that was reached and holds another root key
 * rejects with `invalid-settings`.
 */
export interface RootKeyProvider {
  /** Stored beside every wrapped key: `file`, `aws-kms`, `vault-transit`. */
  readonly name: string;
  /** The version that `wrap` would use now. */
  currentVersion(): Promise<string>;
  /** Makes a new version of the root key current, where that is the provider's to do; older versions still unwrap. */
  rotate?(): Promise<void>;
  /** Lets go of older versions, once nothing is wrapped by them. */
  forgetPrevious?(): Promise<void>;
  /** The version each of these was wrapped under, read from the bytes or asked of the service. */
  versionOf(wrapped: readonly Buffer[]): Promise<string[]>;
  wrap(items: readonly ToWrap[]): Promise<WrappedKey[]>;
  unwrap(items: readonly ToUnwrap[]): Promise<Buffer[]>;
  /** Wraps the same keys under the current version, where possible without showing them to this process. */
  rewrap(items: readonly ToUnwrap[]): Promise<WrappedKey[]>;
}
