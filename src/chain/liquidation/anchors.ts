import { encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import type { SubjectClaim } from "../../liquidation/account-claims.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { anchorBookAbi as abi } from "../generated/anchor-book.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import { encodeSubject } from "./encode.ts";
import type { AnchorParameters } from "./parameters.ts";
import type { LiquidationSystem } from "./system.ts";

type Anchors = Pick<LiquidationSystem, "anchors">;

/** A portfolio that a run has counted. */
export interface Counted {
  readonly accountId: bigint;
  readonly commitment: bigint;
  /** A closed run. */
  readonly runId: Hex;
  /** That the tree of the run's accounts has both. */
  readonly claim: SubjectClaim;
}

/**
 * Keeps on chain that a closed run counted a portfolio; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. RunNotClosed, RunVoid, NothingNewToAnchor, InvalidMembershipProof, FactExpired.
 */
export function anchorPortfolio(
  client: ChainClient,
  { anchors: to }: Anchors,
  { accountId, commitment, runId, claim }: Counted,
): Promise<TransactionReceipt> {
  const args = [accountId, commitment, runId, encodeSubject(claim)] as const;
  const data = encodeFunctionData({ abi, functionName: "anchor", args });
  return transact(client, { to, data, doing: "anchoring the portfolio" });
}

/** What ages runs must have, fixed at deployment. @throws {BallastError} CHAIN_ERROR. */
export function readAnchorParameters(
  { public: client }: Pick<ChainReader, "public">,
  { anchors: address }: Anchors,
): Promise<AnchorParameters> {
  return guarded("reading the anchor book", () =>
    client.readContract({ address, abi, functionName: "parameters" }),
  );
}

/**
 * Whether a case's account is anchored: its present portfolio, the one that it came from, or the one that the case opened with.
 * @param at a block and its time.
 * @throws {BallastError} CHAIN_ERROR.
 */
export function readIsAnchored(
  { public: client }: Pick<ChainReader, "public">,
  { anchors: address }: Anchors,
  { accountId, commitment }: { readonly accountId: bigint; readonly commitment: bigint },
  at: { readonly block: bigint; readonly time: bigint },
): Promise<boolean> {
  const read = { address, abi, blockNumber: at.block } as const;
  return guarded("reading the anchor book", async () => {
    const [isAnchored, [, opened], { anchorAge }] = await Promise.all([
      client.readContract({ ...read, functionName: "isAnchored", args: [accountId] }),
      client.readContract({ ...read, functionName: "anchorOf", args: [accountId, commitment] }),
      client.readContract({ ...read, functionName: "parameters" }),
    ]);
    return isAnchored || at.time <= opened + anchorAge;
  });
}
