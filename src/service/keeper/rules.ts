import type { Address } from "viem";

/** For whom a keeper acts with its key. `anyone`: does what any address may, for the venue's good or for what it pays. */
export const KEEPER_ROLES = ["anyone", "venue", "liquidator", "operator"] as const;
export type KeeperRole = (typeof KEEPER_ROLES)[number];

export interface KeeperRules {
  readonly roles: readonly KeeperRole[];
  /** Wei of gas for one step, at most. */
  readonly costOfStep: bigint;
  /** Token units of one bond, at most. */
  readonly bondOfStep: bigint;
  /** Whether, as anyone, it leaves what pays less than it costs. */
  readonly onlyPaid: boolean;
  /** Wei that a token unit is worth: what a reward is weighed with. 0: rewards count for nothing. */
  readonly weiPerUnit: bigint;
  /** Says what it would do, and does nothing. */
  readonly dryRun: boolean;
  /** Of the venue: names of the accounts that take slices, in this order. They have agreed to it. */
  readonly takers: readonly string[];
  /** Of the venue: ppm of the margin that a slice frees, for who takes it. At most the engine's. */
  readonly concession: bigint;
  /** Of the liquidator: the account that takes portfolios over. */
  readonly taker?: string;
  /** Of the liquidator: ppm of the equity that it bids. */
  readonly bid: bigint;
  /** Of the liquidator: whether it settles without showing the account's equity. */
  readonly unshown: boolean;
  /** Of the liquidator: ppm of the equity that it pays in a public sale at most; 0: it buys in none. */
  readonly buy: bigint;
}

export const KEEPER_RULES: KeeperRules = {
  ...{ roles: ["anyone"], costOfStep: 10n ** 17n, bondOfStep: 0n, onlyPaid: false, weiPerUnit: 0n },
  ...{ dryRun: false, takers: [], concession: 10_000n, bid: 900_000n, unshown: false, buy: 0n },
};

/** Who acts, and for whom. */
export interface Actor {
  readonly address: Address;
  readonly rules: KeeperRules;
}
