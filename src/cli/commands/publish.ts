import type { Hex } from "viem";
import { isAddress, isHex } from "viem/utils";
import { z } from "zod";
import type { Progress } from "../../actions/progress.ts";
import { accountOf, type ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { chainError } from "../../chain/errors.ts";
import { snapshotOracleAbi } from "../../chain/generated/snapshot-oracle.ts";
import { buildPointOnChain } from "../../chain/snapshot/build-point.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import {
  type OracleSignature,
  publishSnapshot,
  signSnapshot,
  snapshotPoint,
} from "../../chain/snapshot/publish.ts";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { readJsonFile, writeFileAtomic } from "../../node/files.ts";
import { tableInstance } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { policyDigest, policyOrigin } from "../../risk/policy.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { emit } from "../io.ts";
import { checkChainId, connectWith, privateKey } from "../options.ts";
import { describeRules } from "../policy-text.ts";
import type { Register } from "../program.ts";
import { checkSameResult, FORCE, type Force } from "../results.ts";

interface Options extends Record<string, unknown>, Force {
  readonly snapshot: string;
  readonly deployment: string;
  readonly instance: string[];
  readonly rpc: string;
  readonly privateKeyFile?: string;
  readonly signatures: string[];
  readonly output: string;
}

const FORMAT = "ballast.signature/1";
export const signatureFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  snapshotId: z.string(),
  signer: z.custom<`0x${string}`>((value) => typeof value === "string" && isAddress(value)),
  signature: z.custom<`0x${string}`>((value) => isHex(value)),
});

/** `ballast sign`: how a snapshot gets on chain, by signatures. */
export const sign: Register = (program, run) => {
  program
    .command("sign")
    .description("as an oracle: check a snapshot, compute its table points and sign them")
    .requiredOption("-s, --snapshot <file>", "snapshot file; every row is derived again")
    .requiredOption("--deployment <file>", "from `ballast deploy`")
    .requiredOption("--instance <names...>", "instances to sign table points for, e.g. 64x240")
    .requiredOption("-o, --output <file>", "where to write the signature")
    .option(...FORCE)
    .option("--private-key-file <file>", "the oracle's key (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<Options>(async ({ io, json, progress }, options) => {
        const signer = accountOf(privateKey(options.privateKeyFile));
        const deployment = loadDeployment(options.deployment);
        const snapshot = loadSnapshot(options.snapshot);
        refuseImpostor(snapshot);
        const points = await pointsOf(snapshot, options.instance, progress);
        const { chainId, snapshotOracle } = deployment;
        const [signed] = await signSnapshot({ chainId, snapshotOracle }, snapshot, points, [signer]);
        if (signed === undefined) throw new BallastError("INTERNAL", "Nothing was signed.");
        const file = { format: FORMAT, snapshotId: formatField(snapshot.snapshotId), ...signed };
        const content = `${JSON.stringify(file, null, 2)}\n`;
        checkSameResult(options.output, content, options);
        writeFileAtomic(options.output, content);
        const rules = {
          policy: snapshot.policy.name,
          policyDigest: policyDigest(snapshot.policy),
          policyOrigin: policyOrigin(snapshot.policy),
        };
        emit(io, json, { ...file, ...rules }, () =>
          [
            `${options.output}: ${signed.signer} signed snapshot ${file.snapshotId}`,
            `  policy ${rules.policy}`,
            ...describeRules(snapshot.policy),
          ].join("\n"),
        );
      }),
    );
};

/** `ballast publish`: the signed snapshot on chain. */
export const publish: Register = (program, run) => {
  program
    .command("publish")
    .description("put a snapshot on chain with its oracles' signatures; anyone may")
    .requiredOption("-s, --snapshot <file>", "snapshot file")
    .requiredOption("--deployment <file>", "from `ballast deploy`")
    .requiredOption("--instance <names...>", "the instances that were signed for, in the same order")
    .requiredOption("--signatures <files...>", "from `ballast sign`, as many as the oracle asks for")
    .requiredOption("--rpc <url>", "the chain's node")
    .option("--private-key-file <file>", "who pays (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<Options>(async ({ io, json, progress }, options) => {
        const deployment = loadDeployment(options.deployment);
        const snapshot = loadSnapshot(options.snapshot);
        const signatures = options.signatures.map((path) => readSignature(path, snapshot)).sort(bySigner);
        const client = await connectWith(options.rpc, options.privateKeyFile);
        checkChainId(client.chainId, deployment);
        const points = await pointsOf(snapshot, options.instance, progress);
        const receipt = await progress.step("publishing", () =>
          publishSnapshot(client, deployment, snapshot, points, signatures),
        );
        const result = {
          snapshotId: formatField(snapshot.snapshotId),
          transaction: receipt.transactionHash,
          gas: receipt.gasUsed,
          signers: signatures.map(({ signer }) => signer),
        };
        emit(
          io,
          json,
          result,
          () =>
            `snapshot ${result.snapshotId} is on chain, ${result.signers.length} signatures, ${result.gas.toLocaleString("en-US")} gas`,
        );
      }),
    );
};

/** `ballast settle`: the same without signatures. */
export const settle: Register = (program, run) => {
  program
    .command("settle")
    .description("have a snapshot's table point computed on chain, row by row: trusts nobody, costs gas")
    .addHelpText(
      "after",
      "\nExit code 1 says that the oracles' table point was wrong; it is disabled for good.",
    )
    .requiredOption("-s, --snapshot <file>", "a published snapshot")
    .requiredOption("--deployment <file>", "from `ballast deploy`")
    .requiredOption("--instance <name...>", "one instance")
    .requiredOption("--rpc <url>", "the chain's node")
    .option("--private-key-file <file>", "who pays (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<Options>(async ({ io, json, progress, fail }, options) => {
        const [name, ...others] = options.instance;
        if (name === undefined || others.length > 0)
          throw new BallastError("INVALID_INPUT", "Settle one instance at a time.", {
            hint: "Give one name after --instance.",
          });
        const deployment = loadDeployment(options.deployment);
        const snapshot = loadSnapshot(options.snapshot);
        const circuit = tableInstance(name);
        const key = await loadKey(circuit, { onProgress: progress.onProgress });
        const client = await connectWith(options.rpc, options.privateKeyFile);
        checkChainId(client.chainId, deployment);
        const built = await progress.step("computing the table point on chain", () =>
          buildPointOnChain(client, deployment, circuit, key.verifyingKey, snapshot, {
            onProgress: (done, rows) => progress.note(`${done} of ${rows} rows`),
          }),
        );
        const usable = await isUsable(client, deployment, snapshot, key.circuitId);
        if (!usable) fail();
        emit(io, json, { outcome: usable ? "proven" : "disabled", ...built }, () =>
          [
            usable
              ? "proven: the table point on chain is the one that follows from the table"
              : "DISABLED: what the oracles signed does not follow from the table; no attestation by it counts any more",
            `  ${built.transactions} transactions, ${built.gas.toLocaleString("en-US")} gas`,
          ].join("\n"),
        );
      }),
    );
};

/** Who reads `les` on a signed snapshot takes it for the preset. @throws {BallastError} INVALID_POLICY. */
function refuseImpostor({ policy }: Snapshot): void {
  if (policyOrigin(policy) !== "impostor") return;
  throw new BallastError(
    "INVALID_POLICY",
    `The snapshot's policy is called ${policy.name} and has other rules than that preset.`,
    { hint: "Sign nothing of that kind. A venue's own rules need a name of their own." },
  );
}

/** Whether the oracle lets attestations rely on a snapshot's table point. @throws {BallastError} CHAIN_ERROR. */
async function isUsable(
  client: ChainClient,
  { snapshotOracle: address }: Deployment,
  { snapshotId }: Snapshot,
  circuitId: Hex,
): Promise<boolean> {
  try {
    const args = [snapshotId, circuitId] as const;
    return await client.public.readContract({
      address,
      abi: snapshotOracleAbi,
      functionName: "isUsable",
      args,
    });
  } catch (cause) {
    throw chainError(cause, "reading a table point");
  }
}

async function pointsOf(snapshot: Snapshot, names: readonly string[], progress: Progress) {
  const points: TablePoint[] = [];
  for (const name of names) {
    const circuit = tableInstance(name);
    const key = await loadKey(circuit, { onProgress: progress.onProgress });
    points.push(
      await progress.step(`table point of ${circuit.name}`, () =>
        snapshotPoint(circuit, key.verifyingKey, snapshot),
      ),
    );
  }
  return points;
}

function readSignature(path: string, snapshot: Snapshot): OracleSignature {
  const parsed = signatureFileSchema.safeParse(readJsonFile(path, "signature"));
  if (!parsed.success) {
    throw new BallastError("INVALID_INPUT", `The file ${path} is not a signature.`, {
      hint: "Use what `ballast sign` wrote.",
    });
  }
  const { snapshotId, signer, signature } = parsed.data;
  if (snapshotId !== formatField(snapshot.snapshotId)) {
    throw new BallastError("INVALID_INPUT", `The signature ${path} is under another snapshot.`, {
      hint: "Have this snapshot signed, or publish the one that was.",
    });
  }
  return { signer, signature };
}

/** The contract wants ascending signers. */
function bySigner(a: OracleSignature, b: OracleSignature): number {
  return BigInt(a.signer) < BigInt(b.signer) ? -1 : 1;
}
