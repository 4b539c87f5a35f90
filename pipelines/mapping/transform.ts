import { assertNever } from "../../src/kernel/assert-never.ts";
import type { Transform } from "./mapping.schema.ts";

/** Applies one declared transformation to the text of a cell. */
export function applyTransform(transform: Transform, text: string): string {
  switch (transform) {
    case "trim":
      return text.trim();
    case "upper":
      return text.toUpperCase();
    case "lower":
      return text.toLowerCase();
    case "digits":
      return text.normalize("NFKC").replace(/\D+/g, "");
    case "strip-decimal-zero":
      return stripDecimalZero(text);
    case "strip-leading-zeros":
      return text.replace(/^0+(?=.)/, "");
    case "strip-spaces":
      return text.replace(/\s+/g, "");
    case "nfkc":
      return text.normalize("NFKC");
    default:
      return assertNever(transform);
  }
}

/** `17850.0` is how a number column writes the id 17850 once a row of it was empty. */
export function stripDecimalZero(text: string): string {
  return /^\d+\.0+$/.test(text) ? text.slice(0, text.indexOf(".")) : text;
}

/** One part of a composed identifier: width, case and spaces never tell two values apart. */
export function composePart(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
}
