import type { TransactionReceipt } from "viem";
import { attestBatch, attest as attestOne, claimOf, MAX_BATCH } from "../../chain/attest.ts";
import type { ChainClient } from "../../chain/client.ts";
import { type Deployment, loadDeployment } from "../../chain/deployment.ts";
import { viemReader } from "../../chain/read.ts";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { loadProofFile, type ProofFile } from "../../prover/proof-file.ts";
import { shortHex, table, tierText } from "../format.ts";
import { emit } from "../io.ts";
import { checkChainId, connectWith } from "../options.ts";
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
        const entries = paths.map((path): Entry => ({ path, file: loadProofFile(path) }));
        for (const { path, file } of entries) {
          const ours =
            file.chainId === BigInt(deployment.chainId) &&
            file.registry.toLowerCase() === deployment.coverageRegistry.toLowerCase();
          if (!ours) {
            throw new BallastError("INVALID_PROOF", `${path} was made for another chain or registry.`, {
              hint: "Prove again with --deployment for this one.",
            });
          }
        }
        const client = await connectWith(options.rpc, options.privateKeyFile);
        checkChainId(client.chainId, deployment);
        const transactions: { readonly hash: string; readonly proofs: number; readonly gas: bigint }[] = [];
        const parts = groups(entries);
        for (const group of parts) {
          const receipt = await progress
            .part(transactions.length + 1, parts.length)
            .step(`attesting ${group.length} proof${group.length > 1 ? "s" : ""}`, () =>
              submit(client, deployment, group, transactions.length),
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
        for (const { file } of entries) {
          const { signals } = file;
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

/** A proof and the file it came from. */
interface Entry {
  readonly path: string;
  readonly file: ProofFile;
}

/** Sends one transaction. A refusal names the files, and says what earlier transactions have recorded. */
async function submit(
  client: ChainClient,
  deployment: Deployment,
  group: readonly Entry[],
  sent: number,
): Promise<TransactionReceipt> {
  const [first] = group;
  try {
    if (first !== undefined && group.length === 1)
      return await attestOne(client, deployment, claimOf(first.file, deployment));
    return await attestBatch(
      client,
      deployment,
      group.map(({ file }) => claimOf(file, deployment)),
    );
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    const wrong = wrongOf(cause, group);
    const done = sent === 0 ? "Nothing was recorded." : `The ${sent} transactions before it were recorded.`;
    throw new BallastError(
      wrong === undefined ? cause.code : "PROOF_REJECTED",
      wrong === undefined ? cause.shortMessage : `The chain refused the proof in ${wrong.join(", ")}.`,
      {
        hint: `${wrong === undefined ? (cause.hint ?? "") : "Leave it out, or prove it again."} ${done}`.trim(),
        details: { ...cause.details, files: (wrong ?? group.map(({ path }) => path)).join(", ") },
        cause,
      },
    );
  }
}

/** The files whose proofs don't hold, or undefined when the refusal is about something else. */
function wrongOf({ code, details }: BallastError, group: readonly Entry[]): string[] | undefined {
  if (code === "CHAIN_ERROR" && details["error"] === "InvalidProof") return group.map(({ path }) => path);
  if (code !== "PROOF_REJECTED") return undefined;
  const positions = String(details["positions"]).split(",").map(Number);
  return group.filter((_, i) => positions.includes(i)).map(({ path }) => path);
}

/** Proofs that may share a transaction. */
function groups(entries: readonly Entry[]): Entry[][] {
  const found = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { circuitId, snapshotId, deadline } = entry.file;
    const key = [circuitId, snapshotId, deadline].join();
    found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return [...found.values()].flatMap((group) => {
    const parts: Entry[][] = [];
    for (let start = 0; start < group.length; start += MAX_BATCH)
      parts.push(group.slice(start, start + MAX_BATCH));
    return parts;
  });
}
