import { describe, expect, it } from "vitest";
import { type Field, FIELD_MODULUS as P, toField } from "../../../src/math/field.ts";
import type { SolvencyAccount } from "../../../src/witness/solvency.ts";
import { addedElements, initialState, stateHash } from "../../../src/witness/solvency-state.ts";
import { changed, forge, listOf } from "../../helpers/circuit-attack.ts";
import { attackBatch, ownTree, remake } from "../../helpers/circuit-solvency.ts";
import {
  batch,
  batchInputs,
  places,
  remaking,
  report,
  reportInputs,
  snapshot,
  victim,
} from "../../helpers/circuit-solvency-fixture.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import { levelsOf, memoryRun } from "../../helpers/solvency-run.ts";

// Lies about which batches make a run, and which accounts a batch. The tree is published; a state hides everything else.

const account = (place: number): SolvencyAccount => {
  const found = at(places, place);
  if (found === null) throw new Error("Nobody stands there.");
  return found;
};
const stateAfter = (index: number): Field => at(victim.witnesses, index).signals.stateOut;
const { steps } = victim;
/** A plan that no account exceeds, so that nothing else than the lie in question can be caught. */
const unmarked = {
  second: victim.plan.second.map(() => 1n << 50n),
  largestPlace: victim.plan.second.map(() => -1),
  secondBatch: victim.plan.second.map(() => -1),
};

it("starts from a run that holds, each state leading to the next", () => {
  for (const inputs of batchInputs) expect(forge(batch, inputs).caught).toEqual([]);
  expect(forge(report, reportInputs).caught).toEqual([]);
  for (let index = 1; index < steps.length; index++) {
    expect(at(victim.witnesses, index).signals.stateIn).toBe(stateAfter(index - 1));
  }
  expect(reportInputs["state"]).toBe(stateAfter(steps.length - 1));
});

describe("a dropped account", () => {
  it("is missed by the root where its leaf stands in the tree and nobody is shown there", () => {
    const inputs = remake(remaking, 0, { accounts: [account(0), null] });
    expect(attackBatch(batch, inputs).caught).toEqual(["root"]);
    // In a tree of the attacker's own it passes: under a root that isn't the one customers checked their inclusion in.
    expect(ownTree(batch, inputs).caught).toEqual([]);
  });

  it("can't lend its leaf to an empty place", () => {
    const inputs = remake(remaking, 0, { accounts: [account(0), null] });
    const { accountId, salt } = account(1);
    const claim = {
      accountId: changed(inputs, "accountId", { 1: accountId }),
      salt: changed(inputs, "salt", { 1: salt }),
    };
    const leaf = forge(batch, at(batchInputs, 0)).assignment.value("main.account[1].leaf");
    expect(attackBatch(batch, inputs, claim, { "main.account[1].leaf": leaf }).caught).toEqual([
      "law account[1].hashed.out account[1].isHere account[1].leaf",
    ]);
    expect(attackBatch(batch, inputs, claim, { "main.account[1].hashed.out": leaf }).caught).toEqual(
      expect.arrayContaining([expect.stringMatching(/^law account\[1\]\.hashed\.h\.out/)]),
    );
  });

  it("is seen where a run ends too early, at every level of the tree", () => {
    for (const index of [0, 1, 2]) {
      const inputs = remake(remaking, index, { isLast: true });
      expect(attackBatch(batch, inputs).caught).toEqual(["nothing behind"]);
      const indexBit = listOf(inputs, "indexBit");
      const empty = levelsOf([], 4).map((level) => at(level, 0));
      const sibling = listOf(inputs, "sibling").map((node, l) =>
        at(indexBit, l) === 0n ? at(empty, 1 + l) : node,
      );
      expect(attackBatch(batch, inputs, { sibling }).caught).toEqual(["root"]);
    }
  });

  it("is seen where a report is made of a run that hasn't ended", () => {
    const { end, plan } = victim;
    const early = stateHash(plan, { ...end, ended: false });
    expect(forge(report, { ...reportInputs, state: early }).caught).toEqual(["state"]);
  });
});

describe("one account twice", () => {
  it("needs a second leaf: the published tree has one", () => {
    const second = remake(remaking, 1, { accounts: [account(2), account(2)] }, unmarked);
    expect(attackBatch(batch, second).caught).toEqual(["root"]);
    const elsewhere = remake(remaking, 3, { accounts: [account(6), account(0)] }, unmarked);
    expect(attackBatch(batch, elsewhere).caught).toEqual(["root"]);
  });

  it("can't come from a batch that is proven twice", () => {
    const again = { accounts: at(steps, 1).accounts, siblings: at(steps, 1).siblings };
    const inputs = remake(remaking, 2, again, unmarked);
    expect(attackBatch(batch, inputs).caught).toEqual(["root"]);
    // With its own path it is batch 1 still.
    const { indexBit } = at(batchInputs, 1);
    expect(attackBatch(batch, inputs, { indexBit: indexBit ?? [] }).caught).toEqual(["index"]);
    // And batch 1 goes on from no state that holds it already.
    const stateIn = stateAfter(1);
    const after = { added: addedElements(at(steps, 2).before), stateIn };
    expect(attackBatch(batch, at(batchInputs, 1), after).caught).toEqual(["stateIn"]);
  });
});

describe("batches of two runs", () => {
  it("don't mix where zeta, salt or m2 differ: stateIn isn't the stateOut before", () => {
    const stateIn = stateAfter(0);
    expect(attackBatch(batch, at(batchInputs, 1), { stateIn }).caught).toEqual([]);
    for (const plan of [
      { zeta: toField(5n) },
      { salt: toField(6n) },
      { second: victim.plan.second.map((value) => value + 1n) },
    ]) {
      const inputs = remake(remaking, 1, {}, plan);
      expect(
        attackBatch(batch, inputs, { isSecond: listOf(inputs, "isSecond").map(() => 0n) }).caught,
      ).toEqual([]);
      const { caught } = attackBatch(batch, inputs, {
        stateIn,
        isSecond: listOf(inputs, "isSecond").map(() => 0n),
      });
      expect(caught).toEqual(["stateIn"]);
    }
  });

  it("don't mix where the root differs: it is public, and leads to other accounts", () => {
    const other = memoryRun(batch.instance, snapshot, [account(0), account(5)]);
    expect(other.plan.accountsRoot).not.toBe(victim.plan.accountsRoot);
    const { inputs } = at(other.witnesses, 0);
    expect(attackBatch(batch, inputs).caught).toEqual([]);
    expect(attackBatch(batch, inputs, { accountsRoot: victim.plan.accountsRoot }).caught).toEqual(["root"]);
    // zeta alone ties no batch to a root: every proof's public root is compared with the run's (docs/reference/contracts/solvency.md).
  });

  it("don't mix where the snapshot differs: its table is public, and gives other sums", () => {
    const rows = snapshot.rows.map((row, n) => {
      const { vector } = row;
      return n === 2 ? { ...row, vector: { ...vector, mark: vector.mark + 1n } } : row;
    });
    const market = { ...snapshot, rows, snapshotId: toField(snapshot.snapshotId + 1n) };
    const { inputs } = at(memoryRun(batch.instance, market, places).witnesses, 0);
    expect(attackBatch(batch, inputs).caught).toEqual([]);
    const { table = [], snapshotId = 0n, policy = [] } = at(batchInputs, 0);
    const { caught } = attackBatch(batch, inputs, { table, snapshotId, policy });
    expect(caught).toEqual(["sum of account 0"]); // account 1 has none of it
  });

  it("can't be moved: every public signal is in a constraint", () => {
    const { witness } = forge(batch, at(batchInputs, 0));
    for (let wire = 1; wire <= batch.real.publicSignals; wire++) {
      const moved = witness.map((value, other) => (other === wire ? (value + 1n) % P : value));
      expect(violations(batch.real, moved)).not.toEqual([]);
    }
  });
});

describe("a batch left out", () => {
  it("leaves a gap: the state counts its batches", () => {
    const skipped = at(steps, 1).before; // what batch 2 would have to go on from: one batch, not two
    const inputs = remake(remaking, 2, { before: skipped });
    expect(attackBatch(batch, inputs, { stateIn: stateAfter(0) }).caught).toEqual(["stateIn"]);
    expect(attackBatch(batch, inputs, { stateIn: stateAfter(0), batchIndex: 1n }).caught).toEqual(["index"]);
    const renamed = { stateIn: stateAfter(0), batchIndex: 1n, indexBit: [1n, 0n, 0n] };
    expect(attackBatch(batch, inputs, renamed).caught).toEqual(["root"]);
  });

  it("can't be the first: a run starts from zero", () => {
    const start = { ...initialState(batch.instance.shape), shortfall: victim.end.shortfall };
    const inputs = remake(remaking, 0, { before: start });
    expect(attackBatch(batch, inputs).caught).toEqual(["first from zero"]);
    const later = remake(remaking, 1, { before: initialState(batch.instance.shape) });
    const { caught } = attackBatch(batch, later, { stateIn: at(victim.witnesses, 0).signals.stateIn });
    expect(caught).toEqual(["stateIn"]);
  });

  it("can't follow the end", () => {
    const ended = stateHash(victim.plan, { ...at(steps, 3).before, ended: true });
    expect(attackBatch(batch, at(batchInputs, 3), { stateIn: ended }).caught).toEqual(["stateIn"]);
  });
});

describe("a run's salt", () => {
  const nobody = memoryRun(batch.instance, snapshot, [null, null, null, null, null, null]);
  const states = (run: typeof nobody): Field[] =>
    run.witnesses.flatMap(({ signals: { stateIn, stateOut } }) => [stateIn, stateOut]);

  it("serves all batches: even where they add nothing, no two states are alike", () => {
    expect(new Set(states(nobody)).size).toBe(4);
    for (const { inputs } of nobody.witnesses) expect(forge(batch, inputs).caught).toEqual([]);
  });

  it("serves one run only: twice, it shows whether two runs are the same, and from which batch on they differ", () => {
    const same = states(memoryRun(batch.instance, snapshot, [null, null, null, null, null, null]));
    expect(same).toEqual(states(nobody));
    // An account without shortfall at the end: m2 stays, and so does every state before its batch.
    const late = states(memoryRun(batch.instance, snapshot, [null, null, null, null, account(0), null]));
    expect(late.slice(0, 5)).toEqual(same.slice(0, 5));
    expect(late[5]).not.toBe(same[5]);
    const salted = states(
      memoryRun(batch.instance, snapshot, [null, null, null, null, null, null], { salt: toField(1n) }),
    );
    expect(salted.filter((state) => same.includes(state))).toEqual([]);
  });
});
