import { expect } from "chai";
import { parseMemberItem } from "../../../../pipelines/sources/members/index.ts";
import { anArrival, aSource, codeOf, eventOf, RECEIVED_AT, someDeps } from "../steps/builders.ts";

const parse = (raw: unknown, changes = {}) =>
  parseMemberItem(raw, aSource({ kind: "members", ...changes }), anArrival(), someDeps());

describe("rows of a member list", () => {
  it("reads a row with who the member is and what is said about them", () => {
    const row = {
      member_id: "M1",
      email: "Mei@example.com",
      phone: "",
      first_name: "Mei",
      joined: "2020-01-31",
      createdAt: "2020-01-31T10:00:00",
      updatedAt: "2026-05-01T08:00:00",
      storeId: "S1",
      shoeSize: 39,
    };
    expect(eventOf(parse(row))).to.deep.include({
      type: "member.upserted",
      occurredAt: new Date("2026-05-01T00:00:00Z"),
      channel: "list",
      storeId: "S1",
      identifiers: [
        { kind: "member_id", issuer: "", value: "M1", verified: false },
        { kind: "email", issuer: "", value: "Mei@example.com", verified: false },
      ],
      traits: {
        memberCard: "M1",
        email: "Mei@example.com",
        firstName: "Mei",
        joinedAt: "2020-01-31",
        createdAt: "2020-01-31T02:00:00.000Z",
        shoeSize: 39,
      },
      unset: [],
    });
  });

  it("takes a delete flag in any spelling, and then nothing else", () => {
    for (const flag of [{ deleted: true }, { delete: "1" }, { deleted: "Yes" }, { is_deleted: "是" }]) {
      expect(eventOf(parse({ memberId: "M1", email: "a@b.c", ...flag }))).to.deep.include({
        type: "member.deleted",
        traits: {},
      });
    }
    for (const flag of [{ deleted: false }, { deleted: "0" }, { deleted: "" }, { deleted: null }]) {
      expect(eventOf(parse({ memberId: "M1", ...flag })).type).to.equal("member.upserted");
    }
    expect(codeOf(parse({ memberId: "M1", deleted: "perhaps" }))).to.equal("invalid-field");
  });

  it("empties a field only on request", () => {
    const event = eventOf(parse({ memberId: "M1", email: null, phone: " ", $unset: ["e-mail", "phone"] }));
    expect(event.traits).to.deep.equal({ memberCard: "M1" });
    expect(event.unset).to.deep.equal(["email", "phone"]);
  });

  it("gives the same row the same id, and a changed row another", () => {
    const idOf = (row: object) => eventOf(parse(row)).messageId;
    const id = idOf({ memberId: "M1", email: "a@b.c" });
    expect(id).to.match(/^member:[0-9a-f]{32}$/);
    expect(idOf({ email: "a@b.c", memberId: "M1", sentAt: "2026-01-01" })).to.equal(id);
    expect(idOf({ memberId: "M1", email: "b@b.c" })).not.to.equal(id);
    expect(idOf({ memberId: "M1", messageId: "m" })).to.equal("m");
  });

  it("happened when it was updated, else when it arrived", () => {
    expect(eventOf(parse({ memberId: "M1" })).occurredAt).to.deep.equal(RECEIVED_AT);
    expect(codeOf(parse({ memberId: "M1", updatedAt: "0000-00-00" }))).to.equal("invalid-time");
  });

  it("trusts contacts only when the source vouches for them", () => {
    const identifiers = { email: { verified: true } };
    expect(
      eventOf(parse({ memberId: "M1", email: "a@b.c" }, { identifiers })).identifiers[1]?.verified,
    ).to.equal(true);
  });

  it("refuses rows that name nobody, two members, or nothing at all", () => {
    expect(codeOf(parse({ firstName: "Mei" }))).to.equal("missing-identifier");
    expect(codeOf(parse({ memberId: "null" }))).to.equal("blocked-identifier");
    expect(codeOf(parse({ memberId: "M1", traits: [] }))).to.equal("invalid-field");
    expect(codeOf(parse([]))).to.equal("not-an-object");
  });
});
