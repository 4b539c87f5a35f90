import { setTimeout as pause } from "node:timers/promises";
import { SECOND } from "../../src/kernel/clock.ts";
import type { AskedPerson } from "./consents.ts";

import type { Json, Talk } from "./talk.ts";

/** A downstream system of the demo, with a key made for this run. */
export interface DemoRecipient {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly key: string;
}

/** What one recipient has been given of a member, read with its own key. */
export interface RecipientView {
  readonly recipient: string;
  readonly purpose: string;
  /** The id by which it knows the member. */
  readonly member: string;
  readonly given: Json;
  readonly withheld: Json;
}

/** One member who left the mailing list: what each recipient has been told. */
export interface Leaver {
  readonly memberId: string;
  readonly told: readonly {
    readonly recipient: string;
    readonly member: string;
    /** `tombstone` with its reason, or `still readable`. */
    readonly kind: "tombstone" | "still readable" | "unknown";
    readonly reason: string | null;
  }[];
  /** From the withdrawal to the tombstone in the feed; null when it left in an earlier run. */
  readonly secondsToTombstone: number | null;
}

const SYSTEMS = [
  {
    id: "demo-mailer",
    name: "Mailing tool",
    role: "processor",
    country: "TW",
    purposes: ["marketing"],
    categories: ["identity", "contact", "transaction"],
    contact: "ops@mailer.example",
  },
  {
    id: "demo-bi",
    name: "BI tool",
    role: "processor",
    country: "TW",
    purposes: ["analytics"],
    categories: ["transaction", "location", "identity", "contact"],
    contact: "ops@bi.example",
  },
] as const;

/** Whether the recipients are there already: then an earlier run has collected the consents. */
export async function areRegistered(talk: Talk): Promise<boolean> {
  const answer = await talk("GET", `/v1/recipients/${SYSTEMS[0].id}`, { expect: [200, 404] });
  return answer.status === 200;
}

/** Registers the mailing tool and the BI tool unless they are there, and makes each a key for this run. */
export async function openRecipients(talk: Talk): Promise<DemoRecipient[]> {
  const known = await areRegistered(talk);
  const made: DemoRecipient[] = [];
  for (const system of SYSTEMS) {
    if (!known) await talk("POST", "/v1/recipients", { body: system });
    const key = await talk("POST", `/v1/recipients/${system.id}/keys`, { body: { name: "demo run" } });
    made.push({
      id: system.id,
      name: system.name,
      purpose: system.purposes[0],
      key: String(key.body.secret),
    });
  }
  return made;
}

/** Pulls everybody that a recipient may read; answers how many, and the position from which to follow. */
export async function pullAll(
  talk: Talk,
  { key, purpose }: DemoRecipient,
): Promise<{ readonly members: number; readonly position: string }> {
  const answer = await talk("GET", `/v1/profiles?purpose=${purpose}`, { key });
  const end = answer.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly type: string; readonly members?: number })
    .find((line) => line.type === "end");
  return {
    members: end?.members ?? 0,
    position: answer.headers.get("candor-feed-position") ?? "",
  };
}

async function aliasOf(talk: Talk, recipient: DemoRecipient, memberId: string): Promise<string> {
  const view = await talk(
    "GET",
    `/v1/recipients/${recipient.id}/members/${memberId}?purpose=${recipient.purpose}`,
  );
  return String((view.body.member as { readonly alias: string }).alias);
}

/** What each recipient reads of one member through its own door. */
export async function viewsOf(
  talk: Talk,
  recipients: readonly DemoRecipient[],
  memberId: string,
): Promise<RecipientView[]> {
  const views: RecipientView[] = [];
  for (const recipient of recipients) {
    const alias = await aliasOf(talk, recipient, memberId);
    const read = await talk("GET", `/v1/profiles/${alias}?purpose=${recipient.purpose}`, {
      key: recipient.key,
      expect: [200, 404, 410],
    });
    if (read.status !== 200) continue;
    const { fields, facts, channels, withheld } = read.body;
    views.push({
      recipient: recipient.name,
      purpose: recipient.purpose,
      member: alias,
      given: {
        ...(channels === undefined ? {} : { channels }),
        ...(fields as object),
        ...(facts === undefined ? {} : { facts }),
      },
      withheld: (withheld ?? {}) as Json,
    });
  }
  return views;
}

/** How long the demo waits for a tombstone that the documents promise within a second. */
const PATIENCE = 20 * SECOND;

/**
 * Lets a member leave the mailing list on the preference page and follows both feeds: the mailing tool is told to drop
 * the member, the BI tool, for which nothing changed, is not. In a later run it only tells what they were told.
 */
export async function leave(
  talk: Talk,
  recipients: readonly DemoRecipient[],
  person: AskedPerson,
  memberId: string,
  options: { readonly again: boolean },
): Promise<Leaver> {
  const [mailer] = recipients;
  let seconds: number | null = null;
  if (!options.again && mailer !== undefined) {
    const { position } = await pullAll(talk, mailer);
    const alias = await aliasOf(talk, mailer, memberId);
    const made = await talk("POST", `/v1/members/${memberId}/preference-link`, {
      body: { locale: person.locale },
    });
    const began = performance.now();
    await talk("POST", String(made.body.path), {
      key: null,
      form: { purpose: "marketing", channel: "sms", turn: "off", lang: person.locale },
      expect: [303],
    });
    for (let after = position; performance.now() - began < PATIENCE; ) {
      const page = await talk("GET", `/v1/changes?purpose=marketing&after=${after}`, { key: mailer.key });
      const changes = page.body.changes as readonly { readonly kind: string; readonly member: string }[];
      after = String(page.body.next);
      if (changes.some((c) => c.kind === "tombstone" && c.member === alias)) {
        seconds = (performance.now() - began) / SECOND;
        break;
      }
      await pause(50);
    }
  }
  const told: Leaver["told"][number][] = [];
  for (const recipient of recipients) {
    const alias = await aliasOf(talk, recipient, memberId);
    const read = await talk("GET", `/v1/profiles/${alias}?purpose=${recipient.purpose}`, {
      key: recipient.key,
      expect: [200, 404, 410],
    });
    const notices = await talk("GET", `/v1/recipients/${recipient.id}/notices`);
    const listed = notices.body.items as readonly { readonly member: string; readonly reason: string }[];
    const notice = listed.find((n) => n.member === alias);
    told.push({
      recipient: recipient.name,
      member: alias,
      kind: read.status === 200 ? "still readable" : notice === undefined ? "unknown" : "tombstone",
      reason: read.status === 200 ? null : (notice?.reason ?? null),
    });
  }
  return { memberId, told, secondsToTombstone: seconds };
}
