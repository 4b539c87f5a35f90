import { expect } from "chai";
import { DAY, fixedClock, HOUR } from "../../../src/kernel/clock.ts";
import { readMembersAfter, sequenceChanges } from "../../../src/members/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { aGrant, say } from "../consent/people.ts";
import { aRecipient, follow, memberOf, members, pull, type TestRecipient } from "./shop.ts";

const NIL = "00000000-0000-0000-0000-000000000000";

describe("feeds of recipients", () => {
  let server: TestServer;
  let list: { id: string; writeKey: string };
  const clock = fixedClock("2026-11-20T08:00:00Z");

  const settle = async () => {
    while ((await sequenceChanges(server.database.db)) > 0);
    await server.candor.recipients.notice();
  };
  /** Each member of the smallest page after one, with its subjects. */
  const nextMembers = async (after: string) => {
    const page = await readMembersAfter(server.database.db, after || NIL, 1);
    return page.map((m) => [m.memberId, ...m.subjects.map((s) => s.subjectId)]);
  };
  const reader = (
    id: string,
    purposes: string[],
    more: Record<string, unknown> = {},
  ): Promise<TestRecipient> =>
    aRecipient(server, {
      id,
      purposes,
      categories: ["identity", "contact", "transaction", "preference"],
      ...more,
    });

  before(async () => {
    server = await startTestServer("feed-identity", { clock });
    list = await server.source({ name: "List", kind: "members", region: "TW" });
  });
  after(() => server.close());

  it("tell of a merge, and of the split that undoes it", async () => {
    await members(server, list, [
      { memberId: "J-1", firstName: "Ann" },
      { phone: "0922000001", lastName: "Wu" },
    ]);
    const ann = await memberOf(server, "J-1");
    const phone = await server.call<{ memberId: string; subjects: { id: string }[] }>(
      "POST",
      "/v1/profiles/lookup?purpose=service",
      { body: { kind: "phone", value: "0922000001", region: "TW" } },
    );
    const wu = phone.body.memberId;
    expect(wu).to.not.equal(ann);
    await settle();
    const service = await reader("service-desk", ["service"]);
    const before = await pull(server, service.key, "service");
    const aliasOf = (name: string) =>
      before.profiles.find((l) => Object.values(l.fields).includes(name))?.member as string;
    const [annAlias, wuAlias] = [aliasOf("Ann"), aliasOf("Wu")];
    const joined = await server.call("POST", "/v1/members/join", { body: { subjects: [ann, wu] } });
    expect(joined.status, JSON.stringify(joined.body)).to.equal(200);
    await settle();
    // Pages are cut between members, never within one, however few subjects they may hold.
    const met: string[][] = [];
    for (let page = await nextMembers(""); page.length > 0; page = await nextMembers(met.at(-1)?.[0] ?? ""))
      met.push(...page);
    expect(met).to.deep.equal([[[ann, wu].sort()[0], ...[ann, wu].sort()]]);
    const merged = await follow(server, service.key, "service", before.position);
    const [kept, gone] = ann < wu ? [annAlias, wuAlias] : [wuAlias, annAlias];
    expect(
      merged.changes.filter((c) => c.kind === "tombstone").map((c) => [c.member, c.reason, c.mergedInto]),
    ).to.deep.equal([[gone, "merged_into", kept]]);
    const upsert = merged.changes.filter((c) => c.kind === "upsert" && c.member === kept).at(-1);
    expect(upsert?.fields).to.include({ firstName: "Ann", lastName: "Wu" });
    const [whole] = [ann, wu].sort();
    const split = await server.call("POST", `/v1/members/${whole}/split`, { body: { subjects: [wu] } });
    expect(split.status, JSON.stringify(split.body)).to.equal(200);
    await settle();
    const parted = await follow(server, service.key, "service", merged.next);
    const state = new Map(parted.changes.map((c) => [c.member, c]));
    expect(state.get(annAlias)?.fields).to.deep.include({ firstName: "Ann" });
    expect(state.get(annAlias)?.fields).to.not.have.property("lastName");
    expect(state.get(wuAlias)?.fields).to.deep.include({ lastName: "Wu" });
  });

  it("tell of consents that expired, of purposes that left a registration, and of its narrower fields", async () => {
    await members(server, list, [{ memberId: "E-1", firstName: "Eve", tier: "gold" }]);
    const eve = await memberOf(server, "E-1");
    const until = new Date(clock.now().getTime() + 10 * DAY).toISOString();
    expect((await say(server, aGrant(eve, "personalisation", { validUntil: until }))).status).to.equal(201);
    await settle();
    const bi = await reader("expiry-bi", ["personalisation"]);
    const before = await pull(server, bi.key, "personalisation");
    expect(before.profiles).to.have.length(1);
    await server.candor.recipients.sweep();
    expect((await follow(server, bi.key, "personalisation", before.position)).changes).to.deep.equal([]);
    await server.call("PATCH", "/v1/recipients/expiry-bi", { body: { categories: ["preference"] } });
    clock.advance(2_000);
    await server.candor.recipients.sweep();
    const narrower = await follow(server, bi.key, "personalisation", before.position);
    expect(narrower.changes.map((c) => [c.kind, Object.keys(c.fields)])).to.deep.equal([["upsert", []]]);
    clock.advance(11 * DAY);
    expect(await server.candor.recipients.sweep()).to.be.greaterThan(0);
    await settle();
    const expired = await follow(server, bi.key, "personalisation", narrower.next);
    expect(expired.changes.map((c) => [c.kind, c.reason])).to.deep.equal([["tombstone", "expired"]]);
    clock.advance(HOUR);
    expect((await say(server, aGrant(eve, "personalisation"))).status).to.equal(201);
    await settle();
    const back = await follow(server, bi.key, "personalisation", expired.next);
    expect(back.changes.map((c) => c.kind)).to.deep.equal(["upsert"]);
    await server.call("PATCH", "/v1/recipients/expiry-bi", { body: { purposes: ["service"] } });
    clock.advance(2_000);
    await server.candor.recipients.sweep();
    await settle();
    expect((await pull(server, bi.key, "personalisation")).status).to.equal(403);
    const left = await follow(server, bi.key, "personalisation", back.next);
    expect(left.changes.map((c) => [c.kind, c.reason])).to.deep.equal([["tombstone", "out_of_scope"]]);
  });

  it("share member ids only for a purpose that was registered for joining", async () => {
    const one = await reader("join-one", ["service"], { joinPurposes: ["service"] });
    const two = await reader("join-two", ["service"], { joinPurposes: ["service"] });
    const apart = await reader("join-none", ["service"]);
    const idsOf = async (r: TestRecipient) =>
      (await pull(server, r.key, "service")).profiles.map((l) => l.member);
    const ids = await idsOf(one);
    expect(ids).to.have.length.greaterThan(1);
    expect(await idsOf(two)).to.deep.equal(ids);
    expect(new Set([...ids, ...(await idsOf(apart))]).size).to.equal(2 * ids.length);
  });

  it("give identifiers only to a registration that names them", async () => {
    const named = await reader("with-ids", ["service"], { fields: ["*", "identifiers"] });
    const plain = await reader("without-ids", ["service"]);
    const [withIds] = (await pull(server, named.key, "service")).profiles;
    const [without] = (await pull(server, plain.key, "service")).profiles;
    expect(withIds?.identifiers?.length).to.be.greaterThan(0);
    expect(without).to.not.have.property("identifiers");
    const only = await reader("one-field", ["service"], { fields: ["firstName"] });
    for (const line of (await pull(server, only.key, "service")).profiles)
      expect(Object.keys(line.fields).filter((f) => f !== "firstName")).to.deep.equal([]);
  });

  it("refuse registrations that promise what no purpose holds", async () => {
    const refused = async (settings: Record<string, unknown>) =>
      (
        await server.call("POST", "/v1/recipients", {
          body: {
            id: "bad",
            name: "Bad",
            role: "processor",
            purposes: ["service"],
            categories: ["contact"],
            contact: "a@b.example",
            ...settings,
          },
        })
      ).status;
    expect(await refused({ purposes: ["nonsense"] })).to.equal(400);
    expect(await refused({ joinPurposes: ["marketing"] })).to.equal(400);
    expect(await refused({ role: "third-party", purposes: ["partner-sharing"] })).to.equal(400);
    expect(await refused({ webhookUrl: "https://169.254.169.254/" })).to.equal(400);
    expect(await refused({ contact: "nonsense" })).to.equal(400);
    expect(await refused({ id: "service-desk" })).to.equal(409);
  });
});
