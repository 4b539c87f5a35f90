import type { Tables } from "./rows.ts";

/**
 * What a column holds: `id` a minted or keyed pseudonym, `index` a blind index, `sealed` ciphertext under a data key,
 * `plain` accounting facts, times, codes and enumerations, `settings` what staff configured, `secret-hash` a one-way
 * hash of a random secret.
 */
export type ColumnMark = "id" | "index" | "sealed" | "plain" | "settings" | "secret-hash";

/** How the rows of a table lead to a person. */
export type PersonLink =
  | { readonly kind: "subject"; readonly column: string }
  | { readonly kind: "subjects"; readonly column: string }
  | { readonly kind: "identifier"; readonly column: string }
  /** Through another table, such as a salt through its audit entry. */
  | { readonly kind: "through"; readonly table: string }
  /** Not at all. */
  | { readonly kind: "nobody"; readonly because: string };

/** A rule of law that asks for something to be kept: a code for programs, the provision for people. */
export interface KeepingGround {
  readonly code: string;
  readonly provision: string;
}

/**
 * What an erasure does with the rows that lead to the person. Unless a holding says otherwise, rows with a subject go
 * with the rest. `derived`: what follows from other rows goes before them. `pseudonymise`: facts stay that lead to
 * nobody. `keep`: rows stay as they are, on the ground.
 */
export type ErasureRule =
  | { readonly kind: "delete"; readonly phase: "derived" | "rows" }
  | { readonly kind: "pseudonymise" | "keep"; readonly ground: KeepingGround };

/** One table as the data map knows it. A room registers every table it owns; a test compares with the catalogue. */
export interface Holding<T extends keyof Tables = keyof Tables> {
  readonly table: T;
  readonly holds: string;
  readonly person: PersonLink;
  readonly columns: Readonly<Record<keyof Tables[T], ColumnMark>>;
  /** Data categories of the sealed columns. */
  readonly categories: readonly string[];
  /** When rows go. */
  readonly retention: string;
  /** Where it appears in what a person is given, or why it does not. */
  readonly inExport: string;
  /** Unless stated, rows that lead to a subject are deleted. */
  readonly erasure?: ErasureRule;
}

/** Declares a holding; the compiler asks for every column the table has. */
export function holding<T extends keyof Tables>(declaration: Holding<T>): Holding {
  return declaration as unknown as Holding;
}
