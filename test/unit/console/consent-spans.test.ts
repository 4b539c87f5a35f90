import { expect } from "chai";
import fc from "fast-check";
import { stripsOf } from "../../../web/src/areas/members/consent-spans.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const said = (state: string, day: string, more: object = {}) => ({
  state,
  purpose: "marketing",
  channel: "email" as string | null,
  recordedAt: `2026-${day}T00:00:00Z`,
  validUntil: null as string | null,
  ...more,
});
const spans = (history: Parameters<typeof stripsOf>[0]) =>
  stripsOf(history, NOW).map(({ purpose, channel, spans }) => [
    purpose,
    channel,
    ...spans.map((s) => `${s.state} ${new Date(s.from).toISOString().slice(5, 10)}`),
  ]);

describe("consents over time", () => {
  it("let each state stand until the next one, whatever the order in which they are read", () => {
    const history = [said("withdrawn", "03-01"), said("given", "01-01"), said("given", "04-01")];
    expect(spans(history)).to.deep.equal([
      ["marketing", "email", "given 01-01", "withdrawn 03-01", "given 04-01"],
    ]);
  });

  it("end a consent that is not renewed when it runs out", () => {
    expect(spans([said("given", "01-01", { validUntil: "2026-02-01T00:00:00Z" })])).to.deep.equal([
      ["marketing", "email", "given 01-01", "expired 02-01"],
    ]);
  });

  it("count what was said of everything, or of no channel, for every strip that it concerns", () => {
    const history = [
      said("given", "01-01"),
      said("given", "01-02", { purpose: "profiling", channel: null }),
      said("withdrawn", "02-01", { purpose: "*", channel: null }),
      said("channel-closed", "02-02"),
    ];
    expect(spans(history)).to.deep.equal([
      ["marketing", "email", "given 01-01", "withdrawn 02-01"],
      ["profiling", null, "given 01-02", "withdrawn 02-01"],
      ["*", null, "withdrawn 02-01"],
    ]);
  });

  it("leave no gap and no overlap between the first word and now", () => {
    const entry = fc.record({
      state: fc.constantFrom("requested", "given", "withdrawn", "refused", "channel-closed"),
      purpose: fc.constantFrom("marketing", "profiling", "*"),
      channel: fc.constantFrom(null, "email", "sms"),
      recordedAt: fc.integer({ min: 0, max: NOW - 1 }).map((at) => new Date(at).toISOString()),
      validUntil: fc.option(fc.integer({ min: 0, max: 2 * NOW }).map((at) => new Date(at).toISOString())),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (history) => {
        for (const { spans } of stripsOf(history, NOW)) {
          expect(spans.at(-1)?.to).to.equal(NOW);
          for (const [i, span] of spans.entries()) {
            expect(span.to).to.be.greaterThan(span.from);
            if (i > 0) expect(span.from).to.equal(spans[i - 1]?.to);
          }
        }
      }),
    );
  });
});
