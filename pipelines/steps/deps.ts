import type { Ids } from "../../src/kernel/ids.ts";

/** What a normaliser says about one value of one kind. */
export type NormaliseResult =
  | { readonly kind: "ok"; readonly value: string; readonly version: number }
  | { readonly kind: "blocked" }
  | { readonly kind: "bad"; readonly reason: string };

/** One spelling for one identifier (src/vault); handed in so that parsers stay pure. */
export type Normalise = (
  kind: string,
  value: string,
  options: { readonly region?: string; readonly blocked?: readonly string[] },
) => NormaliseResult;

/** A keyed hash over labelled parts (the vault's): ids derived with it tell nothing about the person. */
export type Mac = (label: string, ...parts: readonly (string | Buffer)[]) => Buffer;

/** What parsers need from outside. */
export interface ParseDeps {
  readonly ids: Pick<Ids, "next">;
  readonly mac: Mac;
  readonly normalise: Normalise;
}
