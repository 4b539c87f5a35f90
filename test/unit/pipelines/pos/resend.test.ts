import { expect } from "chai";
import fc from "fast-check";
import { type FileMapping, parseRow } from "../../../../pipelines/mapping/index.ts";
import { arrival, aSource, deps, eventOf, itemsOf } from "../files/builders.ts";

const BARE: FileMapping = {
  fields: { memberCard: "card", occurredAt: "date", quantity: "qty", amount: "amount" },
};

async function idsOf(rows: readonly string[], mapping = BARE): Promise<string[]> {
  const items = await itemsOf(`card,date,qty,amount\n${rows.join("\n")}\n`, mapping);
  return items.map((i) => eventOf(i).messageId);
}

const row = fc
  .tuple(fc.constantFrom("A", "B"), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }))
  .map(([card, day, amount]) => `${card},2026-01-0${day},1,${amount}.00`);
const rows = fc.array(row, { minLength: 1, maxLength: 20 });

describe("sending a till's file again", () => {
  it("changes nothing, in whatever order its lines come", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.infiniteStream(fc.nat()), async (lines, random) => {
        const shuffled = lines
          .map((line) => ({ line, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ line }) => line);
        const first = await idsOf(lines);
        expect(new Set(first).size).to.equal(lines.length);
        expect((await idsOf(shuffled)).sort()).to.deep.equal([...first].sort());
      }),
      { numRuns: 100 },
    );
  });

  it("keeps equal purchases apart, each an order of its own", async () => {
    const items = await itemsOf("card,date,qty,amount\nA,2026-01-01,1,5\nA,2026-01-01,1,5\n", BARE);
    expect(items.map((i) => i.raw.occurrence)).to.deep.equal([1, 2]);
    expect(new Set(items.map((i) => eventOf(i).order?.orderKey)).size).to.equal(2);
  });

  it("does not depend on the order of columns", async () => {
    const [a] = await itemsOf("card,date,qty,amount\nA,2026-01-01,1,5\n", BARE);
    const [b] = await itemsOf("amount;qty;date;card\n5;1;2026-01-01;A\n", BARE);
    expect(eventOf(a).messageId).to.equal(eventOf(b).messageId);
  });

  it("numbers equal lines of one receipt without line numbers, and trusts line numbers where there are some", async () => {
    const fields = { ...BARE.fields, receiptNo: "receipt" };
    const text = "card,date,qty,amount,receipt,line\nA,2026-01-01,1,5,R1,1\nA,2026-01-01,1,5,R1,1\n";
    const numbered = (await itemsOf(text, { fields })).map(eventOf);
    expect(numbered[0]?.messageId).not.to.equal(numbered[1]?.messageId);
    expect(numbered[0]?.order?.orderKey).to.equal(numbered[1]?.order?.orderKey);
    const trusted = (await itemsOf(text, { fields: { ...fields, line: "line" } })).map(eventOf);
    expect(trusted[0]?.messageId).to.equal(trusted[1]?.messageId);
  });

  it("gives a changed line of a receipt the same id, so that the conflict shows", async () => {
    const fields = { ...BARE.fields, receiptNo: "receipt", line: "line" };
    const text = (amount: string) => `card,date,qty,amount,receipt,line\nA,2026-01-01,1,${amount},R1,1\n`;
    const [one] = (await itemsOf(text("5"), { fields })).map(eventOf);
    const [other] = (await itemsOf(text("6"), { fields })).map(eventOf);
    expect(one?.messageId).to.equal(other?.messageId);
  });

  it("takes the sender's ids where the mapping names them, and only the stated columns as content", async () => {
    const own = await idsOf(["A,2026-01-01,1,5"], { ...BARE, ids: { messageId: ["card", "date"] } });
    expect(own).to.deep.equal(["A/2026-01-01"]);
    const content: FileMapping = { ...BARE, ids: { content: ["card", "date", "amount"] } };
    const text = (exported: string) => `card,date,qty,amount,exported\nA,2026-01-01,1,5,${exported}\n`;
    const ids = await Promise.all(
      ["2026-02-01", "2026-02-02"].map(async (d) => eventOf((await itemsOf(text(d), content))[0]).messageId),
    );
    expect(ids[0]).to.equal(ids[1]);
  });

  it("keeps sources apart", async () => {
    const text = "card,date,qty,amount\nA,2026-01-01,1,5\n";
    const [a] = await itemsOf(text, BARE);
    const [b] = await itemsOf(text, BARE, aSource({ id: "0190a000-0000-7000-8000-000000000002" }));
    expect(eventOf(a).messageId).not.to.equal(eventOf(b).messageId);
    expect(eventOf(a).order?.orderKey).not.to.equal(eventOf(b).order?.orderKey);
  });
});

describe("replaying a row", () => {
  it("gives the very item that the file gave, after a passage through JSON", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (lines) => {
        const source = aSource();
        for (const { item, raw } of await itemsOf(
          `card,date,qty,amount\n${lines.join("\n")}\n`,
          BARE,
          source,
        )) {
          const stored: unknown = JSON.parse(JSON.stringify(raw));
          expect(parseRow(stored, source, BARE, arrival, deps)).to.deep.equal(item);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("succeeds after the mapping is corrected, under the id that the file would bring again", async () => {
    const text = "card_no,date,qty,amount\nA,2026-01-01,1,5\nA,2026-01-01,1,5\n";
    const source = aSource();
    const failed = await itemsOf(text, BARE, source);
    expect(failed.map((f) => f.item.kind === "rejected" && f.item.rejection.code)).to.deep.equal([
      "column-missing",
      "column-missing",
    ]);
    const fixed: FileMapping = { fields: { ...BARE.fields, memberCard: "card_no" } };
    const replayed = failed.map((f) => parseRow(f.raw, source, fixed, arrival, deps));
    const again = await itemsOf(text, fixed, source);
    expect(replayed).to.deep.equal(again.map((i) => i.item));
    expect(replayed[0]?.kind === "event" && replayed[1]?.kind === "event").to.equal(true);
    expect(new Set(again.map((i) => eventOf(i).messageId)).size).to.equal(2);
  });

  it("reads files without header by the names of now", async () => {
    const wrong: FileMapping = {
      columns: ["date", "card"],
      fields: { memberCard: "card", occurredAt: "date", amount: { const: 5 } },
    };
    const source = aSource();
    const [item] = await itemsOf("A,2026-01-01\n", wrong, source);
    expect(item?.item.kind).to.equal("rejected");
    const right: FileMapping = { ...wrong, columns: ["card", "date"] };
    const replayed = parseRow(item?.raw, source, right, arrival, deps);
    expect(replayed).to.deep.equal((await itemsOf("A,2026-01-01\n", right, source))[0]?.item);
  });

  it("keeps the reason of a row that could not be cut, and refuses what is no row", async () => {
    const source = aSource();
    const items = await itemsOf('card,date,qty,amount\nA,"open\nB,2026-01-01,1\n', BARE, source);
    expect(items.map((i) => parseRow(i.raw, source, BARE, arrival, deps))).to.deep.equal(
      items.map((i) => i.item),
    );
    for (const raw of [null, 1, {}, { line: 1, occurrence: 1, asOf: "x", kind: "row", row: {} }]) {
      const item = parseRow(raw, source, BARE, arrival, deps);
      expect(item.kind === "rejected" && item.rejection.code).to.equal("not-an-object");
    }
  });
});
