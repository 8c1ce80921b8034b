import { type Address, encodeFunctionData, recoverTypedDataAddress } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import type { ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { marketClockAbi } from "../../chain/generated/market-clock.ts";
import { snapshotOracleAbi } from "../../chain/generated/snapshot-oracle.ts";
import { guarded } from "../../chain/guarded.ts";
import { headerOf, snapshotMessage, type TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import type { OracleSignature } from "../../chain/snapshot/publish.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { callId, type NewCall } from "../sender/calls.ts";
import type { Verdict } from "./proposals.ts";

/** Before everything else that a key sends: all follows from prices. */
const URGENCY = 0;
/** Seconds for which making a snapshot the newest is of use. */
const ENTER_WITHIN = 3_600n;

/** Who may sign, and how many must. */
export interface SignerSet {
  readonly signers: readonly Address[];
  readonly threshold: number;
}

/** @throws {BallastError} CHAIN_ERROR. */
export function readSigners(
  { public: client }: Pick<ChainReader, "public">,
  { snapshotOracle: address }: Pick<Deployment, "snapshotOracle">,
): Promise<SignerSet> {
  return guarded("reading the oracle's signers", async () => {
    const read = { address, abi: snapshotOracleAbi, functionName: "signerSet" } as const;
    const [signers, threshold] = await client.readContract(read);
    return { signers, threshold: Number(threshold) };
  });
}

/** The signatures that are what they say, of signers of the set, in the order that the contract wants. */
export async function soundSignatures(
  deployment: Pick<Deployment, "chainId" | "snapshotOracle">,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  publishBy: bigint,
  verdicts: readonly Verdict[],
  { signers }: SignerSet,
): Promise<readonly OracleSignature[]> {
  const message = snapshotMessage(deployment, snapshot, points, publishBy);
  const sound: OracleSignature[] = [];
  for (const { signer, signature } of verdicts) {
    if (signature === undefined || !signers.some((one) => isSameAddress(one, signer))) continue;
    const by = await recoverTypedDataAddress({ ...message, signature }).catch(() => undefined);
    if (by !== undefined && isSameAddress(by, signer)) sound.push({ signer: by, signature });
  }
  return sound.sort((a, b) => (BigInt(a.signer) < BigInt(b.signer) ? -1 : 1));
}

/** The call that publishes a snapshot. */
export function publishCall(
  { chainId, snapshotOracle: target }: Pick<Deployment, "chainId" | "snapshotOracle">,
  sender: Address,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  publishBy: bigint,
  signatures: readonly OracleSignature[],
): NewCall {
  const data = encodeFunctionData({
    abi: snapshotOracleAbi,
    functionName: "publish",
    args: [headerOf(snapshot), snapshot.policyElements, [...points], publishBy, [...signatures]],
  });
  return {
    ...{ id: publishId(chainId, target, snapshot), sender, target, data, purpose: "prices published" },
    ...{ urgency: URGENCY, dropAfter: publishBy, spareGas: 0n },
  };
}

export function publishId(
  chainId: number,
  oracle: Address,
  { snapshotId }: Pick<Snapshot, "snapshotId">,
): string {
  return callId("publish", chainId, oracle, snapshotId);
}

/** The call that makes a published snapshot the newest. @param n which try. */
export function enterCall(
  chainId: number,
  clock: Address,
  sender: Address,
  { snapshotId, time }: Snapshot,
  n: number,
): NewCall {
  const data = encodeFunctionData({ abi: marketClockAbi, functionName: "enter", args: [snapshotId] });
  return {
    ...{ id: callId("enter", chainId, clock, snapshotId, n), sender, target: clock, data },
    ...{ purpose: "they are the newest", urgency: URGENCY, dropAfter: time + ENTER_WITHIN, spareGas: 0n },
  };
}
