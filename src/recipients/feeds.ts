import { createHash } from "node:crypto";
import type { Consent, ConsentRules, ContactChannel, RegistrySnapshot } from "../../consent/index.ts";
import type { Db, Tx } from "../db/index.ts";
import { canonicalJson } from "../kernel/canonical-json.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Ids } from "../kernel/ids.ts";
import { AppError } from "../kernel/problems.ts";
import type { Principal } from "../kernel/route.ts";
import { type FeedKey, type FeedRow, findFeed, openFeedRow } from "./feeds.store.ts";
import type { RecipientRow } from "./recipients.store.ts";
import type { RecipientRegistry } from "./registry.ts";
import type { Feed } from "./view.ts";

export interface FeedDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly consent: Pick<Consent, "snapshot" | "standings" | "registry">;
  readonly registry: RecipientRegistry;
}

/** A feed as somebody reads it: who, for what, under which rules. */
export interface OpenFeed {
  readonly feed: Feed;
  readonly key: FeedKey;
  readonly row: FeedRow;
  readonly rules: ConsentRules;
}

/** Who asks for what, when it may be asked. */
export interface AskedFeed extends Pick<OpenFeed, "feed" | "key" | "rules"> {
  readonly snapshot: RegistrySnapshot;
  /** Whether the purpose is still registered for the recipient. */
  readonly isHeld: boolean;
}

/**
 * What a key may read: of its own recipient, for a purpose that it names, that the key and the registration both hold.
 * Throws `forbidden` for a key that belongs to no recipient, `purpose-required`, `purpose-not-allowed`. `lenient`: a
 * purpose that was taken away is still answered, so that what it ended can be told.
 */
export async function findFeedOf(
  deps: Pick<FeedDeps, "consent" | "registry">,
  principal: Principal,
  ask: { readonly purpose: string | undefined; readonly channel?: ContactChannel | undefined },
  options: { readonly lenient?: boolean } = {},
): Promise<AskedFeed> {
  if (principal.kind !== "api-key" || principal.recipientId === undefined)
    throw new AppError("forbidden", { detail: "This takes the key of a registered recipient." });
  const purposeId = ask.purpose;
  if (purposeId === undefined || purposeId === "") throw new AppError("purpose-required");
  if (!principal.purposes.includes(purposeId)) throw new AppError("purpose-not-allowed");
  const recipient = await deps.registry.get(principal.recipientId);
  if (recipient.state === "ended") throw new AppError("gone", { detail: "This recipient has ended." });
  const snapshot = await deps.consent.snapshot();
  const feed = feedOf(snapshot, recipient, purposeId, ask.channel ?? null);
  const isHeld = feed.purpose !== null && recipient.purposes.includes(purposeId);
  if (!isHeld && options.lenient !== true) throw new AppError("purpose-not-allowed");
  return { feed, key: { recipientId: recipient.id, purposeId }, rules: snapshot.rules, snapshot, isHeld };
}

/** The same with the feed's row, which the first to ask opens. */
export async function openFeed(
  deps: FeedDeps,
  principal: Principal,
  ask: { readonly purpose: string | undefined; readonly channel?: ContactChannel | undefined },
  options: { readonly lenient?: boolean } = {},
): Promise<OpenFeed> {
  const { feed, key, rules, snapshot, isHeld } = await findFeedOf(deps, principal, ask, options);
  const found = await findFeed(deps.db, key);
  if (found !== null) return { feed, key, row: found, rules };
  if (!isHeld) throw new AppError("purpose-not-allowed");
  const row = await deps.db.tx((tx) =>
    openFeedRow(tx, key, {
      epoch: deps.ids.next(),
      rulesMark: rulesMark(snapshot, feed),
      at: deps.clock.now(),
    }),
  );
  return { feed, key, row, rules };
}

/**
 * Opens, in the transaction that registers or changes a recipient with a webhook, the feed of each of its purposes: so
 * it is told of everything that happens from then on. Who may be read already comes with a pull.
 */
export async function openPushedFeeds(
  tx: Tx,
  deps: Pick<FeedDeps, "ids" | "clock">,
  snapshot: RegistrySnapshot,
  recipient: RecipientRow,
): Promise<void> {
  if (recipient.state === "ended" || recipient.webhookUrl === null) return;
  for (const purposeId of recipient.purposes)
    await openFeedRow(
      tx,
      { recipientId: recipient.id, purposeId },
      {
        epoch: deps.ids.next(),
        rulesMark: rulesMark(snapshot, feedOf(snapshot, recipient, purposeId)),
        at: deps.clock.now(),
      },
    );
}

export function feedOf(
  snapshot: Pick<RegistrySnapshot, "rules">,
  recipient: RecipientRow,
  purposeId: string,
  channel: ContactChannel | null = null,
): Feed {
  return { recipient, purposeId, purpose: snapshot.rules.purposes.get(purposeId) ?? null, channel };
}

/** What a feed's content depends on beside its members: while it is the same, only time can change a decision. */
export function rulesMark(snapshot: Pick<RegistrySnapshot, "notices">, feed: Feed): string {
  const notices = snapshot.notices
    .filter((n) => n.purposes.includes(feed.purposeId))
    .map((n) => [n.id, n.version, n.material]);
  return createHash("sha256")
    .update(canonicalJson([feed.purpose, notices, feed.recipient.revision]))
    .digest("hex");
}
