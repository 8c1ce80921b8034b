import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { hashTo } from "../../../src/math/poseidon.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

describe("Rows", () => {
  const gadget = openTemplate(
    "rows_2x3",
    ["table/rows.circom"],
    `signal input table[2][6]; signal input beta; signal output long[2]; signal output short[2]; signal output id[2];
     component r = Rows(2, 3); r.table <== table; r.beta <== beta; long <== r.long; short <== r.short; id <== r.id;`,
    ["table", "beta"],
  );
  it.each([0n, 1n, 3n, P - 1n, 1n << 200n])("collapses every row at beta = %d", (beta) => {
    const rows = [
      [5n, 0n, P - 7n, 11n, 13n, 42n],
      [P - 1n, 1n << 250n, 3n, 0n, 1n, 0n],
    ];
    const { caught, assignment } = gadget.run({ table: rows.flat(), beta });
    expect(caught).toEqual([]);
    rows.forEach(([a = 0n, b = 0n, c = 0n, long = 0n, short = 0n, id], n) => {
      const collapsed = a * beta + b * beta ** 2n + c * beta ** 3n;
      const residue = (value: bigint): bigint => ((value % P) + P) % P;
      expect(assignment.value(`main.long[${n}]`)).toBe(residue(long + collapsed));
      expect(assignment.value(`main.short[${n}]`)).toBe(residue(short - collapsed));
      expect(assignment.value(`main.id[${n}]`)).toBe(id);
    });
  });
});

describe("PortfolioSum", () => {
  const gadget = openTemplate(
    "sum_2x2",
    ["table/sum.circom", "math/range.circom"],
    `signal input quantity[2]; signal input value[2]; signal input sums[2]; signal input charges; signal input beta;
     component r[2]; component s = PortfolioSum(2, 2); signal {max} q[2]; q.max = 255;
     for (var i = 0; i < 2; i++) { r[i] = UnsignedRange(8); r[i].value <== quantity[i]; q[i] <== r[i].ranged; }
     s.quantity <== q; s.value <== value; s.sums <== sums; s.charges <== charges; s.beta <== beta;`,
    ["quantity", "value", "sums", "charges", "beta"],
  );
  const beta = 1000n;
  // Rows (2, 3; charge 5) long and (7, 1; charge 4) short, collapsed by hand.
  const honest = {
    quantity: [10n, 20n],
    value: [5n + 2n * beta + 3n * beta ** 2n, 4n - 7n * beta - beta ** 2n],
    sums: [20n - 140n, 30n - 20n],
    charges: 50n + 80n,
    beta,
  };
  it("accepts the signed sum of the rows, and nothing else", () => {
    expect(gadget.run(honest).caught).toEqual([]);
    for (const wrong of [
      { sums: [-119n, 10n] },
      { sums: [-120n, 11n] },
      { sums: [-120n - beta, 11n] }, // at this beta the second element is worth a thousand of the first
      { charges: 129n },
      { charges: 130n + beta, sums: [-121n, 10n] },
      { quantity: [11n, 20n] },
    ]) {
      const { caught } = gadget.run({ ...honest, ...wrong });
      const solved = wrong.sums?.[0] === -120n - beta || wrong.charges === 130n + beta;
      // Sums chosen for a beta that is known satisfy it: that is why they are hashed into beta (challenges.test.ts).
      expect(caught).toEqual(solved ? [] : ["sum"]);
    }
  });
  it("takes ranged quantities only", () => {
    expect(
      gadget.run({ ...honest, quantity: [256n, 0n], value: [0n, 0n], sums: [0n, 0n], charges: 0n }).caught,
    ).toEqual(["range r[0]"]);
  });
});

describe("SecondChallenge", () => {
  it("is padded by a zero where the last block would be too narrow for two outputs (16, 64, 128 slots)", () => {
    const gadget = openTemplate(
      "second_16",
      ["table/challenges.circom"],
      `signal input beta; signal input x[16]; signal output alpha; signal output gamma;
       component c = SecondChallenge(HASH_ALPHA(), 16); c.beta <== beta; c.slotValues <== x; alpha <== c.alpha; gamma <== c.gamma;`,
      ["beta", "x"],
    );
    const x = Array.from({ length: 16 }, (_, i) => BigInt(i) ** 9n);
    const { caught, assignment } = gadget.run({ beta: 77n, x });
    expect(caught).toEqual([]);
    expect([assignment.value("main.alpha"), assignment.value("main.gamma")]).toEqual(
      hashTo("alpha", [77n, ...x, 0n], 2),
    );
  });
});
