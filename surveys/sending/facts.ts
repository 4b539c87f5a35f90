import {
  type Consent,
  type ConsentRules,
  type ContactChannel,
  decide,
  type Standing,
} from "../../consent/index.ts";
import type { Tx } from "../../src/db/index.ts";
import { type Clock, DAY } from "../../src/kernel/clock.ts";
import {
  type BulkMember,
  type CoarseMember,
  type CoarseReader,
  foldFields,
  groupMembers,
  type OpenPlan,
  openSets,
  type ReadCoarse,
  readKnownBy,
  readSealedPage,
  readSubjectsOfMembers,
} from "../../src/members/index.ts";
import type { Vault } from "../../src/vault/index.ts";
import type { AskedMember, PastAnswer, PastContact } from "../cadence/decide.ts";
import { zoneOf } from "../cadence/quiet-hours.ts";
import type { CadenceRules } from "../cadence/rules.schema.ts";
import { readAnswered, readAskAgain, readBounced, readComplaints, readContacts } from "./asks.store.ts";
import type { SendingChannel } from "./campaign.schema.ts";

/** The purpose for which members are asked. */
export const SURVEY_PURPOSE = "survey-contact";
/** The purpose for which members are put under a loyalty level. */
const PROFILING_PURPOSE = "profiling";
/** The purpose under which the language and the time zone of a message are chosen. */
const SERVICE_PURPOSE = "service";

/** By which identifier a channel reaches somebody. */
export const ADDRESS_OF: Readonly<
  Record<SendingChannel, "email" | "phone" | "line_user_id" | "wechat_openid">
> = {
  email: "email",
  sms: "phone",
  line: "line_user_id",
  wechat: "wechat_openid",
};

export interface FactsDeps {
  readonly consent: Consent;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly readCoarse: ReadCoarse;
  readonly coarse: Pick<CoarseReader, "folding">;
  /** Loyalty levels, where they are worked out: member → level. */
  readonly readLevels: (tx: Tx, memberIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** Stores as decisions need them. */
export interface PlaceFacts {
  readonly region: string | null;
  readonly timeZone: string | null;
}

/** A member as it may be asked, with whom exactly the message would go to. */
export interface Askable {
  readonly memberId: string;
  /** The subject whose address would be written to; the first of the member when none has one. */
  readonly subjectId: string;
  readonly member: BulkMember;
  readonly standing: Standing;
  readonly asked: AskedMember;
  /** Null where it was not asked for, or nothing of it may be used. */
  readonly coarse: CoarseMember | null;
}

export interface FactsAsk {
  readonly channel: SendingChannel;
  readonly at: Date;
  readonly rules: ConsentRules;
  readonly cadence: CadenceRules;
  readonly places: ReadonlyMap<string, PlaceFacts>;
  /** Opens coarse values and time zones: needed to send, and for rules about them. */
  readonly open: boolean;
  /** An ask that is being looked at again does not stand in its own way. */
  readonly without?: ReadonlySet<string>;
}

/** Whether rules ask for something that has to be opened. */
export function needsOpening(rules: CadenceRules): boolean {
  return (
    rules.attributeRules.length > 0 ||
    rules.eligible.memberForDays !== undefined ||
    rules.eligible.seenWithinDays !== undefined
  );
}

/**
 * Reads what a decision needs of many members, with a fixed number of statements: consent on the channel, an address,
 * everything they were asked over all channels under any of their subjects, open cases. Members that are gone are
 * missing.
 */
export async function readAskable(
  tx: Tx,
  deps: FactsDeps,
  memberIds: readonly string[],
  ask: FactsAsk,
): Promise<Map<string, Askable>> {
  const members = groupMembers(await readSubjectsOfMembers(tx, memberIds));
  const subjects = members.flatMap((m) => m.subjects.map((s) => s.subjectId));
  const memberOf = new Map(members.flatMap((m) => m.subjects.map((s) => [s.subjectId, m.memberId] as const)));
  const standings = await deps.consent.standings(tx, members);
  const gathered = <T extends { readonly subjectId: string }>(found: readonly T[]): Map<string, T[]> => {
    const by = new Map<string, T[]>();
    for (const row of found) {
      const id = memberOf.get(row.subjectId) as string;
      const own = by.get(id);
      if (own === undefined) by.set(id, [row]);
      else own.push(row);
    }
    return by;
  };
  const { classDays, global } = ask.cadence;
  const span = Math.max(
    global.days,
    ...Object.values(classDays),
    ...ask.cadence.attributeRules.map((r) => Math.max(r.classDays ?? 0, r.globalDays ?? 0)),
  );
  const contacts = gathered(await readContacts(tx, subjects, new Date(+ask.at - span * DAY)));
  const answers = gathered(await readAnswered(tx, subjects));
  const complaints = gathered(await readComplaints(tx, subjects));
  const againAt = gathered(await readAskAgain(tx, subjects));
  const known = new Map(
    (await readKnownBy(tx, subjects, ADDRESS_OF[ask.channel])).map((k) => [k.subjectId, k.class]),
  );
  const bounced = new Set(await readBounced(tx, subjects, ask.channel));
  const opened = ask.open ? await openCoarse(tx, deps, members, standings, ask) : null;

  return new Map(
    members.map((member) => {
      const standing = standings.get(member.memberId) as Standing;
      const reached = member.subjects
        .filter((s) => known.has(s.subjectId) && !bounced.has(s.subjectId))
        .sort(
          (a, b) =>
            (known.get(a.subjectId) ?? 9) - (known.get(b.subjectId) ?? 9) ||
            (a.subjectId < b.subjectId ? -1 : 1),
        )
        .map((s) => s.subjectId);
      const decisions = reached.map((subjectId) => ({
        subjectId,
        decision: decide(ask.rules, standing, {
          purposeId: SURVEY_PURPOSE,
          channel: ask.channel as ContactChannel,
          subjectId,
        }),
      }));
      const good = decisions.find((d) => d.decision.kind === "allowed");
      const told =
        good?.decision ??
        decisions[0]?.decision ??
        decide(ask.rules, standing, { purposeId: SURVEY_PURPOSE, channel: ask.channel as ContactChannel });
      const coarse = opened?.coarse.get(member.memberId) ?? null;
      const home = coarse?.homeStore ?? null;
      const place = home === null ? undefined : ask.places.get(home);
      const own = contacts.get(member.memberId) ?? [];
      const complaint = complaints.get(member.memberId) ?? [];
      // Staff's word that somebody is not to be asked before a day is a complaint until then.
      const notBefore = (againAt.get(member.memberId) ?? []).filter((a) => a.at > ask.at);
      const facts = coarse?.facts ?? null;
      return [
        member.memberId,
        {
          memberId: member.memberId,
          subjectId: good?.subjectId ?? decisions[0]?.subjectId ?? (member.subjects[0]?.subjectId as string),
          member,
          standing,
          coarse,
          asked: {
            consent: { allowed: told.kind === "allowed", rule: told.rule },
            hasAddress: reached.length > 0,
            timeZone: zoneOf(
              opened?.zones.get(member.memberId),
              place?.timeZone,
              coarse?.country,
              standing.country,
            ),
            level: opened?.levels.get(member.memberId) ?? null,
            region: place?.region ?? null,
            country: standing.country,
            firstSeen: facts?.firstSeen == null ? null : new Date(facts.firstSeen),
            lastSeen: facts?.lastSeen == null ? null : new Date(facts.lastSeen),
            contacts: own
              // Of what is planned only what comes first counts, and never the ask that is looked at.
              .filter((c) => !c.planned || (c.at <= ask.at && ask.without?.has(c.askId ?? "") !== true))
              .map(({ subjectId: _s, askId: _a, planned: _p, ...c }): PastContact => c),
            answers: (answers.get(member.memberId) ?? []).map(({ subjectId: _s, ...a }): PastAnswer => a),
            complaintSince:
              complaint.length > 0
                ? new Date(Math.min(...complaint.map((c) => +c.since)))
                : notBefore.length > 0
                  ? ask.at
                  : null,
          },
        } satisfies Askable,
      ];
    }),
  );
}

/** Which categories of whom may be opened: those of survey contact, and of service for language, place and time zone. */
function planOf(
  members: readonly BulkMember[],
  standings: ReadonlyMap<string, Standing>,
  ask: FactsAsk,
): OpenPlan {
  const plan = new Map<string, ReadonlySet<string>>();
  const allowed = (
    standing: Standing,
    purposeId: string,
    channel: ContactChannel | null,
    subjectId: string,
  ) =>
    ask.rules.purposes.has(purposeId) &&
    decide(ask.rules, standing, { purposeId, channel, subjectId }).kind === "allowed"
      ? (ask.rules.purposes.get(purposeId)?.categories ?? [])
      : [];
  for (const member of members) {
    const standing = standings.get(member.memberId) as Standing;
    for (const { subjectId } of member.subjects) {
      const survey = allowed(standing, SURVEY_PURPOSE, ask.channel, subjectId);
      const service = allowed(standing, SERVICE_PURPOSE, null, subjectId);
      const categories = [
        ...survey.filter((c) => c === "transaction"),
        ...service.filter((c) => c === "preference" || c === "location"),
      ];
      if (categories.length > 0) plan.set(subjectId, new Set(categories));
    }
  }
  return plan;
}

async function openCoarse(
  tx: Tx,
  deps: FactsDeps,
  members: readonly BulkMember[],
  standings: ReadonlyMap<string, Standing>,
  ask: FactsAsk,
) {
  const plan = planOf(members, standings, ask);
  const coarse = await deps.readCoarse(tx, members, plan, ask.at);
  const levels = await readAllowedLevels(tx, deps, members, standings, ask.rules);
  const page = await readSealedPage(tx, plan, members, { identifiers: false });
  const keys = await deps.vault.loadKeys(
    members.flatMap((m) => m.subjects.filter((s) => plan.has(s.subjectId)).map((s) => s.keyId)),
  );
  const opened = await openSets(deps.vault, keys, members, plan, page);
  const open = deps.coarse.folding();
  const zones = new Map(
    members.flatMap((member) => {
      const value = foldFields(open, member, opened, (_s, field) => field === "timezone").get(
        "timezone",
      )?.value;
      return typeof value === "string" ? [[member.memberId, value] as const] : [];
    }),
  );
  return { coarse, levels, zones };
}

/** The loyalty levels of those who agreed to be profiled; nobody else is put under one. */
export async function readAllowedLevels(
  tx: Tx,
  deps: Pick<FactsDeps, "readLevels">,
  members: readonly Pick<BulkMember, "memberId">[],
  standings: ReadonlyMap<string, Standing>,
  rules: ConsentRules,
): Promise<ReadonlyMap<string, string>> {
  const profiled = members.map((m) => m.memberId).filter((id) => mayProfile(rules, standings.get(id)));
  return profiled.length === 0 ? new Map() : deps.readLevels(tx, profiled);
}

/** Whether somebody may be put under a loyalty level. */
export function mayProfile(rules: ConsentRules, standing: Standing | undefined): boolean {
  return (
    standing !== undefined &&
    rules.purposes.has(PROFILING_PURPOSE) &&
    decide(rules, standing, { purposeId: PROFILING_PURPOSE }).kind === "allowed"
  );
}

/** How long somebody has been a member, in coarse bands. */
export function tenureBand(joinedOn: string | null, firstSeen: string | null, at: Date): string | null {
  const since = joinedOn ?? firstSeen;
  if (since === null) return null;
  const days = (+at - Date.parse(since)) / DAY;
  if (Number.isNaN(days) || days < 0) return null;
  if (days < 90) return "0-3m";
  if (days < 365) return "3-12m";
  if (days < 730) return "1-2y";
  return days < 1_825 ? "2-5y" : "5y+";
}
