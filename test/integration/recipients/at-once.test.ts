import { expect } from "chai";
import { MINUTE, SECOND } from "../../../src/kernel/clock.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import {
  aRecipient,
  type Change,
  type ChangesAnswer,
  memberOf,
  members,
  pull,
  type TestRecipient,
} from "./shop.ts";

/** With its workers running and nobody sweeping by hand: what changes must be in the feed by itself. */
describe("feeds, without waiting for the hourly look", () => {
  let server: TestServer;
  let mailer: TestRecipient;
  let bi: TestRecipient;
  const id: Record<string, string> = {};

  before(async () => {
    server = await startTestServer("feeds-at-once", { workers: true });
    const list = await server.source({ name: "List", kind: "members", region: "TW" });
    await members(
      server,
      list,
      ["1", "2", "3", "4"].map((n) => ({
        memberId: `M-${n}`,
        firstName: `N${n}`,
        phone: `091234567${n}`,
        tier: "gold",
      })),
    );
    for (const n of ["1", "2", "3", "4"]) id[n] = await memberOf(server, `M-${n}`);
    for (const n of ["1", "2"]) {
      await grant(n, "marketing", { channel: "sms" });
      await grant(n, "personalisation");
    }
    mailer = await aRecipient(server, {
      id: "mailer",
      purposes: ["marketing"],
      categories: ["identity", "contact"],
    });
    bi = await aRecipient(server, {
      id: "bi",
      purposes: ["personalisation"],
      categories: ["preference", "derived"],
    });
  });
  after(() => server.close());

  const grant = async (n: string, purpose: string, more: Record<string, unknown> = {}) => {
    const said = await say(server, aGrant(id[n] as string, purpose, more));
    expect(said.status, JSON.stringify(said.body)).to.equal(201);
  };

  /** Follows a feed until it says what is waited for; fails after a minute. */
  const until = async (
    recipient: TestRecipient,
    purpose: string,
    after: string,
    seen: (changes: readonly Change[]) => boolean,
  ): Promise<{ changes: Change[]; next: string }> => {
    const deadline = Date.now() + MINUTE;
    const changes: Change[] = [];
    for (let from = after; ; ) {
      const page = await server.call<ChangesAnswer>("GET", `/v1/changes?purpose=${purpose}&after=${from}`, {
        key: recipient.key,
      });
      expect(page.status, JSON.stringify(page.body)).to.equal(200);
      changes.push(...page.body.changes);
      from = page.body.next;
      if (seen(changes)) return { changes, next: from };
      if (Date.now() > deadline)
        throw new Error(`not told: ${JSON.stringify(changes.map((c) => [c.kind, c.reason]))}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const tombstones = (changes: readonly Change[]) => changes.filter((c) => c.kind === "tombstone");
  const words = async (purpose: string) => {
    const found = await server.call<{ notices: { version: number; texts: object }[] }>(
      "GET",
      `/v1/notices?id=${purpose}&texts=true`,
    );
    return found.body.notices.sort((a, b) => b.version - a.version)[0]?.texts;
  };
  const publish = async (purpose: string, material: boolean) => {
    const done = await server.call("POST", "/v1/notices?force=true", {
      body: { id: purpose, purposes: [purpose], material, texts: await words(purpose) },
    });
    expect(done.status, JSON.stringify(done.body)).to.equal(201);
  };

  it("tell that a material change of the words has made consents stale, to one recipient and not the other", async () => {
    const forBi = await pull(server, bi.key, "personalisation");
    const forMail = await pull(server, mailer.key, "marketing");
    expect([forBi.profiles.length, forMail.profiles.length]).to.deep.equal([2, 2]);
    await publish("personalisation", true);
    const told = await until(bi, "personalisation", forBi.position, (c) => tombstones(c).length === 2);
    expect(new Set(tombstones(told.changes).map((c) => c.reason))).to.deep.equal(new Set(["stale"]));
    await grant("1", "personalisation");
    const back = await until(bi, "personalisation", told.next, (c) => c.some((x) => x.kind === "upsert"));
    expect(back.changes.map((c) => c.kind)).to.deep.equal(["upsert"]);
    const mail = await server.call<ChangesAnswer>(
      "GET",
      `/v1/changes?purpose=marketing&after=${forMail.position}`,
      {
        key: mailer.key,
      },
    );
    expect(tombstones(mail.body.changes)).to.deep.equal([]);
  });

  it("tell that a purpose gives less, and that it has ended", async () => {
    const before = await pull(server, mailer.key, "marketing");
    const { purposes } = (await server.call<{ purposes: Record<string, unknown>[] }>("GET", "/v1/purposes"))
      .body;
    const marketing = purposes.find((p) => p.id === "marketing") as { version: number; categories: string[] };
    const apply = async (changed: object, query = "") => {
      const done = await server.call("POST", `/v1/purposes${query}`, { raw: JSON.stringify(changed) });
      expect(done.status, JSON.stringify(done.body)).to.equal(200);
    };
    const narrower = { ...marketing, version: marketing.version + 1, categories: ["identity", "preference"] };
    await apply({ format: "candor-purposes/1", purposes: [narrower] });
    const less = await until(mailer, "marketing", before.position, (c) => c.length >= 2);
    for (const change of less.changes) {
      expect(change.kind).to.equal("upsert");
      expect(change.fields).to.not.have.property("phone");
    }
    const rest = purposes.filter((p) => p.id !== "marketing");
    await apply({ format: "candor-purposes/1", purposes: rest }, "?complete=true");
    const ended = await until(mailer, "marketing", less.next, (c) => tombstones(c).length === 2);
    expect(new Set(tombstones(ended.changes).map((c) => c.reason))).to.deep.equal(new Set(["out_of_scope"]));
  });

  it("tell what a recipient's own registration takes away", async () => {
    const wide = await aRecipient(server, {
      id: "wide",
      purposes: ["service"],
      categories: ["identity", "contact"],
    });
    const { position } = await pull(server, wide.key, "service");
    await server.call("PATCH", "/v1/recipients/wide", { body: { categories: ["identity"] } });
    const told = await until(wide, "service", position, (c) => c.length >= 4);
    for (const change of told.changes)
      expect(change.fields).to.have.property("firstName").and.not.property("phone");
  });

  it("tell that a consent has run out, within seconds of its end", async () => {
    const counter = await aRecipient(server, {
      id: "counter",
      purposes: ["analytics"],
      categories: ["transaction", "location"],
    });
    let position = "";
    // A slow machine may come to the pull only when the consent has ended: then the next one lasts longer.
    for (let lasts = 2 * SECOND; ; lasts *= 2) {
      const end = new Date(Date.now() + lasts);
      await grant("3", "analytics", { validUntil: end.toISOString() });
      const pulled = await pull(server, counter.key, "analytics");
      position = pulled.position;
      if (pulled.profiles.length === 1) break;
      expect(Date.now()).to.be.greaterThan(end.getTime());
    }
    const told = await until(counter, "analytics", position, (c) => tombstones(c).length > 0);
    expect(tombstones(told.changes).map((c) => c.reason)).to.deep.equal(["expired"]);
  });
});
