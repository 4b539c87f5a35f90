import { expect } from "chai";
import fc from "fast-check";
import { fixedClock } from "../../../src/kernel/clock.ts";
import { shuffled } from "../../../surveys/anonymous/inbox.ts";
import { compileCheck } from "../../../surveys/answering/check-answers.ts";
import { choiceToken, readFields, readForm } from "../../../surveys/answering/form.ts";
import { createLimits } from "../../../surveys/answering/limits.ts";
import { hashReceipt, newForm, readFormNumber, readReceipt } from "../../../surveys/answering/tokens.ts";
import { brandStyle, contrast, readable } from "../../../surveys/pages/brand.ts";

const DEFINITION = {
  elements: [
    { type: "rating", name: "nps", rateMin: 0, rateMax: 10 },
    { type: "checkbox", name: "liked", choices: ["a", "b", 3] },
    { type: "text", name: "visits", inputType: "number" },
    { type: "matrix", name: "parts", columns: ["good", "bad"], rows: ["queue", "light"] },
    { type: "ranking", name: "order", choices: ["x", "y", "z"] },
    { type: "comment", name: "why" },
  ],
};
const check = compileCheck(DEFINITION);

/** Whatever a person may answer with, as a browser would send it. */
const answers = fc.record(
  {
    nps: fc.integer({ min: 0, max: 10 }),
    liked: fc.uniqueArray(fc.constantFrom("a", "b", 3), { minLength: 1, maxLength: 3 }),
    visits: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => n + 0),
    parts: fc
      .record(
        { queue: fc.constantFrom("good", "bad"), light: fc.constantFrom("good", "bad") },
        { requiredKeys: [] },
      )
      .filter((p) => Object.keys(p).length > 0),
    order: fc.shuffledSubarray(["x", "y", "z"], { minLength: 1 }),
    why: fc
      .string({ minLength: 1, maxLength: 50, unit: "grapheme" })
      .map((t) => t.replace(/[\r\n\0]/g, "·").trim())
      .filter((t) => t !== ""),
  },
  { requiredKeys: [] },
);

function asForm(given: Record<string, unknown>): string {
  const body = new URLSearchParams();
  for (let i = 0; i < 6; i++) body.append("shown", `q${i}`);
  const { nps, liked, visits, parts, order, why } = given as {
    nps?: number;
    liked?: unknown[];
    visits?: number;
    parts?: Record<string, string>;
    order?: string[];
    why?: string;
  };
  if (nps !== undefined) body.append("q0", choiceToken(nps));
  for (const one of liked ?? []) body.append("q1", choiceToken(one));
  body.append("q2", visits === undefined ? "" : String(visits));
  for (const [row, column] of Object.entries(parts ?? {}))
    body.append(`q3.r${["queue", "light"].indexOf(row)}`, choiceToken(column));
  order?.forEach((value, rank) => {
    body.append(`q4.${["x", "y", "z"].indexOf(value)}`, String(rank + 1));
  });
  body.append("q5", why ?? "");
  return body.toString();
}

describe("forms of answers", () => {
  it("come back as what was answered, and pass the strict check", () => {
    fc.assert(
      fc.property(answers, (given) => {
        const read = readForm(DEFINITION, readFields(asForm(given)), {});
        expect(read).to.deep.equal(given);
        expect(check(read)).to.deep.equal([]);
      }),
    );
  });

  it("change only what they showed, and clear what was left empty", () => {
    fc.assert(
      fc.property(answers, (before) => {
        const nothing = readForm(DEFINITION, readFields("shown=q0&q5=sneaky"), before);
        const { nps: _, ...rest } = before;
        expect(nothing).to.deep.equal(rest);
      }),
    );
  });

  it("never pass the check with anything that was not offered", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("nps", "liked", "parts", "order", "ghost"),
        fc.jsonValue(),
        (name, value) => {
          const offered =
            (name === "nps" &&
              Number.isInteger(value) &&
              (value as number) >= 0 &&
              (value as number) <= 10) ||
            (Array.isArray(value) && value.length === 0) ||
            (name === "parts" && JSON.stringify(value) === "{}");
          fc.pre(!offered && !Array.isArray(value));
          if (name === "parts" && typeof value === "object" && value !== null)
            fc.pre(Object.keys(value).length > 0);
          expect(check({ [name]: value })).to.not.deep.equal([]);
        },
      ),
    );
  });
});

describe("form numbers and receipts", () => {
  const mac = (label: string, ...parts: readonly (string | Buffer)[]) =>
    hashReceipt([label, ...parts.map((p) => Buffer.from(p).toString("hex"))].join("|")).subarray(0, 16);
  const vault = {
    mac,
    macVersions: (l: string, ...p: readonly (string | Buffer)[]) => [{ version: 1, mac: mac(l, ...p) }],
  };
  const now = new Date("2026-11-20T10:30:00Z");

  it("are good for seven days, for their own survey, unchanged", () => {
    const form = newForm(vault, "visit", now);
    expect(readFormNumber(vault, "visit", form.text, now)).to.deep.equal(form);
    expect(readFormNumber(vault, "other", form.text, now)).to.equal(null);
    const altered = `${form.text.startsWith("A") ? "B" : "A"}${form.text.slice(1)}`;
    expect(readFormNumber(vault, "visit", altered, now)).to.equal(null);
    expect(readFormNumber(vault, "visit", form.text, new Date("2026-11-28T10:30:00Z"))).to.equal(null);
    expect(newForm(vault, "visit", now).text).to.not.equal(form.text);
  });

  it("are read however carelessly they were typed", () => {
    const { receipt } = newForm(vault, "visit", now);
    const bare = receipt.replaceAll("-", "");
    const typed = ` ${receipt.toLowerCase().replaceAll("0", "o").replaceAll("1", "l").replaceAll("-", " ")} `;
    expect(readReceipt(typed)).to.equal(bare);
    expect(hashReceipt(receipt).equals(hashReceipt(bare))).to.equal(true);
    expect(readReceipt("short")).to.equal(null);
    expect(readReceipt("U".repeat(16))).to.equal(null);
  });
});

describe("small parts of answering", () => {
  it("shuffle into every order alike", () => {
    const seen = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const order = shuffled([1, 2, 3]).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).to.deep.equal(["123", "132", "213", "231", "312", "321"]);
    // Each of six orders is expected 1,000 times; five standard deviations are 144.
    for (const times of seen.values()) expect(times).to.be.within(850, 1_150);
  });

  it("let a minute's worth through, then one at a time, and do not mind a clock set back", () => {
    const clock = fixedClock("2026-11-20T10:00:00Z");
    const limits = createLimits(clock);
    for (let i = 0; i < 60; i++) expect(limits.take("till", 60)).to.equal(0);
    expect(limits.take("till", 60)).to.equal(1);
    expect(limits.take("other till", 60)).to.equal(0);
    clock.advance(1_000);
    expect(limits.take("till", 60)).to.equal(0);
    clock.set("2026-11-20T09:00:00Z");
    expect(limits.take("till", 60)).to.equal(1);
    clock.advance(60_000);
    expect(limits.take("till", 60)).to.equal(0);
  });

  it("keep every brand colour readable on light and dark", () => {
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, "0")}`);
    fc.assert(
      fc.property(hex, (accent) => {
        for (const ground of ["#ffffff", "#12151b"])
          expect(contrast(readable(accent, ground), ground)).to.be.at.least(4.5);
        for (const [, shown = "", ink = ""] of brandStyle(accent).matchAll(
          /--accent:(#\w+);--accent-ink:(#\w+)/g,
        ))
          expect(contrast(shown, ink)).to.be.at.least(4.5);
      }),
    );
  });
});
