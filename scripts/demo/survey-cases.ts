import { DAY, type fixedClock, HOUR } from "../../src/kernel/clock.ts";

/** Cases younger than this are still open: there is something to do for whoever tries the demo. */
const STILL_OPEN = 45 * DAY;
/** How long after a case was opened somebody was reached, in turn; one in six was late. */
const REACHED_AFTER = [3 * HOUR, 20 * HOUR, 6 * HOUR, 31 * HOUR, 11 * HOUR, 16 * HOUR];
const OUTCOMES = ["resolved", "apologised", "resolved", "refunded", "not-reachable", "no-action"];
const OWNERS = ["Sam Store", "Chris Experience"];

interface OpenCase {
  readonly id: string;
  readonly openedAt: string;
}

/** What staff did about the unhappy of the year, through their own door: all but the newest cases are closed. */
export async function closeOldCases(run: {
  readonly clock: ReturnType<typeof fixedClock>;
  readonly now: Date;
  readonly call: (method: string, path: string, body?: unknown) => Promise<string>;
}): Promise<void> {
  const { clock, now, call } = run;
  const list = async () =>
    (
      JSON.parse(await call("GET", "/v1/survey-cases?state=open&limit=500")) as {
        items: OpenCase[];
      }
    ).items;
  const old = (await list()).filter(({ openedAt }) => +now - +new Date(openedAt) > STILL_OPEN);
  for (const [i, { id, openedAt }] of old.entries()) {
    const reachedAt = +new Date(openedAt) + (REACHED_AFTER[i % REACHED_AFTER.length] ?? DAY);
    clock.set(new Date(reachedAt));
    await call("PATCH", `/v1/survey-cases/${id}`, { move: "contact", owner: OWNERS[i % OWNERS.length] });
    clock.set(new Date(reachedAt + 2 * DAY));
    await call("PATCH", `/v1/survey-cases/${id}`, { move: "close", outcome: OUTCOMES[i % OUTCOMES.length] });
  }
}
