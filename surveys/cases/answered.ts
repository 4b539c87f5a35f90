import type { Tx } from "../../src/db/index.ts";
import { say } from "../../src/i18n/index.ts";
import { lockSubjects } from "../../src/members/index.ts";
import type { AnsweredResponse, AnswerListeners } from "../port.ts";
import type { SendingDeps } from "../sending/context.ts";
import { readOpenPlaces } from "../sending/context.ts";
import { endInvited } from "../sending/outcomes.ts";
import { CASE_REASONS, CASE_WORDS } from "../sending/words.ts";
import { LEXICON_VERSION } from "../themes/lexicon.ts";
import { mentionsOf, readComment, simplified } from "../themes/read-themes.ts";
import { type CaseRow, insertCase, insertMentions, type MentionRow } from "./cases.store.ts";
import { CONTACT_WITHIN, caseReasons, isUrgent } from "./decide-case.ts";

export const CASE_TEMPLATE = "survey-case";

/** What follows an answer, in the transaction that stores it: reminders end, themes are noted, a case may open. */
export function createListeners(deps: SendingDeps): AnswerListeners {
  return {
    async answered(tx, response) {
      if (response.invitationId !== null)
        await endInvited(tx, deps, { invitationId: response.invitationId }, "answered");
      const urgent = await noteThemes(tx, response);
      await openCase(tx, deps, response, urgent);
    },
    async declined(tx, invitation) {
      await endInvited(tx, deps, invitation, "declined");
    },
  };
}

/** Notes what the comments speak of; answers whether one of them cannot wait. */
async function noteThemes(tx: Tx, response: AnsweredResponse): Promise<boolean> {
  const { context } = response;
  let urgent = false;
  const rows: MentionRow[] = response.comments
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
      const mentions = mentionsOf(hits);
      // A comment without a theme counts among the comments all the same.
      if (mentions.length === 0) return [{ ...common, theme: "", polarity: "neutral", phrases: [] }];
      return mentions.map((m) => ({ ...common, theme: m.theme, polarity: m.polarity, phrases: m.phrases }));
    });
  await insertMentions(tx, rows);
  return urgent;
}

async function openCase(
  tx: Tx,
  deps: SendingDeps,
  response: AnsweredResponse,
  urgent: boolean,
): Promise<void> {
  const reasons = caseReasons({ metrics: response.metrics, urgent, contactWanted: response.contactWanted });
  if (reasons.length === 0) return;
  // Nobody can call back an answer of nobody, unless it left an address of its own accord.
  if (response.subjectId === null && !response.contactWanted) return;
  const at = deps.clock.now();
  const row: CaseRow = {
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
  if (!(await insertCase(tx, row))) return;
  if (row.subjectId !== null) {
    await deps.doors.noteEvents(tx, [
      {
        subjectId: row.subjectId,
        messageId: `case-opened:${row.caseId}`,
        type: "survey.case-opened",
        occurredAt: at,
        surveyId: row.surveyId,
        storeId: row.storeId,
        properties: { survey_id: row.surveyId, case_id: row.caseId, reasons: reasons.join(",") },
      },
    ]);
  }
  await writeToStore(tx, deps, row, "opened");
}

/** Writes to who handles a store's cases, or to who is told when one is late. Nothing in it names the member. */
export async function writeToStore(
  tx: Tx,
  deps: SendingDeps,
  row: CaseRow,
  what: "opened" | "late",
): Promise<boolean> {
  if (row.storeId === null) return false;
  const place = (await readOpenPlaces(tx, deps.vault)).get(row.storeId);
  const to = what === "opened" ? place?.caseMail : (place?.escalationMail ?? place?.caseMail);
  if (place === undefined || to == null) return false;
  const key = (await deps.vault.loadKeys([place.keyId])).get(place.keyId);
  if (key === undefined) return false;
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
  return true;
}

/** Locks whose note is about to be sealed; null when there is nobody to seal it for. */
export async function keyOfSubject(tx: Tx, deps: Pick<SendingDeps, "vault">, subjectId: string) {
  return (await lockSubjects(tx, deps.vault, [subjectId])).get(subjectId)?.key ?? null;
}
