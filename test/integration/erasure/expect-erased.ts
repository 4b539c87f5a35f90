import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { HOLDINGS } from "../../../src/holdings.ts";
import type { fixedClock } from "../../../src/kernel/clock.ts";
import type { TestServer } from "../../setup/server.ts";
import { BY, scopeOf, whoIs } from "./acts.ts";
import { type Known, leaksInLines, type Model, type Name, needlesOf, type Part, spelled } from "./world.ts";

/** What the commands act on. */
export interface Real {
  /** The process that runs now: a restore ends one and starts another. */
  readonly server: TestServer;
  readonly source: { readonly id: string; readonly writeKey: string };
  readonly clock: ReturnType<typeof fixedClock>;
  /** Makes the identifiers of one run unlike those of every other. */
  readonly world: string;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  backUp(): Promise<void>;
  restore(): Promise<void>;
}

/** Somebody who was erased is nowhere: no row, no key, no copy, no byte, and nobody who answers to the name. */
export async function expectErased(
  real: Real,
  model: Model,
  gone: {
    readonly memberId: string;
    readonly subjects: readonly string[];
    readonly names: ReadonlySet<Name>;
  },
): Promise<void> {
  for (const name of gone.names) {
    const found = await whoAnswersTo(real, name);
    expect(found, `${name} leads to nobody`).to.equal(null);
  }
  await leadsNowhere(real, gone.subjects);
  const keys = await real.server.vault.loadKeys([...model.erasedKeys]);
  expect(keys.size, "keys of the erased").to.equal(0);
  await givesNothing(real, gone);
  await expectNoPlaintext(real);
}

/** Everybody else is still there and can be read. */
export async function expectKnown(real: Real, known: Known): Promise<void> {
  const rows = await real.server.database.db.query<{ id: string; member: string }>(sql`
    select subject_id as id, member_id as member from subject
    where subject_id = any(${[...known.subjects.keys()]}::uuid[])`);
  expect(rows.map((r) => r.id).sort()).to.deep.equal([...known.subjects.keys()].sort());
  for (const member of new Set(rows.map((r) => r.member))) {
    const read = await real.server.call("GET", `/v1/members/${member}?purpose=service`);
    expect(read.status).to.equal(200);
    expect(JSON.stringify(read.body), "can be read").to.include(`Canary ${real.world}`);
  }
}

/** Nobody's values stand in the plain anywhere: no table of any schema, jobs and backups included, and no log. */
export async function expectNoPlaintext({ server, world, logged }: Real): Promise<void> {
  const pattern = needlesOf(world)
    .map(({ bytes }) => bytes.toString("utf8"))
    .filter((text) => !text.includes("\u0000"))
    .map((text) => text.replace(/[^A-Za-z0-9]/g, "\\$&"))
    .join("|");
  for (const db of [server.database.db, server.database.keystoreDb]) {
    const tables = await db.query<{ name: string }>(sql`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1`);
    const looks = tables.map(
      ({ name }) => `(select '${name}' as "table" from ${name} t where t::text ~ $1 limit 1)`,
    );
    const found = await db.query({ text: looks.join(" union all "), values: [pattern] } as never);
    expect(found, "values in the plain").to.deep.equal([]);
  }
  expect(leaksInLines(world, logged)).to.deep.equal([]);
}

function whoAnswersTo({ server, source, world }: Real, name: Name): Promise<string | null> {
  const [person, part] = name === "phone" ? [0, "phone"] : (name.split(" ") as [string, Part]);
  const value = spelled(world, Number(person), part as Part);
  if (part === "card") return whoIs(server, "member_id", value);
  return part === "anon"
    ? whoIs(server, "anonymous_id", value, source.id)
    : whoIs(server, part as string, value);
}

/** No row of any table that the register names leads to the ids any more, but those that law or proof keeps. */
async function leadsNowhere({ server }: Real, subjects: readonly string[]): Promise<void> {
  const looks = HOLDINGS.flatMap(({ table, person, erasure }) => {
    if (person.kind !== "subject" || (erasure !== undefined && erasure.kind !== "delete")) return [];
    if (/^(?:dsr_|breach_|privacy_|erasure_ledger)/.test(table)) return [];
    return [`(select '${table}' as "table" from ${table} where ${person.column} = any($1::uuid[]) limit 1)`];
  });
  const found = await server.database.db.query({
    text: looks.join(" union all "),
    values: [[...subjects]],
  } as never);
  expect(found, "rows that lead to the erased").to.deep.equal([]);
}

/** Nobody can be given a copy any more: not of what is kept, and not one that was made before. */
async function givesNothing(
  { server }: Real,
  { memberId, subjects }: { readonly memberId: string; readonly subjects: readonly string[] },
): Promise<void> {
  const { fulfilment } = server.candor.fulfil;
  const scope = scopeOf(memberId, { kind: "access", subjectIds: [...subjects] });
  const delivery = { kind: "passphrase", passphrase: "a long enough passphrase" } as const;
  const { runId } = await server.database.db.tx((tx) =>
    fulfilment.startPackage(tx, scope, "access", delivery, BY),
  );
  await server.candor.fulfil.work();
  const [run] = await server.database.db.query<{ state: string }>(
    sql`select state from privacy_run where run_id = ${runId}::uuid`,
  );
  expect(run?.state, "an export of the erased").to.equal("completed-with-exceptions");
  const made = await server.database.db.query<{ key: string; kept: boolean }>(sql`
    select key_id as key, content is not null or delivery is not null as kept from privacy_package
    where subjects && ${[...subjects]}::uuid[]`);
  expect(
    made.filter((p) => p.kept),
    "packages made before",
  ).to.deep.equal([]);
  expect((await server.vault.loadKeys(made.map((p) => p.key))).size, "keys of packages").to.equal(0);
}
