import { createHash } from "node:crypto";
import { LOCALES, type Locale } from "../../src/i18n/index.ts";
import { canonicalJson } from "../../src/kernel/canonical-json.ts";
import { AppError } from "../../src/kernel/problems.ts";
import type { RouteResponse } from "../../src/kernel/route.ts";
import { localesOf, questionsOf, withoutConditions } from "../definitions/definition.ts";
import type { SurveyDocument } from "../definitions/survey.schema.ts";
import { questionPage } from "../pages/page.ts";
import { frameOf, type PageDeps } from "./routes-pages.ts";

/** What of a document is looked at. */
export interface PreviewAsk {
  readonly locale: Locale;
  /** The page's name; the first that is shown when absent or not shown. */
  readonly page?: string;
  /** Whether what conditions hide is shown as well. */
  readonly whole?: boolean;
  /** Looked at inside the console: in one language, without script. */
  readonly still?: boolean;
}

/**
 * A page of a document as it would be shown, before anybody has answered. Its form leads nowhere and nothing is
 * recorded. Throws `invalid-request` for a document without a question, of which there is nothing to show.
 */
export async function previewPage(
  deps: Pick<PageDeps, "models" | "company" | "registry">,
  survey: { readonly id: string; readonly anonymous: boolean },
  document: SurveyDocument,
  ask: PreviewAsk,
): Promise<RouteResponse> {
  const { locale, still = false } = ask;
  if (questionsOf(document.definition).length === 0)
    throw new AppError("invalid-request", {
      errors: [{ path: "/definition", code: "no-questions", message: "There is no question to show." }],
    });
  const row = await deps.registry.standing(survey.id);
  const definition = ask.whole === true ? withoutConditions(document.definition) : document.definition;
  // Drafts change: each is compiled under the hash of its words.
  const slot = createHash("sha256").update(canonicalJson(definition)).digest("hex");
  const { view } = await deps.models.look({ slot, definition }, locale, {
    data: {},
    context: {},
    page: ask.page ?? null,
    visited: false,
  });
  const frame = frameOf({
    survey: null,
    row,
    company: await deps.company(),
    locale,
    path: `/v1/surveys/${survey.id}/preview`,
    embedded: false,
    kiosk: false,
  });
  const locales = still ? [locale] : LOCALES.filter((l) => localesOf(document.definition).includes(l));
  // The console shows it beside the questions.
  return questionPage({ ...frame, locales, still, embedOrigins: ["'self'"] }, view, {
    form: "",
    version: 0,
    carry: null,
    faults: [],
    anonymous: survey.anonymous,
    named: false,
    canDecline: false,
    preview: true,
  });
}
