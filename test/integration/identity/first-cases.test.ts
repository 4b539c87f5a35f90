import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { DAY } from "../../../src/kernel/clock.ts";
import { lineItem, listItem, NOW, webItem } from "../order/items.ts";
import { differences, readAll, snapshot } from "../order/snapshot.ts";
import { aHouse, anon, card, email, type House, open, phone, union, user } from "./house.ts";

const AT = "2026-10-01T10:00:00.000Z";
const LATER = "2026-10-02T10:00:00.000Z";
const LAST = "2026-10-03T10:00:00.000Z";

describe("who is who, seen from the doors: cases 1 to 8", () => {
  let house: House;
  before(async () => {
    house = await aHouse("identity-first");
  });
  beforeEach(() => house.clear());
  after(() => house.drop());

  it("case 1: a family that shares a phone stays two members, and the phone is contested", async () => {
    const unverified = (n: number) =>
      webItem("app", "identify", [card(`M-${n}`), phone("0912345678")], { at: AT, id: `${n}` });
    const verified = (n: number) => listItem([card(`M-${n}`), phone("0922333444")], { at: AT, id: `v${n}` });
    await house.take([unverified(1), unverified(2), verified(1), verified(2)]);
    const one = await house.profile("member_id", "M-1");
    const two = await house.profile("member_id", "M-2");
    expect(one.memberId).to.not.equal(two.memberId);
    const both = { status: 409, memberIds: [one.memberId, two.memberId].sort() };
    expect(await house.find("phone", "+886912345678")).to.deep.equal(both);
    expect(await house.find("phone", "+886922333444")).to.deep.equal(both);
    const review = await house.review();
    expect(review.map((c) => [c.class, c.rule, c.partyCount]).sort()).to.deep.equal([
      [3, "class1-conflict", 2],
      [4, "shared-by-known-profiles", 2],
    ]);
    expect(
      one.identifiers
        .filter((i) => i.kind === "phone")
        .map((i) => i.contested?.rule)
        .sort(),
    ).to.deep.equal(["class1-conflict", "shared-by-known-profiles"]);
  });

  it("case 2: a store's phone typed for 500 shoppers is quarantined and merges nobody", async () => {
    const shoppers = Array.from({ length: 500 }, (_, i) =>
      webItem("app", "identify", [open(`oShopper0123456789abcdefgh${i}`), phone("0227001234")], {
        at: AT,
        id: `s${i}`,
      }),
    );
    expect(new Set(await house.take(shoppers, "in bulk"))).to.deep.equal(new Set(["accepted"]));
    const summary = await house.server().call<{ members: number; subjects: number }>("GET", "/v1/summary");
    expect(summary.body.members).to.equal(500);
    const review = await house.review();
    expect(review.map((c) => [c.kind, c.rule, c.partyCount])).to.deep.equal([
      ["phone", "degree-exceeded", 500],
    ]);
    expect(review[0]?.parties).to.have.length(20);
    // The next one still does not join, and whoever asks whose phone it is is told a few, not picked for.
    await house.take([
      webItem("app", "identify", [card("M-1"), phone("0227001234")], { at: LATER, id: "next" }),
    ]);
    expect((await house.profile("member_id", "M-1")).subjects).to.have.length(1);
    const found = await house.find("phone", "+886227001234");
    expect(found.status === 409 && found.memberIds).to.have.length(20);
    expect((await house.review())[0]?.partyCount).to.equal(501);
  });

  it("case 2: a switchboard's number that the source declares names nobody at all", async () => {
    const item = (n: number) => ({
      type: "identify",
      messageId: `b${n}`,
      userId: `U-${n}`,
      traits: { phone: "400-810-8888" },
      timestamp: AT,
    });
    expect((await house.send("mainland", [item(1), item(2)])).map((r) => r.status)).to.deep.equal([
      "accepted",
      "accepted",
    ]);
    const profile = await house.profile("user_id", "U-1");
    expect(profile.identifiers.map((i) => i.kind)).to.deep.equal(["user_id"]);
    expect(await house.review()).to.deep.equal([]);
  });

  it("case 3: all 24 orders of four entangled facts give the same bytes", async function () {
    this.timeout(120_000);
    const items = [
      webItem("shop", "identify", [card("M-1"), email("ann@example.com")], { at: AT, id: "1" }),
      webItem("shop", "identify", [email("ann@example.com"), phone("0912345678")], { at: LATER, id: "2" }),
      listItem([card("M-2"), phone("0912345678")], { at: LATER, id: "3", traits: { firstName: "Bo" } }),
      webItem("app", "identify", [card("M-2"), anon("x"), email("ann@example.com")], { at: LAST, id: "4" }),
    ];
    const named = [card("M-1"), card("M-2"), email("ann@example.com"), phone("0912345678"), anon("x")];
    let first: unknown;
    for (const order of permutationsOf(items)) {
      await house.clear();
      await house.take(order);
      const shot = await snapshot(house.server(), await readAll(house.server()), named);
      first ??= shot;
      expect(differences(first, shot)).to.deep.equal([]);
    }
  });

  it("case 4: a fact that comes late adds to the history and changes nothing of today", async () => {
    const said = (city: string, at: string, id: string) =>
      webItem("shop", "identify", [card("M-1")], { traits: { city }, at, id });
    await house.take([said("Taipei", LAST, "now")]);
    const before = await house.profile("member_id", "M-1");
    await house.take([said("Tainan", AT, "late")]);
    const after = await house.profile("member_id", "M-1");
    expect(after.attributes.city?.value).to.equal("Taipei");
    expect(after.attributes.city?.candidates.map((c) => c.value)).to.deep.equal(["Taipei", "Tainan"]);
    expect(before.attributes.city?.candidates).to.have.length(1);
    expect([after.facts.firstSeen, after.facts.lastSeen]).to.deep.equal([AT, LAST]);
    expect(after.memberId).to.equal(before.memberId);
  });

  it("case 5: an anonymous visit that races its own log-in ends in one profile", async () => {
    const races = Array.from({ length: 12 }, (_, i) => [
      webItem("shop", "page", [anon(`visitor-${i}`)], { at: AT, id: `p${i}` }),
      webItem("shop", "identify", [user(`U-${i}`), anon(`visitor-${i}`)], { at: LATER, id: `i${i}` }),
    ]).flat();
    await house.take(races, "at once");
    for (let i = 0; i < 12; i++) {
      const profile = await house.profile("anonymous_id", `visitor-${i}`);
      expect(profile.subjects.map((s) => s.anchorKind).sort()).to.deep.equal(["anonymous_id", "user_id"]);
      expect(await house.find("user_id", `U-${i}`)).to.deep.equal({
        status: 200,
        memberId: profile.memberId,
      });
      expect(profile.facts.eventCounts).to.deep.equal({ identify: 1, page: 1 });
    }
  });

  it("case 6: cycles and aliases of oneself end in one profile", async () => {
    const named = (id: string, ...ids: [string, string][]) => ({
      type: "track",
      event: "Seen",
      messageId: id,
      timestamp: AT,
      context: { externalIds: ids.map(([type, value]) => ({ type, id: value })) },
    });
    await house.send("shop", [
      named("1", ["crm", "a"], ["desk", "b"]),
      named("2", ["desk", "b"], ["club", "c"]),
      named("3", ["club", "c"], ["crm", "a"]),
      named("4", ["crm", "a"], ["crm", "a"]),
      named("5", ["club", "c"]),
      { type: "alias", messageId: "6", previousId: "u", userId: "u", timestamp: AT },
      { type: "alias", messageId: "7", previousId: "u", userId: "u", timestamp: LATER },
    ]);
    const issuer = house.installation.sources.shop.id;
    const ids = await Promise.all(
      [
        ["crm", "a"],
        ["desk", "b"],
        ["club", "c"],
      ].map(async ([kind, value]) => {
        const answer = await house
          .server()
          .call<{ memberId: string }>("POST", "/v1/profiles/lookup?purpose=service", {
            body: { kind, value, issuer },
          });
        return answer.body.memberId;
      }),
    );
    expect(new Set(ids)).to.have.property("size", 1);
    expect((await house.profile("user_id", "u")).facts.eventCounts).to.deep.equal({ alias: 2 });
  });

  it("case 6: of a chain whose ends are signed apart the weakest link gives way", async () => {
    // A and C were one until staff said they are not.
    await house.take([
      webItem("shop", "identify", [union("A-union-0123456789"), email("ac@example.com")], {
        at: AT,
        id: "1",
      }),
      webItem("shop", "identify", [card("C"), email("ac@example.com")], { at: AT, id: "2" }),
    ]);
    const whole = await house.profile("member_id", "C");
    const a = whole.subjects.find((s) => s.anchorKind === "wechat_unionid")?.id as string;
    await house.split(whole.memberId, [a]);
    // B is tied to A first and to C later.
    const b = "U4af4980629a1b2c3d4e5f60718293a4b";
    await house.take([
      lineItem(b, "accountLink", { at: AT, id: "link" }),
      webItem("shop", "identify", [union("A-union-0123456789"), email("ab@example.com")], {
        at: AT,
        id: "3",
      }),
      listItem([card("C"), phone("0912345678")], { at: LATER, id: "4" }),
    ]);
    await house.send("confirmed", [
      { messageId: "5", lineUserId: b, email: "ab@example.com", updatedAt: AT },
      { messageId: "6", lineUserId: b, phone: "0912345678", updatedAt: LATER },
    ]);
    const members = await Promise.all([
      house.profile("wechat_unionid", "A-union-0123456789"),
      house.profile("line_user_id", b),
      house.profile("member_id", "C"),
    ]);
    const [withA, withB, withC] = members.map((m) => m.memberId);
    expect(withB).to.equal(withA);
    expect(withC).to.not.equal(withA);
    const graph = await house
      .server()
      .call<{ contested: { kind: string; rule: string }[] }>("GET", `/v1/members/${withC}/identity`);
    expect(graph.body.contested.map((c) => [c.kind, c.rule])).to.deep.include(["phone", "cannot-link"]);
  });

  it("case 7: an event with the card of one and the e-mail of another picks nobody silently", async () => {
    await house.take([
      webItem("shop", "identify", [card("A"), email("a@example.com")], { at: AT, id: "1" }),
      webItem("shop", "identify", [card("B"), email("b@example.com")], { at: AT, id: "2" }),
      webItem("shop", "identify", [card("A"), email("b@example.com")], { at: LATER, id: "3" }),
    ]);
    const [a, b] = [await house.profile("member_id", "A"), await house.profile("member_id", "B")];
    expect(a.memberId).to.not.equal(b.memberId);
    expect(await house.find("email", "b@example.com")).to.deep.equal({
      status: 409,
      memberIds: [a.memberId, b.memberId].sort(),
    });
    expect((await house.review()).map((c) => [c.kind, c.rule])).to.deep.equal([["email", "class1-conflict"]]);
    expect(a.facts.eventCounts).to.deep.equal({ identify: 2 });
  });

  it("case 7: an item with two cards at once is quarantined with its reason", async () => {
    const [result] = await house.send("shop", [
      {
        type: "identify",
        messageId: "two",
        timestamp: AT,
        traits: { memberCard: "A" },
        context: { externalIds: [{ type: "member_id", id: "B" }] },
      },
    ]);
    expect(result).to.include({ status: "quarantined", code: "conflicting-identifiers" });
    expect(await house.find("member_id", "A")).to.deep.equal({ status: 404 });
  });

  it("case 8: a recycled phone leads to its new owner once the former one's evidence has expired", async () => {
    await house.take([
      listItem([card("OLD"), phone("0912345678")], { at: "2024-12-20T00:00:00Z", id: "1" }),
      listItem([card("NEW"), phone("0912345678")], { at: "2026-11-01T00:00:00Z", id: "2" }),
    ]);
    const [old, fresh] = [await house.profile("member_id", "OLD"), await house.profile("member_id", "NEW")];
    expect(await house.find("phone", "+886912345678")).to.deep.equal({
      status: 409,
      memberIds: [old.memberId, fresh.memberId].sort(),
    });
    expect((await house.review()).map((c) => c.rule)).to.deep.equal(["class1-conflict"]);
    house.installation.clock.set(new Date(Date.parse(NOW) + 60 * DAY));
    house.server().candor.startWorkers();
    while ((await house.review()).length > 0) await pause(20);
    expect(await house.find("phone", "+886912345678")).to.deep.equal({
      status: 200,
      memberId: fresh.memberId,
    });
    // What was known of the former owner is still found by everything else.
    expect((await house.profile("member_id", "OLD")).identifiers.map((i) => i.kind)).to.include("phone");
  });
});

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutationsOf([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
