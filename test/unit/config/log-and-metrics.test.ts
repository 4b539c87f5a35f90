import { expect } from "chai";
import { createLog } from "../../../src/log.ts";
import { createMetrics } from "../../../src/metrics.ts";

describe("log", () => {
  const logged = (level: "debug" | "info" | "warn" | "error" | "silent") => {
    const lines: string[] = [];
    const log = createLog({ level, destination: { write: (line) => void lines.push(line) } });
    log.debug("a_debug");
    log.info("an_info", { id: "x", count: 2, absent: undefined });
    log.warn("a_warning");
    log.error("an_error");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it("writes one JSON object a line with level, time and event", () => {
    const [line] = logged("info");
    expect(line).to.include({ level: "info", event: "an_info", id: "x", count: 2 });
    expect(line?.time).to.match(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(Object.keys(line ?? {})).to.have.members(["level", "time", "event", "id", "count"]);
  });

  it("leaves out what is below its level", () => {
    expect(logged("debug")).to.have.length(4);
    expect(logged("warn").map((l) => l.event)).to.deep.equal(["a_warning", "an_error"]);
    expect(logged("silent")).to.deep.equal([]);
  });
});

describe("metrics", () => {
  it("counts, gauges and observes in the Prometheus text format", async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.count("events_total", { verdict: "accepted" });
    metrics.count("events_total", { verdict: "accepted" }, 4);
    metrics.gauge("queue_length", 7);
    metrics.observe("flush_seconds", 0.03);
    const { contentType, body } = await metrics.render();
    expect(contentType).to.contain("text/plain");
    expect(body).to.contain('events_total{verdict="accepted"} 5');
    expect(body).to.contain("queue_length 7");
    expect(body).to.contain('flush_seconds_bucket{le="0.05"} 1').and.to.contain("flush_seconds_count 1");
  });

  it("never fails over labels that do not fit the first use", async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.count("x_total", { a: "1" });
    metrics.count("x_total", { b: "2" });
    metrics.count("x_total");
    expect((await metrics.render()).body).to.contain('x_total{a=""} 2');
  });

  it("keeps two sets of metrics apart and measures the process", async () => {
    const one = createMetrics();
    createMetrics().count("only_here_total");
    const { body } = await one.render();
    expect(body).to.contain("process_resident_memory_bytes").and.not.to.contain("only_here_total");
  });
});
