import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { PLATFORMS } from "../../../pipelines/adapter.ts";
import { BODY_LIMITS } from "../../../pipelines/sources/social/index.ts";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { NOW, post, SECRETS, sign } from "./deliver.ts";

describe("the webhook door", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("webhook-door", { clock: fixedClock(NOW) });
  });
  after(() => server.close());

  const outcome = async (sourceId: string, platform: (typeof PLATFORMS)[number]) => {
    const answer = await post(server, sourceId, sign(platform, platform === "wechat" ? "<xml></xml>" : "{}"));
    return [answer.status, answer.body.code];
  };

  it("answers 404 for a source that is unknown, ended, of another kind or without secrets", async () => {
    const web = await server.source({ name: "Site", kind: "web" });
    const bare = await server.source({ name: "Bare", kind: "social", platform: "line" });
    const ended = await server.source({
      name: "Ended",
      kind: "social",
      platform: "line",
      secrets: SECRETS.line,
    });
    await server.call("PATCH", `/v1/sources/${ended.id}`, { body: { state: "ended" } });
    for (const id of [randomUUID(), web.id, bare.id, ended.id]) {
      expect(await outcome(id, "line")).to.deep.equal([404, "not-found"]);
    }
  });

  it("answers a path that is no id at all without asking the store", async () => {
    const answer = await server.call<{ code: string }>("POST", "/v1/webhooks/not-an-id", {
      raw: "{}",
      key: null,
    });
    expect([answer.status, answer.body.code]).to.deep.equal([400, "invalid-request"]);
  });

  it("takes nothing from anybody who does not know the secret, on any platform", async () => {
    for (const platform of PLATFORMS) {
      const { id } = await server.source({
        name: platform,
        kind: "social",
        platform,
        secrets: SECRETS[platform],
      });
      const unsigned = await server.call<{ code: string }>("POST", `/v1/webhooks/${id}`, {
        raw: "{}",
        key: null,
      });
      expect([unsigned.status, unsigned.body.code], platform).to.deep.equal([401, "bad-signature"]);
      const withAdminKey = await server.call<{ code: string }>("POST", `/v1/webhooks/${id}`, { raw: "{}" });
      expect(withAdminKey.status, `${platform} with our own key`).to.equal(401);
      const summary = await server.call<{
        events: { source: string; accepted: number; quarantined: number }[];
      }>("GET", "/v1/summary");
      const own = summary.body.events.find((e) => e.source === id);
      expect([own?.accepted, own?.quarantined], platform).to.deep.equal([0, 0]);
    }
  });

  it("refuses bodies larger than a platform sends before it looks at the signature", async () => {
    for (const platform of PLATFORMS) {
      const { id } = await server.source({
        name: `Large ${platform}`,
        kind: "social",
        platform,
        secrets: SECRETS[platform],
      });
      const large = sign(platform, Buffer.alloc(BODY_LIMITS[platform] + 1, " "));
      const answer = await post(server, id, large);
      expect([answer.status, answer.body.code], platform).to.deep.equal([400, "body-too-large"]);
    }
  });

  it("knows new secrets at once and the old ones no more", async () => {
    const { id } = await server.source({
      name: "Rotating",
      kind: "social",
      platform: "line",
      secrets: SECRETS.line,
    });
    const body = { destination: "U0", events: [] };
    expect((await post(server, id, sign("line", body))).status).to.equal(200);
    const secrets = { channelSecret: "fedcba9876543210fedcba9876543210" };
    const changed = await server.call("PATCH", `/v1/sources/${id}`, { body: { secrets } });
    expect(changed.status).to.equal(200);
    expect(JSON.stringify(changed.body)).not.to.contain(secrets.channelSecret);
    expect((await post(server, id, sign("line", body))).status).to.equal(401);
    expect((await post(server, id, sign("line", body, { secrets }))).status).to.equal(200);
  });
});
