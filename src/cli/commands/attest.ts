import type { TransactionReceipt } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { attestBatch, attest as attestOne, claimOf, MAX_BATCH } from "../../chain/coverage/attest.ts";
import { type Attestation, isAttested } from "../../chain/coverage/attestation.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { shortHex } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { formatField, toField } from "../../math/field.ts";
import { loadProofFile } from "../../prover/proof-file.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { table, tierText } from "../format.ts";
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
    .addHelpText(
      "after",
      `
A proof whose tier and snapshot the registry has already is "attested already". Exit code 1 says that it has another attestation for the
account, by a snapshot that is not older or with another tier: it is shown, and stays.`,
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options, paths) => {
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
        const reader = viemReader(client.public, deployment);
        const storedFor = ({ signals }: ProofFile) =>
          reader.readAttestation(signals.accountId, signals.commitment);
        const fresh: Entry[] = [];
        for (const entry of entries) {
          if (!isAttested(await storedFor(entry.file), claimOf(entry.file, deployment))) fresh.push(entry);
        }
        const transactions: { readonly hash: string; readonly proofs: number; readonly gas: bigint }[] = [];
        const parts = groups(fresh);
        for (const group of parts) {
          const receipt = await progress
            .part(transactions.length + 1, parts.length)
            .step(`attesting ${group.length} proof${group.length > 1 ? "s" : ""}`, () =>
              submit(client, deployment, group, transactions.length),
            );
          if (receipt === undefined) continue;
          transactions.push({ hash: receipt.transactionHash, proofs: group.length, gas: receipt.gasUsed });
        }
        const attestations: Attested[] = [];
        for (const entry of entries) {
          const stored = await storedFor(entry.file);
          attestations.push(outcomeOf(entry.file, stored, fresh.includes(entry)));
        }
        if (attestations.some(({ outcome }) => outcome === "refused")) fail();
        emit(io, json, { transactions, attestations }, () =>
          [
            table(
              ["account", "commitment", "tier", "expires", ""],
              attestations.map(({ accountId, commitment, tier, expiresAt, outcome }) => [
                shortHex(accountId),
                shortHex(commitment),
                tier === null ? "none" : tierText(tier, io.color),
                expiresAt === null ? "" : new Date(Number(expiresAt) * 1000).toISOString(),
                OUTCOMES[outcome],
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

/** What became of a proof, and what the registry has for its account and commitment now. */
interface Attested {
  readonly accountId: string;
  readonly commitment: string;
  readonly tier: number | null;
  readonly expiresAt: bigint | null;
  readonly snapshotId: string | null;
  readonly current: boolean;
  /** Refused: what is stored is by another snapshot that is not older, or has another tier. It stays. */
  readonly outcome: "attested" | "attested already" | "refused";
}

const OUTCOMES: Readonly<Record<Attested["outcome"], string>> = {
  attested: "",
  "attested already": "attested already",
  refused: "not this proof: the registry keeps what it has",
};

function outcomeOf(file: ProofFile, stored: Attestation | undefined, isFresh: boolean): Attested {
  const { accountId, commitment, tier } = file.signals;
  const done = isAttested(stored, { snapshotId: file.snapshotId, tier });
  return {
    accountId: formatField(accountId),
    commitment: formatField(commitment),
    tier: stored?.tier ?? null,
    expiresAt: stored?.expiresAt ?? null,
    snapshotId: stored === undefined ? null : formatField(toField(stored.snapshotId)),
    current: stored?.isCurrent ?? false,
    outcome: !done ? "refused" : isFresh ? "attested" : "attested already",
  };
}

/** A proof and the file it came from. */
interface Entry {
  readonly path: string;
  readonly file: ProofFile;
}

/**
 * Sends one transaction; undefined where the registry has attestations that are not older for all of the group. Any other refusal names
 * the files, and says what earlier transactions have recorded.
 */
async function submit(
  client: ChainClient,
  deployment: Deployment,
  group: readonly Entry[],
  sent: number,
): Promise<TransactionReceipt | undefined> {
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
    if (NOT_NEWER.has(String(cause.details["error"]))) return undefined;
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

/** The contracts' names for a proof that comes too late, singly and in a batch. */
const NOT_NEWER = new Set(["NotNewer", "NothingNew"]);

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
