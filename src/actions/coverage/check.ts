import { isSameAddress } from "../../chain/address.ts";
import type { ChainReader } from "../../chain/client.ts";
import { claimOf } from "../../chain/coverage/attest.ts";
import type { Attestation } from "../../chain/coverage/attestation.ts";
import { coverageContext } from "../../chain/coverage/context.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import { verifyOnChain } from "../../chain/coverage/verify.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { guarded } from "../../chain/guarded.ts";
import { type Field, toField } from "../../math/field.ts";
import { instanceOf } from "../../prover/circuits.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { verifyProof } from "../../prover/verify.ts";
import { circuitId, keyHash, type VerifyingKey } from "../../prover/verifying-key.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { cachedSignals } from "../../witness/table.ts";
import { type Progress, SILENT } from "../progress.ts";

/** One thing that was looked at, as a sentence that is true when it holds. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** What a proof is checked against: a snapshot and a key off chain, the contracts of a deployment, or both. */
export interface CheckProofOptions {
  readonly offChain?: {
    readonly snapshot: Snapshot;
    readonly key: { readonly verifyingKey: VerifyingKey; readonly dev: boolean };
  };
  readonly deployment?: Deployment;
  /** A node of the deployment's chain. */
  readonly reader?: ChainReader;
}

export interface CheckedProof {
  readonly valid: boolean;
  readonly checks: readonly Check[];
  /** Whether the key is for development: then its maker can forge any proof. */
  readonly devKey: boolean;
  /** By the chain's clock where a node was asked, else by this machine's. */
  readonly deadlinePassed: boolean;
  /** What the registry has for the proof's commitment, where a node was asked. */
  readonly attestation: Attestation | undefined;
}

/**
 * Checks a coverage proof in every way that the options allow.
 * @throws {BallastError} UNKNOWN_CIRCUIT; CHAIN_ERROR. A proof that doesn't hold is no error.
 * @example
 * ```ts
 * import { checkProof, parseProofFile, type Snapshot, type VerifyingKey } from "ballast";
 * declare const [snapshot, verifyingKey, json]: [Snapshot, VerifyingKey, unknown];
 * const offChain = { snapshot, key: { verifyingKey, dev: false } };
 * const { valid, checks } = await checkProof(parseProofFile(json), { offChain });
 * for (const { name, ok } of checks) console.log(ok ? "holds" : "FAILS", name);
 * if (!valid) throw new Error("Don't rely on this proof.");
 * ```
 */
export async function checkProof(
  file: ProofFile,
  { offChain, deployment, reader }: CheckProofOptions,
  progress: Progress = SILENT,
): Promise<CheckedProof> {
  const checks: Check[] = [
    { name: "the context is that of its chain, registry and deadline", ok: bindsContext(file) },
  ];
  const isOurs = deployment !== undefined && isFor(file, deployment);
  if (deployment !== undefined) checks.push({ name: "the proof is for this chain and registry", ok: isOurs });
  let devKey = deployment?.verifiers.find(({ circuitId: id }) => id === file.circuitId)?.dev ?? false;
  if (offChain !== undefined) {
    const { snapshot, key } = offChain;
    checks.push(...(await checkOffChain(file, snapshot, key.verifyingKey, progress)));
    devKey ||= key.dev;
  }
  let now = BigInt(Math.floor(Date.now() / 1000));
  let attestation: Attestation | undefined;
  if (reader !== undefined && deployment !== undefined) {
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
  return { valid, checks, devKey, deadlinePassed: now > file.deadline, attestation };
}

/** Whether a proof was made for a deployment's chain and registry. */
export function isFor(
  { chainId, registry }: Pick<ProofFile, "chainId" | "registry">,
  deployment: Pick<Deployment, "chainId" | "coverageRegistry">,
): boolean {
  return chainId === BigInt(deployment.chainId) && isSameAddress(registry, deployment.coverageRegistry);
}

async function checkOffChain(
  file: ProofFile,
  snapshot: Snapshot,
  verifyingKey: VerifyingKey,
  progress: Progress,
): Promise<Check[]> {
  const circuit = instanceOf("coverage", file.circuit);
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
  return [
    { name: "the snapshot is the proof's", ok: snapshot.snapshotId === file.snapshotId },
    {
      name: "the key is the proof's",
      ok: hash === file.keyHash && circuitId(circuit.name, hash) === file.circuitId,
    },
    { name: "the proof verifies for this table, policy and tier", ok: valid },
  ];
}

function bindsContext({ chainId, registry, deadline, signals }: ProofFile): boolean {
  return signals.context === coverageContext({ chainId, registry, deadline });
}
