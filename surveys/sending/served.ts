import { type ConsentRules, type ContactChannel, decide } from "../../consent/index.ts";
import type { Tx } from "../../src/db/index.ts";
import { DAY } from "../../src/kernel/clock.ts";
import { readMemberOrders } from "../../src/members/index.ts";
import type { AskRow } from "./asks.store.ts";
import { type Askable, SURVEY_PURPOSE } from "./facts.ts";

/** Whoever bought longer ago was not served of late. */
const OF_LATE = 400 * DAY;

/**
 * The store that served each member last, for asks that are about no purchase: a case that the answer opens goes there.
 * Only of members whose purchases may be used for survey contact; whoever bought in no store is absent.
 */
export async function readServedAt(
  tx: Tx,
  asks: readonly Pick<AskRow, "storeId">[],
  askable: ReadonlyMap<string, Askable>,
  ask: { readonly rules: ConsentRules; readonly channel: ContactChannel; readonly at: Date },
): Promise<ReadonlyMap<string, string>> {
  if (asks.every((a) => a.storeId !== null)) return new Map();
  const allowed = [...askable.values()].filter(
    (m) =>
      decide(ask.rules, m.standing, {
        purposeId: SURVEY_PURPOSE,
        channel: ask.channel,
        category: "transaction",
      }).kind === "allowed",
  );
  const orders = await readMemberOrders(
    tx,
    allowed.map((m) => m.member),
    new Date(+ask.at - OF_LATE),
  );
  return new Map(
    [...orders].flatMap(([memberId, list]) => {
      const store = storeOfLatest(list.map((o) => o.order));
      return store === null ? [] : [[memberId, store] as const];
    }),
  );
}

/** The store of the newest of some orders that name one; of several at one time, that of the smallest id. */
export function storeOfLatest(
  orders: readonly { readonly orderedAt: string; readonly storeId: string | null }[],
): string | null {
  let latest: { readonly at: number; readonly store: string } | null = null;
  for (const { orderedAt, storeId } of orders) {
    const at = Date.parse(orderedAt);
    if (storeId === null) continue;
    if (latest === null || at > latest.at || (at === latest.at && storeId < latest.store))
      latest = { at, store: storeId };
  }
  return latest?.store ?? null;
}
