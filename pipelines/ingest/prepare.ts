import { maySignal } from "../../consent/index.ts";
import { type CanonicalEvent, categoryOfTrait, type OrderFact, partition } from "../../src/events/index.ts";
import { uuidFromBytes } from "../../src/kernel/ids.ts";
import { compareText, sortFew } from "../../src/kernel/sort-few.ts";
import { type Rejection, rejection } from "../../src/kernel/verdicts.ts";
import {
  type EventHead,
  MAX_DOCUMENT_MINOR,
  nameIdentifiers,
  type PreparedEvent,
  type TraitSet,
} from "../../src/members/index.ts";
import { packParts, type Vault } from "../../src/vault/index.ts";
import type { SourceSettings } from "../adapter.ts";
import { contentMacOf } from "./content.ts";

/** The id of a message: the same for every retry, and telling nothing of the sender's id without our key. */
export function eventIdOf(vault: Pick<Vault, "mac">, sourceId: string, messageId: string): string {
  return uuidFromBytes(vault.mac("message", sourceId, messageId));
}

interface DraftSet {
  readonly category: string;
  readonly values: Record<string, unknown>;
  readonly unset: string[];
  readonly verified: string[];
}

function setFor(sets: Map<string, DraftSet>, category: string): DraftSet {
  let set = sets.get(category);
  if (set === undefined) {
    set = { category, values: {}, unset: [], verified: [] };
    sets.set(category, set);
  }
  return set;
}

const NO_TRAITS: TraitSet[] = [];

function traitSetsOf(event: CanonicalEvent, source: SourceSettings): TraitSet[] {
  const names = Object.keys(event.traits);
  if (names.length === 0 && event.unset.length === 0) return NO_TRAITS;
  const sets = new Map<string, DraftSet>();
  for (const name of sortFew(names, compareText)) {
    const value = event.traits[name];
    // Null says nothing; emptying a field has a word of its own (`$unset`).
    if (value === null || value === undefined) continue;
    const set = setFor(sets, categoryOfTrait(name));
    set.values[name] = value;
    const vouched =
      event.identifiers.some((i) => i.kind === name && i.verified) ||
      source.identifiers[name]?.verified === true;
    if (vouched) set.verified.push(name);
  }
  for (const name of sortFew([...event.unset], compareText))
    setFor(sets, categoryOfTrait(name)).unset.push(name);
  return [...sets.values()].map(({ category, ...said }) => ({ category, text: JSON.stringify(said) }));
}

/** Whether sums over many such documents stay exact. */
function fits(order: OrderFact): boolean {
  return (
    Math.abs(order.totalMinor) <= MAX_DOCUMENT_MINOR &&
    order.lines.every((l) => Math.abs(l.amountMinor) <= MAX_DOCUMENT_MINOR)
  );
}

const MESSAGES: ReadonlySet<string> = new Set(["social.message", "social.comment", "social.message.unsent"]);

/** By what a message and its taking back find each other: a keyed hash of the platform's id, which stays sealed. */
function messageMark(
  vault: Pick<Vault, "mac">,
  sourceId: string,
  event: CanonicalEvent,
): { message?: string } {
  if (!MESSAGES.has(event.type)) return {};
  const id = event.properties.message_id ?? event.properties.comment_id;
  return typeof id === "string" ? { message: vault.mac("social-message", sourceId, id).toString("hex") } : {};
}

/** What stands in the clear; a row of a till's file tells its amounts as an order only. */
function plainText(plain: Readonly<Record<string, unknown>>, order: OrderFact | null): string | null {
  if (order !== null && plain.properties === undefined) return JSON.stringify({ ...plain, order });
  for (const _ in plain) return JSON.stringify(plain);
  return null;
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});
const NOBODY: EventHead["identifiers"] = Object.freeze([]);

/** The event without what has been put into writing, unless it may say something about consent. */
function headOf(event: CanonicalEvent): EventHead {
  const { type, name, occurredAt, channel, storeId, traits, order } = event;
  const rest = maySignal(event)
    ? event
    : {
        identifiers: NOBODY,
        properties: NOTHING,
        context: event.context.locale === undefined ? NOTHING : { locale: event.context.locale },
      };
  const { identifiers, properties, context } = rest;
  return { type, name, occurredAt, channel, storeId, identifiers, traits, properties, context, order };
}

/**
 * Computes all that storing an event needs and no database can tell. Pure but for the vault's keys. `cells`: those of the
 * row of a file that it was read from.
 */
export function prepareEvent(
  vault: Vault,
  source: SourceSettings,
  event: CanonicalEvent,
  receivedAt: Date,
  cells?: unknown,
): { kind: "ok"; prepared: PreparedEvent } | { kind: "rejected"; rejection: Rejection } {
  const named = nameIdentifiers(event, source.region, source.blockedValues, vault);
  if (named.length === 0) return { kind: "rejected", rejection: rejection("missing-identifier") };
  if (event.order !== null && !fits(event.order)) {
    return {
      kind: "rejected",
      rejection: rejection("invalid-amount", "An amount of the order is larger than any document may be."),
    };
  }
  const { type, name, properties, context, order } = event;
  const { plain, sealed } = partition({ type, name, traits: NOTHING, properties, context });
  const clear = MESSAGES.has(type) ? { ...plain, ...messageMark(vault, source.id, event) } : plain;
  return {
    kind: "ok",
    prepared: {
      sourceId: source.id,
      eventId: eventIdOf(vault, source.id, event.messageId),
      contentMac: contentMacOf(vault, event, cells),
      event: headOf(event),
      named,
      receivedAt,
      plain: plainText(clear, order),
      sealed: packParts(sealed),
      traits: traitSetsOf(event, source),
    },
  };
}
