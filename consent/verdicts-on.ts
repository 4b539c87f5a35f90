import type { Static } from "typebox";
import type { Db } from "../src/db/index.ts";
import type { DecisionsSchema } from "./consents.schema.ts";
import { decide } from "./decide.ts";
import { dutiesOf } from "./duties.ts";
import { type RefusalOffer, readOffers } from "./first-contact.store.ts";
import type { Consent } from "./service.ts";
import { showDecision } from "./show.ts";
import type { ConsentMember, Standing } from "./standing.ts";
import { DUTY_SENTENCES } from "./texts.ts";
import type { Locale } from "./vocabulary.ts";

/**
 * Answers a batch of questions. Members are those of now; with `at`, their ledgers, the registries and what was known
 * of where they live are those of that moment. A member whom nobody knows is answered as not found and not allowed.
 */
export async function verdictsOn(
  deps: { readonly consent: Consent; readonly db: Db },
  asked: Static<typeof DecisionsSchema>,
  words: { readonly locale: Locale | null },
) {
  const { consent } = deps;
  const times = new Map<string, Date | null>();
  for (const q of asked.decisions) {
    const at = q.at ?? asked.at;
    times.set(at ?? "", at === undefined ? null : new Date(at));
  }
  const found = await consent.members.subjectsOf(deps.db, [
    ...new Set(asked.decisions.map((q) => q.memberId)),
  ]);
  const members = new Map<string, ConsentMember>([...found.values()].map((m) => [m.memberId, m]));
  const byTime = new Map<
    string,
    { rules: Awaited<ReturnType<Consent["rules"]>>; standings: Map<string, Standing> }
  >();
  for (const [key, at] of times) {
    byTime.set(key, {
      rules: await consent.rules(at),
      standings: await consent.standings(deps.db, [...members.values()], at),
    });
  }
  const offers = new Map<string, RefusalOffer[]>();
  const ids = [...members.values()].flatMap((m) => m.subjects.map((s) => s.subjectId));
  for (const offer of await readOffers(deps.db, ids))
    offers.set(offer.subjectId, [...(offers.get(offer.subjectId) ?? []), offer]);
  const offersTo = (member: ConsentMember, at: string | undefined): RefusalOffer[] =>
    member.subjects
      .flatMap((s) => offers.get(s.subjectId) ?? [])
      .filter((offer) => at === undefined || offer.offeredAt <= new Date(at));
  return asked.decisions.map((q, index) => {
    const { rules, standings } = byTime.get(q.at ?? asked.at ?? "") as NonNullable<
      ReturnType<typeof byTime.get>
    >;
    const member = found.get(q.memberId);
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
    const duties = dutiesOf(rules, decision, offersTo(member, q.at ?? asked.at));
    const shown = showDecision(decision, words.locale === null ? undefined : { locale: words.locale, rules });
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
