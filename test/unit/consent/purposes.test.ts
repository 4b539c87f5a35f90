import { expect } from "chai";
import { stringify } from "yaml";
import { addSpan, parseSpan } from "../../../consent/durations.ts";
import type { Purpose } from "../../../consent/purpose.schema.ts";
import { basisUnder, builtInPurposes, diffPurposes, parsePurposesFile } from "../../../consent/purposes.ts";
import { AppError } from "../../../src/kernel/problems.ts";
import { aPurpose } from "./builders.ts";

const fileOf = (purposes: readonly unknown[]) =>
  stringify({ format: "candor-purposes/1", purposes }, { aliasDuplicateObjects: false });
const faultsOf = (text: string): string[] => {
  try {
    parsePurposesFile(text);
  } catch (error) {
    if (error instanceof AppError) return (error.errors ?? []).map((e) => e.path);
    throw error;
  }
  return [];
};

describe("the purposes file", () => {
  it("holds the set that a retailer starts from", () => {
    expect(builtInPurposes().map((p) => p.id)).to.deep.equal([
      "service",
      "legal-obligation",
      "analytics",
      "marketing",
      "survey-contact",
      "profiling",
      "personalisation",
      "partner-sharing",
    ]);
    for (const p of builtInPurposes())
      expect(p.categories.includes("unclassified")).to.equal(p.id === "legal-obligation");
  });

  it("reads back what it writes", () => {
    expect(parsePurposesFile(fileOf(builtInPurposes()))).to.deep.equal(builtInPurposes());
  });

  it("names the place of every fault and repeats no value", () => {
    const secret = { ...aPurpose("analytics"), retention: "hunter2", extra: "hunter2" };
    expect(faultsOf(fileOf([secret]))).to.include("/purposes/0/retention");
    expect(() => parsePurposesFile(fileOf([secret])))
      .to.throw(AppError)
      .with.property("message")
      .not.includes("hunter2");
    expect(() => parsePurposesFile("a: [b")).to.throw(AppError);
    expect(() => parsePurposesFile("a: &x [1]\nb: [*x, *x]")).to.throw(AppError);
  });

  it("refuses what contradicts itself", () => {
    const wrong: [Partial<Purpose>, string][] = [
      [{ materialVersion: 2 }, "materialVersion"],
      [{ doubleOptIn: ["email"] }, "doubleOptIn"],
      [{ marketing: true }, "channels"],
      [{ tcfPurposes: [2] }, "tcfPurposes"],
    ];
    for (const [change, field] of wrong)
      expect(faultsOf(fileOf([aPurpose("analytics", change)]))).to.deep.equal([`/purposes/0/${field}`]);
    expect(faultsOf(fileOf([aPurpose("analytics"), aPurpose("analytics")]))).to.deep.equal([
      "/purposes/1/id",
    ]);
  });

  it("takes another basis where a regime asks for it", () => {
    const survey = aPurpose("survey-contact");
    expect([basisUnder(survey, "EU"), basisUnder(survey, "TW"), basisUnder(survey, null)]).to.deep.equal([
      "legitimate-interest",
      "consent",
      "legitimate-interest",
    ]);
  });
});

describe("the difference between two purpose files", () => {
  const before = aPurpose("analytics");

  it("is nothing for the same purposes in another order", () => {
    const shuffled = { ...before, categories: [...before.categories].reverse() };
    expect(diffPurposes([before, aPurpose("service")], [aPurpose("service"), shuffled])).to.deep.equal([]);
  });

  it("calls a change material when more may be done than people agreed to", () => {
    const wider: Partial<Purpose>[] = [
      { categories: [...before.categories, "contact"] },
      { retention: "P10Y" },
      { consentExpiresAfter: null },
      { profiling: true },
      { lawfulBasis: "legitimate-interest" },
    ];
    for (const change of wider) {
      const [found] = diffPurposes([before], [{ ...before, ...change, version: 2, materialVersion: 2 }]);
      expect(found).to.deep.include({ kind: "changed", material: true, problems: [] });
      const [forgot] = diffPurposes([before], [{ ...before, ...change, version: 2 }]);
      expect(forgot?.kind === "changed" && forgot.problems.length).to.equal(1);
    }
    const narrower: Partial<Purpose>[] = [
      { categories: ["online"] },
      { retention: "P1M" },
      { consentExpiresAfter: "P6M" },
      { name: { ...before.name, en: "Statistics" } },
    ];
    for (const change of narrower) {
      const [found] = diffPurposes([before], [{ ...before, ...change, version: 2 }]);
      expect(found).to.deep.include({ kind: "changed", material: false, problems: [] });
    }
  });

  it("insists on a new version and never lets stale consents count again", () => {
    const [same] = diffPurposes([before], [{ ...before, retention: "P1M" }]);
    expect(same?.kind === "changed" && same.problems).to.deep.equal(["version must be at least 2"]);
    const stale = { ...before, version: 3, materialVersion: 3 };
    const [back] = diffPurposes([stale], [{ ...stale, version: 4, materialVersion: 1 }]);
    expect(back?.kind === "changed" && back.problems).to.have.lengthOf(1);
  });

  it("names what is added and removed", () => {
    const kinds = diffPurposes([before], [aPurpose("service")]).map((c) => [c.kind, c.id]);
    expect(kinds).to.deep.equal([
      ["removed", "analytics"],
      ["added", "service"],
    ]);
  });
});

describe("calendar spans", () => {
  it("end a month on the same-numbered day, else on its last", () => {
    const plus = (from: string, span: string) => {
      const parsed = parseSpan(span);
      return parsed && addSpan(new Date(from), parsed).toISOString().slice(0, 10);
    };
    expect(plus("2026-01-31T00:00:00Z", "P1M")).to.equal("2026-02-28");
    expect(plus("2024-02-29T00:00:00Z", "P1Y")).to.equal("2025-02-28");
    expect(plus("2026-12-15T00:00:00Z", "P2M")).to.equal("2027-02-15");
    expect(plus("2026-06-01T00:00:00Z", "P1W2D")).to.equal("2026-06-10");
    for (const text of ["", "P", "1M", "PT1H", "P-1D", "P1.5M"]) expect(parseSpan(text)).to.equal(null);
  });
});
