import { describe, expect, it } from "vitest";
import { LANE_BITS } from "../../../src/risk/shape.ts";
import { absorbed, changed, forge, listOf } from "../../helpers/circuit-attack.ts";
import { attackBatch } from "../../helpers/circuit-solvency.ts";
import { batch, batchInputs } from "../../helpers/circuit-solvency-fixture.ts";
import { at } from "../../helpers/r1cs.ts";
import type { Lie } from "../../helpers/r1cs-forge.ts";

// Lies about the sums, tiers and demand of a batch's accounts, carried through with honest values wherever they leave a choice; each expectation names all
// constraints that stand against it. Account 0 is in tier 0, account 1 in tier 2; each has cash in its first two slots and then
// two positions.

const inputs = at(batchInputs, 0);
const { shape } = batch.instance;
const LANES = listOf(inputs, "lanes").length / 2;
const honest = forge(batch, inputs);
const move = (name: string, edits: Parameters<typeof changed>[2]) => ({
  [name]: changed(inputs, name, edits),
});
const window = (account: number, lane: number): string => {
  const name = `range account[${account}].portfolio.lane`;
  if (lane === 0) return `${name}.equityRange`;
  return lane <= shape.scenarios
    ? `${name}.scenarioRange[${lane - 1}]`
    : `${name}.greekRange[${lane - 1 - shape.scenarios}]`;
};

describe("sums and charges", () => {
  it.each([0, 1])("of account %d can't be off by one in any lane", (account) => {
    for (let lane = 0; lane < LANES; lane++) {
      const { caught } = attackBatch(
        batch,
        inputs,
        move("lanes", { [account * LANES + lane]: (old) => old + 1n }),
      );
      expect(caught.filter((label) => !label.includes("cover.range"))).toEqual([`sum of account ${account}`]);
    }
    const charges = changed(inputs, "charges", { [account]: (old) => old - 1n });
    expect(attackBatch(batch, inputs, { charges }).caught).toEqual([`sum of account ${account}`]);
  });

  it("can't borrow from the next limb: not in the table's packing, nor in that of the claims", () => {
    for (let lane = 0; lane + 1 < LANES; lane++) {
      for (const [bits, shared] of [
        [LANE_BITS, lane % 3 < 2],
        [58n, lane % 4 < 3],
      ] as const) {
        const lanes = changed(inputs, "lanes", {
          [lane]: (old) => old + (1n << bits),
          [lane + 1]: (old) => old - 1n,
        });
        const worstLoss = listOf(inputs, "worstLoss");
        for (const lies of [{}, absorbed(batch.full, `main.${window(0, lane).slice(6)}`)]) {
          const { caught, assignment } = attackBatch(batch, inputs, { lanes, worstLoss }, lies);
          expect(caught).toContain(window(0, lane));
          const [name, per] = bits === LANE_BITS ? ["sums", 3] : ["claims", 4];
          const element = `main.account[0].${name}[${Math.floor(lane / Number(per))}]`;
          if (shared) expect(assignment.value(element)).toBe(honest.assignment.value(element));
        }
      }
    }
  });

  it("can't make W anything but the worst loss", () => {
    const worst = at(listOf(inputs, "worstLoss"), 1);
    expect(worst > 1n).toBe(true);
    const claim = (value: bigint) => attackBatch(batch, inputs, move("worstLoss", { 1: value })).caught;
    expect(claim(worst + 1n)).toEqual(["attained of account 1"]);
    for (const less of [worst - 1n, 0n]) {
      expect(claim(less)).toContainEqual(
        expect.stringMatching(/^range account\[1\]\.portfolio\.lane\.scenarioRange/),
      );
    }
  });

  it("can't leave the window of 56 bits", () => {
    const rich = move("lanes", { 0: 1n << 56n });
    expect(attackBatch(batch, inputs, rich).caught).toContain("range account[0].portfolio.lane.equityRange");
    expect(attackBatch(batch, inputs, move("charges", { 0: 1n << 56n })).caught).toContain(
      "range account[0].portfolio.chargesRange",
    );
  });
});

describe("tiers and demand", () => {
  // Account 1 is in tier 2; each lie would show it in tier 1, whose exposures nobody has to hedge.
  const shaded: Record<string, Lie> = { "main.account[1].bit[2]": 0n, "main.account[1].bit[1]": 1n };

  it("can't be shaded: not by its bits, the thresholds it is below, the margin, or the sign of equity", () => {
    expect(attackBatch(batch, inputs, {}, shaded).caught).toEqual(["right tier of account 1"]);
    for (const [lie, law] of [
      [{ "main.account[1].result.below[1]": 0n }, /^law account\[1\]\.result\.(IsBelow|below)/],
      [{ "main.account[1].result.tier": 1n }, /^law account\[1\]\.result\.below\[0\]/],
      [
        { "main.account[1].portfolio.requirement.margin": 0n },
        /^law account\[1\]\.portfolio\.requirement\.addOn account\[1\]\.portfolio\.requirement\.margin/,
      ],
      [
        { "main.account[1].portfolio.lane.equityIsNegative": 1n },
        /^law account\[1\]\.portfolio\.lane\.equityIsNegative/,
      ],
    ] as const) {
      const { caught } = attackBatch(batch, inputs, {}, lie as Record<string, Lie>);
      expect(caught).toEqual([expect.stringMatching(law)]);
    }
  });

  it("can't be shaded by other policies than the public one, within or outside its ranges", () => {
    const policy = changed(inputs, "policy", { 0: 1n << 32n });
    expect(attackBatch(batch, inputs, { policy }).caught).toContainEqual(
      expect.stringMatching(/^range margin\.UnsignedRange/),
    );
    // A policy within its ranges is another public input: it gives other tiers, and isn't the snapshot's.
    const mild = listOf(inputs, "policy").map((element, i) => (i < 13 ? 0n : element));
    const { caught, assignment } = attackBatch(batch, inputs, { policy: mild });
    expect(caught).toEqual([]);
    expect(assignment.value("main.account[1].bit[2]")).toBe(0n);
  });

  it("can't leave out what is to be hedged, nor count an account twice or not at all", () => {
    const value = honest.assignment.value;
    expect(value("main.account[0].demand[0]")).toBe(0n);
    expect(value("main.account[1].demand[0]")).toBe(
      value("main.account[1].portfolio.requirement.exposure[0]"),
    );
    for (const [lie, law] of [
      [
        { "main.account[1].engaged": 0n },
        /^law account\[1\]\.bit\[2\] account\[1\]\.bit\[3\] account\[1\]\.bit\[4\] account\[1\]\.engaged/,
      ],
      [{ "main.account[1].demand[0]": 0n }, /^law account\[1\]\.Product/],
      [{ "main.account[1].tierIs[2]": 0n }, /^law account\[1\]\.Bit\[2\]/],
      [{ "main.share.all.tiers[2]": 2n }, /^law share\.all\.tiers\[2\]/],
      [{ "main.share.all.demand[0]": 0n }, /^law share\.all\.demand\[0\]/],
    ] as const) {
      const { caught } = attackBatch(batch, inputs, {}, lie as Record<string, Lie>);
      expect(caught).toEqual([expect.stringMatching(law)]);
    }
  });
});
