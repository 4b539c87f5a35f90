import { randomUUID } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { sql } from "../../../src/db/index.ts";
import { HOLDINGS } from "../../../src/holdings.ts";
import type { fixedClock } from "../../../src/kernel/clock.ts";
import type { TestServer } from "../../setup/server.ts";
import { restoreSnapshot, takeSnapshot } from "../../setup/snapshot.ts";
import { BY, scopeOf, send, whoIs } from "./acts.ts";

/** What a person may be named by in one event. The telephone is shared by everybody of a world. */
export const NAMINGS = ["card", "card+email", "card+anon", "card+phone", "email", "anon"] as const;
export type Naming = (typeof NAMINGS)[number];
type Part = "card" | "email" | "anon" | "phone";

interface Person {
  /** What was named together with the card, so that it belongs to the member. */
  known: Set<Part>;
  /** Named, but never together with the card: a subject of its own. */
  loose: Set<Part>;
  /** What every erasure so far has put on the list. */
  listed: { parts: Set<Part>; rejoined: boolean }[];
  sent: Record<string, unknown>[];
  erasedSent: number;
  hold: string | null;
}

export interface Model {
  persons: Person[];
  /** What was known when the data were last backed up. */
  backup: Person[] | null;
}

export interface Real {
  server: TestServer;
  /** Another process over the same stores: what a restore needs. */
  readonly restart: (before: () => Promise<void>) => Promise<TestServer>;
  readonly source: { writeKey: string };
  readonly clock: ReturnType<typeof fixedClock>;
  /** Makes the identifiers of one run unlike those of every other. */
  readonly world: string;
}

export const PEOPLE = 3;

export function freshModel(): Model {
  return {
    backup: null,
    persons: Array.from({ length: PEOPLE }, () => ({
      known: new Set<Part>(),
      loose: new Set<Part>(),
      listed: [],
      sent: [],
      erasedSent: 0,
      hold: null,
    })),
  };
}

function partValue(world: string, person: number, part: Part): string {
  switch (part) {
    case "card":
      return `C-${world}-${person}`;
    case "email":
      return `p${person}.${world}@canary.example`;
    case "anon":
      return `anon-${world}-${person}`;
    case "phone":
      return `+8869${Number.parseInt(world.slice(0, 6), 16).toString().padStart(8, "0").slice(0, 8)}`;
  }
}

function itemOf(real: Real, person: number, naming: Naming): Record<string, unknown> {
  const parts = naming.split("+") as Part[];
  const has = (part: Part) => parts.includes(part);
  const value = (part: Part) => partValue(real.world, person, part);
  real.clock.advance(1_000);
  return {
    type: "identify",
    messageId: randomUUID(),
    timestamp: real.clock.now().toISOString(),
    ...(has("card") ? { userId: value("card") } : {}),
    ...(has("anon") ? { anonymousId: value("anon") } : {}),
    traits: {
      firstName: `Canary ${real.world} ${person}`,
      ...(has("email") ? { email: value("email") } : {}),
      ...(has("phone") ? { phone: value("phone") } : {}),
    },
  };
}

/** What the rule of docs/erasure.md says of an event that happens now. */
function isKeptOut(model: Model, person: number, naming: Naming): boolean {
  const parts = naming.split("+") as Part[];
  const lists = model.persons.flatMap((p, i) =>
    p.listed.filter((l) => !l.rejoined).map((l) => ({ parts: l.parts, owner: i })),
  );
  const isListed = (part: Part) =>
    lists.some((l) => l.parts.has(part) && (part === "phone" || l.owner === person));
  if (parts.includes("card")) return isListed("card");
  return parts.some(isListed);
}

function note(p: Person, naming: Naming): void {
  const parts = naming.split("+") as Part[];
  if (parts.includes("card")) for (const part of parts) p.known.add(part);
  else for (const part of parts) if (!p.known.has(part)) p.loose.add(part);
  // An identifier named alone joins the member once it is named together with the card.
  for (const part of p.loose) if (p.known.has(part)) p.loose.delete(part);
}

const isLive = (p: Person) => p.known.has("card");

abstract class OnPerson implements fc.AsyncCommand<Model, Real> {
  readonly person: number;
  constructor(person: number) {
    this.person = person;
  }
  protected of(model: Model): Person {
    return model.persons[this.person] as Person;
  }
  check(_model: Readonly<Model>): boolean {
    return true;
  }
  abstract run(model: Model, real: Real): Promise<void>;
  toString(): string {
    return `${this.constructor.name}(${this.person})`;
  }
}

export class Happens extends OnPerson {
  readonly naming: Naming;
  constructor(person: number, naming: Naming) {
    super(person);
    this.naming = naming;
  }
  async run(model: Model, real: Real): Promise<void> {
    const item = itemOf(real, this.person, this.naming);
    const [result] = await send(real.server, real.source, [item]);
    const out = isKeptOut(model, this.person, this.naming);
    expect(result?.code ?? result?.status, this.toString()).to.equal(out ? "suppressed" : "accepted");
    if (out) return;
    this.of(model).sent.push(item);
    note(this.of(model), this.naming);
  }
  override toString(): string {
    return `Happens(${this.person}, ${this.naming})`;
  }
}

/** Everything that was ever sent about a person comes again, as a file that is imported anew. */
export class Replays extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    return (model.persons[this.person]?.sent.length ?? 0) > 0;
  }
  async run(model: Model, real: Real): Promise<void> {
    const p = this.of(model);
    const results = await send(real.server, real.source, p.sent);
    results.forEach((r, i) => {
      const codes = i < p.erasedSent ? ["suppressed"] : ["already-accepted"];
      expect(codes, `${this.toString()} item ${i}`).to.include(r.code ?? r.status);
    });
  }
}

export class Consents extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    return isLive(model.persons[this.person] as Person);
  }
  async run(_model: Model, real: Real): Promise<void> {
    const memberId = await whoIs(real.server, "member_id", partValue(real.world, this.person, "card"));
    const said = await real.server.call("POST", "/v1/consents", {
      body: { memberId, state: "refused", purpose: "analytics" },
    });
    expect(said.status).to.equal(201);
  }
}

export class Holds extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    const p = model.persons[this.person] as Person;
    return isLive(p) && p.hold === null;
  }
  async run(model: Model, real: Real): Promise<void> {
    const memberId = await whoIs(real.server, "member_id", partValue(real.world, this.person, "card"));
    const made = await real.server.call<{ holdId: string }>("POST", "/v1/holds", {
      body: { memberId, ground: "Claim", reference: "1" },
    });
    this.of(model).hold = made.body.holdId;
  }
}

export class Lifts extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    return (model.persons[this.person] as Person).hold !== null;
  }
  async run(model: Model, real: Real): Promise<void> {
    await real.server.call("POST", `/v1/holds/${this.of(model).hold}/lift`);
    this.of(model).hold = null;
  }
}

export class Erases extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    const p = model.persons[this.person] as Person;
    return isLive(p) && p.hold === null;
  }
  async run(model: Model, real: Real): Promise<void> {
    const p = this.of(model);
    const { server, world } = real;
    const card = partValue(world, this.person, "card");
    const memberId = (await whoIs(server, "member_id", card)) as string;
    const { fulfilment, work } = server.candor.fulfil;
    const runId = await server.database.db.tx((tx) => fulfilment.startErasure(tx, scopeOf(memberId), BY));
    await work();
    const run = await fulfilment.progress(runId);
    expect(run?.state, JSON.stringify(run?.steps.filter((s) => s.failure !== null))).to.equal("completed");
    expect(await whoIs(server, "member_id", card)).to.equal(null);
    const parts = new Set([...p.known].filter((part) => part !== "phone" || this.isAlone(model)));
    for (const part of ["email", "anon"] as const) {
      if (p.known.has(part))
        expect(
          await whoIs(server, part === "anon" ? "anonymous_id" : part, partValue(world, this.person, part)),
        ).to.equal(null);
    }
    await leadsNowhere(real, memberId);
    for (const [i, other] of model.persons.entries())
      if (i !== this.person && isLive(other))
        expect(await whoIs(server, "member_id", partValue(world, i, "card")), `person ${i} stays`).to.be.a(
          "string",
        );
    p.listed.push({ parts, rejoined: false });
    // What was sent of a subject that was never joined to the member stays a stranger's.
    p.sent = p.sent.filter((item) => !isLoose(item, p));
    p.erasedSent = p.sent.length;
    p.known = new Set();
  }
  private isAlone(model: Model): boolean {
    return !model.persons.some((other, i) => i !== this.person && other.known.has("phone"));
  }
}

function isLoose(item: Record<string, unknown>, p: Person): boolean {
  if (item.userId !== undefined) return false;
  const part: Part = item.anonymousId === undefined ? "email" : "anon";
  return p.loose.has(part);
}

export class JoinsAgain extends OnPerson {
  override check(model: Readonly<Model>): boolean {
    return (model.persons[this.person] as Person).listed.some((l) => !l.rejoined);
  }
  async run(model: Model, real: Real): Promise<void> {
    real.clock.advance(1_000);
    const done = await real.server.call("POST", "/v1/suppressions/rejoin", {
      body: {
        identifiers: [{ kind: "member_id", value: partValue(real.world, this.person, "card") }],
        method: "in-person",
      },
    });
    expect(done.status).to.equal(200);
    for (const list of this.of(model).listed) list.rejoined = true;
  }
}

/** No row of any table that the register names leads to the id any more, but those that law or proof keeps. */
async function leadsNowhere(real: Real, memberId: string): Promise<void> {
  for (const { table, person, erasure } of HOLDINGS) {
    if (person.kind !== "subject" || (erasure !== undefined && erasure.kind !== "delete")) continue;
    if (/^(?:dsr_|breach_|privacy_|erasure_ledger)/.test(table)) continue;
    const [row] = await real.server.database.db.query<{ n: number }>({
      text: `select count(*)::int as n from ${table} where ${person.column} = $1`,
      values: [memberId],
    } as never);
    expect(row?.n, table).to.equal(0);
  }
}

const copyOf = (p: Person): Person => ({
  ...p,
  known: new Set(p.known),
  loose: new Set(p.loose),
  listed: p.listed.map((l) => ({ ...l })),
  sent: [...p.sent],
});

/** Nobody's values stand in the plain in any table of the data or the keystore, as text or as the bytes of a column. */
async function standsNowhere({ server, world }: Real): Promise<void> {
  const values = Array.from({ length: PEOPLE }, (_, i) => [
    partValue(world, i, "email"),
    `Canary ${world} ${i}`,
  ]).flat();
  const pattern = [...values, ...values.map((v) => Buffer.from(v, "utf8").toString("hex"))].join("|");
  for (const db of [server.database.db, server.database.keystoreDb]) {
    const tables = await db.query<{ name: string }>(
      sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const looks = tables.map(
      ({ name }) => `(select '${name}' as "table" from ${name} t where t::text ~ $1 limit 1)`,
    );
    const found = await db.query({ text: looks.join(" union all "), values: [pattern] } as never);
    expect(found, "canaries").to.deep.equal([]);
  }
}

/** Yesterday's backup of the data. */
export class BacksUp implements fc.AsyncCommand<Model, Real> {
  check(model: Readonly<Model>): boolean {
    return model.persons.every((p) => p.hold === null);
  }
  async run(model: Model, real: Real): Promise<void> {
    await takeSnapshot(real.server.database.db);
    model.backup = model.persons.map(copyOf);
  }
  toString(): string {
    return "BacksUp()";
  }
}

/**
 * The data go back to the backup; the keystore stays. What was erased since stays erased and kept out; everything else
 * since, returns of people who were erased before included, is lost with the data.
 */
export class Restores implements fc.AsyncCommand<Model, Real> {
  check(model: Readonly<Model>): boolean {
    return model.backup !== null && model.persons.every((p) => p.hold === null);
  }
  async run(model: Model, real: Real): Promise<void> {
    const { db } = real.server.database;
    real.server = await real.restart(() => restoreSnapshot(db));
    await real.server.candor.erasures.sync();
    await real.server.candor.fulfil.eraseReturned();
    await real.server.candor.fulfil.work();
    model.persons = (model.backup as Person[]).map((before, i) => {
      const now = model.persons[i] as Person;
      const since = now.listed.slice(before.listed.length);
      if (since.length === 0) return copyOf(before);
      return {
        known: new Set(),
        loose: new Set([...before.loose].filter((part) => now.loose.has(part))),
        listed: [...before.listed.map((l) => ({ ...l })), ...since.map((l) => ({ ...l }))],
        sent: now.sent.slice(0, now.erasedSent),
        erasedSent: now.erasedSent,
        hold: null,
      };
    });
    for (const [i, p] of model.persons.entries()) {
      const card = await whoIs(real.server, "member_id", partValue(real.world, i, "card"));
      expect(card !== null, `person ${i} after a restore`).to.equal(isLive(p));
    }
    await standsNowhere(real);
  }
  toString(): string {
    return "Restores()";
  }
}

const someone = fc.integer({ min: 0, max: PEOPLE - 1 });

export const COMMANDS = [
  fc.tuple(someone, fc.constantFrom(...NAMINGS)).map(([p, n]) => new Happens(p, n)),
  fc.tuple(someone, fc.constantFrom(...NAMINGS)).map(([p, n]) => new Happens(p, n)),
  someone.map((p) => new Happens(p, "card+email")),
  someone.map((p) => new Replays(p)),
  someone.map((p) => new Consents(p)),
  someone.map((p) => new Holds(p)),
  someone.map((p) => new Lifts(p)),
  someone.map((p) => new Erases(p)),
  someone.map((p) => new JoinsAgain(p)),
];

/** With backups and restores, each of which starts another server. */
export const LONG_COMMANDS = [...COMMANDS, fc.constant(new BacksUp()), fc.constant(new Restores())];
