import { DAY } from "../../src/kernel/clock.ts";
import { aMember } from "../integration/consent/people.ts";
import { A_SHOP } from "../integration/consent/shop.ts";
import type { TestServer } from "../setup/server.ts";

/**
 * A shop whose members may be asked at any hour: a store, a web shop, and one member for each card, who bought there so
 * many days ago.
 */
export async function openShopWithBuyers(
  server: TestServer,
  store: string,
  buyers: readonly { readonly card: string; readonly daysAgo: number }[],
): Promise<void> {
  await server.call("PUT", "/v1/controller", { body: { ...A_SHOP, publicUrl: server.url } });
  const rules = await server.call("GET", "/v1/survey-cadence");
  await server.call("PUT", "/v1/survey-cadence", { body: { ...rules.body, quietHours: null } });
  await server.call("PUT", `/v1/survey-places/${store}`, {
    body: { name: "High Street", region: "north", timeZone: "Europe/London", locale: "en" },
  });
  const web = await server.source({ name: "Web shop", kind: "web", region: "GB", currency: "GBP" });
  for (const { card } of buyers)
    await aMember(server, {
      card,
      email: `${card.toLowerCase()}@mail.example`,
      region: "GB",
      listWith: { country: "GB", homeStore: store },
    });
  const batch = buyers.map(({ card, daysAgo }) => ({
    type: "track",
    event: "Order Completed",
    messageId: `order-${card}`,
    userId: card,
    timestamp: new Date(Date.now() - daysAgo * DAY).toISOString(),
    properties: {
      order_id: `O-${card}`,
      total: 30,
      currency: "GBP",
      store_id: store,
      products: [{ product_id: "P1", category: "bread", price: 30, quantity: 1 }],
    },
  }));
  await server.call("POST", "/v1/batch", { key: web.writeKey, body: { batch } });
}
