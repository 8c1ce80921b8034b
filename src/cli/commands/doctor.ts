import { checkCircuits } from "../../actions/node/doctor/circuits.ts";
import type { Finding } from "../../actions/node/doctor/finding.ts";
import {
  checkAnvil,
  checkBackend,
  checkDisk,
  checkHome,
  checkKeyFile,
  checkNodeJs,
} from "../../actions/node/doctor/machine.ts";
import { checkChain } from "../../actions/node/doctor/node.ts";
import { given } from "../../given.ts";
import { command } from "../command.ts";
import { deployment, rpc } from "../flags.ts";
import { option, optional } from "../input.ts";
import { writtenHint } from "../mend.ts";
import { named } from "../summaries.ts";

const MARKS = { ok: "✓", note: "·", fault: "✗" } as const;

export const doctor = command({
  ...named("doctor"),
  flags: {
    rpc: optional(rpc, "a chain's node to ask"),
    deployment: optional(deployment, "are its contracts on that chain?"),
    keyFiles: option("--key-file <files...>", "files of private keys: are they safe from others?"),
  },
  notes: `
Nothing is changed, compiled or downloaded. Exit code 1 says that something is broken; what is not there yet is no fault.`,
  examples: ["ballast doctor", "ballast doctor --rpc URL --key-file venue.key"],
  async run({ rpc: url, deployment: path, keyFiles = [] }, { print, progress, fail }) {
    const findings: Finding[] = [
      checkNodeJs(),
      checkHome(),
      checkDisk(),
      ...(await checkCircuits(progress)),
      await checkBackend(),
      checkAnvil(),
      ...(await checkChain(url, path)),
      ...keyFiles.map(checkKeyFile),
    ];
    const told = findings.map(({ hint, inputs, ...finding }) => ({
      ...finding,
      ...given({ hint: writtenHint(hint, inputs) }),
    }));
    const faults = findings.filter(({ state }) => state === "fault");
    if (faults.length > 0) fail();
    print({ healthy: faults.length === 0, findings: told }, () =>
      [
        ...told.flatMap(({ check, state, found, hint }) => [
          `  ${MARKS[state]} ${check}: ${found}`,
          ...(hint === undefined ? [] : [`      ${hint}`]),
        ]),
        faults.length === 0 ? "nothing is broken" : `${faults.length} to mend`,
      ].join("\n"),
    );
  },
});
