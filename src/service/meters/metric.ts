import type { Metric } from "prom-client";

type Labels = Readonly<Record<string, string>>;
export type Samples = readonly (readonly [value: number, labels?: Labels, suffix?: string])[];

/** What is read elsewhere, as prom-client writes it: its own metrics count by themselves. */
export function metric(
  name: string,
  type: "gauge" | "counter" | "histogram",
  help: string,
  samples: Samples,
) {
  const values = samples.map(([value, labels = {}, suffix = ""]) => ({
    ...{ value, labels, metricName: `${name}${suffix}` },
  }));
  const made = { name, help, type, values, aggregator: "sum" };
  return { name, get: async () => made } as unknown as Metric<string>;
}
