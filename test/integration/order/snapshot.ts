import { sql } from "../../../src/db/index.ts";
import { canonicalJson } from "../../../src/kernel/canonical-json.ts";
import type { ProfileFacts } from "../../../src/members/read-profile.ts";
import type { TestServer } from "../../setup/server.ts";
import { APP_ID, type Named } from "./items.ts";

export interface SubjectRow {
  readonly id: string;
  readonly member: string;
  readonly core: string;
  readonly anchor: string;
}

/** Everything that can be seen of the members, in words that do not depend on minted ids. */
export interface Snapshot {
  readonly members: Readonly<Record<string, unknown>>;
  readonly identity: Readonly<Record<string, unknown>>;
  readonly consents: Readonly<Record<string, unknown>>;
  readonly review: readonly unknown[];
  readonly found: Readonly<Record<string, unknown>>;
  /** Subjects that share their consent, by anchor. */
  readonly cores: readonly (readonly string[])[];
}

/** Names for minted ids: a subject by its anchor's blind index, a member by the smallest anchor among its subjects. */
class Names {
  readonly #subjects = new Map<string, string>();
  readonly #members = new Map<string, string>();

  constructor(rows: readonly SubjectRow[]) {
    const smallest = new Map<string, string>();
    for (const { id, member, anchor } of rows) {
      this.#subjects.set(id, `subject ${anchor}`);
      const known = smallest.get(member);
      if (known === undefined || anchor < known) smallest.set(member, anchor);
    }
    for (const [member, anchor] of smallest) this.#members.set(member, `member ${anchor}`);
  }

  member(id: string): string {
    return this.#members.get(id) ?? `unknown member ${id}`;
  }

  /** A member's id is the id of one of its subjects, so the field says which is meant. */
  rename(value: unknown, field = ""): unknown {
    if (typeof value === "string") {
      return field === "memberId" ? this.member(value) : (this.#subjects.get(value) ?? value);
    }
    if (Array.isArray(value)) return value.map((v) => this.rename(v, field));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, v]) => [this.#subjects.get(key) ?? key, this.rename(v, key)]),
    );
  }
}

async function subjectRows(server: TestServer): Promise<SubjectRow[]> {
  return server.database.db.query<SubjectRow>(sql`
    select subject_id as id, member_id as member, core_id as core, encode(anchor_bi, 'hex') as anchor from subject order by anchor_bi`);
}

/** Runs at most a few of these at once. */
async function each<T, R>(inputs: readonly T[], work: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(inputs.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < inputs.length; i = next++) results[i] = await work(inputs[i] as T);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return results;
}

const ISSUERS: Partial<Record<Named["kind"], string>> = {
  line_user_id: "line-provider",
  wechat_openid: APP_ID,
};

/** Everything that the doors show of every member, as it came. */
export interface Shown {
  readonly rows: readonly SubjectRow[];
  /** Member id → its profile, and why its subjects are together. */
  readonly profiles: ReadonlyMap<string, ShownProfile>;
  readonly graphs: ReadonlyMap<string, ShownGraph>;
  /** Member id → for what it may be used, and why. */
  readonly consents: ReadonlyMap<string, ShownConsents>;
}

export interface ShownProfile {
  readonly memberId: string;
  readonly facts: ProfileFacts;
}

export interface ShownGraph {
  readonly members: readonly { readonly memberId: string; readonly subjects: readonly string[] }[];
}

export interface ShownConsents {
  readonly regime: unknown;
  readonly decisions: readonly Readonly<Record<string, unknown>>[];
}

/** Reads every member by HTTP. */
export async function readAll(server: TestServer): Promise<Shown> {
  const rows = await subjectRows(server);
  const ids = [...new Set(rows.map((r) => r.member))];
  const read = async <T>(path: string): Promise<T> => {
    const answer = await server.call<T>("GET", path);
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer.body;
  };
  const profiles = await each(ids, (id) => read<ShownProfile>(`/v1/members/${id}?purpose=service`));
  const graphs = await each(ids, (id) => read<ShownGraph>(`/v1/members/${id}/identity`));
  const consents = await each(ids, (id) => read<ShownConsents>(`/v1/members/${id}/consents`));
  return {
    rows,
    consents: new Map(consents.map((c, i) => [ids[i] as string, c])),
    profiles: new Map(profiles.map((p, i) => [ids[i] as string, p])),
    graphs: new Map(graphs.map((g, i) => [ids[i] as string, g])),
  };
}

/** What was shown, the review list, and who each identifier leads to, in words that do not depend on minted ids. */
export async function snapshot(server: TestServer, shown: Shown, named: readonly Named[]): Promise<Snapshot> {
  const names = new Names(shown.rows);
  const found = await each(named, (n) => whoIs(server, names, n));
  const keyed = (values: ReadonlyMap<string, unknown>) =>
    Object.fromEntries([...values].map(([id, value]) => [names.member(id), names.rename(value)]));
  return {
    members: keyed(shown.profiles),
    identity: keyed(shown.graphs),
    consents: keyed(new Map([...shown.consents].map(([id, c]) => [id, withoutProof(c)]))),
    review: (await reviewList(server)).map((item) => names.rename(item)),
    found: Object.fromEntries(named.map((n, i) => [`${n.kind} ${n.value}`, found[i]])),
    cores: coresOf(shown.rows),
  };
}

/** Decisions without the ids of the entries that prove them, which are minted. */
function withoutProof({ regime, decisions }: ShownConsents): unknown {
  return { regime, decisions: decisions.map(({ recordId: _, sentences: __, ...decision }) => decision) };
}

function coresOf(rows: readonly SubjectRow[]): string[][] {
  const cores = new Map<string, string[]>();
  for (const { core, anchor } of rows) cores.set(core, [...(cores.get(core) ?? []), anchor]);
  return [...cores.values()].sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}

async function whoIs(server: TestServer, names: Names, named: Named): Promise<unknown> {
  const issuer = ISSUERS[named.kind];
  const answer = await server.call<{ memberId?: string; errors?: { message: string }[] }>(
    "POST",
    "/v1/profiles/lookup?purpose=service",
    { body: { ...named, ...(issuer === undefined ? {} : { issuer }) } },
  );
  const members = answer.body.errors?.map((e) => names.member(e.message)).sort();
  const { memberId } = answer.body;
  return {
    status: answer.status,
    ...(memberId === undefined ? {} : { member: names.member(memberId) }),
    ...(members === undefined ? {} : { members }),
  };
}

async function reviewList(server: TestServer): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: { body: { items: unknown[]; next: string | null } } = await server.call(
      "GET",
      `/v1/review?limit=3${after === "" ? "" : `&after=${after}`}`,
    );
    items.push(...page.body.items);
    after = page.body.next;
  }
  return items;
}

/** The bytes that must not differ. */
export function bytesOf(shot: Snapshot): string {
  return canonicalJson(shot);
}

/** Where two snapshots differ, at most a few places: what a person reads when a proof fails. */
export function differences(a: unknown, b: unknown, path = ""): string[] {
  if (canonicalJson(a ?? null) === canonicalJson(b ?? null)) return [];
  const isObject = (v: unknown): v is object => typeof v === "object" && v !== null;
  if (!isObject(a) || !isObject(b)) return [`${path}: ${JSON.stringify(a)} became ${JSON.stringify(b)}`];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys
    .flatMap((key) => differences((a as never)[key], (b as never)[key], `${path}/${key}`))
    .slice(0, 12);
}
