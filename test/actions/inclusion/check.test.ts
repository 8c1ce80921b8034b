import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkInclusion } from "../../../src/actions/inclusion/check.ts";
import { inclusionFromFiles } from "../../../src/actions/node/inclusion-source.ts";
import { type Field, toField } from "../../../src/math/field.ts";
import { commit } from "../../../src/portfolio/commitment.ts";
import { accountIdOf } from "../../../src/portfolio/format.ts";
import type { InclusionProof } from "../../../src/portfolio/inclusion.ts";
import { openingFor } from "../../../src/portfolio/opening-file.ts";
import { slotsOf } from "../../../src/portfolio/portfolio.ts";
import { loadPortfolio } from "../../../src/portfolio/portfolio-file.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { buildTree } from "../../../src/tree/build.ts";
import { proveInclusion } from "../../../src/tree/inclusion.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { type Folder, portfolio, temporaryFolder } from "../../cli/harness.ts";

let folder: Folder;
let snapshot: Snapshot;
let proof: InclusionProof;
let root: Field;

beforeAll(async () => {
  folder = temporaryFolder();
  snapshot = smallSnapshot(START);
  const path = folder.writeJson("desk.json", portfolio("desk", { USDC: "1000" }));
  const { accountId, positions } = loadPortfolio(path, snapshot);
  const committed = (salt: Field) => commit(accountId, salt, slotsOf(positions, 4));
  const { salt } = openingFor(folder.file("desk.opening"), accountId, committed);
  const accounts = [
    { accountId, commitment: committed(salt) },
    { accountId: accountIdOf("other"), commitment: toField(7n) },
  ];
  await buildTree(folder.file("tree"), accounts, { depth: 4 });
  const files = { tree: folder.file("tree"), opening: folder.file("desk.opening"), portfolio: path };
  const source = inclusionFromFiles("desk", files, snapshot);
  proof = proveInclusion(source.tree, source.portfolio, source.opening, snapshot, 4);
  root = source.tree.root;
  source.tree.close();
  expect(() => inclusionFromFiles("other", files, snapshot)).toThrowError(
    expect.objectContaining({ code: "INVALID_INPUT" }),
  );
});
afterAll(() => folder.remove());

const failing = (...[given, options]: Parameters<typeof checkInclusion>) =>
  checkInclusion(given, options)
    .checks.filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe("checking that an account is in", () => {
  it("holds for its own root, account and snapshot, and says whether names were checked", () => {
    const all = checkInclusion(proof, { root, account: "desk", snapshot });
    expect(all).toMatchObject({ valid: true, root, namesChecked: true });
    expect(all.checks).toHaveLength(4);
    expect(checkInclusion(proof, { root })).toMatchObject({ valid: true, namesChecked: false });
  });

  it("tells what doesn't hold", () => {
    expect(failing(proof, { root: toField(1n) })).toEqual(["account and positions lead to the root"]);
    expect(failing(proof, { root, account: "other" })).toEqual(["the proof is about your account"]);
    expect(failing({ ...proof, account: "renamed" }, { root })).toEqual(["the account's name gives its id"]);
    const [first] = proof.instruments;
    if (first === undefined) throw new Error("one instrument");
    const renamed = { ...proof, instruments: [{ ...first, name: "BTC" }] };
    expect(failing(renamed, { root, snapshot })).toEqual([
      "names and lots of the instruments are the snapshot's",
    ]);
    const [held] = proof.positions;
    if (held === undefined) throw new Error("one position");
    const more = { ...proof, positions: [{ ...held, quantity: held.quantity + 1n }] };
    expect(failing(more, { root })).toEqual(["account and positions lead to the root"]);
  });
});
