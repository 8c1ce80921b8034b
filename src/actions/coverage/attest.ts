import type { TransactionReceipt } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { attest, attestBatch, claimOf, MAX_BATCH } from "../../chain/coverage/attest.ts";
import { type Attestation, isAttested } from "../../chain/coverage/attestation.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { BallastError } from "../../errors.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { type Progress, SILENT } from "../progress.ts";
import { isFor } from "./check.ts";

/** A proof, and what errors call it, e.g. its file. */
export interface NamedProof {
  readonly name: string;
  readonly file: ProofFile;
}

/** What came of attesting some proofs. */
export interface AttestedProofs {
  readonly transactions: readonly { readonly hash: string; readonly proofs: number; readonly gas: bigint }[];
  /** One for each proof, in their order. */
  readonly attestations: readonly Attested[];
}

/**
 * Submits proofs; those of one instance, snapshot and deadline share transactions. What the registry has already, and still counts, is not sent.
 * @throws {BallastError} INVALID_PROOF for a proof of another chain or registry, before anything is sent; PROOF_REJECTED naming
 *   proofs that don't hold; CHAIN_ERROR. The last two say whether earlier transactions were recorded.
 * @example
 * ```ts
 * import type { Deployment, ProofFile } from "ballast";
 * import { attestProofs } from "ballast/actions";
 * import type { ChainClient } from "ballast/chain";
 * declare const client: ChainClient;
 * declare const deployment: Deployment;
 * declare const file: ProofFile;
 * const { attestations } = await attestProofs(client, deployment, [{ name: "desk", file }]);
 * ```
 */
export async function attestProofs(
  client: ChainClient,
  deployment: Deployment,
  proofs: readonly NamedProof[],
  progress: Progress = SILENT,
): Promise<AttestedProofs> {
  for (const { name, file } of proofs) {
    if (isFor(file, deployment)) continue;
    throw new BallastError("INVALID_PROOF", `${name} was made for another chain or registry.`, {
      hint: "Prove again for this deployment.",
      inputs: ["prove.deployment"],
    });
  }
  const reader = viemReader(client.public, deployment);
  const storedFor = ({ signals }: ProofFile) => reader.readAttestation(signals.accountId, signals.commitment);
  const fresh: NamedProof[] = [];
  for (const proof of proofs) if (!counts(proof.file, await storedFor(proof.file))) fresh.push(proof);
  const transactions: AttestedProofs["transactions"][number][] = [];
  const parts = groups(fresh);
  for (const group of parts) {
    const title = `attesting ${group.length} proof${group.length > 1 ? "s" : ""}`;
    const receipt = await progress
      .part(transactions.length + 1, parts.length)
      .step(title, () => submit(client, deployment, group, transactions.length));
    if (receipt === undefined) continue;
    transactions.push({ hash: receipt.transactionHash, proofs: group.length, gas: receipt.gasUsed });
  }
  const attestations: Attested[] = [];
  for (const proof of proofs) {
    const stored = await storedFor(proof.file);
    attestations.push({
      file: proof.file,
      stored,
      outcome: outcomeOf(proof.file, stored, fresh.includes(proof)),
    });
  }
  return { transactions, attestations };
}

/** What became of a proof, and what the registry has for its account and commitment now. */
export interface Attested {
  readonly file: ProofFile;
  readonly stored: Attestation | undefined;
  /** Refused: what is stored is by another snapshot that is not older, has another tier, or no longer counts. It stays. */
  readonly outcome: "attested" | "attested already" | "refused";
}

function outcomeOf(file: ProofFile, stored: Attestation | undefined, isFresh: boolean): Attested["outcome"] {
  if (!counts(file, stored)) return "refused";
  return isFresh ? "attested" : "attested already";
}

/** Whether the registry says just what the proof does, and it still counts: not expired, not by a table point that was proven wrong. */
function counts({ snapshotId, signals }: ProofFile, stored: Attestation | undefined): boolean {
  return isAttested(stored, { snapshotId, tier: signals.tier }) && stored.isCurrent;
}

/**
 * Sends one transaction; undefined where the registry has attestations that are not older for all of the group. Any other refusal names
 * the files, and says what earlier transactions have recorded.
 */
async function submit(
  client: ChainClient,
  deployment: Deployment,
  group: readonly NamedProof[],
  sent: number,
): Promise<TransactionReceipt | undefined> {
  const [first] = group;
  try {
    if (first !== undefined && group.length === 1)
      return await attest(client, deployment, claimOf(first.file, deployment));
    return await attestBatch(
      client,
      deployment,
      group.map(({ file }) => claimOf(file, deployment)),
    );
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    if (NOT_NEWER.has(String(cause.details["error"]))) return undefined;
    const wrong = wrongOf(cause, group);
    const done = sent === 0 ? "Nothing was recorded." : `The ${sent} transactions before it were recorded.`;
    throw new BallastError(
      wrong === undefined ? cause.code : "PROOF_REJECTED",
      wrong === undefined ? cause.shortMessage : `The chain refused the proof in ${wrong.join(", ")}.`,
      {
        hint: `${wrong === undefined ? (cause.hint ?? "") : "Leave it out, or prove it again."} ${done}`.trim(),
        ...(wrong === undefined ? { inputs: cause.inputs } : {}),
        details: { ...cause.details, files: (wrong ?? group.map(({ name }) => name)).join(", ") },
        cause,
      },
    );
  }
}

/** The contracts' names for a proof that comes too late, singly and in a batch. */
const NOT_NEWER = new Set(["NotNewer", "NothingNew"]);

/** The files whose proofs don't hold, or undefined when the refusal is about something else. */
function wrongOf({ code, details }: BallastError, group: readonly NamedProof[]): string[] | undefined {
  if (code === "CHAIN_ERROR" && details["error"] === "InvalidProof") return group.map(({ name }) => name);
  if (code !== "PROOF_REJECTED") return undefined;
  const positions = String(details["positions"]).split(",").map(Number);
  return group.filter((_, i) => positions.includes(i)).map(({ name }) => name);
}

/** Proofs that may share a transaction. */
function groups(entries: readonly NamedProof[]): NamedProof[][] {
  const found = new Map<string, NamedProof[]>();
  for (const entry of entries) {
    const { circuitId, snapshotId, deadline } = entry.file;
    const key = [circuitId, snapshotId, deadline].join();
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return [...found.values()].flatMap((group) => {
    const parts: NamedProof[][] = [];
    for (let start = 0; start < group.length; start += MAX_BATCH)
      parts.push(group.slice(start, start + MAX_BATCH));
    return parts;
  });
}
