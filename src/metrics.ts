import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Meter } from "./kernel/log.ts";

type Labels = Readonly<Record<string, string>>;

export interface Metrics extends Meter {
  /** The Prometheus text format and its media type. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Upper bounds in seconds: from a cached read to a long import chunk. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5, 15, 60];

/**
 * Meters with a registry of its own. A metric comes into being at its first use, and the labels of that use are its
 * labels: later ones that it does not know are left out, missing ones are empty.
 */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const known = new Map<string, { readonly metric: unknown; readonly names: readonly string[] }>();

  const find = <M>(
    name: string,
    labels: Labels,
    make: (names: string[]) => M,
  ): [M, Record<string, string>] => {
    let entry = known.get(name);
    if (entry === undefined) {
      const names = Object.keys(labels).sort();
      entry = { metric: make(names), names };
      known.set(name, entry);
    }
    return [entry.metric as M, Object.fromEntries(entry.names.map((n) => [n, labels[n] ?? ""]))];
  };
  const about = (name: string, labelNames: string[]) => ({
    name,
    help: name.replaceAll("_", " "),
    labelNames,
    registers: [registry],
  });

  return {
    count: (name, labels = {}, by = 1) => {
      const [counter, values] = find(name, labels, (names) => new Counter(about(name, names)));
      counter.inc(values, by);
    },
    gauge: (name, value, labels = {}) => {
      const [gauge, values] = find(name, labels, (names) => new Gauge(about(name, names)));
      gauge.set(values, value);
    },
    observe: (name, seconds, labels = {}) => {
      const [histogram, values] = find(
        name,
        labels,
        (names) => new Histogram({ ...about(name, names), buckets: BUCKETS }),
      );
      histogram.observe(values, seconds);
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
