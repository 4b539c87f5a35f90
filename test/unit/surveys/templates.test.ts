import { expect } from "chai";
import { localesOf } from "../../../surveys/definitions/definition.ts";
import { lintSurvey } from "../../../surveys/lint/lint.ts";
import { TEMPLATES } from "../../../surveys/templates/index.ts";

describe("the survey templates", () => {
  it("are eight, each whole in three languages and without a finding of the linter", async () => {
    expect(TEMPLATES.map((t) => t.id)).to.deep.equal([
      "relational-nps",
      "after-purchase",
      "after-return",
      "store-visit",
      "service-call",
      "onboarding",
      "lapsed-member",
      "product-idea",
    ]);
    for (const { id, survey } of TEMPLATES) {
      const { class: surveyClass, anonymous = false, access: _, ...document } = survey;
      expect(await lintSurvey({ class: surveyClass, anonymous }, document), id).to.deep.equal([]);
      expect([...localesOf(document.definition)].sort(), id).to.deep.equal(["en", "zh-CN", "zh-TW"]);
    }
  });
});
