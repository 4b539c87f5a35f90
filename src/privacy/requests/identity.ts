import { randomInt, timingSafeEqual } from "node:crypto";
import type { By } from "../../../consent/index.ts";
import type { Tx } from "../../db/index.ts";
import { DAY, HOUR, MINUTE } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import { findContact, holdsVerified } from "../../members/index.ts";
import { countCodes, insertCode, takeTry, useCode } from "./codes.store.ts";
import type { RequestDeps } from "./deps.ts";
import { chooseRegime, contactMac } from "./intake.ts";
import { type Messenger, newLinkToken } from "./messages.ts";
import type { Performer } from "./perform.ts";
import type { RequestRow } from "./requests.store.ts";
import type { Contact } from "./sealed-part.ts";
import { decideMatch, type Match } from "./tier.ts";

export const CODE_MINUTES = 15;
const CODE_DIGITS = 6;
/** With six digits and five tries a guess succeeds once in 200,000. */
const MOST_TRIES = 5;
const MOST_AN_HOUR = 3;
const MOST_A_DAY = 6;

/** How staff established who asks. */
export const STAFF_METHODS = ["document", "in-person", "call-back", "account", "code"] as const;
export type StaffMethod = (typeof STAFF_METHODS)[number];

/** What became of a code. Neither answer says whether the address belongs to a member. */
export type CodeOutcome =
  | { readonly kind: "verified"; readonly row: RequestRow; readonly token: string }
  /** The address is proven, but who it is needs a person's look. */
  | { readonly kind: "needs-review"; readonly row: RequestRow }
  | { readonly kind: "wrong" };

interface MemberMatch {
  readonly match: Match;
  readonly memberId: string | null;
  readonly subjects: readonly string[];
}

export interface Identity {
  /** Sends a code for a request; where too many went to one address, none, and nobody can tell. */
  sendCode(tx: Tx, by: By, row: RequestRow): Promise<RequestRow>;
  /** Takes a code. Too many wrong ones end it. */
  takeCode(tx: Tx, by: By, row: RequestRow, code: string): Promise<CodeOutcome>;
  /** Staff states whose request it is and how they know. */
  verifyByStaff(
    tx: Tx,
    by: By,
    row: RequestRow,
    found: { readonly memberId: string; readonly method: string; readonly note?: string },
  ): Promise<RequestRow>;
  /** Whose a contact point is, for a kind of request. */
  match(tx: Tx, row: Pick<RequestRow, "tier">, contact: Contact): Promise<MemberMatch>;
}

export function createIdentity(deps: RequestDeps, performer: Performer, messenger: Messenger): Identity {
  const { vault, clock, ids, consent } = deps;
  const nobody = (match: Match): MemberMatch => ({ match, memberId: null, subjects: [] });

  const match: Identity["match"] = async (tx, row, contact) => {
    const found = await consent.members.find(tx, contact);
    if (found.kind !== "member") return nobody(decideMatch(found, row.tier));
    const member = (await consent.members.subjectsOf(tx, [found.memberId])).get(found.memberId);
    if (member === undefined) return nobody("none");
    const subjects = member.subjects.map((s) => s.subjectId);
    const isVerified = await holdsVerified(tx, { vault, regions: await deps.regions() }, subjects, contact);
    return {
      match: decideMatch({ kind: "member", isVerified }, row.tier),
      memberId: member.memberId,
      subjects,
    };
  };

  /**
   * Where a code goes: to the given e-mail address, whoever's it is; to a phone number that the one member who has it had
   * verified, where there is a gateway for text messages, else to that member's verified e-mail address. Null: nowhere.
   */
  const addressFor = async (tx: Tx, row: RequestRow, contact: Contact | null): Promise<Contact | null> => {
    if (contact?.kind === "email") return contact;
    const owner =
      contact === null
        ? { memberId: row.memberId, subjects: row.subjects }
        : await match(tx, { tier: "any-contact" }, contact);
    const asked = { vault, regions: await deps.regions() };
    if (contact !== null && deps.mailer.texts && owner.subjects.length > 0)
      if (await holdsVerified(tx, asked, owner.subjects, contact)) return contact;
    for (const subjectId of owner.subjects) {
      const known = await findContact(tx, vault, subjectId, "email");
      if (known === null) continue;
      const email: Contact = { kind: "email", value: known.address };
      if (await holdsVerified(tx, asked, owner.subjects, email)) return email;
    }
    return null;
  };

  const becomeMember = async (tx: Tx, row: RequestRow, found: MemberMatch): Promise<Partial<RequestRow>> => {
    const base = { match: found.match, memberId: found.memberId, subjects: found.subjects };
    if (found.memberId === null || row.regimeFrom === "declared") return base;
    const member = (await consent.members.subjectsOf(tx, [found.memberId])).get(found.memberId);
    const standing =
      member === undefined ? undefined : (await consent.standings(tx, [member])).get(member.memberId);
    const law = chooseRegime(deps.regimes, {
      country: null,
      region: null,
      member:
        standing === undefined ? null : { regime: standing.regime, country: standing.regimeDecision.country },
      controllerCountry: (await performer.controller()).country,
    });
    return { ...base, regime: law.regime, regimeFrom: law.from, country: law.country };
  };

  return {
    match,

    async sendCode(tx, by, row) {
      const now = clock.now();
      const part = await performer.part(row);
      const to = await addressFor(tx, row, part.contact);
      const mac = to === null ? null : contactMac(vault, to);
      const isFull =
        mac === null ||
        (await countCodes(tx, mac, new Date(now.getTime() - HOUR))) >= MOST_AN_HOUR ||
        (await countCodes(tx, mac, new Date(now.getTime() - DAY))) >= MOST_A_DAY;
      // Anybody may press the button of an unproven request: it must not write without end.
      if (isFull && row.state === "identity_pending") return row;
      const asked = await performer.perform(tx, by, row, {
        act: { kind: "ask-identity" },
        change: { acknowledgedAt: row.acknowledgedAt ?? now },
        part: { codeTo: to },
      });
      if (isFull || to === null || mac === null) return asked;
      const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, "0");
      await insertCode(tx, {
        codeId: ids.next(),
        requestId: row.requestId,
        codeHash: vault.mac("request-code", row.requestId, code),
        contactMac: mac,
        sentAt: now,
        expiresAt: new Date(now.getTime() + CODE_MINUTES * MINUTE),
      });
      const params = { code, minutes: String(CODE_MINUTES) };
      await messenger.send(tx, asked, "code", params, { ...part, contact: to });
      return asked;
    },

    async takeCode(tx, by, row, code) {
      const now = clock.now();
      const taken = await takeTry(tx, row.requestId, MOST_TRIES, now);
      const genuine = vault
        .macVersions("request-code", row.requestId, code.replace(/\D/g, ""))
        .some((m) => taken !== null && timingSafeEqual(m.mac, taken.codeHash));
      if (taken === null || !genuine) return { kind: "wrong" };
      await useCode(tx, taken.codeId, now);
      const part = await performer.part(row);
      const proven = part.codeTo ?? part.contact;
      if (proven === null) return { kind: "wrong" };
      // Of a request that names its member already, the code went to that member's own address.
      const found =
        row.memberId === null
          ? await match(tx, row, proven)
          : { match: "one" as const, memberId: row.memberId, subjects: row.subjects };
      if (found.match === "contested" || found.match === "unverified") {
        const waiting = await performer.perform(tx, by, row, {
          act: { kind: "ask-identity" },
          change: { match: found.match },
          code: found.match,
        });
        return { kind: "needs-review", row: waiting };
      }
      // Whoever only typed the form may have watched its address: from here on another secret is needed.
      const link = newLinkToken();
      const verified = await performer.perform(tx, by, row, {
        act: { kind: "verify" },
        change: {
          ...(await becomeMember(tx, row, found)),
          identity: "code",
          verifiedAt: now,
          acknowledgedAt: row.acknowledgedAt ?? now,
          tokenHash: link.hash,
        },
        part: { token: link.token, contact: proven },
        code: "code",
      });
      return { kind: "verified", row: verified, token: link.token };
    },

    async verifyByStaff(tx, by, row, { memberId, method, note }) {
      const member = (await consent.members.subjectsOf(tx, [memberId])).get(memberId);
      if (member === undefined) throw new AppError("not-found", { detail: "There is no member by that id." });
      const found = {
        match: "one" as const,
        memberId: member.memberId,
        subjects: member.subjects.map((s) => s.subjectId),
      };
      return performer.perform(tx, by, row, {
        act: { kind: "verify" },
        change: {
          ...(await becomeMember(tx, row, found)),
          identity: method,
          verifiedAt: clock.now(),
          acknowledgedAt: row.acknowledgedAt ?? clock.now(),
        },
        code: method,
        ...(note === undefined ? {} : { note }),
      });
    },
  };
}
