import { checkCircuits } from "../doctor/circuits.ts";
import type { Finding } from "../doctor/finding.ts";
import {
  checkAnvil,
  checkBackend,
  checkDisk,
  checkHome,
  checkKeyFile,
  checkNode,
} from "../doctor/machine.ts";
import { checkChain } from "../doctor/node.ts";
import { emit } from "../io.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly rpc?: string;
  readonly deployment?: string;
  readonly keyFile?: string[];
}

const MARKS = { ok: "✓", note: "·", fault: "✗" } as const;

/** `ballast doctor`: what is missing or broken here. */
export const doctor: Register = (program, run) => {
  program
    .command("doctor")
    .description("look for what is missing or broken on this machine, and say what to do")
    .option("--rpc <url>", "a chain's node to ask")
    .option("--deployment <file>", "are its contracts on that chain?")
    .option("--key-file <files...>", "files of private keys: are they safe from others?")
    .addHelpText(
      "after",
      "\nNothing is changed, compiled or downloaded. Exit code 1 says that something is broken; what is not there yet is no fault.",
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options) => {
        const findings: Finding[] = [
          checkNode(),
          checkHome(),
          checkDisk(),
          ...(await checkCircuits(progress)),
          await checkBackend(),
          checkAnvil(),
          ...(await checkChain(options.rpc, options.deployment)),
          ...(options.keyFile ?? []).map(checkKeyFile),
        ];
        const faults = findings.filter(({ state }) => state === "fault");
        if (faults.length > 0) fail();
        emit(io, json, { healthy: faults.length === 0, findings }, () =>
          [
            ...findings.flatMap(({ check, state, found, hint }) => [
              `  ${MARKS[state]} ${check}: ${found}`,
              ...(hint === undefined ? [] : [`      ${hint}`]),
            ]),
            faults.length === 0 ? "nothing is broken" : `${faults.length} to mend`,
          ].join("\n"),
        );
      }),
    );
};
