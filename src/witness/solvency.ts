import { BallastError } from "../errors.ts";
import { type Field, reduce, toField } from "../math/field.ts";
import { Netting } from "../portfolio/netting.ts";
import { type Slot, slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import {
  type Holding,
  lanesOfSums,
  portfolioSums,
  type VectorIndex,
  vectorIndex,
} from "../risk/requirement.ts";
import { rowWidth } from "../risk/shape.ts";
import {
  type AccountStress,
  accountStress,
  type SolvencyResult,
  type SolvencySums,
  TIERS,
} from "../risk/solvency.ts";
import { addedElements, type RunSecrets, type RunState, resultOf, stateHash } from "./solvency-state.ts";
import { type CircuitInputs, cachedSignals, type TableInstance, type WitnessSnapshot } from "./table.ts";

/** What a batch circuit was instantiated with. */
export interface BatchInstance extends TableInstance {
  readonly accounts: number;
  readonly slots: number;
  readonly depth: number;
}

/** An account as a batch proves it. */
export interface SolvencyAccount {
  readonly accountId: Field;
  /** Opens the commitment. */
  readonly salt: Field;
  readonly positions: readonly Holding[];
}

/** What a run fixes before its first batch, from the sums of all its accounts. */
export interface RunPlan extends RunSecrets {
  readonly accountsRoot: Field;
  /** In each state of the world the place whose shortfall is m1, and the batch of a place that has exactly m2. */
  readonly largestPlace: readonly number[];
  readonly secondBatch: readonly number[];
}

/** One batch of a run. */
export interface BatchStep {
  readonly index: number;
  readonly isLast: boolean;
  /** The batch's places; null where no account stands. */
  readonly accounts: readonly (SolvencyAccount | null)[];
  /** From the batch root's level upwards. */
  readonly siblings: readonly Field[];
  readonly before: RunState;
}

export interface BatchSignals {
  readonly accountsRoot: Field;
  readonly batchIndex: Field;
  readonly stateIn: Field;
  readonly stateOut: Field;
  readonly context: Field;
}

export interface BatchWitness {
  readonly inputs: CircuitInputs;
  readonly signals: BatchSignals;
  /** All public signals: the cached part, then {@link BatchSignals}. */
  readonly publicSignals: readonly Field[];
  readonly after: RunState;
}

/**
 * The plan of a run whose places have all been summed, the empty ones of the last batch included.
 *
 * @param salt fresh for each run.
 * @param zeta the netting challenge over the root, the snapshot and the reserves.
 * @param batchSize A: accounts of a batch.
 * @throws {BallastError} INVALID_INPUT unless whole batches of at least two places were summed.
 */
export function planRun(
  sums: SolvencySums,
  accountsRoot: Field,
  zeta: Field,
  salt: Field,
  batchSize: number,
): RunPlan {
  if (sums.places === 0 || sums.places % batchSize !== 0 || batchSize < 2) {
    throw new BallastError("INVALID_INPUT", "A run is planned over whole batches of at least two places.");
  }
  return {
    salt,
    accountsRoot,
    zeta,
    second: sums.largest.map(([, second]) => second.shortfall),
    largestPlace: sums.largest.map(([first]) => first.place),
    secondBatch: sums.largest.map(([, second]) => Math.floor(second.place / batchSize)),
  };
}

/** Makes the witnesses of a run's batches, in any order: keep it, it indexes the table once. */
export class BatchProver {
  readonly #instance: BatchInstance;
  readonly #snapshot: WitnessSnapshot;
  readonly #plan: RunPlan;
  readonly #context: Field;
  readonly #cached: readonly Field[];
  readonly #vectors: VectorIndex;
  readonly #rowOf: ReadonlyMap<number, number>;
  readonly #netting: Netting;

  /** @throws {BallastError} INVALID_SNAPSHOT when the snapshot doesn't fit the instance. */
  constructor(instance: BatchInstance, snapshot: WitnessSnapshot, plan: RunPlan, context: Field) {
    this.#instance = instance;
    this.#snapshot = snapshot;
    this.#plan = plan;
    this.#context = context;
    this.#cached = cachedSignals(instance, snapshot);
    this.#vectors = vectorIndex(snapshot.rows);
    this.#rowOf = new Map(snapshot.rows.map((row, n) => [row.instrumentId, n]));
    this.#netting = new Netting(plan.zeta);
  }

  /** The state after a batch. @throws {BallastError} as {@link witness}. */
  advance(step: Omit<BatchStep, "siblings">): RunState {
    return this.#after(step, this.#stresses(step));
  }

  /**
   * Everything the batch circuit takes, and the public signals that follow.
   * @throws {BallastError} PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW, ACCOUNT_TOO_LARGE; INVALID_INPUT for a
   *   step of another size.
   */
  witness(step: BatchStep): BatchWitness {
    const { accounts, slots: slotCount, rows, depth } = this.#instance;
    const height = depth - Math.log2(accounts);
    if (step.accounts.length !== accounts || step.siblings.length !== height) {
      throw new BallastError("INVALID_INPUT", `A batch of this circuit has ${accounts} places.`);
    }
    const stresses = this.#stresses(step);
    const slots = step.accounts.map((account) => slotsOf(account?.positions ?? [], slotCount));
    const after = this.#after(step, stresses);
    const signals: BatchSignals = {
      accountsRoot: this.#plan.accountsRoot,
      batchIndex: toField(BigInt(step.index)),
      stateIn: stateHash(this.#plan, step.before),
      stateOut: stateHash(this.#plan, after),
      context: this.#context,
    };
    const { policyElements, snapshotId } = this.#snapshot;
    const placeOf = (a: number): number => step.index * accounts + a;
    const inputs: CircuitInputs = {
      table: this.#cached.slice(0, rows * rowWidth(this.#instance.shape)),
      snapshotId,
      policy: policyElements,
      ...signals,
      present: step.accounts.map((account) => (account === null ? 0n : 1n)),
      accountId: step.accounts.map((account) => account?.accountId ?? 0n),
      salt: step.accounts.map((account) => account?.salt ?? 0n),
      quantity: slots.flat().map(({ quantity }) => quantity),
      id: slots.flat().map(({ instrumentId }) => BigInt(instrumentId)),
      isShort: slots.flat().map(({ isShort }) => BigInt(isShort)),
      lanes: stresses.flatMap(({ sums }) => lanesOfSums(sums)).map(reduce),
      worstLoss: stresses.map(({ stressLoss }) => stressLoss),
      charges: stresses.map(({ sums }) => sums.charges),
      ...this.#used(slots.flat()),
      isLast: step.isLast ? 1n : 0n,
      indexBit: Array.from({ length: height }, (_, bit) => BigInt(Math.floor(step.index / 2 ** bit) % 2)),
      sibling: step.siblings,
      runSalt: this.#plan.salt,
      zeta: this.#plan.zeta,
      added: addedElements(step.before),
      second: this.#plan.second,
      isLargest: step.accounts.flatMap((_, a) =>
        this.#plan.largestPlace.map((place) => (place === placeOf(a) ? 1n : 0n)),
      ),
      isSecond: this.#plan.secondBatch.map((batch) => (batch === step.index ? 1n : 0n)),
    };
    return {
      inputs,
      signals,
      publicSignals: [...this.#cached, ...SIGNALS.solvency.map((name) => signals[name])],
      after,
    };
  }

  /** Places without an account have the stress of an empty portfolio. */
  #stresses(step: Pick<BatchStep, "accounts">): AccountStress[] {
    const { shape } = this.#instance;
    return step.accounts.map((account) =>
      accountStress(
        portfolioSums(this.#vectors, account?.positions ?? [], shape),
        this.#snapshot.policyElements,
        shape,
      ),
    );
  }

  #after(step: Omit<BatchStep, "siblings">, stresses: readonly AccountStress[]): RunState {
    const { before, index } = step;
    const { accounts } = this.#instance;
    const { largestPlace, secondBatch } = this.#plan;
    const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
    const marked = (place: number): boolean => Math.floor(place / accounts) === index;
    const share = this.#netting.share(step.accounts.flatMap((account) => account?.positions ?? []));
    const here = step.accounts.flatMap((account, a) => (account === null ? [] : [stresses[a]?.tier]));
    return {
      batches: index + 1,
      ended: step.isLast,
      netting: reduce(before.netting + share),
      tiers: Array.from(
        { length: TIERS },
        (_, k) => (before.tiers[k] ?? 0n) + BigInt(here.filter((tier) => tier === k).length),
      ),
      demand: before.demand.map((old, g) => old + sum(stresses.map(({ demand }) => demand[g] ?? 0n))),
      shortfall: before.shortfall.map(
        (old, s) => old + sum(stresses.map(({ shortfall }) => shortfall[s] ?? 0n)),
      ),
      largest: before.largest.map((old, s) => {
        const place = largestPlace[s] ?? -1;
        return old + (marked(place) ? (stresses[place - index * accounts]?.shortfall[s] ?? 0n) : 0n);
      }),
      largestMarks: before.largestMarks.map((old, s) => old + (marked(largestPlace[s] ?? -1) ? 1n : 0n)),
      secondMarks: before.secondMarks.map((old, s) => old + (secondBatch[s] === index ? 1n : 0n)),
    };
  }

  #used(slots: readonly Slot[]): { usedLong: bigint[]; usedShort: bigint[] } {
    const usedLong = new Array<bigint>(this.#instance.rows).fill(0n);
    const usedShort = new Array<bigint>(this.#instance.rows).fill(0n);
    for (const { instrumentId, isShort } of slots) {
      const n = this.#rowOf.get(instrumentId);
      const used = isShort === 1 ? usedShort : usedLong;
      if (n !== undefined) used[n] = (used[n] ?? 0n) + 1n;
    }
    return { usedLong, usedShort };
  }
}

/** What a run's report opens, with what it is bound to. */
export interface ReportClaim {
  /** The state after the last batch. */
  readonly end: RunState;
  readonly context: Field;
}

export interface ReportWitness {
  readonly result: SolvencyResult;
  readonly inputs: CircuitInputs;
  /** All public signals, in the order of `reportSignals`. */
  readonly publicSignals: readonly Field[];
}

/** Everything the report circuit takes, and what it opens. */
export function reportWitness(plan: RunPlan, { end, context }: ReportClaim): ReportWitness {
  const result = resultOf(end, plan.second);
  const open = {
    batches: toField(BigInt(end.batches)),
    state: stateHash(plan, end),
    tiers: result.tiers.map((count) => toField(BigInt(count))),
    currentShortfall: toField(result.currentShortfall),
    worstScenario: toField(BigInt(result.worstScenario)),
    worstShortfall: toField(result.worstShortfall),
    cover1Scenario: toField(BigInt(result.cover1Scenario)),
    cover1Shortfall: toField(result.cover1Shortfall),
    cover2Scenario: toField(BigInt(result.cover2Scenario)),
    cover2Shortfall: toField(result.cover2Shortfall),
    demand: result.demand.map((value) => toField(value)),
    netting: end.netting,
    zeta: plan.zeta,
    context,
  };
  return {
    result,
    publicSignals: SIGNALS.report.flatMap((name) => open[name]),
    inputs: {
      ...open,
      runSalt: plan.salt,
      shortfall: end.shortfall,
      largest: end.largest,
      second: plan.second,
    },
  };
}
