import { expect } from "chai";
import { listItem, orderItem, webItem } from "../order/items.ts";
import { readAll } from "../order/snapshot.ts";
import {
  aHouse,
  anchoredBy,
  anon,
  card,
  email,
  type Grouping,
  type House,
  open,
  phone,
  user,
} from "./house.ts";

const AT = "2026-10-01T10:00:00.000Z";
const LATER = "2026-10-02T10:00:00.000Z";

/** A preview that names a purpose. */
interface Described {
  readonly before: readonly {
    readonly memberId: string;
    readonly identifiers: readonly {
      readonly kind: string;
      readonly value: string;
      readonly shared: boolean;
    }[];
    readonly orders: number | null;
  }[];
  readonly after: Described["before"];
}

describe("decisions of staff about who is who", () => {
  let house: House;
  before(async () => {
    house = await aHouse("identity-decisions");
  });
  beforeEach(() => house.clear());
  after(() => house.drop());

  /** Who is together now, in the words of an outcome. */
  const groups = async (): Promise<Grouping[]> => {
    const shown = await readAll(house.server());
    const byMember = new Map<string, string[]>();
    for (const { id, member } of shown.rows) byMember.set(member, [...(byMember.get(member) ?? []), id]);
    return [...byMember]
      .map(([memberId, subjects]) => ({ memberId, subjects: subjects.sort() }))
      .sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  };

  /** A card, its address and a session: one member of three subjects. */
  const ann = [
    webItem("shop", "identify", [card("A"), email("ann@example.com")], { at: AT, id: "1" }),
    webItem("shop", "identify", [email("ann@example.com"), anon("x")], { at: AT, id: "2" }),
    webItem("shop", "page", [anon("x")], { at: AT, id: "3" }),
  ];

  it("a preview of a split shows exactly what then happens, and changes nothing itself", async () => {
    await house.take(ann);
    const before = await groups();
    const member = await house.profile("member_id", "A");
    expect(member.subjects).to.have.length(3);
    const leaving = member.subjects.filter((s) => s.anchorKind === "member_id").map((s) => s.id);
    const preview = await house.split(member.memberId, leaving, true);
    expect(preview).to.include({ preview: true });
    expect(await groups()).to.deep.equal(before);
    const done = await house.split(member.memberId, leaving);
    expect(done).to.deep.equal({ ...preview, preview: false });
    expect(done.before).to.deep.equal(before);
    expect(await groups()).to.deep.equal(done.after);
    expect(done.after.map((g) => g.subjects.length).sort()).to.deep.equal([1, 2]);
  });

  it("a preview of a join shows exactly what then happens, and changes nothing itself", async () => {
    await house.take([...ann, webItem("shop", "page", [user("U-9")], { at: LATER, id: "4" })]);
    const before = await groups();
    const [a, u] = [await house.profile("member_id", "A"), await house.profile("user_id", "U-9")];
    const together = [anchoredBy(a, "member_id"), anchoredBy(u, "user_id")];
    const preview = await house.join(together, true);
    expect(await groups()).to.deep.equal(before);
    const done = await house.join(together);
    expect(done).to.deep.equal({ ...preview, preview: false });
    expect(await groups()).to.deep.equal(done.after);
    expect(done.after.map((g) => g.subjects.length)).to.deep.equal([4]);
  });

  it("a join has its effect after a split, whoever else was confirmed to be that person", async () => {
    const people = [...Array(6).keys()];
    const names = ["a", "b", "c"] as const;
    const visits = people.flatMap((n) =>
      names.map((name) => webItem("shop", "page", [anon(`${name}-${n}`)], { at: AT, id: `${name}-${n}` })),
    );
    await house.take(visits);
    for (const n of people) {
      const [a, b, c] = await Promise.all(names.map((name) => house.profile("anonymous_id", `${name}-${n}`)));
      const [one, two, three] = [a, b, c].map((p) => anchoredBy(p as NonNullable<typeof p>, "anonymous_id"));
      const ids = [one, two, three] as [string, string, string];
      await house.join([ids[0], ids[1]]);
      await house.join([ids[0], ids[2]]);
      const whole = await house.profile("anonymous_id", `a-${n}`);
      expect((await house.split(whole.memberId, [ids[1]])).after).to.have.length(2);
      // The third was confirmed to be the first, so that the newest word is about all of them.
      const { after } = await house.join([ids[0], ids[1]]);
      expect(after.map((g) => [...g.subjects].sort())).to.deep.equal([[...ids].sort()]);
    }
  });

  it("a preview that names a purpose tells what each side is known by and has ordered, and no value whole", async () => {
    const order = (named: Parameters<typeof orderItem>[2], id: string) =>
      orderItem("shop", "Order Completed", named, { order_id: `O-${id}`, total: 90 }, { at: LATER, id });
    await house.take([...ann, order([card("A")], "5"), order([user("U-9")], "6"), order([user("U-9")], "7")]);
    const [a, u] = [await house.profile("member_id", "A"), await house.profile("user_id", "U-9")];
    const subjects = [anchoredBy(a, "member_id"), anchoredBy(u, "user_id")];
    const ask = (query: string, key?: string) =>
      house.server().call<Described>("POST", `/v1/members/join?preview=true${query}`, {
        body: { subjects },
        ...(key === undefined ? {} : { key }),
      });

    const { body: shown } = await ask("&purpose=service");
    const side = (list: Described["before"], memberId: string) => list.find((g) => g.memberId === memberId);
    const ofA = side(shown.before, a.memberId);
    expect(ofA?.orders).to.equal(1);
    expect(ofA?.identifiers.map((i) => [i.kind, i.value])).to.deep.include.members([
      ["member_id", "A•••"],
      ["email", "a•••"],
    ]);
    expect(side(shown.before, u.memberId)).to.deep.include({ orders: 2 });
    expect(side(shown.before, u.memberId)?.identifiers.map((i) => i.value)).to.deep.equal(["U•••"]);
    expect(shown.after.map((g) => [g.orders, g.identifiers.length])).to.deep.equal([
      [3, (ofA?.identifiers.length ?? 0) + 1],
    ]);
    expect(JSON.stringify(shown)).to.not.contain("ann@example.com");

    const { body: registered } = await house
      .server()
      .call<{ disclosures: { purpose: string; categories: string[] }[] }>(
        "GET",
        `/v1/members/${u.memberId}/disclosures`,
      );
    expect(registered.disclosures.map((d) => d.purpose)).to.deep.equal(["service"]);
    expect(registered.disclosures[0]?.categories).to.include.members(["identity", "transaction"]);

    // What the purpose does not let be read of anybody is not told here either; and no purpose, no data.
    const { body: closed } = await ask("&purpose=profiling");
    expect(closed.before.map((g) => [g.identifiers, g.orders])).to.deep.equal([
      [[], null],
      [[], null],
    ]);
    const { body: silent } = await ask("");
    expect(silent.before.flatMap((g) => Object.keys(g))).to.not.include.members(["identifiers"]);
    expect((await ask("&purpose=no-such-purpose")).status).to.equal(403);
  });

  it("a preview of a split says which values both sides would go on to share", async () => {
    await house.take(ann);
    const member = await house.profile("member_id", "A");
    const { body } = await house
      .server()
      .call<Described>("POST", `/v1/members/${member.memberId}/split?preview=true&purpose=service`, {
        body: { subjects: [anchoredBy(member, "member_id")] },
      });
    const shared = body.after.map((g) => g.identifiers.filter((i) => i.shared).map((i) => i.kind));
    expect(shared).to.deep.equal([["email"], ["email"]]);
    expect(body.before.flatMap((g) => g.identifiers.filter((i) => i.shared))).to.deep.equal([]);
  });

  it("a join of two cards is not followed, and its preview says so", async () => {
    await house.take([
      listItem([card("A")], { at: AT, id: "1" }),
      listItem([card("B")], { at: AT, id: "2" }),
    ]);
    const [a, b] = [await house.profile("member_id", "A"), await house.profile("member_id", "B")];
    const ids = [a.memberId, b.memberId];
    const preview = await house.join(ids, true);
    expect(preview.after).to.deep.equal(preview.before);
    const done = await house.join(ids);
    expect(done.after).to.deep.equal(done.before);
    expect(await groups()).to.have.length(2);
  });

  it("a split that names nobody, everybody or a stranger is refused", async () => {
    await house.take([...ann, webItem("shop", "page", [user("U-9")], { at: LATER, id: "4" })]);
    const member = await house.profile("member_id", "A");
    const stranger = (await house.profile("user_id", "U-9")).memberId;
    for (const subjects of [member.subjects.map((s) => s.id), [stranger]]) {
      const answer = await house
        .server()
        .call("POST", `/v1/members/${member.memberId}/split`, { body: { subjects } });
      expect(answer.status).to.equal(400);
    }
    expect(await groups()).to.have.length(2);
  });

  /** A number that two known members and an unknown account hold, so that it joins none of them. */
  const shared = [
    webItem("app", "identify", [user("U-1"), phone("0912345678")], { at: AT, id: "1" }),
    webItem("app", "identify", [email("ann@example.com"), phone("0912345678")], { at: AT, id: "2" }),
    webItem("shop", "identify", [email("ann@example.com")], { at: AT, id: "3" }),
    webItem("app", "identify", [open("oZz0123456789abcdefghijklmno"), phone("0912345678")], {
      at: AT,
      id: "4",
    }),
  ];

  async function contestedPhone(): Promise<string> {
    await house.take(shared);
    const [item, ...others] = await house.review();
    expect([item?.kind, item?.rule, item?.partyCount, others.length]).to.deep.equal([
      "phone",
      "shared-by-known-profiles",
      3,
      0,
    ]);
    expect(await groups()).to.have.length(3);
    return item?.id as string;
  }

  for (const [decision, members] of [
    ["same-person", 1],
    ["different-people", 3],
    ["names-nobody", 3],
  ] as const) {
    it(`settling a contested number as ${decision} does what its preview shows, once and for all`, async () => {
      const id = await contestedPhone();
      const before = await groups();
      const preview = await house.settle(id, decision, true);
      expect(await groups()).to.deep.equal(before);
      expect(await house.review()).to.have.length(1);
      const done = await house.settle(id, decision);
      expect(done).to.deep.equal({ ...preview, preview: false });
      const after = await groups();
      expect(after).to.have.length(members);
      expect(await house.review()).to.deep.equal([]);
      // The same facts again, and new ones that say the same, leave it settled.
      expect(new Set(await house.take(shared))).to.deep.equal(new Set(["duplicate"]));
      await house.take(
        shared.map((item) => ({ ...item, raw: { ...item.raw, messageId: `again-${item.raw.messageId}` } })),
      );
      expect(await groups()).to.deep.equal(after);
      expect(await house.review()).to.deep.equal([]);
    });
  }

  it("a decision replaces its opposite, and the last one counts", async () => {
    const id = await contestedPhone();
    await house.settle(id, "different-people");
    expect(await groups()).to.have.length(3);
    await house.settle(id, "same-person");
    expect(await groups()).to.have.length(1);
    const [whole] = await groups();
    const account = (await house.profile("wechat_openid", "oZz0123456789abcdefghijklmno")).subjects.find(
      (s) => s.anchorKind === "wechat_openid",
    );
    await house.split(whole?.memberId as string, [account?.id as string]);
    expect(await groups()).to.have.length(2);
  });

  it("a split of a merge by evidence takes the whole side along, whichever member's id survives", async () => {
    await house.take(ann);
    const a = await house.profile("member_id", "A");
    await house.take([
      webItem("shop", "identify", [user("U-1"), email("bo@example.com")], { at: LATER, id: "5" }),
      webItem("shop", "identify", [email("bo@example.com")], { at: LATER, id: "6" }),
      webItem("shop", "identify", [user("U-1"), email("ann@example.com")], { at: LATER, id: "7" }),
    ]);
    const whole = await house.profile("member_id", "A");
    expect(whole.subjects).to.have.length(5);
    const out = whole.subjects.filter((s) => !a.subjects.some((own) => own.id === s.id)).map((s) => s.id);
    const { after } = await house.split(whole.memberId, out);
    expect(after.map((g) => g.subjects)).to.deep.include(a.subjects.map((s) => s.id).sort());
    expect(after.map((g) => g.subjects)).to.deep.include([...out].sort());
    expect((await house.profile("member_id", "A")).memberId).to.equal(a.memberId);
  });
});
