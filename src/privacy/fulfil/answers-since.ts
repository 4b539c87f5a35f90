import type { Db } from "../../db/index.ts";
import { type NoticeSince, readGivenSince, readHeldNow, readNoticesSince } from "./answers-since.store.ts";
import type { CertificateBody, CertifiedRecipient } from "./certificate.ts";

/** What recipients answered of what a certificate says they were told, up to a moment. */
export interface AnswersSince {
  readonly at: string;
  /** Recipients, each once; confirmed: for every purpose for which they were told. */
  readonly told: number;
  readonly confirmed: number;
  readonly recipients: readonly CertifiedRecipient[];
}

/** How a line stands: by its notice where there is one, else by whether the corrected data were taken. Pure. */
function lineNow(
  line: CertifiedRecipient,
  known: {
    readonly notice: NoticeSince | undefined;
    readonly takenAt: Date | undefined;
    readonly isHeld: boolean;
  },
  now: Date,
): CertifiedRecipient {
  const { notice, takenAt, isHeld } = known;
  const dueAt = notice?.dueAt.toISOString() ?? line.dueAt;
  const confirmedAt = notice !== undefined ? notice.acknowledgedAt : dueAt === null ? takenAt : undefined;
  const acknowledgedAt = confirmedAt?.toISOString() ?? line.acknowledgedAt;
  // Whoever holds a copy no more was told to drop it, and only confirmed notices are ever forgotten.
  const isForgotten = dueAt !== null && notice === undefined && !isHeld;
  if (acknowledgedAt !== null || isForgotten)
    return { ...line, dueAt, acknowledgedAt, state: "acknowledged" };
  if (dueAt === null) return { ...line, dueAt, acknowledgedAt, state: "told" };
  return { ...line, dueAt, acknowledgedAt, state: new Date(dueAt) <= now ? "overdue" : "open" };
}

/**
 * What became of the recipients on a certificate since it was signed; null where it names none. A recipient has
 * confirmed when it acknowledged the notice to drop the member or, of a correction, when it has taken the member anew.
 */
export async function answersSince(
  db: Pick<Db, "query">,
  body: CertificateBody,
  now: Date,
): Promise<AnswersSince | null> {
  const { requestId, recipients } = body;
  const first = recipients.map((r) => r.toldAt).sort()[0];
  if (requestId === null || first === undefined) return null;
  const notices = await readNoticesSince(db, requestId, new Date(first));
  const given = await readGivenSince(db, requestId, new Date(first));
  const held = await readHeldNow(db, requestId);
  const lines = recipients.map((line) => {
    const isOfLine = (of: { readonly recipientId: string; readonly purposeId: string }) =>
      of.recipientId === line.recipientId && of.purposeId === line.purposeId;
    const takenAt = given.find(isOfLine)?.lastAt;
    return lineNow(line, { notice: notices.find(isOfLine), takenAt, isHeld: held.some(isOfLine) }, now);
  });
  const told = new Set(lines.map((l) => l.recipientId));
  const waiting = new Set(lines.filter((l) => l.state !== "acknowledged").map((l) => l.recipientId));
  return { at: now.toISOString(), told: told.size, confirmed: told.size - waiting.size, recipients: lines };
}
