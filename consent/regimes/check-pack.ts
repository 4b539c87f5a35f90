import type { FieldProblem } from "../../src/kernel/problems.ts";
import { validator } from "../../src/kernel/validator.ts";
import { type RegimePack, RegimePackSchema } from "./regime.schema.ts";

const validate = validator<RegimePack>(RegimePackSchema, { strict: true, allErrors: true });

/** More than these would be read by nobody. */
const MOST_PROBLEMS = 20;

/** Checks what claims to be a regime pack; each problem names its place (a JSON pointer) and never a value. */
export function checkRegimePack(
  candidate: unknown,
):
  | { readonly kind: "pack"; readonly pack: RegimePack }
  | { readonly kind: "faulty"; readonly problems: FieldProblem[] } {
  const problems = validate(candidate) ? contradictions(candidate) : schemaProblems();
  return problems.length === 0
    ? { kind: "pack", pack: candidate as RegimePack }
    : { kind: "faulty", problems: problems.slice(0, MOST_PROBLEMS) };
}

function schemaProblems(): FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  for (const { instancePath, keyword, message, params } of validate.errors) {
    // A union says of each of its members why it is not that one; that none fits says it all.
    const path = instancePath || "/";
    const text =
      keyword === "additionalProperties"
        ? `has a property that no pack has: ${params.additionalProperty}`
        : keyword === "enum"
          ? `must be one of ${(params.allowedValues as unknown[]).join(", ")}`
          : (message ?? "does not fit the schema");
    found.set(`${path} ${text}`, { path, code: keyword, message: text });
  }
  return [...found.values()];
}

/** What a schema cannot say. */
function contradictions(pack: RegimePack): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (path: string, code: string, message: string) => problems.push({ path, code, message });
  const { timeZone } = pack.requests.calendar.value;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    wrong("/requests/calendar/value/timeZone", "unknown-zone", "must be an IANA time zone");
  }
  if (pack.ages.majority.value < pack.ages.consent.value)
    wrong("/ages/majority/value", "below-consent", "must not lie below the age of consent");
  return problems;
}
