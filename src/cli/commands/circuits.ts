import { type CircuitInfo, circuitInfo } from "../../prover/artifacts.ts";
import { instance, listInstances, shortName } from "../../prover/circuits.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly all?: boolean;
}

interface InstanceRow extends CircuitInfo {
  readonly name: string;
  readonly short: string;
  readonly purpose: string;
  /** Of a batch: how many accounts. */
  readonly accounts: number | null;
  readonly slots: number | null;
  readonly rows: number;
  /** Of circuits that know none: null. */
  readonly scenarios: number | null;
  readonly underlyings: number | null;
  readonly cachedInputs: number;
}

/** `ballast circuits`: what can be proven, and how large it is. */
export const circuits: Register = (program, run) => {
  program
    .command("circuits")
    .description("list the circuit instances: slots, rows, constraints, public inputs, domain")
    .argument("[names...]", "only these, e.g. 64x240")
    .option("--all", "test instances too")
    .addHelpText(
      "after",
      "\nAn instance proves portfolios of at most SLOTS positions over snapshots of at most ROWS instruments," +
        "\na solvency batch those of ACCOUNTS accounts at once, and a report what a whole run came to." +
        "\nA transfer or a deleverage moves positions between portfolios of SLOTS positions, and takes no snapshot." +
        "\nThe first call compiles the circuits (a few minutes for all).",
    )
    .action(
      run<Options>(async ({ io, json, progress }, options, names) => {
        const chosen =
          names.length > 0
            ? names.map((name) => instance(name))
            : listInstances().filter(({ purpose }) => options.all === true || purpose !== "tests only");
        const rows: InstanceRow[] = [];
        for (const circuit of chosen) {
          const info = await circuitInfo(circuit, progress.onProgress);
          rows.push({
            name: circuit.name,
            short: shortName(circuit),
            purpose: circuit.purpose,
            accounts: circuit.statement === "solvency" ? circuit.accounts : null,
            slots: circuit.statement === "report" ? null : circuit.slots,
            rows: circuit.rows,
            scenarios: "shape" in circuit ? circuit.shape.scenarios : null,
            underlyings: "shape" in circuit ? circuit.shape.underlyings : null,
            cachedInputs: circuit.cachedInputs,
            ...info,
          });
        }
        emit(io, json, { circuits: rows }, () =>
          table(
            [
              "instance",
              "accounts",
              "slots",
              "rows",
              "scenarios",
              "constraints",
              "public inputs",
              "domain",
              "for",
            ],
            rows.map((row) => [
              row.name,
              row.accounts === null ? "" : String(row.accounts),
              row.slots === null ? "" : String(row.slots),
              String(row.rows),
              row.scenarios === null ? "" : String(row.scenarios),
              row.constraints.toLocaleString("en-US"),
              row.publicInputs.toLocaleString("en-US"),
              `2^${row.domainPower}`,
              row.purpose,
            ]),
            [1, 2, 3, 4, 5, 6, 7],
          ),
        );
      }),
    );
};
