import { expect } from "chai";
import { MINUTE } from "../../../src/kernel/clock.ts";
import { replay } from "../files/sending.ts";
import { aHouse, anchoredBy, card, email, type House, phone, user } from "../identity/house.ts";
import { listItem, webItem } from "../order/items.ts";
import { isAbout, type ToldEntry, toldOf } from "./log.ts";

const AT = "2026-10-01T10:00:00.000Z";
/** What must stand in no entry. */
const VALUES = /ann@example|912345678|922333444|M-1|M-2|U-9|Cart|LOOK/;

describe("what staff do and read", () => {
  let house: House;
  before(async () => {
    house = await aHouse("audit-acts");
  });
  beforeEach(() => house.clear());
  after(() => house.drop());

  /** The entries that an act left of an action, each free of anybody's values. */
  const leftBy = async (action: string, act: () => Promise<unknown>): Promise<ToldEntry[]> => {
    const before = await toldOf(house.server(), action);
    await act();
    const entries = (await toldOf(house.server(), action)).slice(before.length);
    for (const { text, requestId } of entries) {
      expect(text).not.to.match(VALUES);
      expect(requestId).to.be.a("string");
    }
    return entries;
  };
  const only = async (action: string, act: () => Promise<unknown>): Promise<ToldEntry> => {
    const entries = await leftBy(action, act);
    expect(entries.map((e) => e.action)).to.deep.equal([action]);
    return entries[0] as ToldEntry;
  };
  const members = (...ids: readonly string[]) => ids.map((id) => ({ kind: "member", id }));
  const quarantined = async (): Promise<string[]> => {
    const listed = await house.server().call<{ items: { id: string }[] }>("GET", "/v1/quarantine");
    return listed.body.items.map((i) => i.id);
  };

  it("with quarantined items is told in the log: each look by its item, the rest by how many", async () => {
    const bad = (n: number) => ({ type: "track", userId: `LOOK-${n}`, messageId: `look-${n}` });
    await house.send("shop", [bad(1), bad(2), bad(3)]);
    const ids = await quarantined();
    expect(ids).to.have.length(3);
    const read = await only("quarantine.read", () => house.server().call("GET", `/v1/quarantine/${ids[0]}`));
    expect(isAbout(read, [{ kind: "quarantine", id: ids[0] as string }])).to.equal(true);
    expect(isAbout(read, [{ kind: "quarantine", id: ids[1] as string }])).to.equal(false);

    const tried = await only("quarantine.replayed", () => replay(house.server(), { ids }));
    expect(tried.counts).to.deep.equal({ tried: 3, accepted: 0, duplicate: 0, quarantined: 3 });
    const payload = { ...bad(1), event: "Cart Viewed" };
    const stored = await only("quarantine.replayed", () => replay(house.server(), { id: ids[0], payload }));
    expect(stored.counts).to.deep.equal({ tried: 1, accepted: 1, duplicate: 0, quarantined: 0 });
    const nothing = await only("quarantine.replayed", () => replay(house.server(), { id: ids[0], payload }));
    expect(nothing.counts).to.deep.equal({ tried: 0, accepted: 0, duplicate: 0, quarantined: 0 });

    const gone = await only("quarantine.discarded", () =>
      house.server().call("POST", "/v1/quarantine/discard", { body: { ids: ids.slice(1) } }),
    );
    expect(gone.counts).to.deep.equal({ items: 2 });
  });

  it("with somebody's events is told with the purpose, the member and how many were shown", async () => {
    await house.take([webItem("shop", "identify", [user("U-9")], { at: AT, id: "1" })]);
    const { memberId } = await house.profile("user_id", "U-9");
    const read = await only("events.read", () =>
      house.server().call("GET", `/v1/members/${memberId}/events?purpose=service`),
    );
    expect(read).to.deep.include({ purpose: "service", outcome: "done" });
    expect(read.counts).to.include({ events: 1 });
    expect(isAbout(read, members(memberId))).to.equal(true);
  });

  it("about who is who is told with every member it leaves; a preview only where it reads what sides are known by", async () => {
    await house.take([
      webItem("shop", "identify", [card("M-1"), email("ann@example.com")], { at: AT, id: "1" }),
      webItem("shop", "identify", [email("ann@example.com"), user("U-9")], { at: AT, id: "2" }),
    ]);
    const whole = await house.profile("member_id", "M-1");
    const leaving = [anchoredBy(whole, "member_id")];
    expect(await leftBy("identity.split", () => house.split(whole.memberId, leaving, true))).to.deep.equal(
      [],
    );
    const looked = await only("identity.previewed", () =>
      house.server().call("POST", `/v1/members/${whole.memberId}/split?preview=true&purpose=service`, {
        body: { subjects: leaving },
      }),
    );
    expect(looked.purpose).to.equal("service");
    expect(isAbout(looked, members(whole.memberId))).to.equal(true);

    let after: string[] = [];
    const split = await only("identity.split", async () => {
      after = (await house.split(whole.memberId, leaving)).after.map((g) => g.memberId);
    });
    expect(after.length).to.be.at.least(2);
    expect(isAbout(split, members(...after))).to.equal(true);
    const joined = await only("identity.joined", async () => {
      after = (await house.join(whole.subjects.map((s) => s.id))).after.map((g) => g.memberId);
    });
    expect(after).to.have.length(1);
    expect(isAbout(joined, members(...after))).to.equal(true);
  });

  it("with a value that several hold is told with all whom the refusal names, and so is that it names nobody", async () => {
    await house.take([
      listItem([card("M-1"), phone("0922333444")], { at: AT, id: "1" }),
      listItem([card("M-2"), phone("0922333444")], { at: AT, id: "2" }),
    ]);
    house.installation.clock.advance(MINUTE);
    let holders: readonly string[] = [];
    const refused = await only("profile.read", async () => {
      const answer = await house.find("phone", "+886922333444");
      if (answer.status === 409) holders = answer.memberIds;
    });
    expect(holders).to.have.length(2);
    expect(refused).to.deep.include({ purpose: "service", outcome: "refused" });
    expect(isAbout(refused, members(...holders))).to.equal(true);

    const [contested] = await house.review();
    const blocked = await only("identity.blocked", () => house.settle(contested?.id ?? "", "names-nobody"));
    expect(isAbout(blocked, members(...holders))).to.equal(true);
  });
});
