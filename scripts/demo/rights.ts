import { setTimeout as pause } from "node:timers/promises";
import { DAY } from "../../src/kernel/clock.ts";
import type { AskedPerson } from "./consents.ts";
import type { Talk } from "./talk.ts";

/** What the demo's requests came to: how many of each law and state. */
export interface RightsSummary {
  readonly requests: readonly { readonly regime: string; readonly state: string; readonly n: number }[];
  readonly late: number;
  readonly incident: string | null;
}

/** Where people of the demo live, and the law that protects them there. */
const LAWS = [
  { country: "DE", locale: "en" },
  { country: "GB", locale: "en" },
  { country: "US", region: "CA", locale: "en" },
  { country: "CN", locale: "zh-CN" },
  { country: "TW", locale: "zh-TW" },
] as const;

/** An erasure reaches its recipients within seconds; five minutes are for a machine that has much else to do. */
const LOOKS = 1_200;
const LOOK_EVERY_MS = 250;

const IN_PERSON = { identity: { method: "in-person" } };

/**
 * Files requests as people and staff do, under every law and so that every state at which a request rests is there
 * (`verified` is passed through at once; a legal hold keeps one `executing`). Nothing is written past the doors. A second
 * run changes nothing.
 */
export async function showRights(
  talk: Talk,
  people: readonly AskedPerson[],
  now: Date,
): Promise<RightsSummary> {
  const before = (await talk("GET", "/v1/dsr?limit=1")).body.items as readonly unknown[];
  if (before.length === 0) await fileAll(talk, people, now);
  const all: { readonly regime: string; readonly state: string; readonly isLate: boolean }[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: { body: Readonly<Record<string, unknown>> } = await talk(
      "GET",
      `/v1/dsr?limit=200${cursor === null ? "" : `&cursor=${cursor}`}`,
    );
    all.push(...(page.body.items as typeof all));
    cursor = typeof page.body.next === "string" ? page.body.next : null;
    if (cursor === null) break;
  }
  const counts = new Map<string, { regime: string; state: string; n: number }>();
  for (const { regime, state } of all) {
    const key = `${regime} ${state}`;
    const known = counts.get(key) ?? { regime, state, n: 0 };
    counts.set(key, { ...known, n: known.n + 1 });
  }
  const incidents = (await talk("GET", "/v1/breaches")).body.items as readonly { id: string }[];
  return {
    requests: [...counts.values()].sort((a, b) =>
      `${a.regime} ${a.state}` < `${b.regime} ${b.state}` ? -1 : 1,
    ),
    late: all.filter((r) => r.isLate).length,
    incident: incidents[0]?.id ?? null,
  };
}

/** Somebody who left: the erasure, and the request for a copy that came too late. */
interface Left {
  readonly copy: string;
  readonly erased: string;
}

/**
 * Whose requests these are, from the end of the list: those at its head show consents and recipients. Who leaves is known
 * to a recipient, so that its answer is waited for.
 */
async function castOf(
  talk: Talk,
  people: readonly AskedPerson[],
): Promise<{ readonly members: readonly string[]; readonly leavers: readonly string[] }> {
  const members: string[] = [];
  const leavers: string[] = [];
  for (const { card } of [...people].reverse()) {
    if (members.length === LAWS.length * 2 && leavers.length === LAWS.length) break;
    const found = await talk("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "member_id", value: card },
      expect: [200, 404, 409],
    });
    if (found.status !== 200) continue;
    const id = String(found.body.memberId);
    if (members.includes(id) || leavers.includes(id)) continue;
    const preview = await talk("GET", `/v1/members/${id}/erasure-preview`);
    const isShared = (preview.body.recipients as readonly unknown[]).length > 0;
    if (isShared && leavers.length < LAWS.length) leavers.push(id);
    else if (members.length < LAWS.length * 2) members.push(id);
  }
  return { members, leavers };
}

async function eraseAtOnce(talk: Talk, id: string): Promise<void> {
  const preview = await talk("GET", `/v1/dsr/${id}/preview`);
  await talk("POST", `/v1/dsr/${id}/approve`, { body: { fingerprint: preview.body.fingerprint } });
  await talk("POST", `/v1/dsr/${id}/confirm`, {
    body: { note: "At the counter; wants it done at once", atOnce: true },
  });
}

/** Approves the copies of people who were erased meanwhile: there is nothing left to hand over (an exception). */
async function askForCopies(talk: Talk, left: readonly Left[]): Promise<void> {
  const delivery = { kind: "passphrase", passphrase: "lantern and leaf demo" };
  for (const { copy, erased } of left) {
    for (let tries = 0; tries < LOOKS; tries++) {
      if ((await talk("GET", `/v1/dsr/${erased}`)).body.state !== "executing") break;
      await pause(LOOK_EVERY_MS);
    }
    await talk("POST", `/v1/dsr/${copy}/approve`, { body: { delivery }, expect: [200, 409] });
  }
}

async function fileAll(talk: Talk, people: readonly AskedPerson[], now: Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY).toISOString();
  const { members, leavers } = await castOf(talk, people);
  const left: Left[] = [];
  for (const [i, law] of LAWS.entries()) {
    const [memberId, other] = [members[i * 2], members[i * 2 + 1]];
    if (memberId === undefined || other === undefined) return;
    const mail = { kind: "email", value: `demo-request-${law.country.toLowerCase()}@example.com` };
    const file = async (body: object): Promise<string> =>
      String((await talk("POST", "/v1/dsr", { body: { ...law, ...body } })).body.id);
    const act = (id: string, what: string, body: object = {}) =>
      talk("POST", `/v1/dsr/${id}/${what}`, { body, expect: [200, 409] });

    await file({ kind: "access", door: "letter", memberId, words: "What do you know about me?" }); // received
    await file({ kind: "rectification", contact: mail, words: "My family name has changed." }); // acknowledged
    await file({ kind: "portability", contact: mail, sendCode: true }); // identity_pending
    await file({ kind: "objection", door: "phone", memberId, purposes: ["analytics"], ...IN_PERSON }); // assessing
    await file({ kind: "opt-out", memberId, ...IN_PERSON }); // completed at once

    const access = await file({ kind: "access", memberId, contact: mail, ...IN_PERSON });
    await act(access, "declaration");
    await act(access, "approve"); // approved: how to encrypt is not chosen yet

    const first = await file({ kind: "restriction", door: "counter", memberId: other, ...IN_PERSON });
    const second = await file({ kind: "restriction", memberId: other, ...IN_PERSON });
    await act(second, "duplicate", { of: first }); // duplicate
    await act(first, "cancel", { note: "Changed their mind" }); // withdrawn

    const refused = await file({ kind: "erasure", memberId: other, contact: mail, ...IN_PERSON });
    const { grounds } = (await talk("GET", `/v1/dsr/${refused}`)).body as {
      readonly grounds: readonly { readonly id: string }[];
    };
    await act(refused, "deny", { ground: grounds[0]?.id }); // denied
    await file({ kind: "appeal", appealOf: refused, memberId: other, ...IN_PERSON });

    const erasure = await file({ kind: "erasure", memberId, contact: mail, ...IN_PERSON });
    const preview = await talk("GET", `/v1/dsr/${erasure}/preview`);
    await act(erasure, "approve", { fingerprint: preview.body.fingerprint }); // awaiting_confirmation

    // Long unanswered: one that nobody ever proved runs out, one that was proven is late.
    await file({ kind: "access", door: "letter", contact: mail, receivedAt: daysAgo(120) });
    const late = await file({
      kind: "access",
      door: "letter",
      memberId: other,
      receivedAt: daysAgo(60),
      ...IN_PERSON,
    });
    if (i === 0) await act(late, "hold", { reason: "A court has asked for the file." });
    const fresh = await file({ kind: "access", memberId: other, contact: mail });
    await act(fresh, "extend", { reason: "Paper files of closed stores have to be searched." });
    if (law.country === "GB") await act(fresh, "pause");

    // executing: a court's order keeps the erasure from going on
    const hold = { memberId: other, ground: "Order of a court", reference: "demo" };
    await talk("POST", "/v1/holds", { body: hold });
    await eraseAtOnce(talk, await file({ kind: "erasure", memberId: other, door: "counter", ...IN_PERSON }));

    const leaver = leavers[i];
    if (leaver === undefined) continue;
    const copy = await file({ kind: "access", memberId: leaver, ...IN_PERSON });
    await act(copy, "declaration");
    const erased = await file({ kind: "erasure", memberId: leaver, door: "counter", ...IN_PERSON });
    await eraseAtOnce(talk, erased); // awaiting_recipients, until the last has confirmed
    left.push({ copy, erased });
  }
  await askForCopies(talk, left);
  await talk("POST", "/v1/breaches", {
    body: {
      title: "Printed member list left in a taxi",
      description: "A list of names of one store was lost on the way to the office.",
      aspects: ["confidentiality"],
      from: daysAgo(2),
      to: daysAgo(1),
      discoveredAt: daysAgo(1),
      memberIds: members.slice(0, 6),
      categories: ["identity"],
    },
  });
}

/** The summary's lines. */
export function rightsLines(rights: RightsSummary): string[] {
  const laws = [...new Set(rights.requests.map((r) => r.regime))];
  return [
    "Requests of people about their data (candor requests list):",
    ...laws.map(
      (law) =>
        `  ${law.padEnd(6)} ${rights.requests
          .filter((r) => r.regime === law)
          .map((r) => `${r.n} ${r.state}`)
          .join(", ")}`,
    ),
    `  ${rights.late} late`,
    ...(rights.incident === null
      ? []
      : [`One incident in the breach register: GET /v1/breaches/${rights.incident}`]),
  ];
}
