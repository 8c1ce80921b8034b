import { type CheckedProof, checkProof } from "../../actions/coverage/check.ts";
import { checkedJson } from "../../actions/coverage/json.ts";
import { connectReader } from "../../chain/client.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { instanceOf } from "../../prover/circuits.ts";
import { loadProofFile } from "../../prover/proof-file.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { deployment, rpc, snapshot } from "../flags.ts";
import { checkLines, tierText } from "../format.ts";
import { needed, onlyGiven, option } from "../input.ts";
import { checkChainId } from "../options.ts";
import { named } from "../summaries.ts";
import { trustedKey } from "../trusted-key.ts";

export const verify = command({
  ...named("verify"),
  arguments: { proof: needed("<proof>", "proof file") },
  flags: {
    snapshot: onlyGiven(snapshot, "the published snapshot: verify off chain"),
    key: option("-k, --key <file>", "the verification key (snarkjs' JSON; default: the instance's own)"),
    deployment: onlyGiven(
      deployment,
      "is the proof for this chain and registry? With --rpc: ask its contracts",
    ),
    rpc: onlyGiven(rpc, "the chain's node: verify on chain"),
  },
  notes: `
Exit code 1 says that the proof does not verify. A proof stays true after its deadline, but can't be attested.`,
  examples: [
    "ballast verify desk.proof.json -s s.json",
    "ballast verify desk.proof.json --rpc URL --deployment d.json",
  ],
  async run({ proof, ...values }, { print, progress, fail, io }) {
    if (values.snapshot === undefined && values.rpc === undefined) {
      throw new BallastError("INVALID_INPUT", "Say what to verify against.", {
        hint: "--snapshot FILE for off chain, --rpc URL --deployment FILE for on chain, or both.",
      });
    }
    if (values.rpc !== undefined && values.deployment === undefined) {
      throw new BallastError("INVALID_INPUT", "--rpc needs --deployment.", {
        hint: "Give the file that `ballast deploy` wrote.",
      });
    }
    const file = loadProofFile(proof);
    const deployed = values.deployment === undefined ? undefined : loadDeployment(values.deployment);
    const offChain =
      values.snapshot === undefined
        ? undefined
        : {
            snapshot: loadSnapshot(values.snapshot),
            key: await trustedKey(instanceOf("coverage", file.circuit), values.key, progress),
          };
    const reader = values.rpc === undefined ? undefined : await connectReader(values.rpc);
    if (reader !== undefined && deployed !== undefined) checkChainId(reader.chainId, deployed);
    const checked = await checkProof(file, given({ offChain, deployment: deployed, reader }), progress);
    if (!checked.valid) fail();
    print(checkedJson(file, checked), () => describe(file, checked, io.color));
  },
});

function describe(file: ProofFile, checked: CheckedProof, color: boolean): string {
  const { valid, checks, devKey, deadlinePassed, attestation } = checked;
  return [
    ...checkLines(checks),
    valid
      ? `valid: the account is in tier ${tierText(file.signals.tier, color)}`
      : "NOT VALID: the proof says nothing",
    ...(devKey ? ["  under a development key: whoever made that can forge any proof"] : []),
    ...(deadlinePassed ? ["  its deadline has passed: it can't be attested any more"] : []),
    ...(attestation === undefined
      ? []
      : [
          `  the registry has tier ${attestation.tier} for this commitment, by ${attestation.snapshotId === file.snapshotId ? "this snapshot" : "another snapshot"}, ${attestation.isCurrent ? "current" : "expired"}`,
        ]),
  ].join("\n");
}
