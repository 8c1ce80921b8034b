import { BallastError } from "../../errors.ts";
import { type CircuitInstance, instance, listInstances, shortName } from "../../prover/circuits.ts";
import { circuitInfo, ensureArtifacts } from "../../prover/node/artifacts.ts";
import type { OnProgress } from "../../prover/progress.ts";
import type { CircuitInfo } from "../../prover/prover.ts";
import { type RecordedSize, recordedSizes } from "../../prover/sizes-file.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly all?: boolean;
  readonly check?: boolean;
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
  /** sha256 of the recorded `.r1cs` file. */
  readonly r1csHash: string;
  /** With --check: whether compiling gives exactly what is recorded. */
  readonly matches?: boolean;
}

/** `ballast circuits`: what can be proven, and how large it is. */
export const circuits: Register = (program, run) => {
  program
    .command("circuits")
    .description("list the circuit instances: slots, rows, constraints, public inputs, domain")
    .argument("[names...]", "only these, e.g. 64x240")
    .option("--all", "test instances too")
    .option("--check", "compile them, and compare with what is recorded (a few minutes for all)")
    .addHelpText(
      "after",
      "\nAn instance's name has its size, e.g. coverage_SLOTSxROWS_sSCENARIOSkUNDERLYINGS, solvency_ACCOUNTSxSLOTSxROWS." +
        "\nAn instance proves portfolios of at most SLOTS positions over snapshots of at most ROWS instruments," +
        "\na solvency batch those of ACCOUNTS accounts at once, and a report what a whole run came to." +
        "\nA transfer or a deleverage moves positions between portfolios of SLOTS positions, and takes no snapshot." +
        "\nSizes are those recorded in circuits/sizes.json. Exit code 1 says that --check found another circuit than the recorded one.",
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options, names) => {
        const chosen =
          names.length > 0
            ? names.map((name) => instance(name))
            : listInstances().filter(({ purpose }) => options.all === true || purpose !== "tests only");
        const sizes = recordedSizes();
        const rows: InstanceRow[] = [];
        for (const circuit of chosen) {
          const recorded = sizes.get(circuit.name);
          if (recorded === undefined) throw notRecorded(circuit.name);
          const { onProgress } = progress.part(rows.length + 1, chosen.length);
          const matches =
            options.check === true ? await isRecorded(circuit, recorded, onProgress) : undefined;
          if (matches === false) fail();
          const { constraints, publicInputs, wires, domainPower, r1csHash } = recorded;
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
            ...{ constraints, publicInputs, wires, domainPower, r1csHash },
            ...(matches === undefined ? {} : { matches }),
          });
        }
        emit(io, json, { circuits: rows }, () =>
          [
            table(
              ["instance", "constraints", "inputs", "domain", "for"],
              rows.map((row) => [
                row.name,
                row.constraints.toLocaleString("en-US"),
                row.publicInputs.toLocaleString("en-US"),
                `2^${row.domainPower}`,
                row.purpose,
              ]),
              [1, 2, 3],
            ),
            ...rows.flatMap(({ name, matches }) => (matches === false ? [differs(name)] : [])),
          ].join("\n"),
        );
      }),
    );
};

/** Whether compiling a circuit gives exactly what is recorded of it. @throws {BallastError} as `ensureArtifacts`. */
export async function isRecorded(
  circuit: CircuitInstance,
  recorded: RecordedSize,
  onProgress?: OnProgress,
): Promise<boolean> {
  const { r1csHash } = await ensureArtifacts(circuit, onProgress);
  const compiled = await circuitInfo(circuit);
  return (
    r1csHash === recorded.r1csHash &&
    compiled.constraints === recorded.constraints &&
    compiled.publicInputs === recorded.publicInputs &&
    compiled.wires === recorded.wires &&
    compiled.domainPower === recorded.domainPower
  );
}

function differs(name: string): string {
  return `NOT AS RECORDED: ${name} compiles to another circuit; keys made for the recorded one don't fit it.`;
}

function notRecorded(name: string): BallastError {
  return new BallastError("INVALID_ARTIFACT", `No sizes are recorded for ${name}.`, {
    hint: "Reinstall the package, or write them with `npm run generate`.",
    details: { circuit: name },
  });
}
