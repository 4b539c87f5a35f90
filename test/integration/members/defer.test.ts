import { expect } from "chai";
import { type Db, sql } from "../../../src/db/index.ts";
import { fixedClock, SECOND } from "../../../src/kernel/clock.ts";
import { uuidIds } from "../../../src/kernel/ids.ts";
import { createDeferral, followChanges, sequenceChanges, stageChanges } from "../../../src/members/index.ts";
import { type FreshDatabase, testDatabases } from "../../setup/engines.ts";

const clock = fixedClock("2026-11-22T09:00:00Z");

async function makeSubject(db: Db): Promise<string> {
  const id = uuidIds.next();
  await db.query(sql`
    insert into subject (subject_id, anchor_bi, anchor_kind, anchor_issuer, anchor_class, member_id, core_id, key_id, created_at)
    values (${id}, ${Buffer.from(id)}, 'user_id', '', 1, ${id}, ${id}, ${uuidIds.next()}, ${clock.now()})`);
  return id;
}

describe("what follows from events stands back while events wait", () => {
  let store: FreshDatabase;
  let db: Db;
  let busy = false;
  const worked: string[] = [];

  const changed = async (reason: string, subjects: readonly string[]): Promise<void> => {
    await db.tx((tx) => stageChanges(tx, { clock, ids: uuidIds }, reason, subjects));
    clock.advance(10);
  };
  const number = () => sequenceChanges(db);
  const defer = createDeferral({ clock, isBusy: () => busy });
  const follow = async (): Promise<string[]> => {
    worked.length = 0;
    await followChanges(
      db,
      "test",
      async (_, { members }) => {
        worked.push(...members);
      },
      { defer, batch: 2 },
    );
    return worked.slice().sort();
  };

  before(async () => {
    store = await testDatabases().freshDatabase("defer");
    db = store.db;
  });
  after(() => store.drop());
  beforeEach(async () => {
    busy = false;
    await number();
    await follow();
  });

  it("works at once when nothing waits", async () => {
    const id = await makeSubject(db);
    await changed("events", [id]);
    await number();
    expect(await follow()).to.deep.equal([id]);
  });

  it("lets events wait, works choices and corrections at once and each once, then everything", async () => {
    const ids = [await makeSubject(db), await makeSubject(db), await makeSubject(db)];
    const [one, two, three] = ids as [string, string, string];
    busy = true;
    await changed("events", [one]);
    await changed("consent", [two]);
    await changed("correction", [three]);
    await number();
    expect(await follow(), "only what may not wait").to.deep.equal([two, three].sort());
    expect(await follow(), "and not again").to.deep.equal([]);
    busy = false;
    expect((await follow()).filter((id) => id === one)).to.deep.equal([one]);
    expect(await follow()).to.deep.equal([]);
  });

  it("does not let an event hide a withdrawal, whichever is numbered first", async () => {
    const ids = [await makeSubject(db), await makeSubject(db)];
    const [one, two] = ids as [string, string];
    busy = true;
    await changed("consent", [one]);
    await changed("events", [one]);
    await changed("consent", [two]);
    await number();
    await changed("events", [two]);
    await number();
    expect(await follow()).to.deep.equal([one, two].sort());
  });

  it("works by turns with events that go on waiting, and what may not wait in between", async () => {
    const ids = [await makeSubject(db), await makeSubject(db), await makeSubject(db)];
    const urgent = await makeSubject(db);
    let rests = 0;
    let worksFor = 1_000;
    const patient = createDeferral({
      clock,
      isBusy: () => busy,
      pause: async () => {
        rests++;
        if (rests === 5) {
          await changed("consent", [urgent]);
          await number();
        }
      },
    });
    const order: string[][] = [];
    const turns = async (): Promise<void> => {
      order.length = 0;
      rests = 0;
      await followChanges(
        db,
        "turns",
        async (_, { members }) => {
          order.push([...members]);
          clock.advance(worksFor);
        },
        { defer: patient, batch: 2 },
      );
    };
    await turns();
    expect(rests, "nothing waits, so nobody rests").to.equal(0);

    busy = true;
    for (const id of ids) {
      await changed("events", [id]);
      await number();
    }
    clock.advance(30 * SECOND);
    await turns();
    expect(order.map((o) => o.slice().sort()).slice(0, 2)).to.deep.equal([ids.slice(0, 2).sort(), [urgent]]);
    expect(order[2]).to.include(ids[2]);
    expect(order).to.have.length(3);
    expect(rests, "eight times as long as two pieces of a second took").to.equal(160);

    worksFor = 0;
    await changed("events", [ids[0] as string]);
    await number();
    await turns();
    expect(order, "having worked all there was, it stands back again").to.deep.equal([]);
    busy = false;
    await turns();
    expect(order.flat()).to.include(ids[0]);
  });

  it("waits no longer than half a minute", async () => {
    const id = await makeSubject(db);
    busy = true;
    await changed("events", [id]);
    await number();
    clock.advance(29 * SECOND);
    expect(await follow()).to.deep.equal([]);
    clock.advance(2 * SECOND);
    expect(await follow()).to.deep.equal([id]);
  });
});
