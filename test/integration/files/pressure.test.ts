import { expect } from "chai";
import { startTinyQueue } from "./tiny-queue.ts";

interface Results {
  readonly results?: readonly { status: string }[];
  readonly code?: string;
}

describe("a full ingestion queue", () => {
  let door: Awaited<ReturnType<typeof startTinyQueue>>;
  before(async () => {
    door = await startTinyQueue(10);
  });
  after(() => door.close());

  const post = async (path: string, key: string, body: string) => {
    const answer = await fetch(`${door.url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body,
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Results };
  };
  const items = (from: number, count: number) =>
    JSON.stringify({
      batch: Array.from({ length: count }, (_, i) => ({
        type: "page",
        userId: `Q-${from + i}`,
        messageId: `q-${from + i}`,
      })),
    });
  /** Resolves once that many items wait or are being stored. */
  const filled = async (size: number) => {
    while (door.queue.size() < size) await new Promise((resolve) => setImmediate(resolve));
  };

  it("answers 429 with Retry-After while it is full, and takes the same batch once it is not", async () => {
    door.hold();
    const first = post("/v1/batch", door.shop.writeKey, items(0, 8));
    await filled(8);
    const refused = await post("/v1/batch", door.shop.writeKey, items(100, 5));
    expect([refused.status, refused.body.code]).to.deep.equal([429, "queue-full"]);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds, "what the SDKs honour").to.be.within(1, 300);
    expect(refused.headers.get("access-control-allow-origin")).to.equal("*");
    door.release();
    expect((await first).body.results?.map((r) => r.status)).to.deep.equal(Array(8).fill("accepted"));
    const again = await post("/v1/batch", door.shop.writeKey, items(100, 5));
    expect(again.body.results?.map((r) => r.status)).to.deep.equal(Array(5).fill("accepted"));
  });

  it("has sealed what it stores before it asks the store for its turn", async () => {
    const [sealed, asked] = [door.sealed(), door.asked()];
    const batch = Array.from({ length: 6 }, (_, i) => ({
      type: "page",
      userId: `S-${i}`,
      messageId: `s-${i}`,
      properties: { referrer: "https://shop.example.com/" },
    }));
    door.hold();
    const sent = post("/v1/batch", door.shop.writeKey, JSON.stringify({ batch }));
    while (door.asked() === asked) await new Promise((resolve) => setImmediate(resolve));
    const sealedBefore = door.sealed() - sealed;
    door.release();
    expect((await sent).body.results?.map((r) => r.status)).to.deep.equal(Array(6).fill("accepted"));
    expect(sealedBefore).to.be.at.least(6);
  });

  it("is full too when few items hold very much", async () => {
    const heavy = await startTinyQueue(1_000, 50_000);
    try {
      const send = (from: number, url: string) =>
        fetch(`${heavy.url}/v1/batch`, {
          method: "POST",
          headers: { authorization: `Bearer ${heavy.shop.writeKey}` },
          body: JSON.stringify({
            batch: Array.from({ length: 4 }, (_, i) => ({
              type: "page",
              userId: `H-${from + i}`,
              messageId: `h-${from + i}`,
              properties: { url: url.repeat(20_000 / url.length) },
            })),
          }),
        });
      heavy.hold();
      const first = send(0, "long");
      while (heavy.queue.size() < 4) await new Promise((resolve) => setImmediate(resolve));
      expect(heavy.queue.weight()).to.be.greaterThan(80_000);
      expect((await send(10, "x")).status).to.equal(429);
      heavy.release();
      expect((await first).status).to.equal(200);
      expect(heavy.queue.weight()).to.equal(0);
      expect((await send(10, "x")).status).to.equal(200);
    } finally {
      await heavy.close();
    }
  });

  it("takes a batch larger than the queue when nothing else waits, since it would never fit", async () => {
    const answer = await post("/v1/batch", door.shop.writeKey, items(200, 40));
    expect(answer.status).to.equal(200);
    expect(answer.body.results).to.have.length(40);
  });

  it("holds a file back instead of refusing it", async () => {
    door.hold();
    const first = post("/v1/batch", door.shop.writeKey, items(300, 9));
    await filled(9);
    const rows = Array.from({ length: 3_000 }, (_, i) => `Q-FILE-${i}`).join("\n");
    const file = post(
      `/v1/sources/${door.members.id}/files`,
      door.members.writeKey,
      `member_card\n${rows}\n`,
    );
    door.release();
    await first;
    const answer = await file;
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    expect(answer.body).to.have.nested.property("counts.accepted", 3_000);
  });
});
