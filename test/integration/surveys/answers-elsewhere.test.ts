import { expect } from "chai";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { sendFile } from "../files/sending.ts";
import { sendBatch } from "../sources/reading.ts";

type Answer = readonly [kind: string, score: string, scaleMin: string, scaleMax: string, comment: string];

const CASES: readonly (readonly [Answer, verdict: string])[] = [
  [["nps", "0", "", "", ""], "accepted"],
  [["nps", "10", "0", "10", ""], "accepted"],
  [["nps", "9", "1", "10", ""], "invalid-score"],
  [["nps", "8.5", "", "", ""], "invalid-score"],
  [["nps", "11", "", "", ""], "invalid-score"],
  [["csat", "5", "", "", ""], "accepted"],
  [["csat", "4.5", "", "", ""], "invalid-score"],
  [["csat", "70", "0", "100", ""], "invalid-score"],
  [["csat", "4", "", "7", ""], "invalid-score"],
  [["ces", "7", "1", "7", ""], "accepted"],
  [["ces", "0", "", "", ""], "invalid-score"],
  [["ces", "seven", "", "", ""], "invalid-score"],
  [["comparative", "70", "0", "100", ""], "accepted"],
  [["comparative", "2.5", "1", "5", ""], "accepted"],
  [["comparative", "3", "", "", ""], "invalid-score"],
  [["comparative", "3", "5", "1", ""], "invalid-score"],
  [["comparative", "3", "0", "5000", ""], "invalid-score"],
  [["comment", "", "", "", "fine"], "accepted"],
  [["comment", "3", "1", "5", "fine"], "invalid-score"],
  [["comment", "", "", "", ""], "missing-field"],
  [["csat", "", "", "", "no figure, but words"], "accepted"],
  [["csat", "", "", "", ""], "missing-field"],
];

describe("answers that were given elsewhere", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer("answers-elsewhere");
  });
  after(() => server.close());

  it("are measured by one rule, sent one by one or as a file", async () => {
    const source = await server.source({ name: "Answers one by one", kind: "survey" });
    const sent = await sendBatch(
      server,
      source.writeKey,
      CASES.map(([[kind, score, scaleMin, scaleMax, comment]], i) => ({
        ...{ kind, score, scaleMin, scaleMax, comment },
        ...{ answerId: `a-${i}`, answeredAt: "2026-03-05T10:00:00Z", who: { memberId: "ANS-1" } },
      })),
    );
    const byEvent = sent.map((r) => r.code ?? r.status);

    const file = await server.source({ name: "Answers of a file", kind: "survey" });
    const head = "questionKind,score,scaleMin,scaleMax,comment,answerId,answeredAt,memberId";
    const rows = CASES.map(([cells], i) =>
      [...cells.slice(0, 4), `"${cells[4]}"`, `a-${i}`, "2026-03-05", "ANS-1"].join(),
    );
    const report = await sendFile(server, file, [head, ...rows].join("\n"));
    const codes = new Map(report.body.rejected.map((r) => [r.line, r.code]));
    const byFile = CASES.map((_, i) => codes.get(i + 2) ?? "accepted");

    const wanted = CASES.map(([, verdict]) => verdict);
    const named = (verdicts: readonly string[]) => verdicts.map((v, i) => [CASES[i]?.[0].join(), v]);
    expect(named(byEvent)).to.deep.equal(named(wanted));
    expect(named(byFile)).to.deep.equal(named(wanted));
  });
});
