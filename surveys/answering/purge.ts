import type { Db } from "../../src/db/index.ts";
import { type Clock, DAY } from "../../src/kernel/clock.ts";
import { deleteOldAnonymous } from "../anonymous/anonymous.store.ts";
import { deleteOldCases } from "../cases/cases.store.ts";
import { deleteOldAsks } from "../sending/asks.store.ts";
import { deleteOldMessages } from "../sending/messages.store.ts";
import { deleteOldInvitations } from "./invitations.store.ts";
import { deleteOldAnswers, deleteOldPartials } from "./responses.store.ts";

/** Half-done answers, spent tickets and used forms: long enough for anybody to go on. */
const SHORT = 30;
/** Answers and invitations: three years show trends, and nobody acts on older ones. */
const LONG_MONTHS = 36;
/** Whom was asked and what became of the message: as long as the longest span that cadence rules look back. */
const ASKED_MONTHS = 24;
const BATCH = 1_000;

function monthsBefore(at: Date, months: number): Date {
  const then = new Date(at);
  then.setUTCMonth(then.getUTCMonth() - months);
  return then;
}

/** Deletes what has been kept long enough; answers how many rows went. */
export async function purgeSurveys(deps: { readonly db: Db; readonly clock: Clock }): Promise<number> {
  const now = deps.clock.now();
  const short = new Date(now.getTime() - SHORT * DAY);
  const long = monthsBefore(now, LONG_MONTHS);
  const day = (at: Date) => at.toISOString().slice(0, 10);
  let gone = await deleteOldPartials(deps.db, short);
  const asked = monthsBefore(now, ASKED_MONTHS);
  for (const [remove, before] of [
    [deleteOldAnswers, long],
    [deleteOldInvitations, long],
    [deleteOldCases, long],
    [deleteOldAsks, asked],
    [deleteOldMessages, asked],
  ] as const)
    for (let n = BATCH; n === BATCH; gone += n)
      n = await deps.db.retryingTx((tx) => remove(tx, before, BATCH));
  gone += await deps.db.retryingTx((tx) =>
    deleteOldAnonymous(tx, { tickets: day(short), answers: day(long) }),
  );
  return gone;
}
