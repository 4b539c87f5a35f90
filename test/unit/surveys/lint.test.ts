import { expect } from "chai";
import type { SurveyDocument } from "../../../surveys/definitions/survey.schema.ts";
import { type Finding, lintSurvey } from "../../../surveys/lint/lint.ts";

const named = (elements: object[], more: object = {}): SurveyDocument => ({
  definition: { pages: [{ name: "p", elements }] },
  ...more,
});
const nps = { type: "rating", name: "nps", title: "Recommend us?", rateMin: 0, rateMax: 10 };
const declared = { metrics: [{ question: "nps", kind: "nps" as const }] };

async function codes(
  document: SurveyDocument,
  survey: Partial<Parameters<typeof lintSurvey>[0]> = {},
): Promise<string[]> {
  const found: readonly Finding[] = await lintSurvey(
    { class: "transactional", anonymous: false, ...survey },
    document,
  );
  return found.map((f) => `${f.level === "error" ? "!" : ""}${f.code}`);
}

describe("the linter of surveys", () => {
  it("finds nothing in a plain question", async () => {
    expect(await codes(named([nps], declared))).to.deep.equal([]);
  });

  it("refuses metrics on other scales than their own, and never converts one", async () => {
    for (const scale of [
      { rateMin: 1, rateMax: 10 },
      { rateMin: 0, rateMax: 5 },
      { rateMin: 0, rateMax: 10, rateStep: 2 },
      { rateMin: 0, rateMax: 10, rateValues: [0, 5, 10] },
    ])
      expect(await codes(named([{ ...nps, ...scale }], declared)), JSON.stringify(scale)).to.include(
        "!metric-scale",
      );
    expect(await codes(named([{ ...nps, type: "radiogroup", choices: [1] }], declared))).to.include(
      "!metric-type",
    );
    expect(await codes(named([{ ...nps, defaultValue: 10 }], declared))).to.include("!metric-preselected");
    expect(await codes(named([{ ...nps, name: "other" }], declared))).to.include("!metric-unknown-question");
    const twice = { metrics: [...declared.metrics, ...declared.metrics] };
    expect(await codes(named([nps], twice))).to.include("!metric-twice");
  });

  it("refuses to take a wish to be called from a question that does not ask for it plainly", async () => {
    const contact = { contact: { question: "call", detail: "reach" } };
    const call = { type: "boolean", name: "call", title: "May we call you?" };
    const reach = { type: "text", name: "reach", title: "How do we reach you?" };
    const said = (...questions: object[]) => codes(named([nps, ...questions], { ...declared, ...contact }));
    expect(await said(call, reach)).not.to.include("!bad-contact");
    expect(await said({ ...call, defaultValue: true }, reach)).to.include("!bad-contact");
    expect(await said({ ...call, isRequired: true }, reach)).to.include("!bad-contact");
    expect(await said(call, { ...reach, type: "boolean" })).to.include("!bad-contact");
  });

  it("warns of a metric that is shown to some, asked late, or not declared", async () => {
    const first = { type: "boolean", name: "came", title: "Did you come?" };
    expect(await codes(named([first, { ...nps, visibleIf: "{came} = true" }], declared))).to.have.members([
      "metric-conditional",
      "metric-late",
    ]);
    expect(await codes(named([nps]))).to.deep.equal(["rating-undeclared"]);
  });

  it("warns of wording that leads, sells, begs or asks two things, in English and Chinese", async () => {
    const titled = (title: string) => named([{ ...nps, title }], declared);
    expect(await codes(titled("How much did you love our award-winning service?"))).to.include(
      "leading-wording",
    );
    expect(await codes(titled("您是不是也觉得我们很好？"))).to.include("leading-wording");
    expect(await codes(titled("Please leave us a 10!"))).to.include("asks-for-praise");
    expect(await codes(titled("請給我們五星好評"))).to.include("asks-for-praise");
    expect(await codes(titled("Answer and get a discount coupon"))).to.include("promotion");
    expect(await codes(titled("作答即送優惠券"))).to.include("promotion");
    expect(await codes(titled("How satisfied are you with the cleanliness and the price?"))).to.include(
      "two-in-one",
    );
  });

  it("warns of personal questions without purpose and refuses them in anonymous surveys", async () => {
    const asks = named(
      [nps, { type: "text", name: "mail", title: "Your e-mail address", inputType: "email" }],
      declared,
    );
    expect(await codes(asks)).to.include("personal-without-purpose");
    expect(await codes({ ...asks, personal: { mail: "To send the result" } })).to.deep.equal([]);
    expect(await codes(asks, { anonymous: true })).to.include("!identifies-anonymous");
  });

  it("warns of length, required open questions and missing translations", async () => {
    const many = Array.from({ length: 16 }, (_, i) => ({ type: "boolean", name: `q${i}`, title: `Q${i}` }));
    expect(await codes(named(many))).to.deep.equal(["too-long"]);
    expect(await codes(named([{ type: "comment", name: "c", title: "Why?", isRequired: true }]))).to.include(
      "required-open",
    );
    const half = named(
      [{ ...nps, title: { default: "A", "zh-tw": "甲" }, minRateDescription: "low" }],
      declared,
    );
    expect(await codes(half)).to.deep.equal(["missing-translation"]);
  });

  it("refuses what would load from elsewhere, cannot be carried out, or refers to nothing", async () => {
    const broken: [object, string][] = [
      [{ type: "dropdown", name: "d", choicesByUrl: { url: "https://x.example" } }, "!external-resource"],
      [{ type: "image", name: "i", imageLink: "https://x.example/a.png" }, "!external-resource"],
      [{ type: "microphone", name: "m" }, "!type-not-offered"],
      [{ type: "imagemap", name: "m", areas: [] }, "!no-choices"],
      [{ type: "radiogroup", name: "r" }, "!no-choices"],
      [{ type: "text", name: "nps" }, "!same-name"],
      [{ type: "text", name: "__proto__" }, "!bad-name"],
      [{ type: "text", name: "t", visibleIf: "{ghost} = 1" }, "!unknown-reference"],
      [{ type: "text", name: "t", visibleIf: "{nps} ===" }, "!broken-logic"],
      [{ type: "text", name: "t", setValueIf: "{nps} = 1" }, "!logic-not-offered"],
    ];
    for (const [element, code] of broken)
      expect(await codes(named([nps, element], declared)), code).to.include(code);
    expect(await codes({ definition: { pages: [] } })).to.include("!no-questions");
  });
});
