import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PROBLEMS } from "../../../src/kernel/problems.ts";
import { REASONS } from "../../../src/kernel/verdicts.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { sendBatch } from "./reading.ts";

const guide = readFileSync(new URL("../../../docs/sending-events.md", import.meta.url), "utf8");

describe("docs/sending-events.md", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("guide");
  });
  after(() => server.close());

  it("shows batches that are accepted as they stand", async () => {
    const examples = [...guide.matchAll(/<!-- send: (\w+) -->\s+```json\n([\s\S]*?)```/g)];
    expect(examples.map((m) => m[1]).sort()).to.deep.equal(["members", "pos", "survey", "web"]);
    for (const [, kind = "", json = ""] of examples) {
      const { writeKey } = await server.source({ name: kind, kind, region: "DE", currency: "EUR" });
      const { batch } = JSON.parse(json) as { batch: readonly unknown[] };
      const results = await sendBatch(server, writeKey, batch);
      expect(
        results.map((r) => r.code ?? r.status),
        kind,
      ).to.deep.equal(batch.map(() => "accepted"));
    }
  });

  it("shows JSON that can be read, and names only doors and codes that exist", async () => {
    for (const [, json = ""] of guide.matchAll(/```json\n([\s\S]*?)```/g)) JSON.parse(json);
    const api = await server.call<{ paths: Record<string, unknown> }>("GET", "/openapi.json");
    const doors = new Set(Object.keys(api.body.paths));
    const named = [...guide.matchAll(/(?:\$CANDOR|`|`(?:POST|GET) )(\/(?:v1|beacon|pixel)\/[\w/{}$]+)/g)].map(
      (m) => m[1] as string,
    );
    expect(named.length).to.be.greaterThan(15);
    for (const path of named) {
      const pattern = path.replace(/\$\w+/g, "{id}").replace(/\/events\/[\w-]+$/, "/events/{messageId}");
      expect([...doors], path).to.include(pattern);
    }
    const codes = [...guide.matchAll(/`((?:[a-z]+-)+[a-z]+)`/g)].map((m) => m[1] as string);
    const known = new Set<string>([...Object.keys(REASONS), ...Object.keys(PROBLEMS)]);
    for (const code of codes) expect(known.has(code), code).to.equal(true);
    expect(codes.length).to.be.greaterThan(5);
  });
});
