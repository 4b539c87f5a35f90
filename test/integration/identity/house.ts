import { anInstallation, type Installation } from "../../setup/installation.ts";
import type { TestServer } from "../../setup/server.ts";
import { deliveriesOf, inBulk, plainly, type Sources, sendAll } from "../order/deliver.ts";
import { APP_ID, type Item, type Named, NOW, SOURCES } from "../order/items.ts";

/** Further sources of the identity tests: a kiosk that many use, and a shop on the mainland. */
const MORE = {
  kiosk: { kind: "web", region: "TW", currency: "TWD", identifiers: { device_id: { shared: true } } },
  /** A list whose rows the members confirmed themselves, with the LINE account they logged in by. */
  confirmed: {
    kind: "members",
    region: "TW",
    identifiers: {
      line_user_id: { namespace: "line-provider", verified: true },
      phone: { verified: true },
      email: { verified: true },
    },
  },
  mainland: { kind: "web", region: "CN", currency: "CNY", blockedValues: ["400-810-8888"] },
} as const;

export interface Grouping {
  readonly memberId: string;
  readonly subjects: readonly string[];
}

export interface Outcome {
  readonly preview: boolean;
  readonly before: readonly Grouping[];
  readonly after: readonly Grouping[];
}

export interface Contested {
  readonly id: string;
  readonly kind: string;
  readonly class: number;
  readonly rule: string;
  readonly parties: readonly { readonly subjectId: string; readonly memberId: string }[];
  readonly partyCount: number;
}

export interface Profile {
  readonly memberId: string;
  readonly subjects: readonly { readonly id: string; readonly anchorKind: string }[];
  readonly identifiers: readonly {
    readonly kind: string;
    readonly value: string;
    readonly contested: { readonly rule: string } | null;
  }[];
  readonly attributes: Readonly<
    Record<string, { readonly value: unknown; readonly candidates: readonly { readonly value: unknown }[] }>
  >;
  readonly facts: {
    readonly orders: number;
    readonly firstSeen: string;
    readonly lastSeen: string;
    readonly eventCounts: Readonly<Record<string, number>>;
  };
}

/** Whom an identifier leads to: a member, several (never a silent pick), or nobody. */
export type Answer =
  | { readonly status: 200; readonly memberId: string }
  | { readonly status: 409; readonly memberIds: readonly string[] }
  | { readonly status: 404 };

/** An installation for one case after another, with the few questions that the cases ask. */
export interface House {
  readonly installation: Installation<keyof typeof SOURCES | keyof typeof MORE>;
  /** The server of the case at hand. */
  server(): TestServer;
  /** Forgets everything and starts anew. */
  clear(): Promise<void>;
  /** Sends items one by one, or all of them at once; answers the verdicts of those that tell. */
  take(items: readonly Item[], how?: "one by one" | "in bulk" | "at once"): Promise<string[]>;
  /** Sends raw items of the tracking API with the write key of a source. */
  send(
    source: keyof typeof SOURCES | keyof typeof MORE,
    batch: readonly unknown[],
  ): Promise<{ status: string; code?: string }[]>;
  find(kind: string, value: string): Promise<Answer>;
  /** The profile that an identifier leads to; throws when it does not lead to exactly one. */
  profile(kind: string, value: string): Promise<Profile>;
  member(id: string): Promise<Profile>;
  review(): Promise<Contested[]>;
  split(memberId: string, subjects: readonly string[], preview?: boolean): Promise<Outcome>;
  join(subjects: readonly string[], preview?: boolean): Promise<Outcome>;
  settle(id: string, decision: string, preview?: boolean): Promise<Outcome>;
  drop(): Promise<void>;
}

const ISSUERS: Readonly<Record<string, string>> = {
  line_user_id: "line-provider",
  wechat_openid: APP_ID,
};

export async function aHouse(label: string): Promise<House> {
  const installation = await anInstallation(label, NOW, { ...SOURCES, ...MORE });
  let server: TestServer | undefined;
  const now = (): TestServer => {
    if (server === undefined) throw new Error("the house is not open");
    return server;
  };
  const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await now().call<T>(method, path, body === undefined ? {} : { body });
    if (answer.status !== 200)
      throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const find: House["find"] = async (kind, value) => {
    const issuer = ISSUERS[kind];
    const answer = await now().call<{ memberId: string; errors: { message: string }[] }>(
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { body: { kind, value, ...(issuer === undefined ? {} : { issuer }) } },
    );
    if (answer.status === 200) return { status: 200, memberId: answer.body.memberId };
    if (answer.status === 409)
      return { status: 409, memberIds: answer.body.errors.map((e) => e.message).sort() };
    if (answer.status === 404) return { status: 404 };
    throw new Error(`the look-up answered ${answer.status}`);
  };
  const member: House["member"] = (id) => ok("GET", `/v1/members/${id}?purpose=service`);
  return {
    installation,
    server: now,
    async clear() {
      await server?.close();
      server = await installation.fresh();
    },
    async take(items, how = "one by one") {
      const way = how === "in bulk" ? inBulk(items.length) : plainly(items.length);
      const deliveries = deliveriesOf(items, installation.sources as Sources, way, installation.clock.now());
      const told = await sendAll(now().url, deliveries, how === "at once");
      return told.sort((a, b) => a.index - b.index).map((t) => t.status);
    },
    async send(source, batch) {
      const answer = await now().call<{ results: { status: string; code?: string }[] }>("POST", "/v1/batch", {
        key: installation.sources[source].writeKey,
        body: { batch },
      });
      if (answer.status !== 200) throw new Error(`the batch answered ${answer.status}`);
      return answer.body.results;
    },
    find,
    async profile(kind, value) {
      const answer = await find(kind, value);
      if (answer.status !== 200) throw new Error(`the ${kind} leads to ${JSON.stringify(answer)}`);
      return member(answer.memberId);
    },
    member,
    review: async () => (await ok<{ items: Contested[] }>("GET", "/v1/review?limit=200")).items,
    split: (memberId, subjects, preview = false) =>
      ok("POST", `/v1/members/${memberId}/split?preview=${preview}`, { subjects }),
    join: (subjects, preview = false) => ok("POST", `/v1/members/join?preview=${preview}`, { subjects }),
    settle: (id, decision, preview = false) =>
      ok("POST", `/v1/review/${id}?preview=${preview}`, { decision }),
    async drop() {
      await server?.close();
      await installation.drop();
    },
  };
}

export const card = (value: string): Named => ({ kind: "member_id", value });
export const user = (value: string): Named => ({ kind: "user_id", value });
export const email = (value: string): Named => ({ kind: "email", value });
export const phone = (value: string): Named => ({ kind: "phone", value });
export const union = (value: string): Named => ({ kind: "wechat_unionid", value });
export const open = (value: string): Named => ({ kind: "wechat_openid", value });
export const anon = (value: string): Named => ({ kind: "anonymous_id", value });

/** The id of a member's subject that an identifier of this kind anchors. */
export function anchoredBy(profile: Profile, kind: string): string {
  const subject = profile.subjects.find((s) => s.anchorKind === kind);
  if (subject === undefined) throw new Error(`no subject is anchored by a ${kind}`);
  return subject.id;
}
