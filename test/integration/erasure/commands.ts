import { randomUUID } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { sql } from "../../../src/db/index.ts";
import { send } from "./acts.ts";
import { expectErased, expectKnown, type Real } from "./expect-erased.ts";
import {
  ANCHORS,
  type Anchor,
  afterRestore,
  copyOf,
  type Item,
  isKeptOut,
  type Known,
  type Model,
  NAMINGS,
  type Naming,
  nameOf,
  PEOPLE,
  partsOf,
  spelled,
} from "./world.ts";

type Command = fc.AsyncCommand<Model, Real>;

/** The subject of one person that is anchored by such an identifier; null when there is none. */
function subjectOf(known: Known, person: number, anchor: Anchor): string | null {
  for (const [id, s] of known.subjects) if (s.person === person && s.anchor === anchor) return id;
  return null;
}

async function memberOf(
  { server }: Real,
  subject: string,
): Promise<{ memberId: string; subjects: string[] }> {
  const rows = await server.database.db.query<{ id: string; member: string }>(sql`
    select s.subject_id as id, s.member_id as member from subject s
    where s.member_id = (select member_id from subject where subject_id = ${subject}::uuid) order by 1`);
  return { memberId: rows[0]?.member as string, subjects: rows.map((r) => r.id) };
}

/** The subject that stored what happened at a moment: no two events of a run happen in the same one. */
async function storedBy({ server }: Real, at: Date): Promise<string> {
  const [row] = await server.database.db.query<{ id: string }>(
    sql`select subject_id as id from event where occurred_at = ${at.toISOString()}::timestamptz`,
  );
  return row?.id as string;
}

async function noteStored(real: Real, known: Known, item: Item): Promise<void> {
  const id = await storedBy(real, item.at);
  item.subject = id;
  const anchor = ANCHORS.find((a) => item.names.includes(nameOf(item.person, a))) as Anchor;
  const subject = known.subjects.get(id) ?? { person: item.person, anchor, names: new Set() };
  for (const name of item.names) subject.names.add(name);
  known.subjects.set(id, subject);
}

/** Something happens to somebody. */
class Happens implements Command {
  readonly person: number;
  readonly naming: Naming;
  constructor(person: number, naming: Naming) {
    this.person = person;
    this.naming = naming;
  }
  check(): boolean {
    return true;
  }
  async run({ now }: Model, real: Real): Promise<void> {
    const parts = partsOf(this.naming);
    const has = (part: (typeof parts)[number]) => parts.includes(part);
    const value = (part: (typeof parts)[number]) => spelled(real.world, this.person, part);
    real.clock.advance(1_000);
    const at = real.clock.now();
    const body = {
      type: "identify",
      messageId: randomUUID(),
      timestamp: at.toISOString(),
      ...(has("card") ? { userId: value("card") } : {}),
      ...(has("anon") ? { anonymousId: value("anon") } : {}),
      traits: {
        firstName: `Canary ${real.world} ${this.person}`,
        ...(has("email") ? { email: value("email") } : {}),
        ...(has("phone") ? { phone: value("phone") } : {}),
      },
    };
    const names = parts.map((part) => nameOf(this.person, part));
    const item: Item = { person: this.person, body, names, at, subject: null };
    now.items.push(item);
    const [result] = await send(real.server, real.source, [body]);
    const isOut = isKeptOut(now, names, at);
    expect(result?.code ?? result?.status, this.toString()).to.equal(isOut ? "suppressed" : "accepted");
    if (!isOut) await noteStored(real, now, item);
  }
  toString(): string {
    return `Happens(${this.person}, ${this.naming})`;
  }
}

/** Everything that was ever sent about a person comes again, as a file that is imported anew. */
export class Replays implements Command {
  readonly person: number;
  constructor(person: number) {
    this.person = person;
  }
  check({ now }: Readonly<Model>): boolean {
    return now.items.some((item) => item.person === this.person);
  }
  async run({ now }: Model, real: Real): Promise<void> {
    const items = now.items.filter((item) => item.person === this.person);
    const results = await send(
      real.server,
      real.source,
      items.map((item) => item.body),
    );
    for (const [i, item] of items.entries()) {
      const isOut = isKeptOut(now, item.names, item.at);
      const expected = item.subject !== null ? ["already-accepted"] : [isOut ? "suppressed" : "accepted"];
      const said = results[i]?.code ?? results[i]?.status;
      expect(expected, `${this.toString()}: ${item.names} is ${said}`).to.include(said);
      if (item.subject === null && !isOut) await noteStored(real, now, item);
    }
  }
  toString(): string {
    return `Replays(${this.person})`;
  }
}

/** Something that is done to the subject of a person that has such an anchor. */
abstract class OnSubject implements Command {
  readonly person: number;
  readonly anchor: Anchor;
  constructor(person: number, anchor: Anchor) {
    this.person = person;
    this.anchor = anchor;
  }
  check({ now }: Readonly<Model>): boolean {
    return subjectOf(now, this.person, this.anchor) !== null;
  }
  protected subject(model: Model): string {
    return subjectOf(model.now, this.person, this.anchor) as string;
  }
  abstract run(model: Model, real: Real): Promise<void>;
  toString(): string {
    return `${this.constructor.name}(${this.person}, ${this.anchor})`;
  }
}

class Consents extends OnSubject {
  async run(model: Model, real: Real): Promise<void> {
    const { memberId } = await memberOf(real, this.subject(model));
    const said = await real.server.call("POST", "/v1/consents", {
      body: { memberId, state: "refused", purpose: "analytics" },
    });
    expect(said.status).to.equal(201);
  }
}

/** Staff find that a part of a member is somebody else. */
class Splits extends OnSubject {
  async run(model: Model, real: Real): Promise<void> {
    const subject = this.subject(model);
    const { memberId, subjects } = await memberOf(real, subject);
    if (subjects.length === 1) return;
    const split = await real.server.call("POST", `/v1/members/${memberId}/split`, {
      body: { subjects: [subject] },
    });
    expect(split.status, JSON.stringify(split.body)).to.equal(200);
    const left = await memberOf(real, subject);
    expect(left.subjects.filter((id) => id !== subject && subjects.includes(id))).to.deep.equal([]);
  }
}

/** Staff confirm that two are one person; two cards stay two all the same. */
class Joins extends OnSubject {
  readonly other: { readonly person: number; readonly anchor: Anchor };
  constructor(person: number, anchor: Anchor, other: { person: number; anchor: Anchor }) {
    super(person, anchor);
    this.other = other;
  }
  override check(model: Readonly<Model>): boolean {
    const [a, b] = [this, this.other].map((s) => subjectOf(model.now, s.person, s.anchor));
    return a !== null && b !== null && a !== b;
  }
  async run(model: Model, real: Real): Promise<void> {
    const subjects = [this, this.other].map((s) => subjectOf(model.now, s.person, s.anchor));
    const joined = await real.server.call("POST", "/v1/members/join", { body: { subjects } });
    expect(joined.status, JSON.stringify(joined.body)).to.equal(200);
  }
  override toString(): string {
    return `Joins(${this.person}, ${this.anchor}, ${this.other.person}, ${this.other.anchor})`;
  }
}

class Holds extends OnSubject {
  async run({ now, ...model }: Model, real: Real): Promise<void> {
    const { memberId, subjects } = await memberOf(real, this.subject({ now, ...model }));
    const made = await real.server.call<{ holdId: string }>("POST", "/v1/holds", {
      body: { memberId, ground: "Claim", reference: "1" },
    });
    now.holds.set(made.body.holdId, subjects);
  }
}

class Lifts implements Command {
  check({ now }: Readonly<Model>): boolean {
    return now.holds.size > 0;
  }
  async run({ now }: Model, real: Real): Promise<void> {
    const [hold] = now.holds.keys();
    const lifted = await real.server.call("POST", `/v1/holds/${hold}/lift`);
    expect(lifted.status).to.equal(200);
    now.holds.delete(hold as string);
  }
  toString(): string {
    return "Lifts()";
  }
}

interface Filed {
  readonly id: string;
  readonly state: string;
}

/** Files a request about a member whom staff know, and answers it as it stands then. */
async function file(
  real: Real,
  memberId: string,
  person: number,
  more: Record<string, unknown>,
): Promise<Filed> {
  const filed = await real.server.call<Filed>("POST", "/v1/dsr", {
    body: {
      memberId,
      contact: { kind: "email", value: spelled(real.world, person, "email") },
      country: "TW",
      identity: { method: "in-person", note: `Canary ${real.world} showed a card` },
      words: `I am ${spelled(real.world, person, "card")}`,
      ...more,
    },
  });
  expect(filed.status, JSON.stringify(filed.body)).to.equal(201);
  return filed.body;
}

/** Somebody asks for a copy, or has a name corrected; or asks to be erased and never confirms it. */
class Asks extends OnSubject {
  readonly kind: "access" | "rectification" | "erasure";
  constructor(person: number, anchor: Anchor, kind: "access" | "rectification" | "erasure") {
    super(person, anchor);
    this.kind = kind;
  }
  async run(model: Model, real: Real): Promise<void> {
    const { memberId } = await memberOf(real, this.subject(model));
    const { id } = await file(real, memberId, this.person, {
      kind: this.kind,
      ...(this.kind === "access"
        ? { delivery: { kind: "passphrase", passphrase: "a long enough passphrase" } }
        : {}),
      ...(this.kind === "rectification"
        ? { corrections: [{ field: "firstName", value: `Canary ${real.world} put right` }] }
        : {}),
    });
    if (this.kind === "erasure") return;
    const approved = await real.server.call("POST", `/v1/dsr/${id}/approve`, { body: {} });
    expect(approved.status, JSON.stringify(approved.body)).to.equal(200);
    await real.server.candor.fulfil.work();
    const { body } = await real.server.call<Filed>("GET", `/v1/dsr/${id}`);
    expect(body.state, this.toString()).to.equal("completed");
  }
  override toString(): string {
    return `Asks(${this.person}, ${this.anchor}, ${this.kind})`;
  }
}

/** A member is erased, as a request that was filed, looked at, approved and confirmed. */
class Erases extends OnSubject {
  async run(model: Model, real: Real): Promise<void> {
    const { now } = model;
    const { server } = real;
    const { memberId, subjects } = await memberOf(real, this.subject(model));
    if ([...now.holds.values()].some((held) => held.some((id) => subjects.includes(id)))) return;
    const keys = await server.database.db.query<{ id: string }>(
      sql`select key_id as id from subject where subject_id = any(${subjects}::uuid[])`,
    );
    const { id } = await file(real, memberId, this.person, { kind: "erasure" });
    const { body: preview } = await server.call<{ fingerprint: string }>("GET", `/v1/dsr/${id}/preview`);
    await server.call("POST", `/v1/dsr/${id}/approve`, { body: { fingerprint: preview.fingerprint } });
    await server.call("POST", `/v1/dsr/${id}/confirm`, { body: { note: "At the counter", atOnce: true } });
    await server.candor.fulfil.work();
    const { body } = await server.call<Filed>("GET", `/v1/dsr/${id}`);
    expect(body.state, JSON.stringify(body)).to.equal("completed");

    const of = (id: string) => now.subjects.get(id)?.names ?? new Set<string>();
    const others = [...now.subjects.keys()].filter((id) => !subjects.includes(id));
    const names = new Set(subjects.flatMap((id) => [...of(id)]));
    for (const other of others) for (const name of of(other)) names.delete(name);
    for (const id of subjects) {
      now.subjects.delete(id);
      model.erased.add(id);
    }
    for (const key of keys) model.erasedKeys.add(key.id);
    for (const item of now.items)
      if (item.subject !== null && subjects.includes(item.subject)) item.subject = null;
    now.listings.push({ names, subjects, rejoinedAt: null });
    await expectErased(real, model, { memberId, subjects, names });
    await expectKnown(real, now);
  }
}

/** Somebody who was erased asks to be let in again. */
class JoinsAgain implements Command {
  readonly person: number;
  readonly anchor: Anchor;
  constructor(person: number, anchor: Anchor) {
    this.person = person;
    this.anchor = anchor;
  }
  check({ now }: Readonly<Model>): boolean {
    const name = nameOf(this.person, this.anchor);
    return now.listings.some((l) => l.names.has(name) && l.rejoinedAt === null);
  }
  async run({ now }: Model, real: Real): Promise<void> {
    real.clock.advance(1_000);
    const kind = { card: "member_id", email: "email", anon: "anonymous_id" }[this.anchor];
    const issuer = this.anchor === "anon" ? { issuer: real.source.id } : {};
    const value = spelled(real.world, this.person, this.anchor);
    const done = await real.server.call("POST", "/v1/suppressions/rejoin", {
      body: { identifiers: [{ kind, value, ...issuer }], method: "in-person" },
    });
    expect(done.status, JSON.stringify(done.body)).to.equal(200);
    const name = nameOf(this.person, this.anchor);
    for (const listing of now.listings) if (listing.names.has(name)) listing.rejoinedAt ??= real.clock.now();
  }
  toString(): string {
    return `JoinsAgain(${this.person}, ${this.anchor})`;
  }
}

/** Yesterday's backup of the data. */
class BacksUp implements Command {
  check(): boolean {
    return true;
  }
  async run(model: Model, real: Real): Promise<void> {
    await real.backUp();
    model.backup = copyOf(model.now);
  }
  toString(): string {
    return "BacksUp()";
  }
}

/**
 * The data go back to the backup; the keystore stays. What was erased since stays erased and kept out; everything else
 * since, returns of people who were erased before included, is lost with the data.
 */
class Restores implements Command {
  check({ backup, erased }: Readonly<Model>): boolean {
    // A hold that came back over somebody who was erased after it was lifted keeps rows that nobody can read.
    return backup !== null && ![...backup.holds.values()].some((held) => held.some((id) => erased.has(id)));
  }
  async run(model: Model, real: Real): Promise<void> {
    await real.restore();
    await real.server.candor.erasures.sync();
    await real.server.candor.fulfil.eraseReturned();
    await real.server.candor.fulfil.work();
    model.now = afterRestore(model);
    for (const { subjects, names, rejoinedAt } of model.now.listings) {
      const [memberId] = subjects as [string];
      await expectErased(real, model, { memberId, subjects, names: rejoinedAt === null ? names : new Set() });
    }
    await expectKnown(real, model.now);
  }
  toString(): string {
    return "Restores()";
  }
}

const person = fc.integer({ min: 0, max: PEOPLE - 1 });
const anchor = fc.constantFrom(...ANCHORS);
const one = fc.tuple(person, anchor);
const naming = fc.constantFrom(...NAMINGS);

export const COMMANDS: fc.Arbitrary<Command>[] = [
  fc.tuple(person, naming).map(([p, n]) => new Happens(p, n)),
  fc.tuple(person, naming).map(([p, n]) => new Happens(p, n)),
  fc.tuple(person, naming).map(([p, n]) => new Happens(p, n)),
  person.map((p) => new Happens(p, "card+email")),
  person.map((p) => new Replays(p)),
  one.map(([p, a]) => new Consents(p, a)),
  one.map(([p, a]) => new Splits(p, a)),
  fc.tuple(one, one).map(([[p, a], [q, b]]) => new Joins(p, a, { person: q, anchor: b })),
  one.map(([p, a]) => new Holds(p, a)),
  fc.constant(new Lifts()),
  fc
    .tuple(one, fc.constantFrom("access", "rectification", "erasure"))
    .map(([[p, a], kind]) => new Asks(p, a, kind)),
  one.map(([p, a]) => new Erases(p, a)),
  one.map(([p, a]) => new Erases(p, a)),
  one.map(([p, a]) => new JoinsAgain(p, a)),
  fc.constant(new BacksUp()),
  fc.constant(new Restores()),
];
