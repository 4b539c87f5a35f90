import { expect } from "chai";
import { importSurvey } from "../../../surveys/imports/index.ts";
import { lintSurvey } from "../../../surveys/lint/lint.ts";
import { LSS } from "./lime-survey.ts";

describe("surveys of elsewhere", () => {
  it("come over from a LimeSurvey file, and everything that was not understood is said", async () => {
    const imported = importSurvey("limesurvey", LSS);
    expect(imported.title).to.equal("Shop");
    expect(imported.questions).to.equal(3);
    expect(imported.document.definition).to.deep.equal({
      title: { default: "Shop" },
      pages: [
        {
          name: "group1",
          title: { default: "Visit", "zh-tw": "光臨" },
          elements: [
            {
              type: "radiogroup",
              name: "A1",
              title: { default: "Did you find it?", "zh-tw": "找到了嗎？" },
              isRequired: true,
              showOtherItem: true,
              choices: [
                { value: "yes", text: { default: "Yes" } },
                { value: "no", text: { default: "No", "zh-tw": "沒有" } },
              ],
            },
            {
              type: "comment",
              name: "A2",
              title: { default: "What was missing?" },
              description: { default: "In a few words" },
              visibleIf: "{A1} = 'no'",
            },
            {
              type: "checkbox",
              name: "A3",
              title: { default: "What did you see?" },
              choices: [{ value: "SQ1", text: { default: "Shoes" } }],
            },
          ],
        },
      ],
    });
    expect(imported.notes.map((n) => [n.place, n.code])).to.deep.equal([
      ["A3", "condition-not-understood"],
      ["A4", "type-not-understood"],
      ["survey", "quota-left-out"],
      ["survey", "setting-left-out"],
    ]);
    const findings = await lintSurvey({ class: "research", anonymous: false }, imported.document);
    expect(findings.filter((f) => f.level === "error")).to.deep.equal([]);
  });

  it("come over from a CSV list, with metrics and languages", () => {
    const { document, notes } = importSurvey(
      "csv",
      '\uFEFFname,type,question,question zh-TW,choices,required,show if,colour\r\nnps,nps,"Recommend ""us""?",推薦我們嗎？,,yes,,red\r\nwhy,comment!,Why?,為什麼？,,,{nps} < 7,\r\nwhat,single,What?,什麼？,a=First|Second,,,\r\n,magic,Nothing,,,,,\r\n',
    );
    expect(document.metrics).to.deep.equal([
      { question: "nps", kind: "nps" },
      { question: "why", kind: "comment" },
    ]);
    expect(document.definition).to.deep.equal({
      pages: [
        {
          name: "page1",
          elements: [
            {
              type: "rating",
              name: "nps",
              title: { default: 'Recommend "us"?', "zh-tw": "推薦我們嗎？" },
              rateMin: 0,
              rateMax: 10,
              isRequired: true,
            },
            {
              type: "comment",
              name: "why",
              title: { default: "Why?", "zh-tw": "為什麼？" },
              visibleIf: "{nps} < 7",
            },
            {
              type: "radiogroup",
              name: "what",
              title: { default: "What?", "zh-tw": "什麼？" },
              choices: [
                { value: "a", text: { default: "First" } },
                { value: "Second", text: { default: "Second" } },
              ],
            },
          ],
        },
      ],
    });
    expect(notes.map((n) => n.code)).to.deep.equal(["column-not-understood", "type-not-understood"]);
  });

  it("are refused when the file is something else, or brings entities of its own", () => {
    for (const [format, text] of [
      ["surveyjs", "{"],
      ["surveyjs", "[]"],
      ["limesurvey", "<html></html>"],
      ["limesurvey", '<!DOCTYPE d [<!ENTITY a "b">]><document></document>'],
      ["csv", ""],
      ["csv", 'name,question\n"open,never closed'],
    ] as const)
      expect(() => importSurvey(format, text), text)
        .to.throw()
        .with.property("code", "unparsable-body");
  });
});
