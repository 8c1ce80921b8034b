import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { at } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

// The rules as a gadget, at the ends of all ranges, against their definition written once more: each refusal comes from the one
// range check that is there for it.

const SEED = 20_261_125;
const [MARGIN, GAMMA, EQUITY, THRESHOLD, PENALTY] = [1n << 112n, 1n << 56n, 1n << 56n, 1n << 32n, 1n << 20n];
const SCALE18 = 10n ** 18n;
const BODY = `signal input margin[2]; signal input shortGamma[4]; signal input equity[2]; signal input threshold[3];
  signal input maxPenalty; signal input isLevel[5];
  component r = ReductionRules(2); component m[2]; component g[4]; component e[2]; component t[3];
  for (var k = 0; k < 2; k++) {
    m[k] = UnsignedRange(112); m[k].value <== margin[k]; r.margin[k] <== m[k].ranged;
    e[k] = SignedRange(56); e[k].value <== equity[k]; r.equity[k] <== e[k].ranged; _ <== e[k].isNegative;
  }
  for (var i = 0; i < 4; i++) {
    g[i] = UnsignedRange(56); g[i].value <== shortGamma[i]; r.shortGamma[i \\ 2][i % 2] <== g[i].ranged;
  }
  for (var k = 0; k < 3; k++) { t[k] = UnsignedRange(32); t[k].value <== threshold[k]; r.threshold[k] <== t[k].ranged; }
  component p = UnsignedRange(PENALTY_BITS()); p.value <== maxPenalty; r.maxPenalty <== p.ranged;
  r.isLevel <== isLevel;`;
const gadget = openTemplate("reduction_rules_2", ["reduction/rules.circom"], BODY, [
  "margin",
  "shortGamma",
  "equity",
  "threshold",
  "maxPenalty",
  "isLevel",
]);

interface Case {
  readonly margin: readonly [bigint, bigint];
  /** Of both underlyings before, then after. */
  readonly shortGamma: readonly [bigint, bigint, bigint, bigint];
  readonly equity: readonly [bigint, bigint];
  readonly threshold: readonly [bigint, bigint, bigint];
  readonly maxPenalty: bigint;
}

const BASE: Case = {
  margin: [100n * SCALE18, 60n * SCALE18],
  shortGamma: [7n, 9n, 7n, 9n],
  equity: [90_000_000n, 90_000_000n],
  threshold: [1_250_000n, 1_100_000n, 1_000_000n],
  maxPenalty: 20_000n,
};
const RULES = {
  margin: "range r.freed.difference",
  gamma0: "range r.bought[0].difference",
  gamma1: "range r.bought[1].difference",
  above: "range r.tier.reached",
  below: "range r.tier.missed",
  penalty: "range r.rest",
} as const;

const oneHot = (level: number): bigint[] => [0, 1, 2, 3, 4].map((k) => (k === level ? 1n : 0n));
const caughtAt = (given: Case, level: number): readonly string[] =>
  gadget.run({ ...given, isLevel: oneHot(level) }).caught;

/** How many thresholds an equity is below, and one more where it is negative. */
function tierOf({ equity, margin, threshold }: Case, k: 0 | 1): number {
  const failed = threshold.filter((level) => SCALE18 * at(equity, k) < level * at(margin, k)).length;
  return failed + (at(equity, k) < 0n ? 1 : 0);
}

/** What stands against a case at a level, by the rules' definition. */
function expected(given: Case, level: number): string[] {
  const { margin, shortGamma, equity, maxPenalty } = given;
  const broken = [
    [margin[1] > margin[0], RULES.margin],
    [shortGamma[2] > shortGamma[0], RULES.gamma0],
    [shortGamma[3] > shortGamma[1], RULES.gamma1],
    [tierOf(given, 1) > level, RULES.above],
    [tierOf(given, 0) < level, RULES.below],
  ] as const;
  const labels: string[] = broken.flatMap(([isBroken, label]) => (isBroken ? [label] : []));
  // Where margin is freed a gain is no loss; where it grows, what is allowed is negative.
  const lost = equity[0] - equity[1];
  if (maxPenalty * (margin[0] - margin[1]) < SCALE18 * lost) labels.push(RULES.penalty);
  return labels.sort();
}

/** All five levels: what stands against each is what the definition says. */
function check(given: Case, label = ""): boolean {
  const passing = [0, 1, 2, 3, 4].filter((level) => {
    const caught = caughtAt(given, level);
    expect(caught, `${label} level ${level}`).toEqual(expected(given, level));
    return caught.length === 0;
  });
  return passing.length > 0;
}

describe("ReductionRules", () => {
  it("take what keeps everything, and what frees all margin", () => {
    const same = { ...BASE, margin: [BASE.margin[0], BASE.margin[0]], maxPenalty: 0n } as const;
    expect(check(same)).toBe(true);
    expect(check({ ...BASE, margin: [MARGIN - 1n, 0n], shortGamma: [GAMMA - 1n, GAMMA - 1n, 0n, 0n] })).toBe(
      true,
    );
  });

  it("know the margin to the unit", () => {
    const [old] = BASE.margin;
    expect(check({ ...BASE, margin: [old, old] })).toBe(true);
    const grown = caughtAt({ ...BASE, margin: [old, old + 1n] }, 3);
    expect(grown).toEqual([RULES.margin, RULES.penalty].sort());
    const richer = { ...BASE, equity: [90_000_000n, 91_000_000n] } as const;
    expect(caughtAt({ ...richer, margin: [old, old + 1n] }, 3)).toEqual([RULES.margin]);
    expect(
      caughtAt({ ...richer, margin: [0n, MARGIN - 1n], threshold: [0n, 0n, 0n], maxPenalty: 0n }, 0),
    ).toEqual([RULES.margin]);
  });

  it.each([0, 1])("know the short gamma of underlying %d to the unit, whatever the other gains", (u) => {
    const other = 1 - u;
    const gamma = (mine: bigint, others: bigint): Case["shortGamma"] => {
      const after = [0n, 0n];
      after[u] = mine;
      after[other] = others;
      return [7n, 9n, at(after, 0), at(after, 1)];
    };
    const own = u === 0 ? 7n : 9n;
    expect(check({ ...BASE, shortGamma: gamma(own, 0n) })).toBe(true);
    expect(caughtAt({ ...BASE, shortGamma: gamma(own + 1n, 0n) }, 3)).toEqual([
      u === 0 ? RULES.gamma0 : RULES.gamma1,
    ]);
    expect(caughtAt({ ...BASE, shortGamma: gamma(GAMMA - 1n, 0n) }, 3)).toHaveLength(1);
  });

  it("know the penalty to the unit", () => {
    // 1 USD of margin is freed: 10^18 at scale 10^12 of a micro-USD; 1,000 ppm of it are 1,000 micro-USD
    const given = { ...BASE, margin: [100n * SCALE18, 99n * SCALE18], maxPenalty: 1_000n } as const;
    expect(caughtAt({ ...given, equity: [90_000_000n, 89_999_000n] }, 3)).toEqual([]);
    expect(caughtAt({ ...given, equity: [90_000_000n, 89_998_999n] }, 3)).toEqual([RULES.penalty]);
    const less = { ...given, margin: [100n * SCALE18, 99n * SCALE18 + 1n] } as const;
    expect(caughtAt({ ...less, equity: [90_000_000n, 89_999_000n] }, 3)).toEqual([RULES.penalty]);
    expect(caughtAt({ ...given, maxPenalty: 999n, equity: [90_000_000n, 89_999_000n] }, 3)).toEqual([
      RULES.penalty,
    ]);
    // a gain is no negative loss to be set off, and no field element that is too large
    expect(caughtAt({ ...given, maxPenalty: 0n, equity: [-EQUITY, EQUITY - 1n] }, 0)).not.toContain(
      RULES.penalty,
    );
    expect(caughtAt({ ...given, maxPenalty: PENALTY - 1n, equity: [EQUITY - 1n, -EQUITY] }, 3)).toContain(
      RULES.penalty,
    );
  });

  it("know every tier against every other: a level between them, or none", () => {
    // margin 100 USD: edges at 125, 110, 100 and 0 USD
    const equities = [125n, 124n, 110n, 109n, 100n, 99n, 0n, -1n].map((usd) => usd * 1_000_000n);
    const seen = new Set<string>();
    for (const before of equities) {
      for (const after of equities) {
        const margin = [100n * SCALE18, 100n * SCALE18] as const;
        const given = { ...BASE, margin, equity: [before, after] } as const;
        const tiers = [tierOf(given, 0), tierOf(given, 1)] as const;
        seen.add(tiers.join());
        const between = [0, 1, 2, 3, 4].filter((level) => tiers[1] <= level && level <= tiers[0]);
        for (let level = 0; level < 5; level++) {
          const caught = caughtAt(given, level).filter((label) => label.startsWith("range r.tier"));
          expect(caught.length === 0, `${tiers} at ${level}`).toBe(between.includes(level));
        }
      }
    }
    expect(seen.size).toBe(25);
  });

  it("know the edges of the tiers to a micro-USD", () => {
    const usd = 1_000_000n;
    const margin = [100n * SCALE18, 100n * SCALE18] as const;
    for (const [level, edge] of [125n * usd, 110n * usd, 100n * usd, 0n].entries()) {
      const refusedBy = (before: bigint, after: bigint, at: number) =>
        caughtAt({ ...BASE, margin, equity: [before, after] }, at).filter((label) =>
          label.startsWith("range r.tier"),
        );
      // not below the edge: tier `level`; one less: the next tier
      expect(refusedBy(-EQUITY, edge, level)).toEqual([]);
      expect(refusedBy(-EQUITY, edge - 1n, level)).toEqual([RULES.above]);
      expect(refusedBy(edge - 1n, EQUITY - 1n, level + 1)).toEqual([]);
      expect(refusedBy(edge, EQUITY - 1n, level + 1)).toEqual([RULES.below]);
    }
  });

  it("take the least and the greatest of everything", () => {
    for (const equity of [-EQUITY, -1n, 0n, EQUITY - 1n]) {
      for (const margin of [0n, 1n, MARGIN - 1n]) {
        for (const top of [0n, THRESHOLD - 1n]) {
          check({
            margin: [margin, margin],
            shortGamma: [GAMMA - 1n, 0n, GAMMA - 1n, 0n],
            equity: [equity, equity],
            threshold: [top, top, top],
            maxPenalty: PENALTY - 1n,
          });
        }
      }
    }
  });

  it(`equal their definition on 120 random cases at every level (seed ${SEED})`, () => {
    let held = 0;
    for (let run = 0; run < 120; run++) {
      const random = new Random(`rules ${SEED} ${run}`);
      const bits = random.pick([30, 70, 112]);
      const old = random.unsigned(1n << BigInt(bits));
      const next = random.pick([old, old / 2n, random.unsigned(1n << BigInt(bits))]);
      const gammas = [random.unsigned(GAMMA), random.unsigned(GAMMA)] as const;
      const freed = old > next ? old - next : 0n;
      const maxPenalty = random.unsigned(PENALTY);
      const before = random.signed(1n << BigInt(random.pick([20, 40, 55])));
      const most = (maxPenalty * freed) / SCALE18;
      const step = random.pick([0n, 1n, -1n, 1_000n]);
      const after = before - (most < 1n << 54n ? most : 1n << 54n) + step;
      const given: Case = {
        margin: [old, next],
        shortGamma: [
          ...gammas,
          random.pick([gammas[0], gammas[0] / 2n]),
          random.pick([gammas[1], gammas[0]]),
        ],
        equity: [before, after],
        threshold: [1_300_000n, 1_150_000n, 1_000_000n],
        maxPenalty,
      };
      if (check(given, `run ${run} of seed ${SEED}`)) held++;
    }
    expect(held).toBeGreaterThan(15);
    expect(held).toBeLessThan(105);
  });

  it("take no level but one, and no bits that only add up to one", () => {
    // Everything holds at level 3: what is left to refuse are the marks themselves.
    for (const [isLevel, bits] of [
      [[0n, 0n, 0n, 0n, 0n], []],
      [[0n, 0n, 0n, 1n, 1n], []],
      [
        [0n, 0n, 2n, P - 1n, 0n],
        [2, 3],
      ],
      [
        [0n, 0n, 0n, 2n, P - 1n],
        [3, 4],
      ],
      [[P - 1n, 0n, 0n, 1n, 1n], [0]],
    ] as const) {
      const { caught } = gadget.run({ ...BASE, isLevel });
      const refused = caught.filter((label) => label.startsWith("bit r.tier.Bit"));
      expect(refused).toHaveLength(bits.length);
      const sum = isLevel.reduce((total, bit) => total + bit, 0n) % P;
      expect(caught.some((label) => label.startsWith("law r.tier.bit[0] r.tier.bit[1]"))).toBe(sum !== 1n);
    }
  });

  it("can't be passed by other bits of a range: not one of the six", () => {
    const broken: [Case, number, string][] = [
      [
        { ...BASE, margin: [5n, 6n], maxPenalty: 0n, equity: [1n, 2n], threshold: [0n, 0n, 0n] },
        0,
        RULES.margin,
      ],
      [{ ...BASE, shortGamma: [7n, 9n, 8n, 9n] }, 3, RULES.gamma0],
      [{ ...BASE, shortGamma: [7n, 9n, 7n, 10n] }, 3, RULES.gamma1],
      [
        {
          ...BASE,
          margin: [SCALE18 * 100_000_000n, SCALE18 * 90_000_000n],
          equity: [90_000_000n, 89_999_999n],
        },
        2,
        RULES.above,
      ],
      [{ ...BASE, equity: [200_000_000n, 200_000_000n], margin: [SCALE18, SCALE18] }, 3, RULES.below],
      [{ ...BASE, maxPenalty: 0n, equity: [90_000_000n, 89_999_999n] }, 3, RULES.penalty],
    ];
    for (const [given, level, label] of broken) {
      expect(caughtAt(given, level)).toContain(label);
      const lies = absorbed(gadget.full, `main.${label.slice("range ".length)}`);
      expect(gadget.run({ ...given, isLevel: oneHot(level) }, lies).caught).toContain(label);
    }
  });

  it.each([
    ["what is freed", "main.r.freed.out", /^law r\.freed\.difference/],
    ["what is allowed", "main.r.allowed", /^law r\.(Product|allowed)/],
    ["the new portfolio's bound", "main.r.tier.bound", /^law r\.tier\.(Product|bound)/],
    ["the old portfolio's limit", "main.r.tier.limit", /^law r\.tier\.(Product|limit)/],
    ["the next threshold", "main.r.tier.next", /^law r\.tier\.above/],
    ["the level's own threshold", "main.r.tier.own", /^law r\.tier\.below/],
  ])("compute %s: nothing else is accepted", (_, wire, law) => {
    const { caught } = gadget.run({ ...BASE, isLevel: oneHot(3) }, { [wire]: (__, honest) => honest + 1n });
    expect(caught).toContainEqual(expect.stringMatching(law));
  });
});
