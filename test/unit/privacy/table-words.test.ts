import { expect } from "chai";
import { HOLDINGS } from "../../../src/holdings.ts";
import { linkOf } from "../../../src/privacy/fulfil/plan.ts";
import { isNamed } from "../../../src/privacy/fulfil/table-words.ts";

describe("the tables that previews, certificates and packages list", () => {
  it("have names for people in every language", () => {
    const nameless = HOLDINGS.filter((h) => linkOf(h) !== null && !isNamed(h.table)).map((h) => h.table);
    expect(nameless).to.deep.equal([]);
  });
});
