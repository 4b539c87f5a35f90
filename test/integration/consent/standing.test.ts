import { expect } from "chai";
import { cluesOf, readSaid } from "../../../consent/standing.store.ts";
import { sql } from "../../../src/db/index.ts";
import { testDatabases } from "../../setup/engines.ts";

const [FORTH, BACK] = [
  "00000000-0000-7000-8000-00000000000a",
  "00000000-0000-7000-8000-00000000000b",
] as const;
const CLUES = [
  ["birthYear", "1980"],
  ["country", "GB"],
  ["language", "en"],
  ["phoneRegion", "TW"],
] as const;

describe("what a subject's standing is worked out from", () => {
  it("is the same text in whatever order its clues lie in the store, however the store reads them", async () => {
    const { db, drop } = await testDatabases().freshDatabase("standing");
    try {
      for (const [subjectId, clues] of [
        [FORTH, CLUES],
        [BACK, CLUES.toReversed()],
      ] as const)
        for (const [clue, value] of clues)
          await db.query(sql`
            insert into subject_clue (subject_id, clue, value, first_on, last_on, recorded_at)
            values (${subjectId}::uuid, ${clue}, ${value}, '2026-10-01', '2026-11-01', now())`);
      const said = await db.tx(async (tx) => {
        // The heap's own order, which is that of writing.
        await tx.exec("set local enable_indexscan = off; set local enable_indexonlyscan = off");
        return readSaid(tx, [FORTH, BACK], null);
      });
      expect(said[0]).to.equal(said[1]);
      expect(said).to.deep.equal(await readSaid(db, [FORTH, BACK], null));
      expect(cluesOf(said[0] as string).map(({ clue, value }) => [clue, value])).to.deep.equal(CLUES);
    } finally {
      await drop();
    }
  });
});
