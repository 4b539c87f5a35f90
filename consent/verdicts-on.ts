import type { Static } from "typebox";
import type { Db } from "../src/db/index.ts";
import type { DecisionsSchema } from "./consents.schema.ts";
import { decide } from "./decide.ts";
import type { ConsentRules } from "./decision.ts";
import { dutiesOf } from "./duties.ts";
import { type RefusalOffer, readOffers } from "./first-contact.store.ts";
import type { Consent } from "./service.ts";
import { showDecision } from "./show.ts";
import type { ConsentMember, Standing } from "./standing.ts";
import { DUTY_SENTENCES } from "./texts.ts";
import type { Locale } from "./vocabulary.ts";

/** The moment of a question that names none. */
const NOW = "";

/** Everything that the questions about one moment are answered from. */
interface Moment {
  readonly rules: ConsentRules;
  /** By the id that was asked about. */
  readonly members: ReadonlyMap<string, ConsentMember>;
  /** By member. */
  readonly standings: ReadonlyMap<string, Standing>;
}

/**
 * Answers a batch of questions. With `at`, everything is as it was at that moment: who belonged to the member, their
 * ledgers, the purposes, the regime packs, and what was known of where they live. A member whom nobody knows is answered as not found and
 * not allowed.
 */
export async function verdictsOn(
  deps: { readonly consent: Consent; readonly db: Db },
  asked: Static<typeof DecisionsSchema>,
  words: { readonly locale: Locale | null },
) {
  const { consent, db } = deps;
  const idsAt = new Map<string, Set<string>>();
  for (const { at = asked.at ?? NOW, memberId } of asked.decisions)
    idsAt.set(at, (idsAt.get(at) ?? new Set()).add(memberId));
  const moments = new Map<string, Moment>();
  for (const [key, ids] of idsAt) {
    const at = key === NOW ? null : new Date(key);
    const rules = await consent.rules(at);
    const members = await consent.members.subjectsOf(db, [...ids], at);
    // Two ids may name one member: it is read once.
    const once = new Map([...members.values()].map((m) => [m.memberId, m]));
    moments.set(key, {
      members,
      rules,
      standings: await consent.standings(db, [...once.values()], at === null ? null : { at, rules }),
    });
  }
  const offers = new Map<string, RefusalOffer[]>();
  const subjects = new Set(
    [...moments.values()].flatMap((m) =>
      [...m.members.values()].flatMap((member) => member.subjects.map((s) => s.subjectId)),
    ),
  );
  for (const offer of await readOffers(db, [...subjects]))
    offers.set(offer.subjectId, [...(offers.get(offer.subjectId) ?? []), offer]);
  const offersTo = (member: ConsentMember, at: string): RefusalOffer[] =>
    member.subjects
      .flatMap((s) => offers.get(s.subjectId) ?? [])
      .filter((offer) => at === NOW || offer.offeredAt <= new Date(at));
  return asked.decisions.map((q, index) => {
    const at = q.at ?? asked.at ?? NOW;
    const { rules, members, standings } = moments.get(at) as Moment;
    const member = members.get(q.memberId);
    const standing = member === undefined ? undefined : standings.get(member.memberId);
    if (member === undefined || standing === undefined) {
      return {
        index,
        memberId: q.memberId,
        found: false,
        allowed: false,
        rule: "unknown-member",
        basis: null,
        recordId: null,
        notice: null,
        duties: [],
      };
    }
    const decision = decide(rules, standing, {
      purposeId: q.purpose,
      channel: q.channel ?? null,
      category: q.category ?? null,
      recipient: consent.recipientRef(rules, q.purpose, q.recipient ?? null),
      device: q.device === undefined ? null : consent.deviceRef(q.device),
    });
    const duties = dutiesOf(rules, decision, offersTo(member, at));
    const shown = showDecision(decision, rules, words.locale);
    return {
      index,
      memberId: member.memberId,
      found: true,
      ...shown,
      duties,
      ...(words.locale === null || shown.sentences === undefined
        ? {}
        : {
            sentences: [...shown.sentences, ...duties.map((d) => DUTY_SENTENCES[d][words.locale as Locale])],
          }),
    };
  });
}
