import { expect } from "chai";
import fc from "fast-check";
import { THEMES } from "../../../surveys/themes/lexicon.ts";
import { mentionsOf, readComment } from "../../../surveys/themes/read-themes.ts";
import { redact } from "../../../surveys/themes/redact.ts";

const themesOf = (comment: string, names: string[] = []) =>
  mentionsOf(readComment(comment, names).hits)
    .map((m) => `${m.theme} ${m.polarity}`)
    .sort();

describe("themes of comments", () => {
  it("are found in English, with what is said of them", () => {
    expect(
      themesOf("The queue was long and the cashier was rude, but the bread is delicious."),
    ).to.deep.equal(["food positive", "staff negative", "waiting neutral"]);
  });
  it("are found in simplified and in traditional Chinese alike", () => {
    const expected = ["checkout neutral", "staff negative", "waiting negative"];
    expect(themesOf("店员态度很差，结账排队太久")).to.deep.equal(expected);
    expect(themesOf("店員態度很差，結帳排隊太久")).to.deep.equal(expected);
  });
  it("are turned round by a negation right before, in the same clause", () => {
    expect(themesOf("not friendly")).to.deep.equal(["staff negative"]);
    expect(themesOf("It wasn't expensive at all")).to.deep.equal(["price positive"]);
    expect(themesOf("不便宜")).to.deep.equal(["price negative"]);
    expect(themesOf("No, friendly people")).to.deep.equal(["staff positive"]);
  });
  it("prefer the longer phrase: 'not clean' is no praise, 性价比低 no mere mention", () => {
    expect(themesOf("the room was not clean")).to.deep.equal(["cleanliness negative"]);
    expect(themesOf("性价比低")).to.deep.equal(["price negative"]);
  });
  it("name the phrase and the place in the comment as it is shown", () => {
    const read = readComment("等太久了，我叫林小明", ["林小明"]);
    expect(read.text).to.equal("等太久了，我叫[name]");
    const [hit] = read.hits;
    expect(hit).to.include({ theme: "waiting", phrase: "等太久" });
    expect(read.text.slice(hit?.start, hit?.end)).to.equal("等太久");
  });
  it("are not cut out of other words", () => {
    expect(themesOf("I discovered an apple and a stillness")).to.deep.equal([]);
    expect(themesOf("a costume for a menuet")).to.deep.equal([]);
  });
  it("have a name in every language and phrases of one theme only", () => {
    const seen = new Map<string, string>();
    for (const theme of THEMES) {
      expect(Object.values(theme.name).every((n) => n.length > 1)).to.equal(true);
      for (const phrase of [...theme.negative, ...theme.positive, ...theme.neutral]) {
        expect(seen.get(phrase) ?? theme.id, phrase).to.equal(theme.id);
        expect(phrase.trim(), theme.id).to.not.equal("");
        seen.set(phrase, theme.id);
      }
    }
  });
});

describe("redaction", () => {
  it("takes out the member's names, addresses, numbers and titled names", () => {
    const text =
      "Anna Example here, write to anna@example.org or +44 20 7946 0958, card 62284800001. Mr Miller and 李经理 and 服务员小王 helped. www.example.org/x";
    const { text: out } = redact(text, ["Anna", "Example", "Anna Example"]);
    for (const gone of ["Anna", "Example", "example.org", "7946", "62284800001", "Miller", "李", "小王"])
      expect(out, gone).to.not.include(gone);
    expect(out).to.include("Mr [name]").and.to.include("[name]经理").and.to.include("服务员[name]");
  });
  it("leaves short words and ordinary figures alone", () => {
    expect(redact("We waited 25 minutes on 3 May for 2 coffees").text).to.equal(
      "We waited 25 minutes on 3 May for 2 coffees",
    );
  });
  it("never leaves a given name standing, whatever is around it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("林小明", "Ödön", "O'Neill", "王伟"),
        fc.string(),
        fc.string(),
        (name, before, after) => {
          expect(redact(`${before} ${name} ${after}`, [name]).text).to.not.include(` ${name} `);
        },
      ),
    );
  });
});
