import { IDENTIFIERS } from "../../codes/kinds.ts";
import { REASON_WORDS } from "../../codes/reasons.ts";
import { ROW_FIELD_WORDS } from "../../codes/row-fields.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useWords } from "../../i18n.ts";
import { MAPPING } from "./words-mapping.ts";

/** Why a row was not taken, and what of it that is about. */
interface Reason {
  readonly code: string;
  readonly field?: string;
  readonly column?: string;
}

/** A field of a mapping in the reader's language; an identifier or a field of the sender's own naming by its name. */
export function useFieldName(): (field: string) => string {
  const fieldOf = useCodes(ROW_FIELD_WORDS);
  const identifierOf = useCodes(IDENTIFIERS);
  return (field) => {
    const own = field.replace(/^(identifiers|traits|properties|context)\./, "");
    return field.startsWith("identifiers.") ? identifierOf(own) : fieldOf(own);
  };
}

/** Tells a reason in the reader's language, from its code and what it is about. */
export function useReason(): (reason: Reason) => string {
  const t = useWords(MAPPING);
  const reasonOf = useCodes(REASON_WORDS);
  const nameOf = useFieldName();
  return ({ code, field, column }) => {
    const about = [
      ...(field === undefined ? [] : [nameOf(field)]),
      ...(column === undefined ? [] : [say(t.ofColumn, { column })]),
    ].join(", ");
    return about === "" ? reasonOf(code) : say(t.reasonAbout, { reason: reasonOf(code), about });
  };
}
