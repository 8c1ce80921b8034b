import { describe, expect, it } from "vitest";
import { toField, toSigned } from "../../../src/math/field.ts";
import { changed, forge, listOf } from "../../helpers/circuit-attack.ts";
import { slowHash } from "../../helpers/circuit-poseidon.ts";
import { attackBatch } from "../../helpers/circuit-solvency.ts";
import { batch, batchInputs, snapshot } from "../../helpers/circuit-solvency-fixture.ts";
import { at, mod } from "../../helpers/r1cs.ts";
import type { Inputs, Lie } from "../../helpers/r1cs-forge.ts";

// One pair of challenges for all accounts of a batch: whatever an equation tests is in the hash that makes its challenge, or
// was fixed before it (docs/protocol/encodings.md, 7).

const inputs = at(batchInputs, 0);
const { accounts, slots, rows } = batch.instance;
const LANES = listOf(inputs, "lanes").length / accounts;
const honest = forge(batch, inputs).assignment.value;
const [BETA, ALPHA, GAMMA] = [
  "main.value.first.beta",
  "main.value.second.alpha",
  "main.value.second.gamma",
] as const;
const single = (name: string): bigint => BigInt(String(inputs[name]));
const bump = (name: string, index: number): Inputs => ({
  [name]: changed(inputs, name, { [index]: (old) => old + 1n }),
});

describe("the challenges, computed once more from docs/protocol/encodings.md", () => {
  const windows = (values: readonly bigint[], bits: number, per: number): bigint[] =>
    Array.from({ length: Math.ceil(values.length / per) }, (_, e) =>
      mod(
        values
          .slice(e * per, (e + 1) * per)
          .reduce((sum, value, i) => sum + value * 2n ** BigInt(bits * i), 0n),
      ),
    );
  const leaves = Array.from({ length: accounts }, (_, a) => {
    const of = (name: string): bigint[] => listOf(inputs, name).slice(a * slots, (a + 1) * slots);
    const [quantity, id, isShort] = [of("quantity"), of("id"), of("isShort")];
    const packed = windows(
      quantity.map((q, i) => q + at(id, i) * 2n ** 36n + at(isShort, i) * 2n ** 56n),
      57,
      4,
    );
    const accountId = at(listOf(inputs, "accountId"), a);
    const commitment = at(slowHash("portfolio", [accountId, at(listOf(inputs, "salt"), a), ...packed], 1), 0);
    return at(slowHash("account", [accountId, commitment], 1), 0);
  });

  it("beta = H(batch.beta, snapshotId, batchRoot, claims of each account, counts)", () => {
    const batchRoot = at(slowHash("node", leaves, 1), 0);
    const claims = Array.from({ length: accounts }, (_, a) => {
      const lanes = listOf(inputs, "lanes").slice(a * LANES, (a + 1) * LANES);
      const signed = lanes.map((lane) => toSigned(toField(lane)));
      return windows([...signed, at(listOf(inputs, "charges"), a)], 58, 4);
    }).flat();
    const counts = Array.from({ length: rows }, (_, n) => [
      at(listOf(inputs, "usedLong"), n),
      at(listOf(inputs, "usedShort"), n),
    ]).flat();
    const used = windows(counts, 4, 62); // 8 slots: counts of 4 bits
    expect([honest(BETA)]).toEqual(
      slowHash("batch.beta", [snapshot.snapshotId, batchRoot, ...claims, ...used], 1),
    );
  });

  it("alpha, gamma = H(batch.alpha, beta, slot values, account by account)", () => {
    const values = Array.from({ length: accounts * slots }, (_, i) => honest(`main.value.slotValue[${i}]`));
    expect([honest(ALPHA), honest(GAMMA)]).toEqual(slowHash("batch.alpha", [honest(BETA), ...values], 2));
  });

  it("are the ones that the equations of all accounts use", () => {
    const betas = ["rows", "second", ...Array.from({ length: accounts }, (_, a) => `total[${a}]`)];
    for (const name of betas) expect(honest(`main.value.${name}.beta`)).toBe(honest(BETA));
    expect([honest("main.value.lookup.alpha"), honest("main.value.lookup.gamma")]).toEqual([
      honest(ALPHA),
      honest(GAMMA),
    ]);
  });
});

describe("beta changes with", () => {
  const every = (name: string): [string, Inputs][] =>
    listOf(inputs, name).map((_, i): [string, Inputs] => [`${name} ${i}`, bump(name, i)]);
  const changes: [string, Inputs][] = [
    ["snapshotId", { snapshotId: single("snapshotId") + 1n }],
    ...[
      "present",
      "accountId",
      "salt",
      "quantity",
      "id",
      "isShort",
      "lanes",
      "charges",
      "usedLong",
      "usedShort",
    ].flatMap(every),
  ];
  it.each(changes)("%s", (_, change) => {
    const { value } = batch.forger.derive({ ...inputs, ...change });
    expect(value(BETA)).not.toBe(honest(BETA));
    expect(value(ALPHA)).not.toBe(honest(ALPHA));
    expect(value(GAMMA)).not.toBe(honest(GAMMA));
  });

  it("nothing that is fixed elsewhere, or that no equation tests at it", () => {
    const lists = [
      "table",
      "policy",
      "worstLoss",
      "indexBit",
      "sibling",
      "added",
      "second",
      "isLargest",
      "isSecond",
    ];
    const singles = [
      "accountsRoot",
      "batchIndex",
      "stateIn",
      "stateOut",
      "context",
      "isLast",
      "runSalt",
      "zeta",
    ];
    const changes = [
      ...lists.map((name) => bump(name, 0)),
      ...singles.map((name) => ({ [name]: single(name) + 1n })),
    ];
    for (const change of changes) {
      expect(batch.forger.derive({ ...inputs, ...change }).value(BETA)).toBe(honest(BETA));
    }
    const names = new Set([...changes.flatMap(Object.keys)]);
    const bound = [
      "snapshotId",
      "present",
      "accountId",
      "salt",
      "quantity",
      "id",
      "isShort",
      "lanes",
      "charges",
      "usedLong",
      "usedShort",
    ];
    expect([...names, ...bound].sort()).toEqual(Object.keys(inputs).sort());
  });
});

describe("alpha and gamma change with", () => {
  it.each(Array.from({ length: accounts * slots }, (_, i) => i))(
    "the value of slot %d, and beta doesn't",
    (i) => {
      const lie: Lie = (_, value) => value + 1n;
      const { value } = batch.forger.derive(inputs, { [`main.value.slotValue[${i}]`]: lie });
      expect(value(BETA)).toBe(honest(BETA));
      expect(value(ALPHA)).not.toBe(honest(ALPHA));
      expect(value(GAMMA)).not.toBe(honest(GAMMA));
    },
  );
});

describe("an attacker who knew beta before choosing the sums", () => {
  it("would claim any equity for one account: only the hash stands against it", () => {
    // Lane 0 weighs beta, lane 3 weighs beta^2: with beta = 3 a thousand USD more is a loss of a third elsewhere.
    const more = 3n * 10n ** 9n;
    const lanes = changed(inputs, "lanes", {
      [LANES]: (old) => old + more,
      [LANES + 3]: (old) => old - more / 3n,
    });
    const { caught, assignment } = attackBatch(batch, inputs, { lanes }, { [BETA]: 3n });
    expect(caught.filter((label) => !label.includes("cover.range"))).toEqual([
      expect.stringMatching(/^law value\.first\.beta value\.first\.h\.out/),
    ]);
    expect(assignment.value("main.account[1].portfolio.lane.equity")).toBe(
      mod(honest("main.account[1].portfolio.lane.equity") + more),
    );
  });

  it("would move value from account to account only against both sums: one beta tests each account alone", () => {
    const lanes = changed(inputs, "lanes", { 0: (old) => old - 5n, [LANES]: (old) => old + 5n });
    expect(attackBatch(batch, inputs, { lanes }).caught).toEqual(["sum of account 0", "sum of account 1"]);
  });
});
