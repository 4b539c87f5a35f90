import { isPlainCode } from "../../../src/events/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import { rejection } from "../../../src/kernel/verdicts.ts";
import type { Arrival, ParsedItem, SourceSettings } from "../../adapter.ts";
import {
  candidatesOfExternalIds,
  candidatesOfTraits,
  collectIdentifiers,
  firstOf,
  isBlank,
  isRecord,
  occurredAt,
  type ParseDeps,
  readEnvelope,
  readFlag,
  readText,
  readTime,
  readTraits,
  rejected,
} from "../../steps/index.ts";

type Fields = Readonly<Record<string, unknown>>;

const UPDATED = ["updatedAt", "updated_at", "modifiedAt", "timestamp"];
const STORE = ["storeId", "store_id"];
const DELETED = ["deleted", "delete", "isDeleted", "is_deleted"];
const USER = ["userId", "user_id"];
const ANONYMOUS = ["anonymousId", "anonymous_id"];

/** Fields about the row rather than about the person. */
const ENVELOPE: ReadonlySet<string> = new Set([
  ...[...UPDATED, ...STORE, ...DELETED, ...USER, ...ANONYMOUS],
  ...["messageId", "type", "sentAt", "traits", "context", "externalIds", "$unset"],
]);

/**
 * Reads one row of a member list: {memberId, email?, phone?, firstName?, …, joinedAt?, updatedAt?, deleted?}; traits
 * stand beside the rest or under `traits`. A row with a delete flag becomes `member.deleted` and says nothing else.
 * Blank fields say nothing; `$unset`, a list of names, empties them. A row happened when it was updated, else when
 * it arrived.
 *
 * A row without messageId gets one derived from its whole content, so that sending a list again changes nothing. A
 * value that goes there and back again is therefore only seen when the rows state `updatedAt`.
 */
export function parseMemberItem(
  raw: unknown,
  source: SourceSettings,
  arrival: Arrival,
  deps: ParseDeps,
): ParsedItem {
  const envelope = readEnvelope(raw);
  if (envelope.kind === "rejected") return envelope.item;
  const { value: row, messageId } = envelope;
  if (!isBlank(row.traits) && !isRecord(row.traits)) {
    return rejected(messageId, rejection("invalid-field", "traits must be an object."));
  }
  const flag = firstOf(row, DELETED);
  const deleted = flag === undefined ? false : readFlag(flag);
  // A flag that says neither yes nor no must not be taken for either.
  if (deleted === null)
    return rejected(messageId, rejection("invalid-field", "deleted must be true or false."));
  const at = occurredAt(
    { original: firstOf(row, UPDATED), sentAt: row.sentAt, field: "updatedAt" },
    arrival,
    source.timeZone,
  );
  if (at.kind === "rejected") return rejected(messageId, at.rejection);

  const { traits, unset } = readTraits(saidAbout(row));
  const who = collectIdentifiers(
    [
      { kind: "user_id", value: firstOf(row, USER), field: "userId" },
      { kind: "anonymous_id", value: firstOf(row, ANONYMOUS), field: "anonymousId" },
      ...candidatesOfTraits(traits, "traits"),
      ...candidatesOfExternalIds(row.externalIds),
    ],
    source,
    deps.normalise,
  );
  if (who.kind === "rejected") return rejected(messageId, who.rejection);

  const storeId = readText(firstOf(row, STORE));
  return {
    kind: "event",
    event: {
      messageId: messageId ?? derivedId(row, deps),
      type: deleted ? "member.deleted" : "member.upserted",
      name: null,
      occurredAt: at.at,
      channel: "list",
      storeId: storeId !== null && isPlainCode(storeId) ? storeId : null,
      identifiers: who.identifiers,
      traits: deleted ? {} : withTimes(traits, source.timeZone),
      unset: deleted ? [] : unset,
      properties: storeId === null ? {} : { store_id: storeId },
      context: {
        ...(isRecord(row.context) ? row.context : {}),
        ...(Object.keys(who.shared).length > 0 ? { sharedIdentifiers: who.shared } : {}),
      },
      order: null,
    },
  };
}

/** What the row says about the person. Lists fill missing fields with blanks, so a blank says nothing. */
function saidAbout(row: Fields): Fields {
  const said: [string, unknown][] = [];
  for (const [name, value] of Object.entries(row)) {
    if (!ENVELOPE.has(name) && !isBlank(value)) said.push([name, value]);
  }
  for (const [name, value] of Object.entries(isRecord(row.traits) ? row.traits : {})) {
    if (name !== "$unset" && !isBlank(value)) said.push([name, value]);
  }
  const unset = [row.$unset, isRecord(row.traits) ? row.traits.$unset : []].flatMap((names) =>
    Array.isArray(names) ? (names as unknown[]) : [],
  );
  return { ...Object.fromEntries(said), $unset: unset };
}

/** Joining dates as UTC, so that lists of different zones compare; what cannot be read stays as it was written, sealed. */
function withTimes(traits: Readonly<Record<string, unknown>>, timeZone: string): Record<string, unknown> {
  const read: Record<string, unknown> = { ...traits };
  for (const name of ["joinedAt", "createdAt"]) {
    const value = read[name];
    if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value.trim())) read[name] = value.trim();
    else if (value !== undefined) {
      const time = readTime(value, timeZone);
      if (time.kind === "ok") read[name] = time.at.toISOString();
    }
  }
  return read;
}

function derivedId(row: Fields, deps: ParseDeps): string {
  const { sentAt: _, context: __, ...content } = row;
  return `member:${deps.mac("member-row", canonicalJson(content)).subarray(0, 16).toString("hex")}`;
}
