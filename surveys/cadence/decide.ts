import { DAY } from "../../src/kernel/clock.ts";
import type { SurveyClass } from "../port.ts";
import { afterQuietHours } from "./quiet-hours.ts";
import type { CadenceRules } from "./rules.schema.ts";

/** Why somebody is not asked, or not yet. Stable words: reports and the simulator name them. */
export const ASK_REASONS = [
  "survey-not-running",
  "not-sampled",
  "consent",
  "no-address",
  "no-language",
  "not-eligible-new",
  "not-eligible-inactive",
  "attribute-rule",
  "answered",
  "already-invited",
  "declined",
  "complaint",
  "order-returned",
  "too-late",
  "class-cap",
  "global-cap",
  "message-cap",
  "quiet-hours",
] as const;
export type AskReason = (typeof ASK_REASONS)[number];

export type AskDecision =
  | { readonly kind: "ask" }
  /** Asked later, by itself. */
  | { readonly kind: "wait"; readonly reason: AskReason; readonly until: Date }
  /** Not asked. `again`: from when on the same question would not meet this reason; null when time alone changes nothing. */
  | {
      readonly kind: "skip";
      readonly reason: AskReason;
      readonly again: Date | null;
      readonly detail: string | null;
    };

/** A message to the member about any survey, on any channel, to any of its subjects; planned ones lie ahead. */
export interface PastContact {
  readonly at: Date;
  readonly surveyId: string;
  readonly surveyClass: SurveyClass;
  readonly wave: string | null;
  readonly kind: "invitation" | "reminder";
}

export interface PastAnswer {
  readonly at: Date;
  readonly surveyId: string;
  readonly wave: string | null;
  readonly kind: "answered" | "declined";
}

/** What is known of a member at the moment of the question. */
export interface AskedMember {
  /** The decision of the consent room for survey contact on this channel; the rule says why not. */
  readonly consent: { readonly allowed: boolean; readonly rule: string };
  readonly hasAddress: boolean;
  readonly timeZone: string;
  readonly level: string | null;
  readonly region: string | null;
  readonly country: string | null;
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  readonly contacts: readonly PastContact[];
  readonly answers: readonly PastAnswer[];
  /** Since when a case of the member has been open: whoever complains is called, not asked. */
  readonly complaintSince: Date | null;
}

/** What is to be asked. */
export interface AskQuestion {
  readonly surveyId: string;
  readonly surveyClass: SurveyClass;
  readonly running: boolean;
  readonly wave: string | null;
  readonly kind: "invitation" | "reminder";
  /** Whether somebody who has answered may be asked again: never, or in another round. */
  readonly again: "never" | "per-wave" | "always";
  readonly at: Date;
  /** After this the occasion is too old to be asked about. */
  readonly latest: Date | null;
  readonly orderReturned: boolean;
}

/**
 * May this member be asked now? Pure: the same history, rules and moment give the same answer. Order: what forbids it
 * for good, then what is over, then the caps, then the hour. Reminders obey everything but the caps on invitations.
 */
export function decideAsk(rules: CadenceRules, member: AskedMember, ask: AskQuestion): AskDecision {
  const skip = (reason: AskReason, again: Date | null = null, detail: string | null = null): AskDecision => ({
    kind: "skip",
    reason,
    again,
    detail,
  });
  if (!ask.running) return skip("survey-not-running");
  if (!member.consent.allowed) return skip("consent", null, member.consent.rule);
  if (!member.hasAddress) return skip("no-address");
  const special = rules.attributeRules.find((r) => matches(r.when, member));
  if (special?.never === true) return skip("attribute-rule");
  const said = saidBefore(member, ask);
  if (said !== null) return skip(said.kind, null);
  if (member.complaintSince !== null) return skip("complaint");
  if (ask.orderReturned) return skip("order-returned");
  if (ask.latest !== null && ask.at > ask.latest) return skip("too-late");

  if (ask.kind === "invitation") {
    const { memberForDays, seenWithinDays } = rules.eligible;
    if (memberForDays !== undefined) {
      const from = member.firstSeen === null ? null : new Date(+member.firstSeen + memberForDays * DAY);
      if (from === null || from > ask.at) return skip("not-eligible-new", from);
    }
    if (
      seenWithinDays !== undefined &&
      (member.lastSeen === null || +member.lastSeen + seenWithinDays * DAY < +ask.at)
    )
      return skip("not-eligible-inactive");
    if (
      member.contacts.some(
        (c) =>
          c.kind === "invitation" && c.surveyId === ask.surveyId && c.wave !== null && c.wave === ask.wave,
      )
    )
      return skip("already-invited");
  }

  const cap = nextUnderCaps(rules, special, member.contacts, ask);
  if (cap !== null) {
    const { quarantine } = rules;
    const open = afterQuietHours(cap.until, member.timeZone, rules.quietHours);
    const mayWait =
      quarantine.kind === "delay" &&
      +open <= +ask.at + quarantine.maxDays * DAY &&
      (ask.latest === null || open <= ask.latest);
    return mayWait ? { kind: "wait", reason: cap.reason, until: open } : skip(cap.reason, open);
  }
  const open = afterQuietHours(ask.at, member.timeZone, rules.quietHours);
  if (open > ask.at) {
    return ask.latest !== null && open > ask.latest
      ? skip("too-late")
      : { kind: "wait", reason: "quiet-hours", until: open };
  }
  return { kind: "ask" };
}

function matches(
  when: CadenceRules["attributeRules"][number]["when"],
  member: Pick<AskedMember, "level" | "region" | "country">,
): boolean {
  return (["level", "region", "country"] as const).every((name) => {
    const wanted = when[name];
    const own = member[name];
    return wanted === undefined || (own !== null && wanted.includes(own));
  });
}

/** Whether the member has answered or declined what is asked, so far as that settles it. */
function saidBefore(member: AskedMember, ask: AskQuestion): PastAnswer | null {
  const own = member.answers.filter((a) => a.surveyId === ask.surveyId);
  if (ask.kind === "reminder" || ask.again === "per-wave")
    return own.find((a) => a.wave === ask.wave && (ask.wave !== null || ask.kind === "reminder")) ?? null;
  return ask.again === "never" ? (own[0] ?? null) : null;
}

interface Cap {
  readonly reason: AskReason;
  readonly until: Date;
}

/** The cap that stands longest against asking now; null when none does. Planned contacts count like past ones. */
function nextUnderCaps(
  rules: CadenceRules,
  special: CadenceRules["attributeRules"][number] | undefined,
  contacts: readonly PastContact[],
  ask: AskQuestion,
): Cap | null {
  const globalDays = special?.globalDays ?? rules.global.days;
  const classDays = special?.classDays ?? rules.classDays[ask.surveyClass];
  const invitations = contacts.filter((c) => c.kind === "invitation");
  const caps = [
    capOf("message-cap", contacts, globalDays, rules.global.messages, ask.at),
    ...(ask.kind === "reminder"
      ? []
      : [
          capOf("global-cap", invitations, globalDays, rules.global.invitations, ask.at),
          capOf(
            "class-cap",
            invitations.filter((c) => c.surveyClass === ask.surveyClass),
            classDays,
            1,
            ask.at,
          ),
        ]),
  ].filter((cap) => cap !== null);
  return caps.sort((a, b) => +b.until - +a.until)[0] ?? null;
}

/** At most `limit` contacts in any `days`; when full, until the one that makes room has aged out. */
function capOf(
  reason: AskReason,
  contacts: readonly PastContact[],
  days: number,
  limit: number,
  at: Date,
): Cap | null {
  if (days === 0) return null;
  const within = contacts.map((c) => +c.at + days * DAY).filter((ends) => ends > +at);
  if (within.length < limit) return null;
  const makesRoom = within.sort((a, b) => b - a)[limit - 1];
  return makesRoom === undefined ? null : { reason, until: new Date(makesRoom) };
}

/** When the reminders of an invitation fall due, those after its end left out. */
export function reminderTimes(rules: CadenceRules, invitedAt: Date, expiresAt: Date): Date[] {
  return [...rules.reminderDays]
    .sort((a, b) => a - b)
    .map((days) => new Date(+invitedAt + days * DAY))
    .filter((at) => at < expiresAt);
}
