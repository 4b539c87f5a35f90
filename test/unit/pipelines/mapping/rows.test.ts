import { expect } from "chai";
import type { FileMapping } from "../../../../pipelines/mapping/index.ts";
import { arrival, aSource, eventOf, itemsOf, rejectedOf } from "../files/builders.ts";

const members = aSource({ kind: "members", currency: null });
const survey = aSource({ kind: "survey", currency: null });
const web = aSource({ kind: "web", currency: null });

describe("rows of member lists", () => {
  const LIST: FileMapping = {
    fields: {
      memberId: "no",
      email: "mail",
      firstName: "first",
      birthday: { column: "born", format: ["dd/MM/yyyy", "yyy/MM/dd"] },
      "traits.shoe size": "shoes",
      deleted: "gone",
      updatedAt: "changed",
    },
    emptyMark: "-",
  };
  const HEADER = "no,mail,first,born,shoes,gone,changed,note\n";

  it("become upserts and deletions with traits, and say what they empty", async () => {
    const [upsert, gone] = (
      await itemsOf(
        `${HEADER}1,a@example.org,Ann,05/03/1985,38,no,2026-01-02,x\n2,,-,74/03/05,,刪除,2026-01-03,\n`,
        LIST,
        members,
      )
    ).map(eventOf);
    expect(upsert).to.deep.include({
      type: "member.upserted",
      channel: "list",
      occurredAt: new Date("2026-01-02T00:00:00Z"),
      traits: { email: "a@example.org", firstName: "Ann", birthday: "1985-03-05", "shoe size": "38" },
      unset: [],
      properties: { "unmapped.note": "x" },
    });
    expect(upsert?.identifiers.map((i) => i.kind)).to.deep.equal(["member_id", "email"]);
    expect(gone).to.deep.include({
      type: "member.deleted",
      traits: {},
      unset: [],
      properties: {},
    });
  });

  it("keep a birthday that cannot be read beside the traits, and reject a flag that says neither yes nor no", async () => {
    const items = await itemsOf(
      `${HEADER}1,,,31/02/1985,,,2026-01-02,\n2,,,,,perhaps,2026-01-02,\n`,
      LIST,
      members,
    );
    expect(eventOf(items[0]).traits).to.deep.equal({});
    expect(eventOf(items[0]).properties).to.deep.equal({ "unread.birthday": "31/02/1985" });
    expect(rejectedOf(items)).to.deep.equal({ 3: "invalid-field" });
  });

  it("are dated by the day of their file when they carry no time: the same today, news tomorrow", async () => {
    const fields = { memberId: "no", city: "city" };
    const text = "no,city\n1,Taipei\n1,Taipei\n";
    const today = (await itemsOf(text, { fields }, members)).map(eventOf);
    const tomorrow = (
      await itemsOf(text, { fields }, members, { ...arrival, receivedAt: new Date("2026-11-22T01:00:00Z") })
    ).map(eventOf);
    const sameDay = (
      await itemsOf(text, { fields }, members, { ...arrival, receivedAt: new Date("2026-11-21T23:00:00Z") })
    ).map(eventOf);
    expect(today[0]).to.deep.equal(today[1]);
    expect(sameDay).to.deep.equal(today);
    expect(today[0]?.occurredAt).to.deep.equal(new Date("2026-11-21T00:00:00Z"));
    expect(tomorrow[0]?.messageId).not.to.equal(today[0]?.messageId);
  });

  it("are dated by when their file was written where that is stated, so that the later of a day's lists wins", async () => {
    const at = async (sentAt: string, text = "no,city\n1,Taipei\n") => {
      const stated = { ...arrival, sentAt: new Date(sentAt) };
      return itemsOf(text, { fields: { memberId: "no", city: "city" } }, members, stated);
    };
    const [morning, again, noon] = await Promise.all([
      at("2026-11-20T08:00:00Z"),
      at("2026-11-20T08:00:00Z"),
      at("2026-11-20T12:00:00Z"),
    ]);
    expect(eventOf(morning[0]).occurredAt).to.deep.equal(new Date("2026-11-20T08:00:00Z"));
    expect(eventOf(noon[0]).occurredAt).to.deep.equal(new Date("2026-11-20T12:00:00Z"));
    expect(again).to.deep.equal(morning);
    expect(eventOf(noon[0]).messageId).not.to.equal(eventOf(morning[0]).messageId);
    expect(rejectedOf(await at("2030-01-01T00:00:00Z"))).to.deep.equal({ 2: "time-in-future" });
  });

  it("delete by a condition too", async () => {
    const mapping: FileMapping = {
      fields: { memberId: "no" },
      delete: { when: { column: "state", equals: "L" } },
    };
    const events = (await itemsOf("no,state\n1,L\n2,A\n", mapping, members)).map(eventOf);
    expect(events.map((e) => e.type)).to.deep.equal(["member.deleted", "member.upserted"]);
  });

  it("may be known by several columns together, all of them present", async () => {
    const mapping: FileMapping = {
      fields: { lastName: "surname" },
      identifiers: [
        { kind: "birth_name_postcode", columns: ["dob", "surname", "postcode"], namespace: "febrl" },
      ],
    };
    const items = await itemsOf(
      "dob,surname,postcode\n19800101,  O’Neil  SMITH,４０１１\n19800101,,4011\n",
      mapping,
      members,
    );
    expect(eventOf(items[0]).identifiers).to.deep.equal([
      { kind: "birth_name_postcode", issuer: "febrl", value: "19800101|o’neil smith|4011", verified: false },
    ]);
    expect(rejectedOf(items)).to.deep.equal({ 3: "missing-identifier" });
  });

  it("take namespace and verification from the mapping", async () => {
    const mapping: FileMapping = {
      fields: { memberId: "no" },
      identifiers: [{ kind: "email", column: "mail", verified: true }],
    };
    const [event] = (await itemsOf("no,mail\n1,a@example.org\n", mapping, members)).map(eventOf);
    expect(event?.identifiers[1]).to.deep.include({ kind: "email", verified: true });
    expect(event?.properties).to.deep.equal({});
  });
});

describe("rows of survey answers", () => {
  const ANSWERS: FileMapping = {
    fields: {
      email: "who",
      occurredAt: "at",
      questionKind: { column: "kind", transform: "lower" },
      score: "score",
      scaleMin: "from",
      scaleMax: "to",
      comment: "said",
      surveyId: { const: "spring" },
      answerId: "id",
    },
  };
  const HEADER = "id,who,at,kind,score,from,to,said\n";

  it("become answers with their scale", async () => {
    const events = (
      await itemsOf(
        `${HEADER}1,a@example.org,2026-03-05,NPS,9,,,fine\n2,a@example.org,2026-03-05,comparative,70,0,100,\n3,a@example.org,2026-03-05,comment,,,,only words\n`,
        ANSWERS,
        survey,
      )
    ).map(eventOf);
    expect(events[0]).to.deep.include({ type: "survey.answered", channel: "survey", traits: {} });
    expect(events.map((e) => e.properties)).to.deep.equal([
      {
        question_kind: "nps",
        score: 9,
        scale_min: 0,
        scale_max: 10,
        comment: "fine",
        survey_id: "spring",
        answer_id: "1",
      },
      {
        question_kind: "comparative",
        score: 70,
        scale_min: 0,
        scale_max: 100,
        survey_id: "spring",
        answer_id: "2",
      },
      { question_kind: "comment", comment: "only words", survey_id: "spring", answer_id: "3" },
    ]);
  });

  it("are rejected when the score does not fit its scale, or nothing is said", async () => {
    const items = await itemsOf(
      HEADER +
        [
          "1,a@example.org,2026-03-05,nps,11,,,",
          "2,a@example.org,2026-03-05,nps,8.5,,,",
          "3,a@example.org,2026-03-05,csat,0,,,",
          "4,a@example.org,2026-03-05,ces,seven,,,",
          "5,a@example.org,2026-03-05,comparative,3,,,",
          "6,a@example.org,2026-03-05,csat,3,5,1,",
          "7,a@example.org,2026-03-05,nps,,,,",
          "8,a@example.org,2026-03-05,mood,3,,,",
          "9,,2026-03-05,nps,3,,,",
          "10,a@example.org,,nps,3,,,",
        ].join("\n"),
      ANSWERS,
      survey,
    );
    expect(Object.values(rejectedOf(items))).to.deep.equal([
      ...Array.from({ length: 6 }, () => "invalid-score"),
      "missing-field",
      "invalid-field",
      "missing-identifier",
      "missing-field",
    ]);
  });

  it("have one id for one answer, whatever its row says besides", async () => {
    const ids = await Promise.all(
      ["9", "8"].map(
        async (score) =>
          eventOf(
            (await itemsOf(`${HEADER}1,a@example.org,2026-03-05,nps,${score},,,\n`, ANSWERS, survey))[0],
          ).messageId,
      ),
    );
    expect(ids[0]).to.equal(ids[1]);
  });
});

describe("rows of web tables", () => {
  it("become identify or track as the mapping says", async () => {
    const people: FileMapping = {
      event: "identify",
      fields: { userId: "id", email: "email", "traits.first_name": "first_name", "context.ip": "ip" },
    };
    const [user] = (await itemsOf("id,email,first_name,ip\n1,a@example.org,Ann,::1\n", people, web)).map(
      eventOf,
    );
    expect(user).to.deep.include({
      type: "identify",
      channel: "web",
      traits: { email: "a@example.org", firstName: "Ann" },
      context: { ip: "::1" },
    });
    const happenings: FileMapping = {
      event: "track",
      eventName: "Plan Bought",
      fields: { userId: "user", occurredAt: "at", "properties.plan": "plan" },
    };
    const text = "user,at,plan\n1,2026-01-01,gold\n1,2026-01-01,gold\n";
    const [one, two] = (await itemsOf(text, happenings, web)).map(eventOf);
    expect(one).to.deep.include({ type: "track", name: "Plan Bought", properties: { plan: "gold" } });
    expect(one?.messageId).not.to.equal(two?.messageId);
    const { eventName: _name, ...nameless } = happenings;
    expect(rejectedOf(await itemsOf(text, nameless, web))).to.deep.equal({
      2: "missing-event-name",
      3: "missing-event-name",
    });
  });
});

describe("field rules", () => {
  it("join, transform, map, default and require", async () => {
    const mapping: FileMapping = {
      fields: {
        memberId: { column: "no", transform: ["strip-spaces", "upper", "strip-leading-zeros"] },
        name: { columns: ["last", "first"], join: "" },
        gender: { column: "sex", map: { "1": "male", "2": "female" } },
        country: { column: "land", default: "TW" },
        city: { column: "city", required: true },
        phone: { column: "tel", transform: "digits" },
      },
    };
    const items = await itemsOf(
      "no,last,first,sex,land,city,tel\n00 a1,王,小明,2,,台北,（０９１２）３４５\n2,,,x,JP,,\n",
      mapping,
      members,
    );
    expect(eventOf(items[0]).identifiers.map((i) => i.value)).to.deep.equal(["A1", "0912345"]);
    expect(eventOf(items[0]).traits).to.deep.equal({
      name: "王小明",
      gender: "female",
      country: "TW",
      city: "台北",
      phone: "0912345",
    });
    expect(rejectedOf(items)).to.deep.equal({ 3: "missing-field" });
  });

  it("test cells by equality, expression, size and emptiness", async () => {
    const skip = (when: NonNullable<FileMapping["skip"]>[number]["when"]) =>
      itemsOf(
        "no,n,t\n1,-5,ab\n2,5,\n3,x,AB\n",
        { fields: { memberId: "no" }, skip: [{ when, reason: "r" }] },
        members,
      );
    const linesOf = async (when: Parameters<typeof skip>[0]) => Object.keys(rejectedOf(await skip(when)));
    expect(await linesOf({ column: "t", equals: "ab" })).to.deep.equal(["2"]);
    expect(await linesOf({ column: "t", matches: "^[aA]" })).to.deep.equal(["2", "4"]);
    expect(await linesOf({ column: "n", below: 0 })).to.deep.equal(["2"]);
    expect(await linesOf({ column: "n", above: -10, below: 10 })).to.deep.equal(["2", "3"]);
    expect(await linesOf({ column: "t", empty: true })).to.deep.equal(["3"]);
    expect(
      await linesOf([
        { column: "n", equals: "x" },
        { column: "t", empty: true },
      ]),
    ).to.deep.equal(["3", "4"]);
  });

  it("never find JavaScript's own properties in a row", async () => {
    const items = await itemsOf('{"id":"1"}\n', { fields: { memberId: "id", name: "constructor" } }, members);
    expect(eventOf(items[0]).traits).to.deep.equal({});
  });
});
