import { duration } from "../../src/display.ts";
import type { Sample } from "./sample.ts";
import type { BenchResult, InstanceResult } from "./schema.ts";
import { ratio, TARGETS } from "./targets.ts";

/** One table: the first column is text, the others are numbers. */
export interface BenchTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** All tables of a result, in reading order. Those without rows are left out. */
export function benchTables({ instances }: BenchResult): BenchTable[] {
  const tables: BenchTable[] = [
    {
      // Sizes are in circuits/sizes.json, and don't depend on the machine.
      title: "Circuits and keys",
      head: ["instance", "compile", "dev key", "key file"],
      rows: instances.map((one) => [
        sizeOf(one),
        one.compile === null ? "cached" : duration(one.compile),
        duration(one.key),
        `${(one.zkeyBytes / 2 ** 20).toFixed(1)} MiB`,
      ]),
    },
    {
      title: "Proofs",
      head: ["instance, backend", "start", "inputs", "witness", "prove", "verify", "total", "of target"],
      rows: instances.flatMap(proverRows),
    },
    {
      title: "Verification off chain",
      head: ["instance", "all public signals", "with the table point", "computing the table point"],
      rows: instances.map(({ verify, ...one }) => [
        sizeOf(one),
        spread(verify.full),
        spread(verify.withTablePoint),
        spread(verify.tablePoint),
      ]),
    },
    {
      title: "Gas of attesting",
      head: ["instance", "publish", "one", "of target", ...batchHeads(instances)],
      rows: instances.flatMap(attestRow),
    },
    {
      title: "Table point on chain",
      head: ["instance", "rows (filled)", "transactions", "gas", "gas a row"],
      rows: instances.flatMap(({ gas, ...one }) =>
        gas === null
          ? []
          : [
              [
                sizeOf(one),
                `${one.rows} (${one.filledRows})`,
                count(gas.tablePoint.transactions),
                count(gas.tablePoint.total),
                range(gas.tablePoint.perRow, count),
              ],
            ],
      ),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Tables as Markdown, each under its title in bold. */
export function markdown(tables: readonly BenchTable[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return tables
    .map(({ title, head, rows }) =>
      [
        `**${title}**`,
        "",
        line(head),
        line(head.map((_, column) => (column === 0 ? "---" : "---:"))),
        ...rows.map(line),
      ].join("\n"),
    )
    .join("\n\n");
}

/** `2.10 s (2.05 s .. 2.31 s)`; of one measurement, only that. */
export function spread(sample: Sample): string {
  return range(sample, duration);
}

function range({ median, min, max }: Sample, format: (value: number) => string): string {
  const [middle, low, high] = [median, min, max].map(format);
  return low === high ? `${middle}` : `${middle} (${low} .. ${high})`;
}

function proverRows({ name, inputs, provers, ...one }: InstanceResult): string[][] {
  return provers.flatMap(({ backend, cold, warm }) =>
    (["cold", "warm"] as const).map((heat) => {
      const steps = heat === "cold" ? cold : warm;
      const target = heat === "warm" ? TARGETS.warmProof[name]?.[backend] : undefined;
      return [
        `${sizeOf(one)} ${backend}, ${heat}`,
        steps.start === null ? "—" : duration(steps.start.median),
        duration(inputs.median),
        duration(steps.witness.median),
        spread(steps.prove),
        duration(steps.verify.median),
        spread(steps.total),
        ratio(steps.total.median + inputs.median, target),
      ];
    }),
  );
}

function attestRow({ gas, ...one }: InstanceResult): string[][] {
  if (gas === null) return [];
  const batches = gas.batches.flatMap(({ size, each }) =>
    size === TARGETS.batchGas.size ? [count(each), ratio(each, TARGETS.batchGas.each)] : [count(each)],
  );
  return [
    [
      sizeOf(one),
      count(gas.publish),
      range(gas.attest, count),
      ratio(gas.attest.median, TARGETS.attestGas),
      ...batches,
    ],
  ];
}

function batchHeads(instances: readonly InstanceResult[]): string[] {
  const batches = instances.find(({ gas }) => gas !== null)?.gas?.batches ?? [];
  return batches.flatMap(({ size }) =>
    size === TARGETS.batchGas.size ? [`each of ${size}`, "of target"] : [`each of ${size}`],
  );
}

function sizeOf({ slots, rows }: Pick<InstanceResult, "slots" | "rows">): string {
  return `${slots}x${rows}`;
}

function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}
