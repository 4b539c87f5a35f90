import { atOnce, type Tx } from "../../src/db/index.ts";
import { say } from "../../src/i18n/index.ts";
import { lockSubjects } from "../../src/members/index.ts";
import type { AnsweredResponse, AnswerListeners } from "../port.ts";
import { endsAsks } from "../sending/asks.store.ts";
import type { SendingDeps } from "../sending/context.ts";
import { readOpenPlaces } from "../sending/context.ts";
import { CASE_REASONS, CASE_WORDS } from "../sending/words.ts";
import { LEXICON_VERSION } from "../themes/lexicon.ts";
import { mentionsOf, readComment, simplified } from "../themes/read-themes.ts";
import { type CaseRow, insertCases, type MentionRow, savesMentions } from "./cases.store.ts";
import { CONTACT_WITHIN, caseReasons, isUrgent } from "./decide-case.ts";

export const CASE_TEMPLATE = "survey-case";

/** What follows answers, in the transaction that stores them: reminders end, themes are noted, cases may open. */
export function createListeners(deps: SendingDeps): AnswerListeners {
  return {
    answered(responses) {
      const at = deps.clock.now();
      const read = responses.map((response) => ({ response, ...themesOf(response) }));
      const cases = read.flatMap(({ response, urgent }) => caseOf(deps, response, urgent, at) ?? []);
      return {
        writes: [
          endsAsks(
            responses.flatMap((r) => r.invitationId ?? []),
            "answered",
            at,
          ),
          savesMentions(read.flatMap((r) => r.mentions)),
        ],
        finish: (tx) => openCases(tx, deps, cases),
      };
    },
    async declined(tx, invitation) {
      await atOnce(tx, [endsAsks([invitation.invitationId], "declined", deps.clock.now())]);
    },
  };
}

/** What the comments speak of, and whether one of them cannot wait. */
function themesOf(response: AnsweredResponse): { readonly mentions: MentionRow[]; readonly urgent: boolean } {
  const { context } = response;
  let urgent = false;
  const mentions = response.comments
    .filter((c) => c.text.trim() !== "")
    .flatMap(({ question, text }): MentionRow[] => {
      const { text: redacted, hits } = readComment(text);
      urgent ||= isUrgent(simplified(redacted));
      const common = {
        surveyId: response.surveyId,
        responseId: response.responseId,
        question,
        lexicon: LEXICON_VERSION,
        subjectId: response.subjectId,
        answeredOn: response.answeredAt.toISOString().slice(0, 10),
        channel: response.channel,
        storeId: context.store ?? null,
        region: context.region ?? null,
        category: context.category ?? null,
        level: context.level ?? null,
        tenure: context.tenure ?? null,
      };
      const found = mentionsOf(hits);
      // A comment without a theme counts among the comments all the same.
      if (found.length === 0) return [{ ...common, theme: "", polarity: "neutral", phrases: [] }];
      return found.map((m) => ({ ...common, theme: m.theme, polarity: m.polarity, phrases: m.phrases }));
    });
  return { mentions, urgent };
}

/** The case that an answer opens; null when nobody is to be called back. */
function caseOf(
  deps: Pick<SendingDeps, "ids">,
  response: AnsweredResponse,
  urgent: boolean,
  at: Date,
): CaseRow | null {
  const reasons = caseReasons({ metrics: response.metrics, urgent, contactWanted: response.contactWanted });
  if (reasons.length === 0) return null;
  // Nobody can call back an answer of nobody, unless it left an address of its own accord.
  if (response.subjectId === null && !response.contactWanted) return null;
  return {
    caseId: deps.ids.next(),
    surveyId: response.surveyId,
    responseId: response.responseId,
    subjectId: response.subjectId,
    reasons,
    storeId: response.context.store ?? null,
    region: response.context.region ?? null,
    orderKey: response.orderKey,
    owner: null,
    state: "open",
    outcome: null,
    contactWanted: response.contactWanted,
    openedAt: at,
    dueAt: new Date(+at + CONTACT_WITHIN),
    contactedAt: null,
    escalatedAt: null,
    closedAt: null,
    askAgainAt: null,
    updatedAt: at,
  };
}

/** Opens cases, tells the profiles of them, and writes to the stores that served the members. */
async function openCases(tx: Tx, deps: SendingDeps, wanted: readonly CaseRow[]): Promise<void> {
  const opened = await insertCases(tx, wanted);
  const cases = wanted.filter((c) => opened.has(c.caseId));
  if (cases.length === 0) return;
  await deps.doors.noteEvents(
    tx,
    cases.flatMap((row) =>
      row.subjectId === null
        ? []
        : {
            subjectId: row.subjectId,
            messageId: `case-opened:${row.caseId}`,
            type: "survey.case-opened" as const,
            occurredAt: row.openedAt,
            surveyId: row.surveyId,
            storeId: row.storeId,
            properties: { survey_id: row.surveyId, case_id: row.caseId, reasons: row.reasons.join(",") },
          },
    ),
  );
  await writeToStores(tx, deps, cases, "opened");
}

/**
 * Writes to who handles the cases of a store, or to who is told when one is late; answers the cases about which it
 * wrote. Nothing in it names the member.
 */
export async function writeToStores(
  tx: Tx,
  deps: SendingDeps,
  cases: readonly CaseRow[],
  what: "opened" | "late",
): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  const storeIds = new Set(cases.flatMap((c) => c.storeId ?? []));
  if (storeIds.size === 0) return written;
  const places = await readOpenPlaces(tx, deps.vault, [...storeIds]);
  for (const row of cases) {
    const place = places.get(row.storeId ?? "");
    const to = what === "opened" ? place?.caseMail : (place?.escalationMail ?? place?.caseMail);
    if (place === undefined || to == null) continue;
    const key = (await deps.vault.loadKeys([place.keyId])).get(place.keyId);
    if (key === undefined) continue;
    const words = CASE_WORDS[place.locale];
    const params = {
      store: place.name,
      case: row.caseId,
      due: `${row.dueAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
      link: `/v1/survey-cases/${row.caseId}`,
      reasons: row.reasons.map((r) => CASE_REASONS[r]?.[place.locale] ?? r).join(", "),
    };
    await deps.mailer.send(tx, {
      template: CASE_TEMPLATE,
      key,
      mail: {
        to,
        subject: say(what === "opened" ? words.opened : words.late, params).replace(/[\r\n]+/g, " "),
        text: say(what === "opened" ? words.openedText : words.lateText, params),
      },
    });
    written.add(row.caseId);
  }
  return written;
}

/** Locks whose note is about to be sealed; null when there is nobody to seal it for. */
export async function keyOfSubject(tx: Tx, deps: Pick<SendingDeps, "vault">, subjectId: string) {
  return (await lockSubjects(tx, deps.vault, [subjectId])).get(subjectId)?.key ?? null;
}
