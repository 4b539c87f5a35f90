import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";

describe("the settings that analytics.js 2 loads", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("script-settings");
  });
  after(() => server.close());

  it("send its events to this server under the page's own write key, from any origin", async () => {
    const { writeKey } = await server.source({ name: "Shop", kind: "web" });
    const answer = await server.call<{ integrations: Record<string, { apiKey: string; apiHost: string }> }>(
      "GET",
      `/v1/projects/${writeKey}/settings`,
      { key: null, headers: { origin: "https://shop.example.com" } },
    );
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("access-control-allow-origin")).to.equal("*");
    const own = answer.body.integrations["Segment.io"];
    expect(own?.apiKey).to.equal(writeKey);
    const sent = await fetch(`http://${own?.apiHost}/t`, {
      method: "POST",
      headers: {
        "content-type": "text/plain",
        authorization: `Basic ${Buffer.from(`${own?.apiKey}:`).toString("base64")}`,
      },
      body: JSON.stringify({ event: "Page Opened", anonymousId: "a-1", messageId: "m-1" }),
    });
    expect(await sent.json()).to.deep.equal({
      results: [{ index: 0, messageId: "m-1", status: "accepted" }],
    });
  });

  it("are not given for a write key nobody has", async () => {
    const answer = await server.call("GET", "/v1/projects/wk_unknown/settings", { key: null });
    expect(answer.status).to.equal(404);
  });
});
