import { attestBatch, attest as attestOne, MAX_BATCH } from "../../chain/attest.ts";
import { loadDeployment } from "../../chain/deployment.ts";
import { viemReader } from "../../chain/read.ts";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { loadProofFile, type ProofFile } from "../../prover/proof-file.ts";
import { shortHex, table, tierText } from "../format.ts";
import { emit } from "../io.ts";
import { connectWith } from "../options.ts";
import { claimOf } from "../pipeline.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly rpc: string;
  readonly deployment: string;
  readonly privateKeyFile?: string;
}

/** `ballast attest`: proofs become attestations. */
export const attest: Register = (program, run) => {
  program
    .command("attest")
    .description("submit proofs; several of one instance, snapshot and deadline go in one transaction")
    .argument("<proofs...>", "proof files")
    .requiredOption("--rpc <url>", "the chain's node")
    .requiredOption("--deployment <file>", "from `ballast deploy`")
    .option("--private-key-file <file>", "who pays (default: $BALLAST_PRIVATE_KEY); anyone may attest")
    .action(
      run<Options>(async ({ io, json, progress }, options, paths) => {
        const deployment = loadDeployment(options.deployment);
        const files = paths.map((path) => loadProofFile(path));
        for (const [i, file] of files.entries()) {
          const ours =
            file.chainId === BigInt(deployment.chainId) &&
            file.registry.toLowerCase() === deployment.coverageRegistry.toLowerCase();
          if (!ours) {
            throw new BallastError("INVALID_PROOF", `${paths[i]} was made for another chain or registry.`, {
              hint: "Prove again with --deployment for this one.",
            });
          }
        }
        const client = await connectWith(options.rpc, options.privateKeyFile);
        const transactions: { readonly hash: string; readonly proofs: number; readonly gas: bigint }[] = [];
        for (const group of groups(files)) {
          const receipt = await progress.step(
            `attesting ${group.length} proof${group.length > 1 ? "s" : ""}`,
            () => {
              const [first] = group;
              if (first !== undefined && group.length === 1)
                return attestOne(client, deployment, claimOf(first));
              return attestBatch(client, deployment, group.map(claimOf));
            },
          );
          transactions.push({ hash: receipt.transactionHash, proofs: group.length, gas: receipt.gasUsed });
        }
        const reader = viemReader(client.public, deployment);
        const attestations: {
          readonly accountId: string;
          readonly commitment: string;
          readonly tier: number | null;
          readonly expiresAt: bigint | null;
        }[] = [];
        for (const { signals } of files) {
          const found = await reader.readAttestation(signals.accountId, signals.commitment);
          attestations.push({
            accountId: formatField(signals.accountId),
            commitment: formatField(signals.commitment),
            tier: found?.tier ?? null,
            expiresAt: found?.expiresAt ?? null,
          });
        }
        emit(io, json, { transactions, attestations }, () =>
          [
            table(
              ["account", "commitment", "tier", "expires"],
              attestations.map(({ accountId, commitment, tier, expiresAt }) => [
                shortHex(accountId),
                shortHex(commitment),
                tier === null ? "none" : tierText(tier, io.color),
                expiresAt === null ? "" : new Date(Number(expiresAt) * 1000).toISOString(),
              ]),
            ),
            ...transactions.map(
              ({ hash, proofs, gas }) => `${hash}: ${proofs} proofs, ${gas.toLocaleString("en-US")} gas`,
            ),
          ].join("\n"),
        );
      }),
    );
};

/** Proofs that may share a transaction. */
function groups(files: readonly ProofFile[]): ProofFile[][] {
  const found = new Map<string, ProofFile[]>();
  for (const file of files) {
    const key = [file.circuitId, file.snapshotId, file.deadline].join();
    found.set(key, [...(found.get(key) ?? []), file]);
  }
  return [...found.values()].flatMap((group) => {
    const parts: ProofFile[][] = [];
    for (let start = 0; start < group.length; start += MAX_BATCH)
      parts.push(group.slice(start, start + MAX_BATCH));
    return parts;
  });
}
