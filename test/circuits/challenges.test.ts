import { describe, expect, it } from "vitest";
import { invert, reduce, toField, toSigned } from "../../src/math/field.ts";
import { hash, hashTo } from "../../src/math/poseidon.ts";
import { packSlots } from "../../src/portfolio/commitment.ts";
import { packLanes } from "../../src/risk/table.ts";
import { attack, changed, forge, listOf } from "../helpers/circuit-attack.ts";
import { circuit, EMPTY, holding, slot, victim } from "../helpers/circuit-fixture.ts";
import { at, mod } from "../helpers/r1cs.ts";
import type { Inputs, Lie } from "../helpers/r1cs-forge.ts";

// The order of the challenges is the security of the system: whatever an equation tests is in the hash that makes
// its challenge, or was fixed before it.

const { inputs } = victim;
const { slots, rows } = circuit.instance;
const honest = forge(circuit, inputs).assignment.value;
const [BETA, ALPHA, GAMMA] = [
  "main.account.value.first.beta",
  "main.account.value.second.alpha",
  "main.account.value.second.gamma",
] as const;
const bump = (name: string, index: number): Inputs => ({
  [name]: changed(inputs, name, { [index]: (old) => old + 1n }),
});
const single = (name: keyof typeof inputs): bigint => BigInt(String(inputs[name]));

describe("the challenges, computed once more in TypeScript", () => {
  const lanes = listOf(inputs, "lanes").map((lane) => toSigned(toField(lane)));
  const bits = Array.from({ length: rows }, (_, n) => [
    at(listOf(inputs, "usedLong"), n),
    at(listOf(inputs, "usedShort"), n),
  ]).flat();
  const used = bits.reduce((sum, bit, i) => sum + (bit << BigInt(i)), 0n);

  it("commitment = H(portfolio, accountId, salt, slots)", () => {
    const packed = packSlots([slot(2, 700n), slot(4, 300n, 1), slot(5, 55n), EMPTY]);
    expect(honest("main.account.portfolio.commitment")).toBe(
      hash("portfolio", [single("accountId"), single("salt"), ...packed]),
    );
  });

  it("beta = H(beta, snapshotId, commitment, sums, charges, used bits)", () => {
    const bound = [single("snapshotId"), single("commitment"), ...packLanes(lanes), single("charges"), used];
    expect(honest(BETA)).toBe(hash("beta", bound));
  });

  it("alpha, gamma = H(alpha, beta, slot values)", () => {
    const values = Array.from({ length: slots }, (_, i) => honest(`main.account.value.slotValue[${i}]`));
    const [alpha, gamma] = hashTo("alpha", [honest(BETA), ...values], 2);
    expect([honest(ALPHA), honest(GAMMA)]).toEqual([alpha, gamma]);
  });

  it("are the ones that the equations use", () => {
    const { value } = forge(circuit, inputs).assignment;
    expect([
      value("main.account.value.rows.beta"),
      value("main.account.value.total[0].beta"),
      value("main.account.value.second.beta"),
    ]).toEqual(Array(3).fill(honest(BETA)));
    expect([value("main.account.value.lookup.alpha"), value("main.account.value.lookup.gamma")]).toEqual([
      honest(ALPHA),
      honest(GAMMA),
    ]);
  });
});

describe("beta changes with", () => {
  const changes: [string, Inputs][] = [
    ["snapshotId", { snapshotId: single("snapshotId") + 1n }],
    ["accountId, through the commitment", { accountId: 1n }],
    ["salt, through the commitment", { salt: 1n }],
    ["commitment", { commitment: 1n }],
    ["charges", { charges: single("charges") + 1n }],
    ...["quantity", "id", "isShort"].flatMap((name) =>
      Array.from({ length: slots }, (_, i): [string, Inputs] => [`${name} of slot ${i}`, bump(name, i)]),
    ),
    ...Array.from({ length: 12 }, (_, i): [string, Inputs] => [`lane ${i}`, bump("lanes", i)]),
    ...["usedLong", "usedShort"].flatMap((name) =>
      Array.from({ length: rows }, (_, n): [string, Inputs] => [`${name} of row ${n}`, bump(name, n)]),
    ),
  ];
  it.each(changes)("%s", (_, change) => {
    const { value } = attack(circuit, inputs, change).assignment;
    expect(value(BETA)).not.toBe(honest(BETA));
    expect(value(ALPHA)).not.toBe(honest(ALPHA));
  });

  it("nothing that a verifier fixes elsewhere: table and policy are in the snapshot's id", () => {
    const seen = [bump("table", 0), bump("policy", 0), { context: 1n }, { tier: 1n }];
    for (const change of seen)
      expect(attack(circuit, inputs, change).assignment.value(BETA)).toBe(honest(BETA));
  });
});

describe("alpha and gamma change with", () => {
  it.each([0, 1, 2, 3])("the value of slot %d, and beta doesn't", (i) => {
    const lie: Lie = (_, value) => value + 1n;
    const { value } = forge(circuit, inputs, { [`main.account.value.slotValue[${i}]`]: lie }).assignment;
    expect(value(BETA)).toBe(honest(BETA));
    expect(value(ALPHA)).not.toBe(honest(ALPHA));
    expect(value(GAMMA)).not.toBe(honest(GAMMA));
  });
});

describe("an attacker who knew a challenge before choosing what it tests", () => {
  it("would price a slot as they like, knowing alpha and gamma: only the hash stands against it", () => {
    // Slot 0 takes the value of row 6, and slot 2, which has no lots, makes up for it in the lookup.
    const start = holding([slot(2, 700n), slot(4, 300n, 1), slot(5, 0n), EMPTY]);
    const priced = holding([slot(6, 700n), slot(4, 300n, 1), EMPTY, EMPTY]);
    const [alpha, gamma] = [12_345n, 678n];
    const invertOf = (value: bigint): bigint => invert(reduce(value));
    const pole = (id: bigint, side: bigint, value: bigint): bigint =>
      id + gamma * gamma * side + gamma * value;
    const lies: Record<string, Lie> = {
      [ALPHA]: alpha,
      [GAMMA]: gamma,
      "main.account.value.slotValue[0]": (value) => value("main.account.value.rows.long[6]"),
      "main.account.value.slotValue[2]": (value) => {
        const [id, x] = [
          (i: number) => value(`main.account.value.rows.id[${i}]`),
          (i: number) => value(`main.account.value.rows.long[${i}]`),
        ];
        // What rows 2 and 5 have, less what slot 0 takes; slot 1 and the empty slot have their own.
        const rest =
          invertOf(alpha - pole(id(2), 0n, x(2))) +
          invertOf(alpha - pole(id(5), 0n, x(5))) -
          invertOf(alpha - pole(id(2), 0n, x(6)));
        return (alpha - invertOf(rest) - id(5)) * invertOf(gamma);
      },
    };
    const { lanes, worstLoss, charges } = priced.inputs;
    expect(lanes).not.toEqual(start.inputs.lanes);
    const { caught } = attack(circuit, start.inputs, { lanes, worstLoss, charges }, lies);
    expect(caught).toEqual([
      expect.stringMatching(/^law value\.second\.alpha value\.second\.h\.out/),
      expect.stringMatching(/^law value\.second\.gamma value\.second\.h\.out/),
    ]);
  });

  it("would claim any equity, knowing beta: only the hash stands against it", () => {
    // Lane 0 weighs beta, lane 3 weighs beta^2: with beta = 3 a million USD more is a loss of a third elsewhere.
    const million = 3n * 10n ** 12n;
    const lanes = changed(inputs, "lanes", { 0: (old) => old + million, 3: (old) => old - million / 3n });
    const { caught, assignment } = attack(circuit, inputs, { lanes }, { [BETA]: 3n });
    expect(caught).toEqual([expect.stringMatching(/^law value\.first\.beta value\.first\.h\.out/)]);
    expect(assignment.value("main.account.portfolio.lane.equity")).toBe(
      mod(honest("main.account.portfolio.lane.equity") + million),
    );
  });
});
