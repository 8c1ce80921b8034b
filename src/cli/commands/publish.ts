import { tablePointsHere } from "../../actions/node/table-points.ts";
import { publishAsNewest } from "../../actions/snapshot/publish.ts";
import { settleTablePoint } from "../../actions/snapshot/settle.ts";
import { refuseImpostor, signAsOracle } from "../../actions/snapshot/sign.ts";
import { accountOf } from "../../chain/client.ts";
import type { Entered } from "../../chain/coverage/clock.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { loadSignatures, signatureFile } from "../../chain/snapshot/signature-file.ts";
import { timeText } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { formatField } from "../../math/field.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { tableInstance } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { policyDigest, policyOrigin } from "../../risk/policy.ts";
import { checkRollOver } from "../../risk/roll-over.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { openSender } from "../connect.ts";
import { deployment, force, output, privateKeyFile, sender, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { defaulted, needed, option, saying } from "../input.ts";
import { parseCount, privateKey } from "../options.ts";
import { describeRules } from "../policy-text.ts";
import { checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";

const instances = (help: string) => needed("--instance <names...>", help, (name) => tableInstance(name));

export const sign = command({
  ...named("sign"),
  flags: {
    snapshot: saying(snapshot, "snapshot file; every row is derived again"),
    deployment,
    circuits: instances("instances to sign table points for, e.g. 64x240"),
    publishWithin: defaulted(
      "--publish-within <minutes>",
      "after the snapshot's time, for which the signature is good: 1 to 60, for all oracles the same",
      "15",
      parseCount,
    ),
    previous: option(
      "--previous <file>",
      "the snapshot signed before: what expired since must be in, settled",
      (file) => loadSnapshot(file),
    ),
    held: option(
      "--held <instruments...>",
      "of what was settled before, what somebody may hold still (default: all)",
    ),
    output: output("where to write the signature"),
    force,
    privateKeyFile: privateKeyFile("the oracle's key"),
  },
  examples: ["ballast sign -s s.json --instance 64x240 -o oracle-1.json --private-key-file oracle.key"],
  async run({ output: path, circuits, publishWithin, previous, held, ...values }, { print, progress }) {
    const signer = accountOf(privateKey(values.privateKeyFile));
    const deployed = loadDeployment(values.deployment);
    const signedFor = loadSnapshot(values.snapshot);
    refuseImpostor(signedFor);
    if (previous !== undefined) checkRollOver(previous, signedFor, held);
    const points = await tablePointsHere(signedFor, circuits, progress);
    const within = BigInt(publishWithin) * 60n;
    const signed = await signAsOracle(deployed, signedFor, points, signer, within);
    const file = signatureFile(signedFor, signed);
    const content = `${JSON.stringify(file, null, 2)}\n`;
    checkSameResult(path, content, values);
    writeFileAtomic(path, content);
    const { policy } = signedFor;
    const rules = {
      policy: policy.name,
      policyDigest: policyDigest(policy),
      policyOrigin: policyOrigin(policy),
    };
    print({ ...file, ...rules }, () =>
      [
        `${path}: ${file.signer} signed snapshot ${file.snapshotId}`,
        `  good until ${timeText(signed.publishBy)}`,
        `  policy ${policy.name}`,
        ...describeRules(policy),
      ].join("\n"),
    );
  },
});

export const publish = command({
  ...named("publish"),
  flags: {
    snapshot,
    circuits: instances("the instances that were signed for, in the same order"),
    signatures: needed("--signatures <files...>", "from `ballast sign`, as many as the oracle asks for"),
    ...sender("who pays"),
  },
  examples: ["ballast publish -s s.json --instance 64x240 --signatures oracle-1.json oracle-2.json"],
  async run({ circuits, ...values }, { print, progress }) {
    const published = loadSnapshot(values.snapshot);
    const { signatures, publishBy } = loadSignatures(values.signatures, published);
    const { client, deployment: deployed } = await openSender(values);
    const points = await tablePointsHere(published, circuits, progress);
    const { receipt, newest } = await publishAsNewest(
      ...([client, deployed, published, points, signatures, publishBy, progress] as const),
    );
    const result = {
      snapshotId: formatField(published.snapshotId),
      transaction: receipt.transactionHash,
      gas: receipt.gasUsed,
      signers: signatures.map(({ signer }) => signer),
      ...given({ newest }),
    };
    const count = signatures.length;
    const signed = `${count} ${count === 1 ? "signature" : "signatures"}`;
    print(result, () =>
      [
        `snapshot ${result.snapshotId} is on chain, ${signed}, ${result.gas.toLocaleString("en-US")} gas`,
        ...newestText(newest),
      ].join("\n"),
    );
  },
});

export const settle = command({
  ...named("settle"),
  flags: {
    snapshot: saying(snapshot, "a published snapshot"),
    circuits: instances("one instance"),
    ...sender("who pays"),
  },
  notes: "Exit code 1 says that the oracles' table point was wrong; it is disabled for good.",
  examples: ["ballast settle -s s.json --instance 64x240"],
  async run({ circuits, ...values }, { print, progress, fail }) {
    const [circuit, ...others] = circuits;
    if (circuit === undefined || others.length > 0)
      throw new BallastError("INVALID_INPUT", "Settle one instance at a time.", {
        hint: "Give one name after --instance.",
      });
    const published = loadSnapshot(values.snapshot);
    const { verifyingKey } = await loadKey(circuit, { onProgress: progress.onProgress });
    const { client, deployment: deployed } = await openSender(values);
    const settled = await settleTablePoint(client, deployed, published, circuit, verifyingKey, progress);
    const { outcome, transactions, gas, newest } = settled;
    if (outcome === "disabled") fail();
    print(settled, () =>
      [
        outcome === "proven"
          ? "proven: the table point on chain is the one that follows from the table"
          : "DISABLED: what the oracles signed does not follow from the table; no attestation by it counts any more",
        `  ${transactions} transactions, ${gas.toLocaleString("en-US")} gas`,
        ...newestText(newest),
      ].join("\n"),
    );
  },
});

/** Whether a snapshot is the newest one, which money follows from. */
function newestText(newest: Entered | undefined): string[] {
  if (newest === undefined) return [];
  if (newest.entered) return ["  it is the newest: money follows from it"];
  return [
    `  it is not the newest (${foreign(newest.reason)})${newest.hint === undefined ? "" : `: ${newest.hint}`}`,
  ];
}
