import { compareReads } from "./differential.ts";

describe("bulk pull, single read, replayed feed and decide", function () {
  this.timeout(300_000);

  it("agree field by field for random members and purposes", async () => {
    await compareReads("differential", 150, 20_261_120);
  });
});
