import { describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { portfolioSums, requirement } from "../../src/risk/requirement.ts";
import { LOT_LIMIT, rowWidth } from "../../src/risk/shape.ts";
import { encodeRow } from "../../src/risk/table.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";
import { cachedSignals } from "../../src/witness/table.ts";
import { at } from "../helpers/r1cs.ts";
import { syntheticSnapshot } from "../helpers/synthetic.ts";
import { failure } from "../risk/fixtures.ts";

const small = instanceOf("coverage", "4x8");
const snapshot = syntheticSnapshot("witness", small.shape, 6);
const [SALT, CONTEXT, ACCOUNT] = [toField(271_828n), toField(33n), toField(44n)];
const idOf = (row: number): number => at(snapshot.rows, row).instrumentId;
const of = (positions: { instrumentId: number; quantity: bigint }[]) => ({
  account: "a",
  accountId: ACCOUNT,
  positions,
});
const POSITIONS = [
  { instrumentId: idOf(2), quantity: -5n },
  { instrumentId: idOf(4), quantity: 314_159n },
];

describe("cachedSignals", () => {
  it("are the table row by row, zero rows, the snapshot's id and the policy", () => {
    const signals = cachedSignals(small, snapshot);
    const width = rowWidth(small.shape);
    expect(signals).toHaveLength(small.cachedInputs);
    snapshot.rows.forEach((row, n) => {
      expect(signals.slice(n * width, (n + 1) * width)).toEqual(encodeRow(small.shape, row.vector, "x"));
    });
    expect(new Set(signals.slice(6 * width, 8 * width))).toEqual(new Set([0n]));
    expect(signals.slice(8 * width)).toEqual([snapshot.snapshotId, ...snapshot.policyElements]);
  });

  it("refuse a snapshot of another shape or with too many rows", () => {
    const other = syntheticSnapshot("witness", { scenarios: 5, underlyings: 1 }, 3);
    expect(failure(() => cachedSignals(small, other)).code).toBe("INVALID_SNAPSHOT");
    const long = failure(() => cachedSignals(small, syntheticSnapshot("witness", small.shape, 9)));
    expect(long.code).toBe("INVALID_SNAPSHOT");
    expect(long.message).toContain("9 rows");
  });
});

describe("coverageWitness", () => {
  const witness = coverageWitness(small, snapshot, of(POSITIONS), SALT, CONTEXT);

  it("has the public signals in the circuit's order", () => {
    const slots = slotsOf(POSITIONS, 4);
    const sums = portfolioSums(snapshot.rows, POSITIONS, small.shape);
    const { tier } = requirement(sums, snapshot.policyElements, small.shape);
    const commitment = commit(ACCOUNT, SALT, slots);
    expect(witness.signals).toEqual({ accountId: ACCOUNT, commitment, tier: BigInt(tier), context: CONTEXT });
    expect(witness.publicSignals).toEqual([
      ...cachedSignals(small, snapshot),
      ACCOUNT,
      commitment,
      BigInt(tier),
      CONTEXT,
    ]);
    expect(witness.publicSignals).toHaveLength(small.publicInputs);
  });

  it("marks the used rows by side", () => {
    expect(witness.inputs["usedLong"]).toEqual([0n, 0n, 0n, 0n, 1n, 0n, 0n, 0n]);
    expect(witness.inputs["usedShort"]).toEqual([0n, 0n, 1n, 0n, 0n, 0n, 0n, 0n]);
  });

  it.each([
    [
      "an instrument that the snapshot lacks",
      [{ instrumentId: idOf(5) + 1, quantity: 314_159n }],
      "UNKNOWN_INSTRUMENT",
    ],
    ["too many lots", [{ instrumentId: idOf(2), quantity: LOT_LIMIT }], "LOT_OVERFLOW"],
    [
      "an instrument twice",
      [3n, -3n].map((quantity) => ({ instrumentId: idOf(2), quantity })),
      "DUPLICATE_INSTRUMENT",
    ],
    [
      "more positions than slots",
      [0, 1, 2, 3, 4].map((row) => ({ instrumentId: idOf(row), quantity: 314_159n })),
      "PORTFOLIO_TOO_LARGE",
    ],
  ])("refuses %s, and tells neither quantity nor salt", (_, positions, expected) => {
    const { code, message } = failure(() => coverageWitness(small, snapshot, of(positions), SALT, CONTEXT));
    expect(code).toBe(expected);
    expect(message).not.toMatch(/314159|271828|68719476736/);
  });
});
