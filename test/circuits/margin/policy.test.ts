import { describe, expect, it } from "vitest";
import { openTemplate, ranged } from "../../helpers/circuit-gadget.ts";
import { Random } from "../../helpers/synthetic.ts";

const CAP = 1n << 56n;
const FREE = (1n << 80n) - 1n;

// Excess over the free amount as the coverage circuit has it, and over the capped one as a batch has it.
const gadget = openTemplate(
  "capped_free",
  ["margin/policy.circom"],
  `${ranged(["delta", "gamma"], 80)}
   signal input exposure; component e = SignedRange(56); e.value <== exposure;
   signal {max} size <== Magnitude()(e.ranged, e.isNegative);
   MarginPolicy(1) rules;
   rules.deltaMove.max = 1; rules.gammaMove.max = 2; rules.vegaMove.max = 3; rules.stressWeight.max = 4;
   rules.concRate.max = 5; rules.threshold.max = 8;
   rules.deltaMove[0] <== 1; rules.gammaMove[0] <== 2; rules.vegaMove[0] <== 3; rules.stressWeight <== 4;
   rules.concRate[0] <== 5; for (var k = 0; k < 3; k++) { rules.threshold[k] <== 6 + k; }
   rules.freeDelta.max = (1 << 80) - 1; rules.freeGamma.max = (1 << 80) - 1;
   rules.freeDelta[0] <== deltaRange.ranged; rules.freeGamma[0] <== gammaRange.ranged;
   component f = CappedFree(1, 1 << 56); f.rules <== rules;
   signal output cappedDelta; signal output cappedGamma; signal output plain; signal output capped;
   cappedDelta <== f.capped.freeDelta[0]; cappedGamma <== f.capped.freeGamma[0];
   plain <== Excess()(size, deltaRange.ranged); capped <== Excess()(size, f.capped.freeDelta[0]);`,
  ["delta", "gamma", "exposure"],
);

describe("CappedFree", () => {
  const random = new Random("capped 20260205");
  const amounts = [0n, 1n, 1000n, CAP - 1n, CAP, CAP + 1n, 2n * CAP, FREE];
  const exposures = [0n, 1n, -1n, 999n, 1000n, -1001n, CAP - 1n, -(CAP - 1n), -CAP];

  it("charges every exposure as the uncut amount does", () => {
    const some = Array.from(
      { length: 30 },
      () => [random.bits(random.pick([10, 56, 80])), random.signed(CAP)] as const,
    );
    const pairs = [
      ...amounts.flatMap((free) => exposures.map((exposure) => [free, exposure] as const)),
      ...some,
    ];
    for (const [free, exposure] of pairs) {
      const { caught, assignment } = gadget.run({ delta: free, gamma: free, exposure });
      expect(caught).toEqual([]);
      const size = exposure < 0n ? -exposure : exposure;
      const excess = size > free ? size - free : 0n;
      const cut = free < CAP ? free : CAP;
      const outputs = ["plain", "capped", "cappedDelta", "cappedGamma"];
      expect(outputs.map((name) => assignment.value(`main.${name}`))).toEqual([excess, excess, cut, cut]);
    }
  });

  it("is no other amount", () => {
    for (const free of [5n, CAP + 5n]) {
      for (const name of ["main.f.capped.freeDelta[0]", "main.f.capped.freeGamma[0]"]) {
        for (const step of [1n, -1n]) {
          const { caught } = gadget.run(
            { delta: free, gamma: free, exposure: 7n },
            { [name]: (_, honest) => honest + step },
          );
          expect(caught).toEqual(expect.arrayContaining([expect.stringMatching(/^law f\./)]));
        }
      }
    }
  });

  it("leaves every other number as it is, and takes no other for it", () => {
    const inputs = { delta: 5n, gamma: 5n, exposure: 7n };
    const names = ["deltaMove[0]", "gammaMove[0]", "vegaMove[0]", "stressWeight", "concRate[0]"];
    const thresholds = [0, 1, 2].map((k) => `threshold[${k}]`);
    const { assignment } = gadget.run(inputs);
    expect([...names, ...thresholds].map((name) => assignment.value(`main.f.capped.${name}`))).toEqual([
      1n,
      2n,
      3n,
      4n,
      5n,
      6n,
      7n,
      8n,
    ]);
    for (const name of [...names, ...thresholds]) {
      const lie = { [`main.f.capped.${name}`]: (_: unknown, honest: bigint) => honest + 1n };
      expect(gadget.run(inputs, lie).caughtInSource, name).toHaveLength(1);
    }
  });

  it("takes no free amount outside its range", () => {
    const { caught } = gadget.run({ delta: FREE + 1n, gamma: 0n, exposure: 0n });
    expect(caught).toContain("range deltaRange");
  });
});
