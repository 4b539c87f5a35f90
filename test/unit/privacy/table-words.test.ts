import { expect } from "chai";
import { HOLDINGS } from "../../../src/holdings.ts";
import { isNamed } from "../../../src/privacy/fulfil/table-words.ts";

describe("the tables that previews, certificates, packages and the data map list", () => {
  it("have names for people in every language", () => {
    const nameless = HOLDINGS.filter((h) => !isNamed(h.table)).map((h) => h.table);
    expect(nameless).to.deep.equal([]);
  });
});
