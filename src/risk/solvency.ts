import { BallastError } from "../errors.ts";
import { lanesOfSums, requirement, type Sums, type Tier } from "./requirement.ts";
import type { Shape } from "./shape.ts";

/** Bits of an account's lanes and of its stressed equity in a solvency run: 72,057,594,037.93 USD (docs/protocol/encodings.md, 7). */
export const SOLVENCY_WINDOW_BITS = 56n;
const WINDOW = 1n << SOLVENCY_WINDOW_BITS;

/** Tiers 0..4. */
export const TIERS = 5;
/** From this tier on the liquidation engine takes an account over. */
const ENGAGED_TIER = 2;

/** What one account adds to a run. Micro-USD; states are 0 (now) and 1..S (the scenarios). */
export interface AccountStress {
  readonly tier: Tier;
  /** `max(0, -(E + L_s))` in each state, S+1 of them: what the venue's funds would have to absorb. */
  readonly shortfall: readonly bigint[];
  /** |delta|, short gamma, |vega| for each underlying, to be hedged at once; zeros below tier 2. */
  readonly demand: readonly bigint[];
  readonly sums: Sums;
  /** W, as the requirement has it. */
  readonly stressLoss: bigint;
}

/** What a run reports. Micro-USD. */
export interface SolvencyResult {
  readonly accounts: number;
  /** How many accounts are in tiers 0..4. */
  readonly tiers: readonly number[];
  /** Total shortfall now: what accounts in tier 4 lack. */
  readonly currentShortfall: bigint;
  /** The first state with the largest total shortfall; 0 is now. */
  readonly worstScenario: number;
  readonly worstShortfall: bigint;
  /** The first state in which the largest shortfall of one account is largest. */
  readonly cover1Scenario: number;
  readonly cover1Shortfall: bigint;
  /** The first state in which the two largest shortfalls together are largest (CPMI-IOSCO principle 4). */
  readonly cover2Scenario: number;
  readonly cover2Shortfall: bigint;
  /** |delta|, short gamma, |vega| for each underlying of accounts in tier 2 or worse. */
  readonly demand: readonly bigint[];
}

/** A place of the accounts tree with its shortfall in one state. */
export interface PlacedShortfall {
  readonly place: number;
  readonly shortfall: bigint;
}

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/**
 * The specification of a solvency run's account in code, which the circuit equals on every input.
 *
 * @param elements the policy in the order of docs/protocol/encodings.md section 3.
 * @throws {BallastError} ACCOUNT_TOO_LARGE when a lane, the charges or the stressed equity leave the 56-bit window.
 */
export function accountStress(sums: Sums, elements: readonly bigint[], shape: Shape): AccountStress {
  checkWindows(sums);
  const { tier, stressLoss } = requirement(sums, elements, shape);
  const engaged = tier >= ENGAGED_TIER;
  const demand = sums.delta.flatMap((delta, u) => [
    engaged ? abs(delta) : 0n,
    engaged ? positive(-(sums.gamma[u] ?? 0n)) : 0n,
    engaged ? abs(sums.vega[u] ?? 0n) : 0n,
  ]);
  const shortfall = [0n, ...sums.pnl].map((pnl) => positive(-(sums.equity + pnl)));
  return { tier, shortfall, demand, sums, stressLoss };
}

/** What an empty place adds: nothing. */
export function emptyStress(shape: Shape): Pick<AccountStress, "shortfall"> {
  return { shortfall: new Array<bigint>(shape.scenarios + 1).fill(0n) };
}

/** The sums of a run, account by account; memory doesn't grow with their number. */
export class SolvencySums {
  readonly #shape: Shape;
  readonly #tiers = new Array<number>(TIERS).fill(0);
  readonly #demand: bigint[];
  readonly #shortfall: bigint[];
  /** In each state the two largest, the earlier place first among equals. */
  readonly #top: [PlacedShortfall, PlacedShortfall][];
  #places = 0;

  constructor(shape: Shape) {
    this.#shape = shape;
    this.#demand = new Array<bigint>(3 * shape.underlyings).fill(0n);
    this.#shortfall = new Array<bigint>(shape.scenarios + 1).fill(0n);
    const none: PlacedShortfall = { place: -1, shortfall: -1n };
    this.#top = this.#shortfall.map(() => [none, none]);
  }

  /** Takes the account at the next place, null where there is none. */
  add(account: AccountStress | null): void {
    const place = this.#places++;
    const { shortfall } = account ?? emptyStress(this.#shape);
    this.#top.forEach((pair, state) => {
      const value = shortfall[state] ?? 0n;
      if (value > pair[0].shortfall) {
        pair[1] = pair[0];
        pair[0] = { place, shortfall: value };
      } else if (value > pair[1].shortfall) pair[1] = { place, shortfall: value };
    });
    if (account === null) return;
    this.#tiers[account.tier] = (this.#tiers[account.tier] ?? 0) + 1;
    addTo(this.#demand, account.demand);
    addTo(this.#shortfall, shortfall);
  }

  /** Places taken so far. */
  get places(): number {
    return this.#places;
  }

  /** Total shortfall in each state, S+1 of them. */
  get shortfall(): readonly bigint[] {
    return this.#shortfall;
  }

  /** The two largest shortfalls in each state and where they stand; place -1 where there are fewer than two places. */
  get largest(): readonly (readonly [PlacedShortfall, PlacedShortfall])[] {
    return this.#top;
  }

  /** What the report opens. */
  result(): SolvencyResult {
    const largest = this.#top.map(([first]) => positive(first.shortfall));
    const twoLargest = this.#top.map(([, second], s) => (largest[s] ?? 0n) + positive(second.shortfall));
    return solvencyResult({
      tiers: this.#tiers,
      shortfall: this.#shortfall,
      largest,
      twoLargest,
      demand: this.#demand,
    });
  }
}

/** A run's sums, state by state. Micro-USD. */
export interface SolvencyFigures {
  readonly tiers: readonly number[];
  readonly shortfall: readonly bigint[];
  /** The largest shortfall of one account, in each state. */
  readonly largest: readonly bigint[];
  /** The two largest together, in each state. */
  readonly twoLargest: readonly bigint[];
  readonly demand: readonly bigint[];
}

/** What regulators get of a run's sums. */
export function solvencyResult({
  tiers,
  shortfall,
  largest,
  twoLargest,
  demand,
}: SolvencyFigures): SolvencyResult {
  const worst = firstMaximum(shortfall);
  const cover1 = firstMaximum(largest);
  const cover2 = firstMaximum(twoLargest);
  return {
    accounts: tiers.reduce((sum, count) => sum + count, 0),
    tiers: [...tiers],
    currentShortfall: shortfall[0] ?? 0n,
    worstScenario: worst.index,
    worstShortfall: worst.value,
    cover1Scenario: cover1.index,
    cover1Shortfall: cover1.value,
    cover2Scenario: cover2.index,
    cover2Shortfall: cover2.value,
    demand: [...demand],
  };
}

function firstMaximum(values: readonly bigint[]): { index: number; value: bigint } {
  return values.reduce((best, value, index) => (value > best.value ? { index, value } : best), {
    index: 0,
    value: values[0] ?? 0n,
  });
}

function addTo(sums: bigint[], values: readonly bigint[]): void {
  values.forEach((value, i) => {
    sums[i] = (sums[i] ?? 0n) + value;
  });
}

/**
 * Whether lanes and charges are within the windows of 56 bits that the circuits of runs and reductions check: each signed
 * lane, the largest loss W, every W + L_s, and the charges.
 */
export function fitsWindow(sums: Sums): boolean {
  const worst = sums.pnl.reduce((loss, pnl) => (-pnl > loss ? -pnl : loss), 0n);
  const upper = [sums.charges, worst, ...sums.pnl.map((pnl) => worst + pnl)];
  return lanesOfSums(sums).every(isSigned) && upper.every((value) => value < WINDOW);
}

function isSigned(value: bigint): boolean {
  return value > -WINDOW && value < WINDOW;
}

/** What no 56-bit window holds, as a hint for people. */
export const WINDOW_HINT =
  "Value, charges, Greeks, and the distance between two scenarios' results must stay below 72 billion USD.";

/** The windows of {@link fitsWindow}, and the stressed equity in one. */
function checkWindows(sums: Sums): void {
  if (fitsWindow(sums) && sums.pnl.every((pnl) => isSigned(sums.equity + pnl))) return;
  throw new BallastError("ACCOUNT_TOO_LARGE", "An account exceeds what a solvency run can prove.", {
    hint: WINDOW_HINT,
  });
}
