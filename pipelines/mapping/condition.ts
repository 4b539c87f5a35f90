import { lookUp, type Row, textOf } from "./cell.ts";
import { readDecimal } from "./decimal.ts";
import type { Condition, FileMapping } from "./mapping.schema.ts";
import { conditionPattern } from "./validate-mapping.ts";

export type CompiledWhen = (row: Row) => boolean;

/** Longest text that an expression is tried on. */
const TESTED = 256;

/** One condition, or several of which one must hold. */
export function compileWhen(when: Condition | readonly Condition[], mapping: FileMapping): CompiledWhen {
  const all = (Array.isArray(when) ? when : [when as Condition]).map((c: Condition) =>
    compileOne(c, mapping),
  );
  return (row) => all.some((holds) => holds(row));
}

function compileOne(condition: Condition, style: FileMapping): CompiledWhen {
  const { column, equals, below, above, empty } = condition;
  const words = equals === undefined ? null : new Set(typeof equals === "string" ? [equals] : equals);
  const pattern = condition.matches === undefined ? null : conditionPattern(condition.matches);
  return (row) => {
    const text = textOf(lookUp(row, column));
    if (empty !== undefined && (text === undefined) !== empty) return false;
    if (words !== null && !words.has(text ?? "")) return false;
    if (pattern !== null && !(text !== undefined && pattern.test(text.slice(0, TESTED)))) return false;
    if (below === undefined && above === undefined) return true;
    const decimal = readDecimal(text, style);
    if (decimal === null) return false;
    const number = Number(decimal);
    return (below === undefined || number < below) && (above === undefined || number > above);
  };
}
