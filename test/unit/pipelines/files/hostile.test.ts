import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import iconv from "iconv-lite";
import { readFileItems } from "../../../../pipelines/files/index.ts";
import { arrival, aSource, collect, deps, eventOf, itemsOf, rejectedOf } from "./builders.ts";

const HEADER = "card,time,amount,note\n";
const good = (card: string) => `${card},2026-03-05,1,fine\n`;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("hostile files", () => {
  it("harm no neighbour with quotes, megabytes, NUL, broken bytes or mixed encodings", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}${good("王1")}`),
      Buffer.from('A,2026-03-05,1,"never closed\n'),
      Buffer.from(good("2")),
      Buffer.from(`A,2026-03-05,1,${"x".repeat(1_000_000)}\n`),
      Buffer.from(good("3")),
      Buffer.from("A,2026-03-05,1,\0\n"),
      Buffer.from(good("4")),
      iconv.encode("A,2026-03-05,1,会员备注\n", "gbk"),
      Buffer.from(good("5")),
      Buffer.concat([Buffer.from("A,2026-03-05,1,"), Buffer.of(0xff, 0xc0), Buffer.from("\n")]),
      Buffer.from(good("6")),
      Buffer.from('A,2026-03-05,1,"also open'),
    ]);
    const items = await itemsOf(bytes, {
      encoding: "gb18030",
      fields: { memberCard: "card", occurredAt: "time", amount: "amount" },
    });
    expect(rejectedOf(items)).to.deep.equal({
      3: "unclosed-quote",
      5: "cell-too-large",
      7: "bad-text",
      9: "bad-text",
      11: "bad-text",
      13: "unclosed-quote",
    });
    const cards = items.flatMap((i) => (i.item.kind === "event" ? [eventOf(i).identifiers[0]?.value] : []));
    expect(cards).to.deep.equal(["王1", "2", "3", "4", "5", "6"]);
  });

  it("keep of a rejected row only what can be stored", async () => {
    const items = await itemsOf(
      Buffer.concat([Buffer.from(`${HEADER}王,2026-03-05,1,`), Buffer.of(0xff, 0x0a)]),
      null,
    );
    const stored = JSON.stringify(items[0]?.raw);
    expect(JSON.parse(stored)).to.deep.include({ kind: "text", code: "bad-text" });
    expect(stored).not.to.match(/\\ud[89a-f]/i);
  });

  it("cannot steer objects by the names of their columns", async () => {
    const items = await itemsOf(
      "card,time,amount,__proto__,constructor,toString\nA,2026-03-05,1,x,y,z\n",
      null,
    );
    expect(eventOf(items[0]).properties).to.deep.equal({
      "unmapped.column 4": "x",
      "unmapped.constructor": "y",
      "unmapped.toString": "z",
    });
    expect(({} as Record<string, unknown>).x).to.equal(undefined);
  });

  it("stay formulas on import: only what is written out for people is disarmed", async () => {
    const [event] = (await itemsOf(`${HEADER}A,2026-03-05,1,=1+1\n`, null)).map(eventOf);
    expect(event?.properties["unmapped.note"]).to.equal("=1+1");
  });

  it("do not grow memory with their length", async function () {
    this.timeout(120_000);
    const piece = Buffer.from(
      Array.from(
        { length: 1_000 },
        (_, i) => `C${i},2026-03-05 10:${String(i % 60).padStart(2, "0")},${i}.50,n\n`,
      ).join(""),
    );
    async function* bytes() {
      yield Buffer.from(HEADER);
      for (let i = 0; i < 100; i++) yield piece;
    }
    const reading = await readFileItems(bytes(), aSource(), null, arrival, deps);
    let rows = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for await (const { item } of reading.items) {
      if (item.kind === "event") rows += 1;
      if (rows % 10_000 === 0) {
        // What can be collected does not count.
        collectGarbage();
        const used = process.memoryUsage().heapUsed;
        least = Math.min(least, used);
        most = Math.max(most, used);
      }
    }
    expect(rows).to.equal(100_000);
    expect((most - least) / 1024 / 1024).to.be.below(60);
  });

  it("of no length at all give nothing", async () => {
    for (const nothing of ["", "\n\n", "\uFEFF"]) expect(await itemsOf(nothing, null)).to.deep.equal([]);
    expect(
      await collect((await readFileItems((async function* () {})(), aSource(), null, arrival, deps)).items),
    ).to.deep.equal([]);
  });
});
