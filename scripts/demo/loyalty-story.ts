import { setTimeout as pause } from "node:timers/promises";
import { SECOND } from "../../src/kernel/clock.ts";
import type { KnownSource } from "./doors.ts";
import type { TruePerson } from "./plan.ts";
import type { Json, Talk } from "./talk.ts";

/** A member's level as the demo prints it. */
export interface Level {
  readonly memberId: string;
  readonly condition: string;
  readonly sentences: readonly string[];
  /** Points and what they are for; the last is the total. */
  readonly sum: readonly (readonly [string, string])[];
  readonly history: readonly string[];
}

/** What happened to a member, and the changes of level that came of it, the oldest first. */
export interface Story {
  readonly memberId: string;
  readonly what: string;
  readonly history: readonly string[];
}

interface Cast {
  readonly people: readonly TruePerson[];
  readonly sources: ReadonlyMap<string, KnownSource>;
  /** Condition → members. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** So long a change may take to reach the level before the story is told without it. */
const PATIENCE = 10 * SECOND;
const AMOUNT = { cn: "36.00", tw: "180", gb: "7.50" } as const;

/**
 * Lets a complaint happen to a member who is truly loyal, and a purchase and its return to one who is not, through the
 * doors of survey tools and tills. Members without a card are passed over; with none left a story is not told.
 */
export async function tellStories(talk: Talk, cast: Cast): Promise<Story[]> {
  const stories: Story[] = [];
  const content = await withCard(talk, cast, "true");
  if (content !== null) {
    const at = new Date().toISOString();
    await levelMoves(talk, content.memberId, () =>
      send(talk, cast.sources.get(`Survey ${content.market.toUpperCase()}`), {
        answerId: `demo-complaint-${content.card}`,
        surveyId: "visit-2026",
        kind: "nps",
        score: 0,
        answeredAt: at,
        who: { memberId: content.card },
      }),
    );
    stories.push(await storyOf(talk, content.memberId, "complains: 0 of 10"));
  }
  const absent = (await withCard(talk, cast, "none")) ?? (await withCard(talk, cast, "latent"));
  if (absent !== null) {
    const tills = cast.sources.get(`Tills ${absent.market.toUpperCase()}`);
    const receipt = {
      store_id: "DEMO",
      till_id: "1",
      member_card: absent.card,
      products: [{ product_id: "GIFT", quantity: 1, price: AMOUNT[absent.market] }],
      total: AMOUNT[absent.market],
    };
    const now = Date.now();
    const event = (name: string, minutesAgo: number, properties: Json) => ({
      event: name,
      timestamp: new Date(now - minutesAgo * 60 * SECOND).toISOString(),
      properties: { ...receipt, ...properties },
    });
    const sold = { receipt_no: `demo-${absent.card}` };
    const bought = await levelMoves(talk, absent.memberId, () => send(talk, tills, event("Sale", 10, sold)));
    if (bought)
      await levelMoves(talk, absent.memberId, () =>
        send(
          talk,
          tills,
          event("Return", 5, {
            receipt_no: `demo-${absent.card}-back`,
            original_store_id: receipt.store_id,
            original_till_id: receipt.till_id,
            original_receipt_no: sold.receipt_no,
          }),
        ),
      );
    stories.push(await storyOf(talk, absent.memberId, "buys again, and takes it back"));
  }
  return stories;
}

/** The first member of a condition whose card is known, with the market it is of. */
async function withCard(
  talk: Talk,
  { people, members }: Cast,
  condition: string,
): Promise<{ memberId: string; card: string; market: TruePerson["market"] } | null> {
  for (const memberId of (members.get(condition) ?? []).slice(0, 5)) {
    // Segments follow within a second: a fit of just now may have moved somebody on.
    if ((await levelOf(talk, memberId)).condition !== condition) continue;
    const { body } = await talk("GET", `/v1/members/${memberId}?purpose=service`, {
      expect: [200, 403, 404],
    });
    const identifiers = (body.identifiers ?? []) as readonly {
      readonly kind: string;
      readonly value: string;
    }[];
    const card = identifiers.find((i) => i.kind === "member_id")?.value;
    const person = people.find((p) => p.identifiers.some((i) => i.kind === "member_id" && i.value === card));
    if (card !== undefined && person !== undefined) return { memberId, card, market: person.market };
  }
  return null;
}

async function send(talk: Talk, source: KnownSource | undefined, item: Json): Promise<boolean> {
  if (source === undefined) return false;
  const { body } = await talk("POST", `/v1/batch?source=${source.id}`, { body: { batch: [item] } });
  const [result] = body.results as readonly { readonly status: string }[];
  return result?.status === "accepted";
}

async function levelOf(talk: Talk, memberId: string): Promise<Json> {
  const answer = await talk("GET", `/v1/members/${memberId}/loyalty?purpose=profiling`, {
    expect: [200, 403, 404],
  });
  return answer.body;
}

async function changesOf(talk: Talk, memberId: string): Promise<readonly Json[]> {
  return ((await levelOf(talk, memberId)).history ?? []) as readonly Json[];
}

/** Does something and waits until the history tells of it; false when it was known already or nothing came of it. */
async function levelMoves(talk: Talk, memberId: string, happen: () => Promise<boolean>): Promise<boolean> {
  const before = (await changesOf(talk, memberId)).length;
  if (!(await happen())) return false;
  for (let waited = 0; waited < PATIENCE; waited += 300) {
    await pause(300);
    if ((await changesOf(talk, memberId)).length > before) return true;
  }
  return false;
}

async function storyOf(talk: Talk, memberId: string, what: string): Promise<Story> {
  const changes = [...(await changesOf(talk, memberId))].reverse();
  return {
    memberId,
    what,
    history: changes.map(
      (h) => `${String(h.of)}: ${String(h.before ?? "–")} → ${String(h.after ?? "–")} (${String(h.reason)})`,
    ),
  };
}
