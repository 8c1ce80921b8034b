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
   component f = CappedFree(1, 1 << 56);
   f.freeDelta[0] <== deltaRange.ranged; f.freeGamma[0] <== gammaRange.ranged;
   signal output cappedDelta; signal output cappedGamma; signal output plain; signal output capped;
   cappedDelta <== f.cappedDelta[0]; cappedGamma <== f.cappedGamma[0];
   plain <== Excess()(size, deltaRange.ranged); capped <== Excess()(size, f.cappedDelta[0]);`,
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
      for (const name of ["main.f.cappedDelta[0]", "main.f.cappedGamma[0]"]) {
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

  it("takes no free amount outside its range", () => {
    const { caught } = gadget.run({ delta: FREE + 1n, gamma: 0n, exposure: 0n });
    expect(caught).toContain("range deltaRange");
  });
});
