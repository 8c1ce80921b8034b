import { duration } from "../../../src/display.ts";
import type { BenchTable } from "../tables.ts";
import type { BatchResult, SolvencyBench } from "./schema.ts";

/** Constraints an account, the table's share aside, that the design asks for, by slots. */
export const CONSTRAINT_TARGETS: Readonly<Record<number, number>> = { 16: 11_500, 64: 17_000 };
/** Calldata of a batch on chain: the next state and a proof. */
const ON_CHAIN_BYTES = 9 * 32;
const NODES = [1, 10, 100, 1000];
const VENUES = [1_000_000, 100_000_000];

/** All tables of a result, in reading order. */
export function solvencyTables({ results, gas }: SolvencyBench): BenchTable[] {
  return [
    {
      title: "Constraints",
      head: [
        "instance",
        "constraints",
        "of them the table's",
        "an account",
        "of target",
        "domain",
        "dev key",
        "key file",
      ],
      rows: results.map((one) => [
        one.name,
        count(one.constraints),
        count(one.tableShare),
        count(perAccount(one)),
        (perAccount(one) / (CONSTRAINT_TARGETS[one.slots] ?? Number.NaN)).toFixed(3),
        `2^${one.domainPower}`,
        duration(one.key),
        `${(one.zkeyBytes / 2 ** 20).toFixed(0)} MiB`,
      ]),
    },
    {
      title: "A run",
      head: [
        "instance, backend",
        "accounts",
        "reading, tree",
        "a batch, warm",
        "accounts a second",
        "whole run",
        "verifying it",
      ],
      rows: results.map((one) => [
        `${one.name} ${one.backend}`,
        count(one.batches * one.accounts),
        duration(one.begin),
        duration(one.warmBatch),
        rate(one).toFixed(2),
        duration(one.total),
        duration(one.verify),
      ]),
    },
    ...(gas === null
      ? []
      : [
          {
            title: "Gas",
            head: ["open", "a batch alone", `each of ${gas.combined.batches}`, "close"],
            rows: [
              [
                count(gas.open),
                count(gas.single),
                count(Math.round(gas.combined.gas / gas.combined.batches)),
                count(gas.close),
              ],
            ],
          },
        ]),
    {
      title: "Proof data of a million accounts",
      head: ["instance", "proofs", "on chain", "files"],
      rows: results.map((one) => {
        const proofs = Math.ceil(1_000_000 / one.accounts);
        const mega = (bytes: number): string => `${((proofs * bytes) / 1e6).toFixed(1)} MB`;
        return [one.name, count(proofs), mega(ON_CHAIN_BYTES), mega(one.fileBytes)];
      }),
    },
    {
      title: "Extrapolated",
      head: [
        "instance, backend",
        "accounts",
        ...NODES.map((nodes) => (nodes === 1 ? "1 node" : `${nodes} nodes`)),
      ],
      rows: results.flatMap((one) =>
        VENUES.map((venue) => [
          `${one.name} ${one.backend}`,
          count(venue),
          ...NODES.map((nodes) => span(venue / rate(one) / nodes)),
        ]),
      ),
    },
  ];
}

/** Constraints of an account, rounded up, without the table's share. */
export function perAccount({ constraints, tableShare, accounts }: BatchResult): number {
  return Math.ceil((constraints - tableShare) / accounts);
}

/** Accounts a second of one prover. */
export function rate({ accounts, warmBatch }: BatchResult): number {
  return accounts / (warmBatch / 1000);
}

/** Long times as people say them. */
function span(seconds: number): string {
  if (seconds < 3600) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(0)} d`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
