import type { AskDecision } from "../cadence/decide.ts";
import { decideAsk } from "../cadence/decide.ts";
import { readAsksOf } from "./asks.store.ts";
import { SENDING_CHANNELS, type SendingChannel } from "./campaign.schema.ts";
import type { CampaignRow } from "./campaigns.store.ts";
import { publishedOf, type SendingDeps } from "./context.ts";
import { decidePage, pageOfAudience, prepareFacts, questionOf } from "./decide-round.ts";
import { readAskable } from "./facts.ts";
import { readMessagesOf } from "./messages.store.ts";

/** What a campaign would do now. Nothing is written. */
export interface Simulation {
  readonly members: number;
  readonly asked: number;
  readonly later: number;
  readonly notAsked: number;
  /** Decision and reason, with numbers. */
  readonly reasons: readonly {
    readonly decision: string;
    readonly reason: string | null;
    readonly members: number;
  }[];
  /** The first of each reason, as examples. */
  readonly examples: readonly {
    readonly memberId: string;
    readonly decision: AskDecision["kind"];
    readonly reason: string | null;
    readonly detail: string | null;
    readonly until: Date | null;
    readonly again: Date | null;
  }[];
}

const EXAMPLES = 3;

/** Decides a whole audience as if it were asked now, page by page, and writes nothing. */
export async function simulate(deps: SendingDeps, campaign: CampaignRow): Promise<Simulation> {
  const survey = (await publishedOf(deps.doors, [campaign.surveyId])).get(campaign.surveyId) ?? null;
  const facts = await prepareFacts(deps, campaign);
  const counts = new Map<string, { decision: AskDecision["kind"]; reason: string | null; members: number }>();
  const examples: Simulation["examples"][number][] = [];
  const seen = new Map<string, number>();
  let members = 0;
  let cursor: string | null = null;
  do {
    const after: string | null = cursor;
    const page: { next: string | null; decided: Awaited<ReturnType<typeof decidePage>> } = await deps.db.tx(
      async (tx) => {
        const at = deps.clock.now();
        const found = await pageOfAudience(tx, deps, facts.rules, campaign.settings.audience, after);
        const question = questionOf(
          campaign,
          survey,
          campaign.kind === "recurring" ? at.toISOString().slice(0, 10) : null,
          at,
        );
        return {
          next: found.next,
          decided: await decidePage(tx, deps, campaign, question, found.memberIds, { ...facts, at }),
        };
      },
    );
    cursor = page.next;
    for (const { askable, decision } of page.decided) {
      members++;
      const reason = decision.kind === "ask" ? null : decision.reason;
      const id = `${decision.kind}|${reason}`;
      const known = counts.get(id);
      if (known === undefined) counts.set(id, { decision: decision.kind, reason, members: 1 });
      else known.members++;
      const shown = seen.get(id) ?? 0;
      if (shown >= EXAMPLES) continue;
      seen.set(id, shown + 1);
      examples.push({ memberId: askable.memberId, ...shownDecision(decision) });
    }
  } while (cursor !== null);
  const sum = (kind: AskDecision["kind"]) =>
    [...counts.values()].reduce((n, c) => n + (c.decision === kind ? c.members : 0), 0);
  return {
    members,
    asked: sum("ask"),
    later: sum("wait"),
    notAsked: sum("skip"),
    reasons: [...counts.values()].sort((a, b) => b.members - a.members),
    examples,
  };
}

export function shownDecision(decision: AskDecision) {
  return {
    decision: decision.kind,
    reason: decision.kind === "ask" ? null : decision.reason,
    detail: decision.kind === "skip" ? decision.detail : null,
    until: decision.kind === "wait" ? decision.until : null,
    again: decision.kind === "skip" ? decision.again : null,
  };
}

/** Whether one member would be asked now, on each channel, and what it was asked before. Null when it is gone. */
export async function explainMember(
  deps: SendingDeps,
  memberId: string,
  surveyId: string,
  again: "never" | "per-wave" | "always",
) {
  const survey = await deps.doors.published(surveyId);
  const prepared = new Map<SendingChannel, Awaited<ReturnType<typeof prepareFacts>>>();
  for (const channel of SENDING_CHANNELS) prepared.set(channel, await prepareFacts(deps, { channel }));
  return deps.db.tx(async (tx) => {
    const at = deps.clock.now();
    const channels: ({ channel: SendingChannel; timeZone: string } & ReturnType<typeof shownDecision>)[] = [];
    let subjects: string[] | null = null;
    for (const [channel, facts] of prepared) {
      const found = (
        await readAskable(tx, { ...deps, readCoarse: deps.coarse.read }, [memberId], {
          ...facts,
          open: true,
          at,
        })
      ).get(memberId);
      if (found === undefined) return null;
      subjects = found.member.subjects.map((s) => s.subjectId);
      const decision = decideAsk(facts.cadence, found.asked, {
        surveyId,
        surveyClass: survey?.surveyClass ?? "research",
        running: survey !== null,
        wave: null,
        kind: "invitation",
        again,
        at,
        latest: null,
        orderReturned: false,
      });
      channels.push({ channel, timeZone: found.asked.timeZone, ...shownDecision(decision) });
    }
    const asks = await readAsksOf(tx, subjects ?? [], 50);
    const messages = await readMessagesOf(tx, subjects ?? [], 50);
    return {
      memberId,
      survey: surveyId,
      channels,
      asks: asks.map((a) => ({
        id: a.askId,
        campaign: a.campaignId,
        survey: a.surveyId,
        channel: a.channel,
        wave: a.wave === "" ? null : a.wave,
        state: a.state,
        reason: a.reason,
        detail: a.detail,
        dueAt: a.dueAt,
        againAt: a.againAt,
        askedAt: a.askedAt,
        reminders: a.reminders,
      })),
      messages: messages.map((m) => ({
        id: m.messageId,
        survey: m.surveyId,
        kind: m.kind,
        channel: m.channel,
        state: m.state,
        error: m.error,
        at: m.at,
      })),
    };
  });
}
