import type { Progress } from "../../actions/progress.ts";
import { connectReader } from "../../chain/client.ts";
import { claimOf } from "../../chain/coverage/attest.ts";
import type { Attestation } from "../../chain/coverage/attestation.ts";
import { coverageContext } from "../../chain/coverage/context.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import { verifyOnChain } from "../../chain/coverage/verify.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { guarded } from "../../chain/guarded.ts";
import { BallastError } from "../../errors.ts";
import { type Field, formatField, toField } from "../../math/field.ts";
import { type CircuitInstance, instanceOf } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { loadProofFile } from "../../prover/proof-file.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { verifyProof } from "../../prover/verify.ts";
import { circuitId, keyHash } from "../../prover/verifying-key.ts";
import { loadVerifyingKey, type VerifyingKeyFile } from "../../prover/verifying-key-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { cachedSignals } from "../../witness/table.ts";
import { tierText } from "../format.ts";
import { emit } from "../io.ts";
import { checkChainId } from "../options.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly snapshot?: string;
  readonly key?: string;
  readonly deployment?: string;
  readonly rpc?: string;
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** `ballast verify`: off chain with the published snapshot and the key, or by the contracts. */
export const verify: Register = (program, run) => {
  program
    .command("verify")
    .description("verify a proof: off chain with snapshot and key alone, or on chain")
    .argument("<proof>", "proof file")
    .option("-s, --snapshot <file>", "the published snapshot: verify off chain")
    .option("-k, --key <file>", "the verification key (snarkjs' JSON; default: the instance's own)")
    .option("--deployment <file>", "is the proof for this chain and registry? With --rpc: ask its contracts")
    .option("--rpc <url>", "the chain's node: verify on chain")
    .addHelpText(
      "after",
      "\nExit code 1 says that the proof does not verify. A proof stays true after its deadline, but can't be attested.",
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options, [path = ""]) => {
        if (options.snapshot === undefined && options.rpc === undefined) {
          throw new BallastError("INVALID_INPUT", "Say what to verify against.", {
            hint: "--snapshot FILE for off chain, --rpc URL --deployment FILE for on chain, or both.",
          });
        }
        if (options.rpc !== undefined && options.deployment === undefined) {
          throw new BallastError("INVALID_INPUT", "--rpc needs --deployment.", {
            hint: "Give the file that `ballast deploy` wrote.",
          });
        }
        const file = loadProofFile(path);
        const deployment = options.deployment === undefined ? undefined : loadDeployment(options.deployment);
        const checks: Check[] = [
          { name: "the context is that of its chain, registry and deadline", ok: bindsContext(file) },
        ];
        const isOurs =
          deployment !== undefined &&
          file.chainId === BigInt(deployment.chainId) &&
          file.registry.toLowerCase() === deployment.coverageRegistry.toLowerCase();
        if (deployment !== undefined) {
          checks.push({ name: "the proof is for this chain and registry", ok: isOurs });
        }
        let devKey = deployment?.verifiers.find(({ circuitId: id }) => id === file.circuitId)?.dev ?? false;
        if (options.snapshot !== undefined) {
          const snapshot = loadSnapshot(options.snapshot);
          const found = await offChain(file, snapshot, options.key, progress);
          checks.push(...found.checks);
          devKey ||= found.dev;
        }
        let now = BigInt(Math.floor(Date.now() / 1000));
        let attestation: Attestation | undefined;
        if (options.rpc !== undefined && deployment !== undefined) {
          const reader = await connectReader(options.rpc);
          checkChainId(reader.chainId, deployment);
          const ok =
            isOurs &&
            (await progress.step("verifying on chain", () =>
              verifyOnChain(reader, deployment, file.circuit, claimOf(file, deployment)),
            ));
          checks.push({ name: "the deployed verifier accepts the proof", ok });
          const { accountId, commitment } = file.signals;
          attestation = await viemReader(reader.public, deployment).readAttestation(accountId, commitment);
          now = (await guarded("reading the latest block", () => reader.public.getBlock())).timestamp;
        }
        const valid = checks.every(({ ok }) => ok);
        if (!valid) fail();
        const { accountId, commitment, tier } = file.signals;
        const result = {
          valid,
          checks,
          devKey,
          deadlinePassed: now > file.deadline,
          attestation: attestation ?? null,
          accountId: formatField(accountId),
          commitment: formatField(commitment),
          tier,
          snapshotId: formatField(file.snapshotId),
          chainId: file.chainId,
          registry: file.registry,
          deadline: file.deadline,
        };
        emit(io, json, result, () =>
          [
            ...checks.map(({ name, ok }) => `  ${ok ? "✓" : "✗"} ${name}`),
            valid
              ? `valid: the account is in tier ${tierText(tier, io.color)}`
              : "NOT VALID: the proof says nothing",
            ...(devKey ? ["  under a development key: whoever made that can forge any proof"] : []),
            ...(now > file.deadline ? ["  its deadline has passed: it can't be attested any more"] : []),
            ...(attestation === undefined ? [] : [describeAttestation(attestation, file)]),
          ].join("\n"),
        );
      }),
    );
};

async function offChain(
  file: ProofFile,
  snapshot: Snapshot,
  keyPath: string | undefined,
  progress: Progress,
): Promise<{ readonly checks: readonly Check[]; readonly dev: boolean }> {
  const circuit = instanceOf("coverage", file.circuit);
  const { verifyingKey, dev } = await trustedKey(circuit, keyPath);
  const hash = keyHash(verifyingKey, circuit);
  const { accountId, commitment, tier, context } = file.signals;
  const signals: Field[] = [
    ...cachedSignals(circuit, snapshot),
    accountId,
    commitment,
    toField(BigInt(tier)),
    context,
  ];
  const valid = await progress.step("verifying off chain", () =>
    verifyProof(verifyingKey, file.proof, signals),
  );
  const checks = [
    { name: "the snapshot is the proof's", ok: snapshot.snapshotId === file.snapshotId },
    {
      name: "the key is the proof's",
      ok: hash === file.keyHash && circuitId(circuit.name, hash) === file.circuitId,
    },
    { name: "the proof verifies for this table, policy and tier", ok: valid },
  ];
  return { checks, dev };
}

async function trustedKey(circuit: CircuitInstance, path: string | undefined): Promise<VerifyingKeyFile> {
  if (path !== undefined) return loadVerifyingKey(path, circuit);
  const { verifyingKey, manifest } = await loadKey(circuit);
  return { verifyingKey, dev: manifest.dev };
}

function bindsContext({ chainId, registry, deadline, signals }: ProofFile): boolean {
  return signals.context === coverageContext({ chainId, registry, deadline });
}

function describeAttestation({ tier, snapshotId, isCurrent }: Attestation, file: ProofFile): string {
  const which = snapshotId === file.snapshotId ? "this snapshot" : "another snapshot";
  return `  the registry has tier ${tier} for this commitment, by ${which}, ${isCurrent ? "current" : "expired"}`;
}
