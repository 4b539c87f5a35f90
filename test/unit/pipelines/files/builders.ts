import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Arrival, SourceSettings } from "../../../../pipelines/adapter.ts";
import type { FileItem } from "../../../../pipelines/files/file-items.ts";
import { readFileItems } from "../../../../pipelines/files/index.ts";
import type { FileMapping, RowDeps } from "../../../../pipelines/mapping/index.ts";
import type { CanonicalEvent } from "../../../../src/events/index.ts";

/** Real data beside the checkout; absent on most machines. */
export const REAL_DATA = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));
export const hasRealData = existsSync(REAL_DATA);

export function aSource(over: Partial<SourceSettings> = {}): SourceSettings {
  return {
    id: "0190a000-0000-7000-8000-000000000001",
    name: "Tills",
    kind: "pos",
    platform: null,
    purposes: ["service"],
    locale: null,
    region: null,
    timeZone: "UTC",
    currency: "EUR",
    identifiers: {},
    blockedValues: [],
    orderNamespace: null,
    mapping: null,
    ...over,
  };
}

/** A keyed hash and a normaliser of the vault's shape: lower case, placeholders blocked, e-mails with an @. */
export const deps: RowDeps = {
  mac(label, ...parts) {
    const mac = createHmac("sha256", `test ${label}`);
    for (const part of parts) mac.update(`${part.length}:`).update(part);
    return mac.digest().subarray(0, 16);
  },
  normalise(kind, value) {
    const lower = value.toLowerCase();
    if (["anonymous", "0000", "-1"].includes(lower)) return { kind: "blocked" };
    if (kind === "email" && !lower.includes("@")) return { kind: "bad", reason: "form" };
    return { kind: "ok", value: lower, version: 1 };
  },
};

export const arrival: Arrival = { receivedAt: new Date("2026-11-21T12:00:00Z"), sentAt: null };

/** The bytes of a file in pieces of a size. */
export async function* bytesOf(content: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const all = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads a whole file under a mapping. */
export async function itemsOf(
  content: string | Buffer,
  mapping: FileMapping | null,
  source: SourceSettings = aSource(),
  at: Arrival = arrival,
): Promise<FileItem[]> {
  const reading = await readFileItems(bytesOf(content, 1_000), source, mapping, at, deps);
  return collect(reading.items);
}

/** The event of an item that must have become one. */
export function eventOf(item: FileItem | undefined): CanonicalEvent {
  if (item?.item.kind !== "event") {
    throw new Error(`not an event: ${item === undefined ? "nothing" : item.item.rejection.detail}`);
  }
  return item.item.event;
}

/** Code by line of the rejected items. */
export function rejectedOf(items: readonly FileItem[]): Record<number, string> {
  return Object.fromEntries(
    items.flatMap(({ line, item }) => (item.kind === "rejected" ? [[line, item.rejection.code]] : [])),
  );
}
