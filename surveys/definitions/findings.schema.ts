import { Type } from "typebox";
import type { Locale } from "../../src/i18n/index.ts";
import type { Finding } from "../lint/lint.ts";
import { LINT_SENTENCES } from "../lint/sentences.ts";

/** What the linter finds, as routes answer it. */
export const FindingSchema = Type.Object({
  code: Type.String(),
  level: Type.Enum(["error", "warning"]),
  question: Type.Union([Type.String(), Type.Null()]),
  path: Type.Union([Type.String(), Type.Null()]),
  locales: Type.Optional(Type.Array(Type.String())),
  message: Type.String(),
});

/** Findings with their sentence in one language. */
export function showFindings(findings: readonly Finding[], locale: Locale) {
  return findings.map((f) => ({
    code: f.code,
    level: f.level,
    question: f.question,
    path: f.path,
    ...(f.locales === undefined ? {} : { locales: [...f.locales] }),
    message: LINT_SENTENCES[f.code][locale],
  }));
}
