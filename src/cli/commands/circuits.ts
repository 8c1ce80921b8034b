import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { type CircuitInstance, instance, listInstances, shortName } from "../../prover/circuits.ts";
import { isRecorded } from "../../prover/node/recorded.ts";
import { type RecordedSize, recordedSizes } from "../../prover/sizes-file.ts";
import { command } from "../command.ts";
import { table } from "../format.ts";
import { option, toggle } from "../input.ts";
import { named } from "../summaries.ts";

export const circuits = command({
  ...named("circuits"),
  arguments: { chosen: option("[names...]", "only these, e.g. 64x240", (name) => instance(name)) },
  flags: {
    all: toggle("--all", "test instances too"),
    check: toggle("--check", "compile them, and compare with what is recorded (a few minutes for all)"),
  },
  notes: `
An instance's name has its size, e.g. coverage_SLOTSxROWS_sSCENARIOSkUNDERLYINGS, solvency_ACCOUNTSxSLOTSxROWS.
An instance proves portfolios of at most SLOTS positions over snapshots of at most ROWS instruments,
a solvency batch those of ACCOUNTS accounts at once, and a report what a whole run came to.
A transfer or a deleverage moves positions between portfolios of SLOTS positions, and takes no snapshot.

Sizes are those recorded in circuits/sizes.json. Exit code 1 says that --check found another circuit than the recorded one.`,
  examples: ["ballast circuits", "ballast circuits 64x240 --check"],
  async run({ chosen = [], all, check }, { print, progress, fail }) {
    const listed =
      chosen.length > 0 ? chosen : listInstances().filter(({ purpose }) => all || purpose !== "tests only");
    const sizes = recordedSizes();
    const rows: (ReturnType<typeof rowOf> & { readonly matches?: boolean })[] = [];
    for (const circuit of listed) {
      const recorded = sizes.get(circuit.name);
      if (recorded === undefined) throw notRecorded(circuit.name);
      const { onProgress } = progress.part(rows.length + 1, listed.length);
      const matches = check ? await isRecorded(circuit, recorded, onProgress) : undefined;
      if (matches === false) fail();
      rows.push({ ...rowOf(circuit, recorded), ...given({ matches }) });
    }
    print({ circuits: rows }, () =>
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
  },
});

/** An instance as `--json` has it; what a statement doesn't have is null. */
function rowOf(circuit: CircuitInstance, recorded: RecordedSize) {
  const { constraints, publicInputs, wires, domainPower, r1csHash } = recorded;
  return {
    name: circuit.name,
    short: shortName(circuit),
    purpose: circuit.purpose,
    accounts: circuit.statement === "solvency" ? circuit.accounts : null,
    slots: "slots" in circuit ? circuit.slots : null,
    rows: circuit.rows,
    scenarios: "shape" in circuit ? circuit.shape.scenarios : null,
    underlyings: "shape" in circuit ? circuit.shape.underlyings : null,
    cachedInputs: circuit.cachedInputs,
    ...{ constraints, publicInputs, wires, domainPower, r1csHash },
  };
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
