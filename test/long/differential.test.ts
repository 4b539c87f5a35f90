import { compareReads } from "../integration/recipients/differential.ts";

describe("bulk pull, single read, replayed feed and decide", () => {
  it("agree field by field for ten thousand random members", async () => {
    await compareReads("differential-long", 10_000, 20_261_121);
  });
});
