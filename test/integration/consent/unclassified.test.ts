import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { builtInPurposes } from "../../../consent/index.ts";
import { CATEGORIES } from "../../../src/events/index.ts";
import { sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { ownPackage } from "../erasure/own-package.ts";
import { aRecipient, follow, pull, pullText, type TestRecipient } from "../recipients/shop.ts";
import { aGrant, aMember, say } from "./people.ts";

const SECRETS = ["canary-hobby", "canary-chess"];
const KNOWN = "Canarina";

describe("what nobody has classified", () => {
  let server: TestServer;
  let hooks: Server;
  let memberId: string;
  let card: string;
  let listKey: string;
  const pushed: string[] = [];
  const purposes = builtInPurposes();
  const query = (p: (typeof purposes)[number]) =>
    `purpose=${p.id}${p.channels.length === 0 ? "" : "&channel=sms"}`;

  const settle = async () => {
    while ((await sequenceChanges(server.database.db)) > 0);
    await server.candor.recipients.notice();
    while ((await server.candor.recipients.push()) > 0);
  };

  before(async () => {
    hooks = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on("data", (part: Buffer) => parts.push(part));
      req.on("end", () => {
        pushed.push(Buffer.concat(parts).toString("utf8"));
        res.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
    server = await startTestServer("unclassified", { outboundAllow: ["127.0.0.1"] });
    const member = await aMember(server, {
      email: "canary.lin@example.com",
      listWith: { phone: "0912 345 678", firstName: KNOWN, favouriteHobby: SECRETS[0] },
    });
    ({ memberId, card } = member);
    listKey = member.source.writeKey;
    const shop = await server.source({
      name: "Shop",
      kind: "web",
      region: "TW",
      currency: "TWD",
    });
    const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: shop.writeKey,
      body: {
        batch: [
          {
            type: "identify",
            userId: card,
            traits: { email: "canary.lin@example.com", pastime: SECRETS[1] },
          },
          {
            type: "track",
            userId: card,
            event: "Product Viewed",
            properties: { sku: "A", game: SECRETS[1] },
          },
          {
            type: "track",
            event: "Order Completed",
            userId: card,
            traits: { pastime: SECRETS[1] },
            properties: {
              order_id: "O-1",
              total: 5,
              game: SECRETS[1],
              products: [{ product_id: "a", price: 5 }],
            },
          },
        ].map((item) => ({ context: { traits: { email: "canary.lin@example.com" } }, ...item })),
      },
    });
    expect(
      sent.body.results.map((r) => r.status),
      JSON.stringify(sent.body),
    ).to.deep.equal(["accepted", "accepted", "accepted"]);
    for (const p of purposes) {
      if (p.lawfulBasis === "contract" || p.lawfulBasis === "legal-obligation") continue;
      const said = await say(
        server,
        aGrant(memberId, p.id, p.channels.length === 0 ? {} : { channel: "sms" }),
      );
      expect(said.status, p.id).to.equal(201);
    }
    await settle();
  });
  after(async () => {
    await server.close();
    hooks.close();
  });

  const holdsNothing = (text: string, where: string) => {
    for (const secret of SECRETS) expect(text, where).to.not.contain(secret);
  };

  for (const p of builtInPurposes()) {
    it(`is not read for the purpose ${p.id}, by whoever may read everything`, async () => {
      for (const [method, path, body] of [
        ["GET", `/v1/members/${memberId}?`, undefined],
        ["GET", `/v1/members/${memberId}/events?`, undefined],
        ["POST", "/v1/profiles/lookup?", { kind: "member_id", value: card }],
      ] as const) {
        const answer = await server.call<{ withheld: Record<string, { rule: string }> }>(
          method,
          `${path}${query(p)}`,
          { ...(body === undefined ? {} : { body }) },
        );
        expect(answer.status, path).to.equal(200);
        holdsNothing(JSON.stringify(answer.body), path);
        expect(answer.body.withheld.unclassified?.rule, path).to.equal("category-unclassified");
      }
    });

    it(`is given to no recipient for the purpose ${p.id}, by whatever door`, async () => {
      const settings = {
        id: `r-${p.id}`,
        purposes: [p.id],
        categories: [...CATEGORIES, "derived"],
        fields: ["*", "identifiers", "facts"],
        webhookUrl: `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/hook`,
      };
      const recipient: TestRecipient = await aRecipient(server, settings);
      await settle();
      const pulled = await pull(server, recipient.key, p.id);
      expect(pulled.status).to.equal(200);
      const line = pulled.profiles[0];
      expect(JSON.stringify(pulled.lines), "the pull").to.contain("category-unclassified");
      holdsNothing(JSON.stringify(pulled.lines), "the pull");
      holdsNothing(await pullText(server, recipient.key, `purpose=${p.id}`), "the compressed pull");
      const changes = await follow(server, recipient.key, p.id, "");
      holdsNothing(JSON.stringify(changes), "the changes");
      const single = await server.call("GET", `/v1/profiles/${line?.member}?purpose=${p.id}`, {
        key: recipient.key,
      });
      expect(single.status, "a single read").to.equal(200);
      holdsNothing(JSON.stringify(single.body), "a single read");
    });
  }

  it("is in no webhook when something else of the person changes", async () => {
    const list = { memberId: card, tier: "gold", firstName: KNOWN, favouriteHobby: SECRETS[1] };
    const sent = await server.call<{ results: { status: string }[] }>("POST", "/v1/batch", {
      key: listKey,
      body: { batch: [{ ...list, updatedAt: "2026-10-05T00:00:00Z" }] },
    });
    expect(sent.body.results[0]?.status).to.equal("accepted");
    await settle();
    expect(pushed.join("\n"), "they would show it").to.contain(KNOWN);
    holdsNothing(pushed.join("\n"), "the webhooks");
  });

  it("is withheld where the rest is given, and opened in the person's own package alone", async () => {
    const read = await server.call("GET", `/v1/members/${memberId}?purpose=legal-obligation`);
    expect(JSON.stringify(read.body)).to.contain(KNOWN);
    const files = await ownPackage(server, memberId);
    const all = [...files.values()].map((f) => f.toString("utf8")).join("\n");
    for (const secret of SECRETS) expect(all).to.contain(secret);
  });
});
