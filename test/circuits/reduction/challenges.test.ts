import { describe, expect, it } from "vitest";
import { toField, toSigned } from "../../../src/math/field.ts";
import { hash, hashTo } from "../../../src/math/poseidon.ts";
import { changed, listOf } from "../../helpers/circuit-attack.ts";
import { attackReduction, REDUCTION, reduction, SLICE, snapshot } from "../../helpers/circuit-reduction.ts";
import { at, mod } from "../../helpers/r1cs.ts";
import type { Inputs } from "../../helpers/r1cs-forge.ts";

// One pair of challenges for both portfolios: whatever an equation tests is in the hash that makes its challenge, or was fixed
// before it (docs/protocol/encodings.md, 8).

const { inputs } = SLICE;
const { slots, rows } = REDUCTION;
const LANES = listOf(inputs, "lanes").length / 2;
const honest = reduction.forger.derive(inputs).value;
const [BETA, ALPHA, GAMMA] = [
  "main.value.first.beta",
  "main.value.second.alpha",
  "main.value.second.gamma",
] as const;
const single = (name: string): bigint => BigInt(String(inputs[name]));
const bump = (name: string, index: number): Inputs => ({
  [name]: changed(inputs, name, { [index]: (old) => old + 1n }),
});
const every = (name: string): [string, Inputs][] =>
  listOf(inputs, name).map((_, i): [string, Inputs] => [`${name} ${i}`, bump(name, i)]);

describe("the challenges, computed once more from docs/protocol/encodings.md", () => {
  it("beta = H(reduction, snapshotId, both commitments, claims of both, counts)", () => {
    const windows = (values: readonly bigint[], bits: number, per: number): bigint[] =>
      Array.from({ length: Math.ceil(values.length / per) }, (_, e) =>
        mod(
          values
            .slice(e * per, (e + 1) * per)
            .reduce((sum, value, i) => sum + value * 2n ** BigInt(bits * i), 0n),
        ),
      );
    const claims = [0, 1].flatMap((k) => {
      const lanes = listOf(inputs, "lanes").slice(k * LANES, (k + 1) * LANES);
      const signed = lanes.map((lane) => toSigned(toField(lane)));
      return windows([...signed, at(listOf(inputs, "charges"), k)], 58, 4);
    });
    const counts = Array.from({ length: rows }, (_, n) => [
      at(listOf(inputs, "usedLong"), n),
      at(listOf(inputs, "usedShort"), n),
    ]).flat();
    const bound = [snapshot.snapshotId, single("oldCommitment"), single("newCommitment"), ...claims];
    expect(honest(BETA)).toBe(hash("reduction", [...bound, ...windows(counts, 2, 125)]));
  });

  it("alpha, gamma = H(batch.alpha, beta, slot values of the old portfolio, then of the new)", () => {
    const values = Array.from({ length: 2 * slots }, (_, i) => honest(`main.value.slotValue[${i}]`));
    expect([honest(ALPHA), honest(GAMMA)]).toEqual(hashTo("batch.alpha", [honest(BETA), ...values], 2));
  });

  it("are the ones that the equations of both use", () => {
    for (const name of ["rows", "second", "total[0]", "total[1]"])
      expect(honest(`main.value.${name}.beta`)).toBe(honest(BETA));
    expect([honest("main.value.lookup.alpha"), honest("main.value.lookup.gamma")]).toEqual([
      honest(ALPHA),
      honest(GAMMA),
    ]);
  });
});

describe("beta changes with", () => {
  const bound = ["lanes", "charges", "usedLong", "usedShort"];
  const changes: [string, Inputs][] = [
    ...["snapshotId", "oldCommitment", "newCommitment"].map((name): [string, Inputs] => [
      name,
      { [name]: single(name) + 1n },
    ]),
    ...bound.flatMap(every),
  ];
  it.each(changes)("%s", (_, change) => {
    const { value } = reduction.forger.derive({ ...inputs, ...change });
    for (const name of [BETA, ALPHA, GAMMA]) expect(value(name)).not.toBe(honest(name));
  });

  it.each(["salt", "quantity", "id", "isShort"].flatMap(every))("%s, through its commitment", (_, change) => {
    const { assignment } = attackReduction(inputs, change);
    for (const name of [BETA, ALPHA, GAMMA]) expect(assignment.value(name)).not.toBe(honest(name));
  });

  it("nothing that is fixed elsewhere, or that no equation tests at it", () => {
    const changes = [
      ...["table", "policy", "worstLoss", "isLevel"].map((name) => bump(name, 0)),
      ...["maxPenalty", "context"].map((name) => ({ [name]: single(name) + 1n })),
    ];
    for (const change of changes)
      expect(reduction.forger.derive({ ...inputs, ...change }).value(BETA)).toBe(honest(BETA));
    const throughCommitments = ["accountId", "salt", "quantity", "id", "isShort"];
    const all = [...bound, "snapshotId", "oldCommitment", "newCommitment", ...throughCommitments];
    expect([...all, ...changes.flatMap(Object.keys)].sort()).toEqual(Object.keys(inputs).sort());
  });
});

describe("alpha and gamma change with", () => {
  it.each(Array.from({ length: 2 * slots }, (_, i) => i))("the value of slot %d, and beta doesn't", (i) => {
    const { value } = reduction.forger.derive(inputs, {
      [`main.value.slotValue[${i}]`]: (_, old) => old + 1n,
    });
    expect(value(BETA)).toBe(honest(BETA));
    for (const name of [ALPHA, GAMMA]) expect(value(name)).not.toBe(honest(name));
  });
});

describe("an attacker who knew beta before choosing the sums", () => {
  it("would hide a loss of the new portfolio: only the hash stands against it", () => {
    // Lane 0 weighs beta, lane 3 weighs beta^2: with beta = 3 a thousand USD more is a loss of a third elsewhere.
    const more = 3n * 10n ** 9n;
    const lanes = changed(inputs, "lanes", {
      [LANES]: (old) => old + more,
      [LANES + 3]: (old) => old - more / 3n,
    });
    const { caught } = attackReduction(inputs, { lanes }, { [BETA]: 3n });
    expect(caught.filter((label) => !label.startsWith("range rule."))).toEqual([
      expect.stringMatching(/^law value\.first\.beta value\.first\.h\.out/),
    ]);
  });
});
