import { expect } from "chai";
import { parseWebItem, unpackBody } from "../../../../pipelines/sources/web/index.ts";
import { parseJson } from "../../../../pipelines/steps/index.ts";
import { normaliseIdentifier } from "../../../../src/vault/index.ts";
import { anArrival, aSource, codeOf, eventOf, RECEIVED_AT, someDeps } from "../steps/builders.ts";

const parse = (raw: unknown, changes = {}) => parseWebItem(raw, aSource(changes), anArrival(), someDeps());
const read = (raw: unknown, changes = {}) => eventOf(parse(raw, changes));

describe("items of the tracking API", () => {
  it("reads an identify with the traits of both places, under standard names", () => {
    const event = read({
      type: "identify",
      messageId: "m1",
      userId: 42,
      anonymousId: "a1",
      traits: {
        first_name: "Mei",
        email: "Mei@example.com",
        nickname: null,
        shoe_size: 39,
        $unset: ["phone_number"],
      },
      context: { traits: { first_name: "Old", city: "Tainan" }, ip: "192.0.2.1" },
      timestamp: "2026-05-01T00:00:00Z",
    });
    expect(event).to.deep.equal({
      messageId: "m1",
      type: "identify",
      name: null,
      occurredAt: new Date("2026-05-01T00:00:00Z"),
      channel: "web",
      storeId: null,
      identifiers: [
        { kind: "user_id", issuer: "", value: "42", verified: false },
        { kind: "email", issuer: "", value: "Mei@example.com", verified: false },
        { kind: "anonymous_id", issuer: "source-1", value: "a1", verified: false },
      ],
      traits: { firstName: "Mei", email: "Mei@example.com", shoe_size: 39, city: "Tainan" },
      unset: ["phone"],
      properties: {},
      context: { ip: "192.0.2.1" },
      order: null,
    });
  });

  it("keeps a track's own name, and known ones under their standard name", () => {
    expect(read({ type: "track", event: "Signed Up", userId: "u" })).to.include({
      type: "track",
      name: "Signed Up",
    });
    expect(read({ type: "track", event: "Viewed Product", userId: "u" }).name).to.equal("Product Viewed");
    expect(codeOf(parse({ type: "track", userId: "u" }))).to.equal("missing-event-name");
    expect(codeOf(parse({ type: "track", event: " ", userId: "u" }))).to.equal("missing-event-name");
  });

  it("reads pages, screens and groups", () => {
    expect(read({ type: "page", name: "Home", category: "Start", anonymousId: "a" })).to.deep.include({
      type: "page",
      name: null,
      properties: { name: "Home", category: "Start" },
    });
    expect(read({ type: "screen", name: "Home", anonymousId: "a" }).channel).to.equal("app");
    const group = read({
      type: "group",
      groupId: "g",
      userId: "u",
      traits: { name: "Acme" },
      context: { traits: { city: "X" } },
    });
    expect(group.traits).to.deep.equal({ city: "X" });
    expect(group.properties).to.deep.equal({ group_id: "g", group_traits: { name: "Acme" } });
  });

  it("joins by alias a session with an account, never two accounts of one space", () => {
    const alias = { type: "alias", previousId: "a-9", userId: "u1" };
    expect(read(alias).identifiers).to.deep.equal([
      { kind: "user_id", issuer: "", value: "u1", verified: false },
      { kind: "anonymous_id", issuer: "source-1", value: "a-9", verified: false },
    ]);
    expect(codeOf(parse({ type: "alias", userId: "u1" }))).to.equal("missing-field");
    expect(codeOf(parse(alias, { identifiers: { previousId: {} } }))).to.equal("conflicting-identifiers");
    expect(read(alias, { identifiers: { previousId: { namespace: "old" } } }).identifiers[1]).to.deep.include(
      {
        kind: "user_id",
        issuer: "old",
      },
    );
  });

  it("reads a consent preference with its categories", () => {
    const event = read({
      type: "track",
      event: "Segment Consent Preference Updated",
      anonymousId: "a",
      context: { consent: { categoryPreferences: { Advertising: false, Analytics: true } } },
    });
    expect(event).to.deep.include({
      type: "consent.preference",
      name: null,
      properties: { category_preferences: { Advertising: false, Analytics: true } },
    });
  });

  it("collects external ids, card numbers and shared devices where they stand", () => {
    const event = read(
      {
        type: "track",
        event: "Coupon Applied",
        properties: { member_card: "M1", email: "friend@example.com" },
        context: {
          device: { id: "kiosk-1", type: "ios" },
          externalIds: [{ id: "o1", type: "wechat_openid", collection: "users", encoding: "none" }],
        },
      },
      { identifiers: { device_id: { shared: true } } },
    );
    expect(event.identifiers.map((i) => i.kind)).to.deep.equal(["member_id", "wechat_openid"]);
    expect(event.context.sharedIdentifiers).to.deep.equal({ device_id: "kiosk-1" });
    expect(event.channel).to.equal("app");
  });

  it("assigns an id to an item without one, a new one each time", () => {
    const deps = someDeps();
    const item = { type: "page", anonymousId: "a" };
    const id = () => eventOf(parseWebItem(item, aSource(), anArrival(), deps)).messageId;
    expect([id(), id()]).to.deep.equal(["fresh-1", "fresh-2"]);
  });

  it("corrects the clock of a sender by the batch's sentAt", () => {
    const raw = { type: "page", anonymousId: "a", timestamp: "2026-06-01T00:00:00Z" };
    const arrival = anArrival({ sentAt: new Date("2026-06-01T00:10:00Z") });
    const event = eventOf(parseWebItem(raw, aSource(), arrival, someDeps()));
    expect(event.occurredAt.getTime()).to.equal(RECEIVED_AT.getTime() - 600_000);
  });

  it("takes a time that the caller of an SDK stated as it stands, beside the moment of the call", () => {
    const raw = { type: "page", anonymousId: "a", originalTimestamp: "2026-06-01T00:00:00Z" };
    const arrival = anArrival({ sentAt: new Date("2026-06-01T00:10:00Z") });
    const at = (item: object) =>
      eventOf(parseWebItem(item, aSource(), arrival, someDeps())).occurredAt.toISOString();
    expect(at({ ...raw, timestamp: "2026-05-01T00:00:00Z" })).to.equal("2026-05-01T00:00:00.000Z");
    expect(at(raw)).to.equal(new Date(RECEIVED_AT.getTime() - 600_000).toISOString());
  });

  it("says what is wrong with an item, with its id where it has one", () => {
    expect(parse({ type: "wave", userId: "u", messageId: "m9" })).to.deep.include({
      kind: "rejected",
      messageId: "m9",
    });
    expect(codeOf(parse({ type: "wave", userId: "u" }))).to.equal("unknown-type");
    expect(codeOf(parse({ type: "page" }))).to.equal("missing-identifier");
    expect(codeOf(parse({ type: "identify", userId: "u", traits: [1] }))).to.equal("invalid-field");
    expect(codeOf(parse({ type: "identify", userId: "u", context: "x" }))).to.equal("invalid-field");
    expect(codeOf(parse({ type: "identify", userId: "u", messageId: { a: 1 } }))).to.equal("invalid-field");
    expect(codeOf(parse({ type: "page", userId: "u", timestamp: "0000-01-01T00:00:00Z" }))).to.equal(
      "invalid-time",
    );
    expect(codeOf(parse({ type: "page", userId: "u", timestamp: "9999-12-31T00:00:00Z" }))).to.equal(
      "invalid-time",
    );
    expect(codeOf(parse({ type: "page", userId: "u", timestamp: "2026-06-09T00:00:00Z" }))).to.equal(
      "time-in-future",
    );
    expect(codeOf(parse("x"))).to.equal("not-an-object");
  });

  it("names nobody by a placeholder", () => {
    expect(codeOf(parse({ type: "identify", userId: "No response" }))).to.equal("blocked-identifier");
    expect(codeOf(parse({ type: "identify", userId: "0000" }))).to.equal("blocked-identifier");
  });

  it("works with the vault's own normaliser: spellings of one person meet, placeholders name nobody", () => {
    const deps = { ...someDeps(), normalise: normaliseIdentifier };
    const parsed = (raw: object) => parseWebItem(raw, aSource(), anArrival(), deps);
    const traits = { email: "MEI@Example.com", phone: "0912-345-678" };
    const context = {
      traits: { email: "mei@example.com" },
      externalIds: [{ type: "phone", id: "+886912345678" }],
    };
    const event = eventOf(parsed({ type: "identify", traits, context }));
    expect(event.identifiers.map((i) => i.kind)).to.deep.equal(["email", "phone"]);
    expect(codeOf(parsed({ type: "identify", userId: "No response" }))).to.equal("blocked-identifier");
  });

  it("survives hostile items: prototypes, NUL, lone surrogates, huge ids, endless depth", () => {
    const item = (text: string) => {
      const json = parseJson(text);
      return json.kind === "ok" ? parse(json.value) : json;
    };
    const polluted = item(
      '{"type":"identify","userId":"u","traits":{"__proto__":{"email":"x@y.z"},"constructor":{"a":1}}}',
    );
    expect(polluted.kind === "event" && polluted.event.traits).to.deep.equal({});
    expect("email" in {}).to.equal(false);
    expect(item('{"type":"identify","userId":9007199254740993}')).to.have.nested.property(
      "event.identifiers[0].value",
      "9007199254740993",
    );
    expect(codeOf(parse({ type: "identify", userId: "a\0b", messageId: "m\0" }))).to.equal("bad-text");
    expect(codeOf(parse({ type: "identify", userId: "\ud800" }))).to.equal("bad-text");
    expect(codeOf(parse({ type: "identify", userId: 2 ** 53 }))).to.equal("invalid-identifier");
  });

  it("never repeats a submitted value in a rejection", () => {
    for (const raw of [
      { type: "canary", userId: "canary" },
      { type: "page", userId: "u", timestamp: "canary" },
      { type: "identify", traits: { email: "canary" } },
      {
        type: "track",
        event: "Sale",
        userId: "u",
        properties: { store_id: "s", receipt_no: "canary", total: "canary" },
      },
    ]) {
      const parsed = parse(raw);
      expect(parsed.kind).to.equal("rejected");
      expect(JSON.stringify(parsed)).not.to.contain("canary");
    }
  });

  it("reads a till's item without type as a track, and hands rows of other sources to their parsers", () => {
    const sale = {
      event: "Sale",
      properties: { store_id: "S", receipt_no: "1", total: 3, member_card: "M" },
    };
    expect(read(sale, { kind: "pos" }).type).to.equal("order.completed");
    expect(codeOf(parse(sale))).to.equal("unknown-type");
    expect(read({ memberId: "M1", email: "a@b.c" }, { kind: "members" }).type).to.equal("member.upserted");
    const answer = { kind: "NPS", score: 9, userId: "u", answeredAt: "2026-05-01" };
    expect(read(answer, { kind: "survey" }).type).to.equal("survey.answered");
  });

  it("reads a tracked Survey Answered as the answer it is", () => {
    const event = read({
      type: "track",
      event: "Survey Answered",
      messageId: "m1",
      userId: "u",
      timestamp: "2026-05-01T00:00:00Z",
      context: { traits: { email: "a@b.c" }, ip: "192.0.2.1" },
      properties: { survey_id: "s", question_kind: "CSAT", score: "4" },
    });
    expect(event).to.deep.include({
      messageId: "m1",
      type: "survey.answered",
      occurredAt: new Date("2026-05-01T00:00:00Z"),
      context: { ip: "192.0.2.1" },
      properties: { survey_id: "s", question_kind: "csat", score: 4, scale_min: 1, scale_max: 5 },
    });
    expect(event.identifiers.map((i) => i.kind)).to.deep.equal(["user_id", "email"]);
  });
});

describe("taking a body apart", () => {
  it("reads one event by the door's type, and a batch at any door", () => {
    expect(unpackBody("identify", { userId: "u", writeKey: "k" })).to.deep.equal({
      kind: "ok",
      items: [{ userId: "u", type: "identify" }],
      sentAt: null,
      context: {},
      writeKey: "k",
    });
    const batch = unpackBody("track", { batch: [{ type: "page" }, 7], sentAt: "2026-06-01T00:00:00Z" });
    expect(batch).to.deep.include({ items: [{ type: "page" }, 7], sentAt: new Date("2026-06-01T00:00:00Z") });
  });

  it("puts the batch's context under each item's own", () => {
    const body = {
      batch: [
        { type: "page", context: { ip: "1", page: {} } },
        { type: "page" },
        { type: "page", context: "bad" },
      ],
      context: { ip: "0", locale: "en" },
    };
    const result = unpackBody("batch", body);
    expect(result.kind === "ok" && result.items).to.deep.equal([
      { type: "page", context: { ip: "1", page: {}, locale: "en" } },
      { type: "page", context: { ip: "0", locale: "en" } },
      { type: "page", context: "bad" },
    ]);
  });

  it("takes the anonymous id of the header only for an item that names nobody", () => {
    const result = unpackBody("batch", { batch: [{ userId: "u" }, {}] }, "a-1");
    expect(result.kind === "ok" && result.items).to.deep.equal([{ userId: "u" }, { anonymousId: "a-1" }]);
  });

  it("refuses a body that is no object, and a batch that is no list", () => {
    for (const body of [null, [], "x", 1, { batch: {} }, {}]) {
      expect(unpackBody("batch", body).kind).to.equal("problem");
    }
    expect(unpackBody("batch", { batch: [] })).to.deep.include({ kind: "ok", items: [] });
    expect(unpackBody("batch", { type: "page", userId: "u" }).kind).to.equal("ok");
  });
});
