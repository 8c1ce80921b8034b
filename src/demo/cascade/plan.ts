import { planPath } from "../../actions/liquidation/plan-path.ts";
import { BallastError } from "../../errors.ts";
import { tierIn } from "../../liquidation/slice.ts";
import { divCeil, divFloor } from "../../math/rounding.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { cashFinder } from "../../portfolio/funding.ts";
import type { Solver } from "../../risk/path/programme.ts";
import { type Holding, portfolioSums } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { netHolding, netPositions } from "../../risk/transfer.ts";
import { crashPut, type DemoAccount } from "../portfolios.ts";
import {
  LOTS_PER_USD,
  MICROS_PER_LOT,
  CASCADE_PARAMETERS as PARAMETERS,
  SETTLEMENT_ID,
  UNITS_PER_LOT,
} from "./parameters.ts";

/** Who does what, by account. */
export const ROLES = {
  /** Tier 2: gives a slice away and is healthy again. */
  soft: "birch",
  /** Tier 3: sold by sealed bids. */
  sealed: "cedar",
  /** Tier 3: its only bidder defaults, and it is sold in public. */
  sale: "dune",
  /** Tier 4: taken over by the clearing house. */
  bankrupt: "ember",
  /** Takes the slice, bids in vain. */
  second: "ibis",
  /** Wins the sealed bids and settles. */
  winner: "heron",
  /** Doesn't reveal one bid, and doesn't settle the other. */
  defaulter: "jay",
  /** Buys in the public sale; on no list. */
  buyer: "atlas",
  /** The clearing house's own account. */
  house: "house",
} as const;

/** A bid in a sealed auction: lots of the settlement asset left to the account. */
export interface PlannedBid {
  readonly liquidator: string;
  readonly cash: bigint;
  readonly reveals: boolean;
}

/** What the players intend, from the market after the fall. What happens is then up to contracts and proofs. */
export interface CascadePlan {
  /** Liquidators, with cash only, and the house with nothing. */
  readonly firms: readonly DemoAccount[];
  /** What the second liquidator takes off the soft account, the lots of cash it pays, and what that costs the account, micro-USD. */
  readonly slice: { readonly positions: readonly Holding[]; readonly cash: bigint; readonly cost: bigint };
  readonly bids: { readonly sealed: readonly PlannedBid[]; readonly sale: readonly PlannedBid[] };
  /** Lots that the pools are filled with: too little for the loss, so that some of it is left to deleverage. */
  readonly funds: { readonly insuranceFund: bigint; readonly gammaReserve: bigint };
  /** Lots that the bankrupt account lacks. */
  readonly loss: bigint;
  /** The instrument that the house can be closed out of. */
  readonly put: { readonly instrumentId: number; readonly short: bigint; readonly long: bigint };
}

/** Shares, in ppm. */
const MILLION = 1_000_000n;
/** Of the requirement: what the soft account's path ends above its threshold, as the market moves on. */
const PATH_MARGIN = 20_000n;
/** Of the account's equity, in the order of the story: the best bid is never revealed; who defaults bids little, and loses a share of that. */
const BIDS = { winner: 820_000n, second: 750_000n, unrevealed: 880_000n, defaulted: 100_000n };
/** Of the loss: what the pools have when it comes. */
const INSURED = 450_000n;
const RESERVED = 200_000n;
/** The pools' income on the way may take at most this share of the loss, */
const MAX_INCOME = 150_000n;
/** Coverage of a firm once it has bought. */
const FIRM_COVERAGE = 2_000_000n;
/** Firms hold round sums: 100,000 USDC. */
const ROUND_LOTS = 100_000n * LOTS_PER_USD;

/**
 * Plans the cascade, and checks that the market has one: every path's precondition holds.
 *
 * @param markets the snapshots before and after the fall.
 * @param accounts the demo's, as funded for the market after.
 * @param solve of the soft account's path.
 * @throws {BallastError} INVALID_MARKET, with the path that isn't there.
 */
export function planCascade(
  markets: { readonly before: Snapshot; readonly after: Snapshot },
  accounts: readonly DemoAccount[],
  solve: Solver,
): CascadePlan {
  const { before, after } = markets;
  const positionsOf = (name: string): readonly Holding[] => find(accounts, name).portfolio.positions;
  const soft = positionsOf(ROLES.soft);
  const sealed = positionsOf(ROLES.sealed);
  for (const [role, tier] of [
    ["soft", 2],
    ["sealed", 3],
    ["sale", 3],
    ["bankrupt", 4],
  ] as const) {
    need(tierIn(after, positionsOf(ROLES[role])) === tier, `${ROLES[role]} in tier ${tier}`);
  }

  const slice = planSlice(after, soft, solve);
  const left = netPositions(soft, negated(slice.positions), [cash(slice.cash)]);
  need(tierIn(after, left) <= 1, `${ROLES.soft} healthy without the slice`);

  const bidOf = (positions: readonly Holding[], share: bigint): bigint =>
    divFloor(equityOf(after, positions) * share, MILLION * MICROS_PER_LOT);
  const won = bidOf(sealed, BIDS.winner);
  const bids = {
    sealed: [
      { liquidator: ROLES.winner, cash: won, reveals: true },
      { liquidator: ROLES.second, cash: bidOf(sealed, BIDS.second), reveals: true },
      { liquidator: ROLES.defaulter, cash: bidOf(sealed, BIDS.unrevealed), reveals: false },
    ],
    sale: [
      {
        liquidator: ROLES.defaulter,
        cash: bidOf(positionsOf(ROLES.sale), BIDS.defaulted),
        reveals: true,
      },
    ],
  };

  const cashFor = cashFinder(after);
  const bought = cashFor(sealed, FIRM_COVERAGE).quantity + won;
  const taken = cashFor(slice.positions, FIRM_COVERAGE).quantity + slice.cash;
  const firms: DemoAccount[] = [
    firm(ROLES.winner, "liquidator, wins the sealed bids", bought),
    firm(ROLES.second, "liquidator, takes the slice", taken),
    firm(ROLES.defaulter, "liquidator, doesn't keep its word", 0n),
    {
      story: "the clearing house's account",
      portfolio: { account: ROLES.house, accountId: accountIdOf(ROLES.house), positions: [] },
    },
  ];

  const price = bidOf(positionsOf(ROLES.sale), MILLION - BigInt(PARAMETERS.sale.startDiscount));
  const carried = netPositions(positionsOf(ROLES.buyer), positionsOf(ROLES.sale), [cash(-price)]);
  need(tierIn(after, carried) <= 1, `${ROLES.buyer} healthy with what it buys`);

  const loss = divCeil(-equityOf(after, positionsOf(ROLES.bankrupt)), MICROS_PER_LOT);
  need(incomeBound(after, positionsOf) * MILLION <= loss * MAX_INCOME, "a loss beyond what bidders pay in");
  const { instrumentId } = crashPut(before);
  const short = -netHolding(positionsOf(ROLES.bankrupt), instrumentId);
  const long = accounts.reduce((sum, { portfolio }) => {
    const held = netHolding(portfolio.positions, instrumentId);
    return held > 0n ? sum + held : sum;
  }, 0n);
  need(short > 0n && long >= short, "holders on the other side of what the house takes over");
  return {
    firms,
    slice,
    bids,
    loss,
    funds: {
      insuranceFund: divFloor(loss * INSURED, MILLION),
      gammaReserve: divFloor(loss * RESERVED, MILLION),
    },
    put: { instrumentId, short, long },
  };
}

/** The cheapest trades in what the account holds and in perpetuals that make it healthy, within the engine's penalty. */
function planSlice(after: Snapshot, soft: readonly Holding[], solve: Solver): CascadePlan["slice"] {
  const held = new Set(soft.map(({ instrumentId }) => instrumentId));
  const only = after.rows
    .filter(({ instrument, instrumentId }) => instrument.kind === "perpetual" || held.has(instrumentId))
    .map(({ instrument }) => instrument.name);
  const options = {
    target: { tier: 1, margin: PATH_MARGIN },
    maxPenalty: BigInt(PARAMETERS.engine.maxPenalty),
  } as const;
  const path = planPath(after, soft, { ...options, only }, solve);
  const [slice] = path.found ? path.slices : [];
  need(slice !== undefined, `a path on which ${ROLES.soft} is cured`);
  return { positions: slice?.moved ?? [], cash: slice?.cash ?? 0n, cost: slice?.cost ?? 0n };
}

/** The most that bonds and fees bring the pools before the loss comes, in lots. */
function incomeBound(after: Snapshot, positionsOf: (name: string) => readonly Holding[]): bigint {
  const { bidBond, bondRate, feeRate } = PARAMETERS.auction;
  const lotsOf = (name: string) => equityOf(after, positionsOf(name)) / MICROS_PER_LOT;
  const cashPaid = lotsOf(ROLES.sealed) + lotsOf(ROLES.sale);
  const defaulted = divCeil(lotsOf(ROLES.sale) * BIDS.defaulted * BigInt(bondRate), MILLION * MILLION);
  return (2n * bidBond) / UNITS_PER_LOT + defaulted + divCeil(cashPaid * BigInt(feeRate), MILLION);
}

function firm(account: string, story: string, lots: bigint): DemoAccount {
  const held = lots > 0n ? divCeil(lots, ROUND_LOTS) * ROUND_LOTS : ROUND_LOTS;
  return { story, portfolio: { account, accountId: accountIdOf(account), positions: [cash(held)] } };
}

function cash(quantity: bigint): Holding {
  return { instrumentId: SETTLEMENT_ID, quantity };
}

function negated(positions: readonly Holding[]): Holding[] {
  return positions.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
}

/** Micro-USD. */
export function equityOf(snapshot: Snapshot, positions: readonly Holding[]): bigint {
  return portfolioSums(snapshot.rows, positions, snapshot.shape).equity;
}

/** An account by name. @throws {BallastError} INTERNAL when the demo has none such. */
export function find(accounts: readonly DemoAccount[], name: string): DemoAccount {
  const found = accounts.find(({ portfolio }) => portfolio.account === name);
  if (found !== undefined) return found;
  throw new BallastError("INTERNAL", `The demo has no account ${name}.`);
}

function need(holds: boolean, what: string): void {
  if (holds) return;
  throw new BallastError("INVALID_MARKET", `The demo's liquidations need ${what}, which this market lacks.`, {
    hint: "Run it with the bundled sample, or play the first part alone.",
    inputs: ["demo.chain", "demo.liquidation"],
  });
}
