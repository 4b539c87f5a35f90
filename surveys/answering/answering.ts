import type { Locale } from "../../src/i18n/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { takeAnonymous } from "../anonymous/inbox.ts";
import { isJson, type Json, questionsOf, takesUploads } from "../definitions/definition.ts";
import type { RunningVersion } from "../definitions/registry.ts";
import type { AnswerContext, PublishedSurvey } from "../port.ts";
import { placeOfResponse, type SealedAnswers } from "./answer-content.ts";
import { type AnswerCheck, compileCheck, questionOfFault, type ShapeFault } from "./check-answers.ts";
import { type Fields, readForm, withoutEmptyEntries } from "./form.ts";
import { type Limits, USUAL_PER_MINUTE } from "./limits.ts";
import type { Compiled, ModelPool } from "./model-pool.ts";
import type { Door, OpenDeps, Shut } from "./open.ts";
import { findResponseOf } from "./responses.store.ts";
import type { Rush } from "./rush.ts";
import { type StoreAnswerDeps, storePartial } from "./store-answer.ts";
import { createAnswerStore, type Stored } from "./store-complete.ts";
import { type Form, newForm, readFormNumber } from "./tokens.ts";
import type { Looked, Taken } from "./view.ts";

export interface AnsweringDeps extends OpenDeps, StoreAnswerDeps {
  readonly models: ModelPool;
  readonly limits: Limits;
  readonly rush: Rush;
}

/** What a person is shown after handing something in. */
export type Turned =
  | { readonly kind: "page"; readonly taken: Taken; readonly form: Form }
  /** Kept on the server; the page that follows is there to be fetched. */
  | { readonly kind: "moved" }
  | { readonly kind: "done"; readonly receipt: string | null }
  | { readonly kind: "shut"; readonly because: Shut }
  | { readonly kind: "wait"; readonly seconds: number };

/** Longest text of answers that a form carries from page to page. */
const MOST_CARRIED = 200_000;
const MOST_CARRIED_WITH_FILES = 5_000_000;
const MOST_CHECKS = 200;

export interface Answering {
  /** What a person has answered so far, and the page to go on with. Changes nothing. */
  resume(door: Door, locale: Locale, preselect: string | null): Promise<Looked & { readonly form: Form }>;
  /** Takes a page's form. */
  turn(door: Door, locale: Locale, fields: Fields): Promise<Turned>;
  /**
   * Takes answers as JSON, partial or complete. Throws `invalid-request` naming the questions whose answers do not fit,
   * `gone` when there is nothing to answer any more, `too-many-answers` when an open link is used too often.
   */
  take(
    door: Door,
    locale: Locale,
    input: { readonly answers: Json; readonly complete: boolean; readonly form: string | null },
  ): Promise<{ readonly status: "saved" | "received" | "duplicate"; readonly receipt: string | null }>;
}

/** The context of an answer: what the link knew of the occasion. */
export function contextOf(door: Door): AnswerContext {
  if (door.kind === "invitation") return door.invitation.context;
  return door.kind === "ticket" ? door.ticket.context : door.link.context;
}

/** A version as the pool of models knows it. */
export function compiledOf(survey: PublishedSurvey): Compiled {
  return { slot: `${survey.surveyId}/${survey.version}`, definition: survey.definition };
}

/** The answering of surveys, over doors that have been opened. */
export function createAnswering(deps: AnsweringDeps): Answering {
  const checks = new Map<string, AnswerCheck>();
  const firstPages = new Map<string, Promise<Looked>>();
  const store = createAnswerStore(deps);

  const checkOf = (survey: RunningVersion): AnswerCheck => {
    const { slot, definition } = compiledOf(survey);
    let check = checks.get(slot);
    if (check === undefined) {
      if (checks.size >= MOST_CHECKS) checks.clear();
      check = compileCheck(definition);
      checks.set(slot, check);
    }
    return check;
  };

  /** The first page before anything is answered is the same for everybody of one context: it is kept. */
  const firstPage = (survey: RunningVersion, locale: Locale, context: AnswerContext): Promise<Looked> => {
    const key = JSON.stringify([compiledOf(survey).slot, locale, context]);
    let page = firstPages.get(key);
    if (page === undefined) {
      if (firstPages.size >= MOST_CHECKS) firstPages.clear();
      page = deps.models.look(compiledOf(survey), locale, { data: {}, context, page: null, visited: false });
      firstPages.set(key, page);
      page.catch(() => firstPages.delete(key));
    }
    return page;
  };

  /** Half-done answers of an invitation. */
  const partialOf = async (door: Door): Promise<SealedAnswers> => {
    if (door.kind !== "invitation") return { answers: {} };
    const row = await findResponseOf(deps.db, door.invitation.invitationId);
    if (row === null) return { answers: {} };
    const key = (await deps.vault.loadKeys([row.keyId])).get(row.keyId);
    if (key === undefined) return { answers: {} };
    return JSON.parse(
      deps.vault.open(key, placeOfResponse(row.responseId), row.cell).toString("utf8"),
    ) as SealedAnswers;
  };

  /** Answers that a form carried along, if they fit the definition; a page that was tampered with starts anew. */
  const carriedOf = (door: Door, fields: Fields): Json => {
    const text = fields.get("carry")?.[0];
    const most = takesUploads(door.survey.definition) ? MOST_CARRIED_WITH_FILES : MOST_CARRIED;
    if (text === undefined || text.length > most) return {};
    try {
      const value: unknown = JSON.parse(text);
      return isJson(value) && checkOf(door.survey)(value).length === 0 ? value : {};
    } catch {
      return {};
    }
  };

  const formFor = (door: Door, text: string | undefined): Form => {
    const { surveyId } = door.survey;
    const now = deps.clock.now();
    return (
      (text === undefined ? null : readFormNumber(deps.vault, surveyId, text, now)) ??
      newForm(deps.vault, surveyId, now)
    );
  };

  const waitFor = (door: Door): number =>
    door.kind === "open" ? deps.limits.take(door.text, door.row.access.perMinute ?? USUAL_PER_MINUTE) : 0;

  /** Hands a complete set of answers in, by whichever way the survey asks for. */
  const handIn = async (
    door: Door,
    locale: Locale,
    answers: Json,
    form: Form | null,
  ): Promise<Stored & { readonly receipt: string | null }> => {
    const { survey } = door;
    deps.rush.note();
    const handed = { survey, answers, locale };
    if (door.kind === "invitation") {
      const { invitationId } = door.invitation;
      return { ...(await store({ ...handed, kind: "invited", invitationId })), receipt: null };
    }
    if (form === null) throw new TypeError("whoever was not invited by name hands in a form");
    if (survey.anonymous) {
      const source =
        door.kind === "ticket"
          ? { ticket: door.hash, channel: door.ticket.channel, wave: door.ticket.wave }
          : { ticket: null, channel: door.link.channel, wave: null };
      const taken = await takeAnonymous(deps, {
        ...handed,
        form,
        context: contextOf(door),
        ...source,
      });
      return taken ? { kind: "stored", receipt: form.receipt } : { kind: "duplicate", receipt: null };
    }
    if (door.kind !== "open") throw new TypeError("a ticket belongs to an anonymous survey");
    return { ...(await store({ ...handed, kind: "open", link: door.link, form })), receipt: null };
  };

  return {
    async resume(door, locale, preselect) {
      const { survey } = door;
      const context = contextOf(door);
      const kept = await partialOf(door);
      const form = formFor(door, undefined);
      const chosen = preselect === null ? undefined : preselected(survey, preselect, kept.answers);
      if (chosen === undefined && Object.keys(kept.answers).length === 0)
        return { ...(await firstPage(survey, locale, context)), form };
      const looked = await deps.models.look(compiledOf(survey), locale, {
        data: { ...chosen, ...kept.answers },
        context,
        page: kept.page ?? null,
        visited: Object.keys(kept.answers).length > 0,
      });
      return { ...looked, form };
    },

    async turn(door, locale, fields) {
      const { survey } = door;
      const context = contextOf(door);
      const go = fields.get("go")?.[0] ?? "next";
      const before = door.kind === "invitation" ? (await partialOf(door)).answers : carriedOf(door, fields);
      const form = formFor(door, fields.get("form")?.[0]);
      const data = readForm(survey.definition, fields, before);
      const page = fields.get("page")?.[0] ?? null;
      const faults = checkOf(survey)(withoutEmptyEntries(data));
      if (faults.length > 0) {
        const broken = new Set(faults.map(questionOfFault));
        const rest = Object.fromEntries(Object.entries(data).filter(([key]) => !broken.has(key)));
        const looked = await deps.models.look(compiledOf(survey), locale, {
          data: rest,
          context,
          page,
          visited: true,
        });
        const named = questionsOf(survey.definition)
          .filter((q) => broken.has(q.key) || broken.has(`${q.key}-Comment`))
          .map((q) => ({ question: q.name, text: "" }));
        return { kind: "page", form, taken: { ...looked, faults: named, complete: false } };
      }
      const to = go === "back" ? "back" : go === "next" ? "next" : "stay";
      const ask = { data: to === "stay" ? data : withoutEmptyEntries(data), context, page, visited: true };
      const shown = fields.get("shown") ?? [];
      const taken = await deps.models.take(compiledOf(survey), locale, { ...ask, to, shown });
      if (!taken.complete) {
        if (
          door.kind !== "invitation" ||
          to === "stay" ||
          taken.faults.length > 0 ||
          taken.view.page === page
        ) {
          if (door.kind === "invitation")
            await storePartial(deps, door.invitation.invitationId, {
              survey,
              answers: withoutEmptyEntries(taken.data),
              locale,
              page: taken.view.page,
            });
          return { kind: "page", form, taken };
        }
        const kept = await storePartial(deps, door.invitation.invitationId, {
          survey,
          answers: taken.data,
          locale,
          page: taken.view.page,
        });
        return kept ? { kind: "moved" } : { kind: "shut", because: "answered" };
      }
      const seconds = waitFor(door);
      if (seconds > 0) return { kind: "wait", seconds };
      const stored = await handIn(door, locale, taken.data, form);
      if (stored.kind === "shut")
        return { kind: "shut", because: stored.because === "gone" ? "unknown" : stored.because };
      if (stored.kind === "duplicate" && door.kind === "ticket") return { kind: "shut", because: "answered" };
      return { kind: "done", receipt: stored.receipt };
    },

    async take(door, locale, input) {
      const { survey } = door;
      const faults = checkOf(survey)(input.answers);
      if (faults.length > 0) throw refused(faults);
      const context = contextOf(door);
      if (!input.complete) {
        if (door.kind !== "invitation")
          throw new AppError("invalid-request", {
            detail: "Half-done answers are kept for invitations only; others stay in the browser.",
          });
        const looked = await deps.models.look(compiledOf(survey), locale, {
          data: input.answers,
          context,
          page: null,
          visited: true,
        });
        const kept = await storePartial(deps, door.invitation.invitationId, {
          survey,
          answers: looked.data,
          locale,
          page: looked.view.page,
        });
        if (!kept) throw gone();
        return { status: "saved", receipt: null };
      }
      const form =
        input.form === null
          ? null
          : readFormNumber(deps.vault, survey.surveyId, input.form, deps.clock.now());
      if (door.kind !== "invitation" && form === null)
        throw new AppError("invalid-request", {
          errors: [
            {
              path: "/form",
              code: "required",
              message: "Send the form number that came with the questions.",
            },
          ],
        });
      const taken = await deps.models.check(compiledOf(survey), locale, { data: input.answers, context });
      if (!taken.complete)
        throw new AppError("invalid-request", {
          detail: "Some answers are missing or do not fit.",
          errors: taken.faulty.slice(0, 20).map((question) => ({
            path: `/answers/${question}`,
            code: "answer",
            message: "missing or does not fit",
          })),
        });
      const seconds = waitFor(door);
      if (seconds > 0)
        throw new AppError("too-many-answers", { headers: { "retry-after": String(seconds) } });
      const stored = await handIn(door, locale, taken.data, form);
      if (stored.kind === "shut") throw gone();
      return { status: stored.kind === "stored" ? "received" : "duplicate", receipt: stored.receipt };
    },
  };
}

const gone = () => new AppError("gone", { detail: "This survey cannot be answered by this link any more." });

const SHAPE_MESSAGES: Readonly<Record<ShapeFault["code"], string>> = {
  "unknown-question": "holds an answer to something that was not asked",
  "not-offered": "is not among the answers offered",
  "too-long": "is too long",
  "wrong-form": "does not have the form of such an answer",
};

function refused(faults: readonly ShapeFault[]): AppError {
  return new AppError("invalid-request", {
    errors: faults.map((f) => ({ path: `/answers${f.path}`, code: f.code, message: SHAPE_MESSAGES[f.code] })),
  });
}

/** The answer that a link of a message names, when it is one that the first question offers. */
function preselected(survey: RunningVersion, text: string, before: Json): Json | undefined {
  const first = survey.firstQuestion;
  if (first === null) return undefined;
  const key = questionsOf(survey.definition).find((q) => q.name === first.name)?.key ?? first.name;
  const choice = first.choices.find((c) => String(c.value) === text);
  return choice === undefined || before[key] !== undefined ? undefined : { [key]: choice.value };
}
