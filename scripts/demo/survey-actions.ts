import { DAY } from "../../src/kernel/clock.ts";
import { callJson } from "./staff-doors.ts";

const PATH = "/v1/surveys/demo-relationship/actions";
const DAYS_AGO = 100;

/**
 * What the invented company changed because of its members' comments: one change made some months ago, so that there
 * are figures before and since, and one that is planned. A second run adds none.
 */
export async function showActions(server: {
  readonly url: string;
  readonly adminKey: string;
  readonly now: Date;
}): Promise<void> {
  const known = await callJson<{ items: unknown[] }>(server, "GET", PATH);
  if (known.items.length > 0) return;
  const made = await callJson<{ actionId: string }>(server, "POST", PATH, {
    theme: "staff",
    owner: "Chris Experience",
    what: "Every shop greets by name and opens a second till at noon",
  });
  await callJson(server, "PATCH", `/v1/survey-actions/${made.actionId}`, {
    state: "done",
    doneOn: new Date(+server.now - DAYS_AGO * DAY).toISOString().slice(0, 10),
  });
  await callJson(server, "POST", PATH, {
    theme: "range",
    owner: "Chris Experience",
    what: "Sizes that sell out are ordered twice a week",
  });
}
