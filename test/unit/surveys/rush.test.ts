import { expect } from "chai";
import { createRush } from "../../../surveys/answering/rush.ts";

describe("a rush of answers", () => {
  it("is on from fifty answers in a second until a second has passed without them", () => {
    let now = Date.UTC(2026, 10, 22);
    const rush = createRush({ now: () => new Date(now) });
    for (let i = 0; i < 49; i++) rush.note();
    expect(rush.isOn()).to.equal(false);
    rush.note();
    expect(rush.isOn()).to.equal(true);
    now += 1_999;
    expect(rush.isOn()).to.equal(true);
    now += 1;
    expect(rush.isOn()).to.equal(false);
  });

  it("is over when the clock has been set back", () => {
    let now = Date.UTC(2026, 10, 22);
    const rush = createRush({ now: () => new Date(now) });
    for (let i = 0; i < 60; i++) rush.note();
    now -= 3_600_000;
    expect(rush.isOn()).to.equal(false);
  });
});
