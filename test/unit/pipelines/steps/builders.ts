import { createHmac } from "node:crypto";
import type { Arrival, ParsedItem, SourceSettings } from "../../../../pipelines/adapter.ts";
import type { Mac, Normalise, ParseDeps } from "../../../../pipelines/steps/index.ts";
import type { CanonicalEvent } from "../../../../src/events/index.ts";

/** A registered source; override what a case is about. */
export function aSource(changes: Partial<SourceSettings> = {}): SourceSettings {
  return {
    id: "source-1",
    name: "Web shop",
    kind: "web",
    platform: null,
    purposes: ["service"],
    locale: "zh-TW",
    region: "TW",
    timeZone: "Asia/Taipei",
    currency: "TWD",
    identifiers: {},
    blockedValues: [],
    orderNamespace: null,
    mapping: null,
    ...changes,
  };
}

export const RECEIVED_AT = new Date("2026-06-01T12:00:00.000Z");

export function anArrival(changes: Partial<Arrival> = {}): Arrival {
  return { receivedAt: RECEIVED_AT, sentAt: null, ...changes };
}

const PLACEHOLDERS = new Set(["no response", "anonymous", "null", "-1", "n/a", "test"]);

/** Small but honest: folds case, strips phone punctuation, knows placeholders and the source's blocked values. */
export const simpleNormalise: Normalise = (kind, value, { blocked = [] }) => {
  const folded = value.trim().toLowerCase();
  const text = kind === "phone" ? folded.replace(/[\s()-]/g, "") : folded;
  if (PLACEHOLDERS.has(folded) || /^[0-]*$/.test(text) || blocked.some((b) => b.toLowerCase() === folded)) {
    return { kind: "blocked" };
  }
  if (kind === "email" && !/^[^@\s]+@[^@\s]+$/.test(text)) return { kind: "bad", reason: "no-address" };
  if (kind === "phone" && !/^\+?\d{6,15}$/.test(text)) return { kind: "bad", reason: "no-number" };
  return { kind: "ok", value: text, version: 1 };
};

export const testMac: Mac = (label, ...parts) => {
  const hmac = createHmac("sha256", "a key for tests");
  for (const part of [label, ...parts]) {
    const bytes = Buffer.from(part);
    hmac.update(`${bytes.length}:`).update(bytes);
  }
  return hmac.digest().subarray(0, 16);
};

/** Parsers' dependencies with ids that count up. */
export function someDeps(): ParseDeps {
  let n = 0;
  return { ids: { next: () => `fresh-${++n}` }, mac: testMac, normalise: simpleNormalise };
}

export function eventOf(parsed: ParsedItem): CanonicalEvent {
  if (parsed.kind === "rejected") {
    throw new Error(`rejected: ${parsed.rejection.code} (${parsed.rejection.detail})`);
  }
  return parsed.event;
}

export function codeOf(parsed: ParsedItem): string {
  return parsed.kind === "rejected" ? parsed.rejection.code : "event";
}
