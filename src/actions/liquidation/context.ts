import type { TransactionReceipt } from "viem";
import type { ChainClient, ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { guarded } from "../../chain/guarded.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { accountText } from "../../liquidation/account.ts";
import type { LiquidationCircuits, LiquidationStatement } from "../../liquidation/circuits.ts";
import type { ProofKit } from "../../liquidation/claims.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Progress } from "../progress.ts";
import type { AccountStore } from "./store.ts";

/** Who acts, and in which venue's liquidation. */
export interface LiquidationContext {
  /** Who sends. */
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
  readonly progress: Progress;
  /** What an account is called in progress. Default: the ends of its id. */
  readonly nameOf?: (accountId: bigint) => string;
  /** Told of each transaction of an act once it is mined, approvals of tokens aside. */
  readonly onSent?: (receipt: TransactionReceipt) => void;
}

/** The same where accounts' commitments change. */
export interface LedgerContext extends LiquidationContext {
  /** Of accounts' commitments. */
  readonly slots: number;
  /** Where accounts as they will be are kept before anything is sent. */
  readonly store: AccountStore;
}

/** What some statements are proven with. */
export type Kits<Needed extends LiquidationStatement> = {
  readonly [Statement in Needed]: ProofKit<LiquidationCircuits[Statement]>;
};

/** All that a proving act works with: chain, newest snapshot, provers, and until when its proofs hold. */
export interface Desk<Needed extends LiquidationStatement = never> extends LedgerContext {
  /** The newest published one. */
  readonly snapshot: Snapshot;
  readonly kits: Kits<Needed>;
  /** Unix seconds, by the chain's clock. */
  readonly deadline: bigint;
}

/**
 * Until when proofs in a snapshot hold: as long as they are wanted to, but no longer than the snapshot is fresh.
 * @param validFor seconds from the chain's present on.
 * @returns Unix seconds.
 * @throws {BallastError} INVALID_SNAPSHOT when it is too old already; CHAIN_ERROR.
 * @example
 * ```ts
 * import { connectReader, type Deployment, type Snapshot } from "ballast";
 * import { deadlineFor } from "ballast/actions";
 * declare const deployment: Deployment;
 * declare const snapshot: Snapshot;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const deadline = await deadlineFor(reader, deployment, snapshot, 3_000n);
 * ```
 */
export async function deadlineFor(
  reader: ChainReader,
  { maxAge }: Pick<Deployment, "maxAge">,
  snapshot: Pick<Snapshot, "time">,
  validFor: bigint,
): Promise<bigint> {
  const time = await readTime(reader);
  const stale = snapshot.time + BigInt(maxAge);
  if (stale <= time)
    throw new BallastError("INVALID_SNAPSHOT", "The snapshot is too old: nothing proven in it is taken.", {
      hint: "Give the newest one; oracles publish it with `ballast publish`.",
    });
  return time + validFor < stale ? time + validFor : stale;
}

/** The chain's present, Unix seconds. @throws {BallastError} CHAIN_ERROR. */
export async function readTime(reader: Pick<ChainReader, "public">): Promise<bigint> {
  const { timestamp } = await guarded("reading the latest block", () => reader.public.getBlock());
  return timestamp;
}

/** What progress calls an account. */
export function nameIn({ nameOf = accountText }: LiquidationContext, accountId: bigint): string {
  return nameOf(accountId);
}

/** Sends something as a step of the act. @throws what `send` throws. */
export async function sendStep<Sent extends TransactionReceipt | { readonly receipt: TransactionReceipt }>(
  { progress, onSent }: LiquidationContext,
  title: string,
  send: () => Promise<Sent>,
): Promise<Sent> {
  const sent = await progress.step(title, send);
  onSent?.("receipt" in sent ? sent.receipt : sent);
  return sent;
}
