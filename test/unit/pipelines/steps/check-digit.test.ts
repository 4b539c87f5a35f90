import { expect } from "chai";
import fc from "fast-check";
import { CHECK_DIGITS, type CheckDigit, hasCheckDigit } from "../../../../pipelines/steps/index.ts";

/** Numbers that others publish as examples, right and with one digit wrong. */
const KNOWN: Readonly<Record<CheckDigit, readonly (readonly [right: string, wrong: string])[]>> = {
  luhn: [
    ["79927398713", "79927398710"],
    ["4539 1488 0343 6467", "4539 1488 0343 6468"],
  ],
  ean13: [
    ["4006381333931", "4006381333932"],
    ["978-0-306-40615-7", "978-0-306-40615-8"],
  ],
  // The one of ISO/IEC 7064 itself, and a legal entity identifier (ISO 17442).
  mod97: [
    ["79444", "79445"],
    ["5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"],
  ],
};

const digits = (length: object) =>
  fc.array(fc.integer({ min: 0, max: 9 }), length).map((all) => all.join(""));
const bodies: Readonly<Record<CheckDigit, fc.Arbitrary<string>>> = {
  luhn: digits({ minLength: 1, maxLength: 18 }),
  ean13: digits({ minLength: 12, maxLength: 12 }),
  mod97: digits({ minLength: 1, maxLength: 18 }),
};
const endings = (scheme: CheckDigit): readonly string[] =>
  scheme === "mod97"
    ? Array.from({ length: 97 }, (_, i) => String(i + 1).padStart(2, "0"))
    : Array.from({ length: 10 }, (_, i) => String(i));

describe("check digits", () => {
  it("fit numbers that others publish, and no others", () => {
    for (const scheme of CHECK_DIGITS) {
      for (const [right, wrong] of KNOWN[scheme]) {
        expect(hasCheckDigit(scheme, right), right).to.equal(true);
        expect(hasCheckDigit(scheme, wrong), wrong).to.equal(false);
      }
      for (const none of ["", "7", "-", "ümlaut", "12 34 x"])
        expect(hasCheckDigit(scheme, none)).to.equal(false);
    }
    expect(hasCheckDigit("ean13", "40063813339313"), "another length").to.equal(false);
  });

  it("are exactly one for every number, and betray every single slip", () => {
    for (const scheme of CHECK_DIGITS)
      fc.assert(
        fc.property(bodies[scheme], fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, by) => {
          const right = endings(scheme)
            .map((end) => body + end)
            .filter((n) => hasCheckDigit(scheme, n));
          expect(right, body).to.have.length(1);
          const number = right[0] as string;
          const at = place % number.length;
          const slipped = (Number(number[at]) + by) % 10;
          expect(hasCheckDigit(scheme, number.slice(0, at) + slipped + number.slice(at + 1))).to.equal(false);
        }),
      );
  });
});
