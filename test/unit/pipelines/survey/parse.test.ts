import { expect } from "chai";
import fc from "fast-check";
import { parseSurveyItem } from "../../../../pipelines/sources/survey/index.ts";
import { anArrival, aSource, codeOf, eventOf, someDeps } from "../steps/builders.ts";

const parse = (raw: unknown, changes = {}) =>
  parseSurveyItem(raw, aSource({ kind: "survey", ...changes }), anArrival(), someDeps());
const answer = {
  surveyId: "s1",
  questionId: "q1",
  kind: "NPS",
  score: 9,
  answeredAt: "2026-05-01T10:00:00Z",
  who: { memberId: "M1" },
};

describe("answers to surveys from elsewhere", () => {
  it("reads an answer with who, when, where and on what scale", () => {
    expect(
      eventOf(parse({ ...answer, comment: "Kind staff", relational: true, storeId: "S1", channel: "store" })),
    ).to.deep.include({
      type: "survey.answered",
      name: null,
      occurredAt: new Date("2026-05-01T10:00:00Z"),
      channel: "store",
      storeId: "S1",
      identifiers: [{ kind: "member_id", issuer: "", value: "M1", verified: false }],
      properties: {
        survey_id: "s1",
        question_id: "q1",
        question_kind: "nps",
        score: 9,
        scale_min: 0,
        scale_max: 10,
        comment: "Kind staff",
        relational: true,
        channel: "store",
      },
      order: null,
    });
  });

  it("keeps a score of zero", () => {
    expect(eventOf(parse({ ...answer, score: 0 })).properties.score).to.equal(0);
    expect(eventOf(parse({ ...answer, score: "0" })).properties.score).to.equal(0);
  });

  it("takes who answered beside the rest as well", () => {
    const flat = {
      ...answer,
      who: undefined,
      email: "a@b.c",
      mobile: "0912345678",
      userId: 7,
      title: "Spring survey",
    };
    const event = eventOf(parse(flat));
    expect(event.identifiers.map((i) => i.kind)).to.deep.equal(["user_id", "email", "phone"]);
    expect(event.traits).to.deep.equal({ email: "a@b.c", phone: "0912345678" });
    expect(event.properties.title).to.equal("Spring survey");
    expect(event.channel).to.equal("survey");
  });

  it("accepts exactly the scores of each kind's own scale", () => {
    const scales = { NPS: [0, 10], CSAT: [1, 5], CES: [1, 7] } as const;
    fc.assert(
      fc.property(fc.constantFrom("NPS", "CSAT", "CES"), fc.integer({ min: -3, max: 13 }), (kind, score) => {
        const [min, max] = scales[kind as keyof typeof scales];
        expect(codeOf(parse({ ...answer, kind, score }))).to.equal(
          score >= min && score <= max ? "event" : "invalid-score",
        );
      }),
    );
  });

  it("refuses other scales, halves and words as scores", () => {
    for (const change of [
      { scaleMin: 1, scaleMax: 10 },
      { scaleMax: 5 },
      { kind: "CSAT", score: 4, scaleMax: 7 },
      { score: 8.5 },
      { score: "nine" },
      { score: {} },
      { kind: "comparative", score: 3 },
      { kind: "comparative", score: 3, scaleMin: 5, scaleMax: 1 },
      { kind: "comparative", score: 9, scaleMin: 1, scaleMax: 5 },
      { kind: "comment", comment: "x", score: 3 },
    ]) {
      expect(codeOf(parse({ ...answer, ...change })), JSON.stringify(change)).to.equal("invalid-score");
    }
    expect(codeOf(parse({ ...answer, scaleMin: 0, scaleMax: "10" }))).to.equal("event");
    expect(codeOf(parse({ ...answer, kind: "comparative", score: 3, scaleMin: 1, scaleMax: 5 }))).to.equal(
      "event",
    );
    expect(codeOf(parse({ ...answer, kind: "comment", score: null, comment: "x" }))).to.equal("event");
  });

  it("says what is missing", () => {
    expect(codeOf(parse({ ...answer, kind: undefined }))).to.equal("missing-field");
    expect(codeOf(parse({ ...answer, kind: "stars" }))).to.equal("invalid-field");
    expect(codeOf(parse({ ...answer, score: null }))).to.equal("missing-field");
    expect(codeOf(parse({ ...answer, answeredAt: undefined }))).to.equal("missing-field");
    expect(codeOf(parse({ ...answer, answeredAt: undefined, answerId: "r1" }))).to.equal("event");
    expect(codeOf(parse({ ...answer, who: {} }))).to.equal("missing-identifier");
    expect(codeOf(parse({ ...answer, who: "Mei" }))).to.equal("invalid-field");
    expect(codeOf(parse({ ...answer, answeredAt: "9999-01-01" }))).to.equal("invalid-time");
    expect(codeOf(parse({ ...answer, relational: "maybe" }))).to.equal("invalid-field");
    expect(codeOf(parse(null))).to.equal("not-an-object");
  });

  it("derives one id for one answer, however the person is spelt, and none of it readable", () => {
    const idOf = (changes: object) => eventOf(parse({ ...answer, ...changes })).messageId;
    const id = idOf({ who: { email: "mei@example.com" } });
    expect(id).to.match(/^answer:[0-9a-f]{32}$/);
    expect(idOf({ who: { email: " MEI@example.com" }, score: 3 })).to.equal(id);
    expect(idOf({ who: { email: "li@example.com" } })).not.to.equal(id);
    expect(idOf({ who: { email: "mei@example.com" }, questionId: "q2" })).not.to.equal(id);
    expect(idOf({ answerId: "r1" })).to.equal(idOf({ answerId: "r1", answeredAt: "2026-05-02" }));
    expect(idOf({ answerId: "r1" })).not.to.equal(idOf({ answerId: "r1", questionId: "q2" }));
    expect(idOf({ messageId: "m1", answerId: "r1" })).to.equal("m1");
  });
});
