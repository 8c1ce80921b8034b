import { connectReader } from "../../chain/client.ts";
import { coverageContext } from "../../chain/context.ts";
import { loadDeployment } from "../../chain/deployment.ts";
import { viemReader } from "../../chain/read.ts";
import { verifyOnChain } from "../../chain/verify.ts";
import { BallastError } from "../../errors.ts";
import { readJsonFile } from "../../files.ts";
import { type Field, formatField, toField } from "../../math/field.ts";
import { type CircuitInstance, instance } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { loadProofFile, type ProofFile } from "../../prover/proof-file.ts";
import { verifyProof } from "../../prover/verify.ts";
import { fromSnarkjsJson, keyHash, type VerifyingKey } from "../../prover/verifying-key.ts";
import { loadSnapshot } from "../../risk/snapshot.ts";
import { cachedSignals } from "../../witness/coverage.ts";
import { tierText } from "../format.ts";
import { emit } from "../io.ts";
import { claimOf } from "../pipeline.ts";
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
    .option("--deployment <file>", "with --rpc: ask the deployed verifier and the registry")
    .option("--rpc <url>", "the chain's node")
    .addHelpText("after", "\nExit code 1 says that the proof does not verify.")
    .action(
      run<Options>(async ({ io, json, progress, fail }, options, [path = ""]) => {
        const file = loadProofFile(path);
        const circuit = instance(file.circuit);
        const checks: Check[] = [];
        let attested: unknown = null;
        if (options.snapshot === undefined && options.rpc === undefined) {
          throw new BallastError("INVALID_INPUT", "Say what to verify against.", {
            hint: "--snapshot FILE for off chain, --rpc URL --deployment FILE for on chain, or both.",
          });
        }
        if (options.snapshot !== undefined) {
          const snapshot = loadSnapshot(options.snapshot);
          const key = await verifyingKey(circuit, options.key);
          const { accountId, commitment, tier, context } = file.signals;
          checks.push(
            { name: "the snapshot is the proof's", ok: snapshot.snapshotId === file.snapshotId },
            { name: "the key is the proof's", ok: keyHash(key, circuit) === file.keyHash },
            {
              name: "the context is that of its chain, registry and deadline",
              ok: context === contextOf(file),
            },
          );
          const signals: Field[] = [
            ...cachedSignals(circuit, snapshot),
            accountId,
            commitment,
            toField(BigInt(tier)),
            context,
          ];
          const valid = await progress.step("verifying off chain", () =>
            verifyProof(key, file.proof, signals),
          );
          checks.push({ name: "the proof verifies for this table, policy and tier", ok: valid });
        }
        if (options.rpc !== undefined) {
          if (options.deployment === undefined)
            throw new BallastError("INVALID_INPUT", "--rpc needs --deployment.");
          const deployment = loadDeployment(options.deployment);
          const reader = await connectReader(options.rpc);
          checks.push(
            { name: "the node is on the deployment's chain", ok: reader.chainId === deployment.chainId },
            {
              name: "the proof is for this chain and registry",
              ok:
                file.chainId === BigInt(deployment.chainId) &&
                file.registry.toLowerCase() === deployment.coverageRegistry.toLowerCase(),
            },
          );
          const valid = await progress.step("verifying on chain", () =>
            verifyOnChain(reader, deployment, circuit.name, claimOf(file)),
          );
          checks.push({ name: "the deployed verifier accepts the proof", ok: valid });
          const { accountId, commitment } = file.signals;
          attested =
            (await viemReader(reader.public, deployment).readAttestation(accountId, commitment)) ?? null;
        }
        const valid = checks.every(({ ok }) => ok);
        if (!valid) fail();
        const result = {
          valid,
          checks,
          attestation: attested,
          accountId: formatField(file.signals.accountId),
          commitment: formatField(file.signals.commitment),
          tier: file.signals.tier,
        };
        emit(io, json, result, () =>
          [
            ...checks.map(({ name, ok }) => `  ${ok ? "✓" : "✗"} ${name}`),
            valid
              ? `valid: the account is in tier ${tierText(file.signals.tier, io.color)}`
              : "NOT VALID: the proof says nothing",
            ...(attested === null ? [] : ["  the registry holds an attestation for this commitment"]),
          ].join("\n"),
        );
      }),
    );
};

async function verifyingKey(circuit: CircuitInstance, path: string | undefined): Promise<VerifyingKey> {
  if (path === undefined) return (await loadKey(circuit)).verifyingKey;
  return fromSnarkjsJson(readJsonFile(path, "verification key"));
}

function contextOf({ chainId, registry, deadline }: ProofFile): Field {
  return coverageContext({ chainId, registry, deadline });
}
