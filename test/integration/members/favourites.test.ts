import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { profileOf, sendBatch } from "../sources/reading.ts";

interface Favourites {
  readonly favouriteStore: string | null;
  readonly favouriteCategory: string | null;
  readonly stores: Readonly<Record<string, number>>;
}

describe("the favourite store and category of a member", () => {
  let server: TestServer;
  let shop: { id: string; writeKey: string };
  let sent = 0;
  before(async () => {
    server = await startTestServer("favourites");
    shop = await server.source({
      name: "Shop",
      kind: "web",
      region: "TW",
      currency: "TWD",
      identifiers: { email: { verified: true } },
    });
  });
  after(() => server.close());

  const send = async (who: object, item: object) => {
    const at = new Date(Date.parse("2026-10-01T00:00:00Z") + ++sent * 60_000).toISOString();
    const [result] = await sendBatch(server, shop.writeKey, [
      { ...who, messageId: `m-${sent}`, timestamp: at, ...item },
    ]);
    expect(result?.status, JSON.stringify(result)).to.equal("accepted");
  };
  const order = (event: string, who: string, orderId: string, said: object) =>
    send(
      who.includes("@")
        ? { anonymousId: `a-${orderId}`, context: { traits: { email: who } } }
        : { userId: who },
      {
        type: "track",
        event,
        properties: { order_id: orderId, ...said },
      },
    );
  const buy = (who: string, orderId: string, store: string, category: string, quantity = 1) =>
    order("Order Completed", who, orderId, {
      total: 10 * quantity,
      store_id: store,
      products: [{ product_id: category, category, price: 10, quantity }],
    });
  const favourites = async (userId: string): Promise<Favourites> =>
    (await profileOf(server, { kind: "user_id", value: userId })).facts as unknown as Favourites;

  it("is that of most orders and of most units, which need not belong together", async () => {
    await buy("F-1", "1", "north", "tea", 5);
    await buy("F-1", "2", "south", "cups");
    await buy("F-1", "3", "south", "cups");
    expect(await favourites("F-1")).to.deep.include({
      favouriteStore: "south",
      favouriteCategory: "tea",
      stores: { north: 1, south: 2 },
    });
  });

  it("is the first by name among equals, and moves when an order is cancelled", async () => {
    await buy("F-2", "21", "south", "tea");
    await buy("F-2", "22", "north", "cups");
    expect(await favourites("F-2")).to.include({ favouriteStore: "north", favouriteCategory: "cups" });
    await order("Order Cancelled", "F-2", "22", {});
    expect(await favourites("F-2")).to.include({ favouriteStore: "south", favouriteCategory: "tea" });
    await order("Order Cancelled", "F-2", "21", {});
    expect(await favourites("F-2")).to.include({ favouriteStore: null, favouriteCategory: null });
  });

  it("counts what all subjects of a member bought once they are known to be one", async () => {
    await buy("F-3", "31", "north", "tea");
    await buy("f4@mail.example", "41", "south", "cups");
    await buy("f4@mail.example", "42", "south", "cups");
    expect(await favourites("F-3")).to.include({ favouriteStore: "north", favouriteCategory: "tea" });
    await send({ userId: "F-3" }, { type: "identify", traits: { email: "f4@mail.example" } });
    expect(await favourites("F-3")).to.deep.include({
      favouriteStore: "south",
      favouriteCategory: "cups",
      stores: { north: 1, south: 2 },
    });
  });
});
