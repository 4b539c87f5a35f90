import { type Base, Model, type PageModel, type Question, settings } from "survey-core";
import "survey-core/i18n/simplified-chinese";
import "survey-core/i18n/traditional-chinese";
import type { Locale } from "../../src/i18n/index.ts";
import {
  elementsOf,
  forModel,
  isJson,
  type Json,
  listOf,
  pagesOf,
  questionsOf,
  surveyLocale,
} from "../definitions/definition.ts";
import type { AnswerContext } from "../port.ts";
import { blocksOf, type ViewContext } from "./blocks.ts";
import { plainText } from "./plain-text.ts";
import type { AnswerFault, Checked, Looked, PageView, Taken } from "./view.ts";

/** What a look at answers needs besides them. */
export interface Ask {
  readonly data: Json;
  readonly context: AnswerContext;
  /** The page's name; the first when null or no longer shown. */
  readonly page: string | null;
  /** Whether the page has been answered before: until then its questions show their defaults. */
  readonly visited: boolean;
}

export interface TakeAsk extends Ask {
  readonly to: "next" | "back" | "stay";
  /** Fields of the questions that the form showed: what its answers have brought up since is shown before going on. */
  readonly shown: readonly string[];
}

/** One definition in one language, compiled. It is used for one look at a time and then for the next. */
export interface SurveyModel {
  /** A page as this person sees it. */
  look(ask: Ask): Looked;
  /**
   * Takes the answers of a page: what is wrong with them, or the page that follows. `to` says where the person wants to
   * go; going back or asking for another row checks nothing.
   */
  take(ask: TakeAsk): Taken;
  /** Checks a whole set of answers at once. It renders nothing: this is what every answer of a busy hour goes through. */
  check(ask: Pick<Ask, "data" | "context">): Checked;
}

// Nothing is looked up elsewhere, and pages stay as they are in the definition.
settings.web.disableQuestionWhileLoadingChoices = true;

const NOT_OFFERED: Readonly<Record<Locale, string>> = {
  en: "This answer is not among those offered.",
  "zh-CN": "该答案不在可选范围内。",
  "zh-TW": "該答案不在可選範圍內。",
};

const CONTEXT_NAMES = ["store", "region", "category", "level", "tenure"] as const;

/** Compiles a definition for one language. Throws when survey-core cannot read it. */
export function compileModel(definition: Json, locale: Locale): SurveyModel {
  const json = forModel(definition);
  const model = new Model({ ...json, questionsOnPageMode: "standard", firstPageIsStartPage: false });
  model.locale = surveyLocale(locale);
  const questions = questionsOf(definition);
  const places = new Map(questions.map((q) => [q.name, q]));
  const pages = pagesOf(json);
  const pageTexts = new Map(pages.map((p) => [String(p.name ?? ""), JSON.stringify(p)]));
  // Each variable that changes makes the model work its conditions out anew, so only those that it may ask for are set.
  const asked = CONTEXT_NAMES.filter((name) => new RegExp(name, "i").test(JSON.stringify(definition)));
  const kept = new Set<string>([
    ...questions.flatMap((q) => [q.key, `${q.key}-Comment`]),
    ...listOf(definition.calculatedValues).flatMap((v) =>
      isJson(v) && v.includeIntoResult === true ? [String(v.name)] : [],
    ),
  ]);

  const load = ({ data, context }: Pick<Ask, "data" | "context">): void => {
    for (const name of asked) {
      const value = context[name] ?? "";
      if (model.getVariable(name) !== value) model.setVariable(name, value);
    }
    // Copies, because the model writes into what it is given.
    model.data = structuredClone(data);
  };

  const seen = (question: Question): boolean => question.isVisibleInSurvey;

  /** What is kept: answers to questions that are shown, and what the definition computes from them. */
  const keptData = (): Json => {
    const hidden = new Set<string>();
    const shown = new Set<string>();
    for (const q of model.getAllQuestions()) {
      const into = seen(q) || q.clearIfInvisible === "none" ? shown : hidden;
      into.add(q.getValueName()).add(`${q.getValueName()}-Comment`);
    }
    return Object.fromEntries(
      Object.entries(model.data as Json).filter(
        ([name]) => kept.has(name) && (!hidden.has(name) || shown.has(name)),
      ),
    );
  };

  const pageOf = (name: string | null): PageModel => {
    const visible = model.visiblePages;
    const page = visible.find((p) => p.name === name) ?? visible[0] ?? model.pages[0];
    if (page === undefined) throw new TypeError("the definition has no page");
    return page;
  };

  const viewOf = (page: PageModel, context: ViewContext): PageView => {
    const text = (value: { textOrHtml: string } | undefined) => value?.textOrHtml ?? "";
    const visible = model.visiblePages;
    return {
      page: page.name,
      number: Math.max(visible.indexOf(page), 0) + 1,
      count: Math.max(visible.length, 1),
      surveyTitle: text(model.locTitle),
      surveyDescription: text(model.locDescription),
      title: page.title === "" ? "" : text(page.locTitle),
      description: text(page.locDescription),
      blocks: blocksOf(page.elements as unknown as Base[], context),
      buttons: {
        next: isJson(json) && json.pageNextText !== undefined ? model.pageNextText : "",
        previous: json.pagePrevText !== undefined ? model.pagePrevText : "",
        complete: json.completeText !== undefined ? model.completeText : "",
      },
      thanks: json.completedHtml === undefined ? "" : plainText(model.completedHtml),
    };
  };

  const contextOf = (page: PageModel, faults: readonly AnswerFault[], visited: boolean): ViewContext => ({
    places,
    pageText: pageTexts.get(page.name) ?? JSON.stringify(elementsOf(definition)),
    faults,
    visited,
  });

  const faultsOf = (list: readonly Question[]): AnswerFault[] =>
    list.flatMap((q): AnswerFault[] => {
      if (!seen(q) || q.isReadOnly) return [];
      const fault = (text: string): AnswerFault => ({ question: q.name, text });
      if (!q.validate(true)) {
        const texts = [...new Set(q.getAllErrors().map((e) => e.getText()))];
        return (texts.length === 0 ? [NOT_OFFERED[locale]] : texts).map(fault);
      }
      return isOffered(q) ? [] : [fault(NOT_OFFERED[locale])];
    });

  /** Whether the answers end the survey here (a trigger of type complete). */
  const endsHere = (): boolean =>
    model.triggers.some(
      (t) =>
        t.getType() === "completetrigger" &&
        typeof t.expression === "string" &&
        t.expression !== "" &&
        model.runExpression(t.expression) === true,
    );

  return {
    look(ask) {
      load(ask);
      const page = pageOf(ask.page);
      return { view: viewOf(page, contextOf(page, [], ask.visited)), data: keptData() };
    },
    take(ask) {
      load(ask);
      const page = pageOf(ask.page);
      const show = (to: PageModel, faults: readonly AnswerFault[], visited: boolean) =>
        viewOf(to, contextOf(to, faults, visited));
      const visible = model.visiblePages;
      const at = visible.indexOf(page);
      if (ask.to === "stay")
        return { view: show(page, [], true), data: keptData(), faults: [], complete: false };
      if (ask.to === "back") {
        const before = visible[Math.max(at - 1, 0)] ?? page;
        return { view: show(before, [], true), data: keptData(), faults: [], complete: false };
      }
      const faults = faultsOf(page.questions as Question[]);
      if (faults.length > 0)
        return { view: show(page, faults, true), data: keptData(), faults, complete: false };
      const shown = new Set(ask.shown);
      const isNew = (q: Question) => {
        const place = places.get(q.name);
        return place !== undefined && seen(q) && q.hasInput && !shown.has(`q${place.index}`);
      };
      if ((page.questions as Question[]).some(isNew))
        return { view: show(page, [], true), data: keptData(), faults: [], complete: false };
      const next = endsHere() ? undefined : visible[at + 1];
      if (next !== undefined) {
        const answered = (next.questions as Question[]).some((q) => !q.isEmpty());
        return { view: show(next, [], answered), data: keptData(), faults: [], complete: false };
      }
      // The last page: earlier ones may have been skipped by whoever sends forms of their own.
      for (const earlier of visible.slice(0, Math.max(at, 0))) {
        const missing = faultsOf(earlier.questions as Question[]);
        if (missing.length > 0)
          return { view: show(earlier, missing, true), data: keptData(), faults: missing, complete: false };
      }
      return { view: show(page, [], true), data: keptData(), faults: [], complete: true };
    },
    check(ask) {
      load(ask);
      const ends = endsHere();
      const faulty = model.visiblePages.flatMap((page) => {
        const all = page.questions as Question[];
        // A survey that a trigger has ended asks for nothing more than what was answered.
        if (ends && all.every((q) => q.isEmpty())) return [];
        return all.filter((q) => seen(q) && !q.isReadOnly && !(q.validate(false) && isOffered(q)));
      });
      return { data: keptData(), faulty: faulty.map((q) => q.name), complete: faulty.length === 0 };
    },
  };
}

/** Whether what was chosen is among what is shown: a condition may have taken a choice away. */
function isOffered(question: Question): boolean {
  if (question.isEmpty() || !("visibleChoices" in question)) return true;
  const offered = new Set((question.visibleChoices as readonly { value: unknown }[]).map((c) => c.value));
  if (offered.size === 0) return true;
  const chosen: readonly unknown[] = Array.isArray(question.value) ? question.value : [question.value];
  return chosen.every((v) => offered.has(v));
}
