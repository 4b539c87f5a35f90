import { setTimeout as pause } from "node:timers/promises";
import { callJson } from "./staff-doors.ts";

const NAME = "How was your purchase?";
const SURVEY = "demo-purchase";
/** Of all members, whose turn it is; of these not everybody may be asked. */
const SHARE = 0.5;
/** A round of a few thousand members takes seconds; the demo does not wait for ever on a slow machine. */
const LOOKS = 240;
const LOOK_EVERY_MS = 250;

interface Campaign {
  readonly id: string;
  readonly members: readonly { readonly state: string; readonly reason: string | null; readonly n: number }[];
}

export interface ShownCampaign {
  /** Members who were asked. */
  readonly asked: number;
  /** Members who were not, by the reason. */
  readonly notAsked: Readonly<Record<string, number>>;
}

/**
 * Asks the members how satisfied they were, by a campaign made and started at the doors, and waits until the first have
 * been decided about. A second run finds the campaign and starts none. Null: nobody could be decided about in time.
 */
export async function showCampaign(server: {
  readonly url: string;
  readonly adminKey: string;
}): Promise<ShownCampaign | null> {
  const path = "/v1/survey-campaigns";
  const known = await callJson<{ items: { id: string }[] }>(server, "GET", `${path}?survey=${SURVEY}`);
  const { id } = known.items[0] ?? (await startCampaign(server, path));
  for (let look = 0; look < LOOKS; look++) {
    const { members } = await callJson<Campaign>(server, "GET", `${path}/${id}`);
    if (members.length > 0) return countsOf(members);
    await pause(LOOK_EVERY_MS);
  }
  return null;
}

async function startCampaign(
  server: { readonly url: string; readonly adminKey: string },
  path: string,
): Promise<{ readonly id: string }> {
  const made = await callJson<{ id: string }>(server, "POST", path, {
    name: NAME,
    surveyId: SURVEY,
    kind: "once",
    channel: "email",
    settings: {
      audience: { kind: "everybody" },
      sample: SHARE,
      again: "never",
      expiresDays: 30,
      reminders: true,
    },
  });
  await callJson(server, "POST", `${path}/${made.id}/start`);
  return made;
}

function countsOf(members: Campaign["members"]): ShownCampaign {
  const notAsked: Record<string, number> = {};
  let asked = 0;
  for (const { reason, n } of members)
    if (reason === null) asked += n;
    else notAsked[reason] = (notAsked[reason] ?? 0) + n;
  return { asked, notAsked };
}

/** What became of the campaign, as people read it. */
export function campaignLine({ asked, notAsked }: ShownCampaign): string {
  const reasons = Object.entries(notAsked).sort(([, a], [, b]) => b - a);
  const not = reasons.reduce((sum, [, n]) => sum + n, 0);
  const why = reasons.map(([reason, n]) => `${n} ${reason}`).join(", ");
  return `Campaign "${NAME}": ${asked} asked, ${not} not${why === "" ? "" : ` (${why})`}.`;
}
