import { type ConsentState, countStates, type StateCount } from "./consent-states.ts";
import { type AskedPerson, askedPeople, collectConsents, LOOKED_UP, type SentThrough } from "./consents.ts";
import type { KnownSource } from "./doors.ts";
import type { TruePerson } from "./plan.ts";
import {
  areRegistered,
  type DemoRecipient,
  type Leaver,
  leave,
  openRecipients,
  pullAll,
  type RecipientView,
  viewsOf,
} from "./recipients.ts";
import { type Talk, talkTo } from "./talk.ts";

export interface ConsentSummary {
  /** Newest version of each published notice. */
  readonly notices: readonly {
    readonly id: string;
    readonly version: number;
    readonly locales: readonly string[];
  }[];
  /** What was said through which door in this run; nothing when an earlier one said it. */
  readonly sent: SentThrough;
  readonly states: readonly StateCount[];
  readonly recipients: readonly {
    readonly name: string;
    readonly purpose: string;
    readonly members: number;
  }[];
  /** One member as each recipient is given it. */
  readonly sameMember: { readonly memberId: string; readonly views: readonly RecipientView[] } | null;
  readonly leaver: Leaver | null;
}

/**
 * Fills the ledger through its doors (once for an installation), registers two recipients and reads with their keys.
 * Returns null when too few people have a card for there to be something to show.
 */
export async function showConsents(run: {
  readonly baseUrl: string;
  readonly adminKey: string;
  readonly people: readonly TruePerson[];
  readonly webShop: KnownSource | undefined;
}): Promise<ConsentSummary | null> {
  const talk = talkTo(run.baseUrl, run.adminKey);
  const people = await known(talk, askedPeople(run.people));
  const [first, second] = people;
  if (first === undefined || second === undefined || run.webShop === undefined) return null;
  const again = await areRegistered(talk);
  const sent = again
    ? {}
    : await collectConsents(talk, {
        baseUrl: run.baseUrl,
        people,
        webShop: run.webShop,
        now: () => new Date(),
      });
  const recipients = await openRecipients(talk);
  const pulled: { name: string; purpose: string; members: number }[] = [];
  for (const recipient of recipients) {
    const { members } = await pullAll(talk, recipient);
    pulled.push({ name: recipient.name, purpose: recipient.purpose, members });
  }
  const memberId = await memberIdOf(talk, first);
  const views = await viewsOf(talk, recipients, memberId);
  const leaver = await leave(talk, recipients, second, await memberIdOf(talk, second), { again });
  return {
    notices: await newestNotices(talk),
    sent,
    states: await countStates(talk, people),
    recipients: pulled,
    sameMember: { memberId, views },
    leaver,
  };
}

/**
 * Of these people those whose card leads to exactly one member; the others have left or share theirs. Members of one
 * subject come first: what they said then shows without a second account's silence beside it.
 */
async function known(talk: Talk, people: readonly AskedPerson[]): Promise<AskedPerson[]> {
  const found = await Promise.all(
    people.slice(0, LOOKED_UP).map(async (person) => {
      const body = { kind: "member_id", value: person.card };
      const answer = await talk("POST", "/v1/profiles/lookup?purpose=service", {
        body,
        expect: [200, 404, 409],
      });
      const subjects = (answer.body.subjects as readonly unknown[] | undefined)?.length ?? 0;
      return { person, subjects };
    }),
  );
  const first = found
    .filter((f) => f.subjects > 0)
    .sort((a, b) => Math.min(a.subjects, 2) - Math.min(b.subjects, 2));
  return [...first.map((f) => f.person), ...people.slice(LOOKED_UP)];
}

async function memberIdOf(talk: Talk, person: AskedPerson): Promise<string> {
  const body = { kind: "member_id", value: person.card };
  return String((await talk("POST", "/v1/profiles/lookup?purpose=service", { body })).body.memberId);
}

async function newestNotices(talk: Talk): Promise<ConsentSummary["notices"]> {
  const { body } = await talk("GET", "/v1/notices");
  const all = body.notices as readonly {
    readonly id: string;
    readonly version: number;
    readonly sha256: object;
  }[];
  const newest = new Map<string, (typeof all)[number]>();
  for (const notice of all)
    if ((newest.get(notice.id)?.version ?? 0) < notice.version) newest.set(notice.id, notice);
  return [...newest.values()].map(({ id, version, sha256 }) => ({
    id,
    version,
    locales: Object.keys(sha256).sort(),
  }));
}

export type { ConsentState, DemoRecipient };
