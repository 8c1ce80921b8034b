import { describe, expect, it } from "vitest";
import type { BallastError } from "../../src/errors.ts";
import { toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { equityWitness } from "../../src/witness/equity.ts";
import { reductionWitness } from "../../src/witness/reduction.ts";
import { hold, REDUCTION, reductionRequest, snapshot } from "../helpers/circuit-reduction.ts";
import { thrownBy } from "../liquidation/thrown.ts";

const BEFORE = [hold(0, 5_000n), hold(2, 700n), hold(4, -300n)];
const AFTER = [hold(0, 5_000n), hold(2, 350n), hold(4, -150n)];

describe("a reduction's witness", () => {
  it("opens both commitments and counts what both portfolios use", () => {
    const { signals, inputs, publicSignals } = reductionWitness(
      REDUCTION,
      snapshot,
      reductionRequest(BEFORE, AFTER, 1_000_000n),
    );
    expect(signals.oldCommitment).toBe(commit(toField(1001n), toField(11n), slotsOf(BEFORE, 4)));
    expect(signals.newCommitment).toBe(commit(toField(1001n), toField(12n), slotsOf(AFTER, 4)));
    expect(publicSignals.slice(-5)).toEqual([
      1001n,
      signals.oldCommitment,
      signals.newCommitment,
      1_000_000n,
      987_654_321n,
    ]);
    expect(publicSignals).toHaveLength(REDUCTION.publicInputs);
    expect(inputs["usedLong"]).toEqual([2n, 0n, 2n, 0n, 0n, 0n, 0n, 0n]);
    expect(inputs["usedShort"]).toEqual([0n, 0n, 0n, 0n, 2n, 0n, 0n, 0n]);
  });

  it("is refused early, naming the rules and nothing of the positions", () => {
    const error = thrownBy(() =>
      reductionWitness(REDUCTION, snapshot, reductionRequest(AFTER, BEFORE, 1_000_000n)),
    ) as BallastError;
    expect(error.code).toBe("INVALID_INPUT");
    expect(error.message).toContain("its maintenance requirement would grow");
    expect(error.message).not.toMatch(/\d/);
  });

  it.each([-1n, 1n << 20n])("refuses a penalty of %d", (maxPenalty) => {
    const error = thrownBy(() =>
      reductionWitness(REDUCTION, snapshot, reductionRequest(BEFORE, AFTER, maxPenalty)),
    ) as BallastError;
    expect(error.code).toBe("OUT_OF_RANGE");
  });
});

describe("an equity's witness", () => {
  it("opens the value of the portfolio, losses as field elements above half", () => {
    const portfolio = { account: "a", accountId: toField(7n), positions: [hold(0, -3n), hold(1, 5n)] };
    const { equity, signals, publicSignals } = equityWitness(
      REDUCTION,
      snapshot,
      portfolio,
      toField(5n),
      toField(9n),
    );
    expect(equity).toBe(-2_999_995n);
    expect(signals.equity).toBe(
      toField(-2_999_995n + 21888242871839275222246405745257275088548364400416034343698204186575808495617n),
    );
    expect(signals.tier).toBe(4n);
    expect(publicSignals.slice(-2)).toEqual([signals.equity, 9n]);
  });
});
