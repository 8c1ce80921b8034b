import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { hash } from "../../src/math/poseidon.ts";
import type { TreeProgress } from "../../src/meter.ts";
import { emptyRoots, leafOf, rootOf } from "../../src/portfolio/merkle.ts";
import { readAccounts } from "../../src/tree/accounts-file.ts";
import { buildTree } from "../../src/tree/build.ts";
import { AccountTree } from "../../src/tree/tree.ts";
import { updateTree } from "../../src/tree/update.ts";
import { accountAt, accountsTo, folder, slowRoot } from "./accounts.ts";

let place: ReturnType<typeof folder>;
beforeEach(() => {
  place = folder();
});
afterEach(() => {
  place.remove();
});

const node = (left: bigint, right: bigint) => hash("node", [left, right]);
function withTree<T>(path: string, use: (tree: AccountTree) => T): T {
  const tree = new AccountTree(path);
  try {
    return use(tree);
  } finally {
    tree.close();
  }
}

describe("buildTree", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 32])("gives %d accounts the root of the definition", async (count) => {
    const path = place.file("t");
    const accounts = accountsTo(count);
    const { root, depth } = await buildTree(path, accounts, { depth: 5 });
    expect(depth).toBe(5);
    expect(root).toBe(slowRoot(accounts.map(leafOf), 5, node));
    const tree = new AccountTree(path);
    accounts.forEach((account, i) => {
      expect(tree.indexOf(account.accountId)).toBe(i);
      expect(tree.account(i)).toEqual(account);
    });
    expect(tree.indexOf(accountAt(100).accountId)).toBeUndefined();
    for (let i = 0; i < 32; i++) {
      const leaf = accounts[i] === undefined ? toField(0n) : leafOf(accounts[i] ?? accountAt(0));
      expect(rootOf(leaf, i, tree.siblings(i))).toBe(root);
    }
    for (const size of [1, 2, 8, 32]) {
      for (let index = 0; index < 32 / size; index++) {
        const batch = tree.batch(index, size);
        expect(batch.accounts).toEqual(
          Array.from({ length: size }, (_, i) => accounts[index * size + i] ?? null),
        );
        expect(rootOf(batch.root, index, batch.siblings)).toBe(root);
      }
    }
    await tree.verify();
    tree.close();
  });

  it("puts empty places at the root's right: 20 levels by default", async () => {
    const { root, depth } = await buildTree(place.file("t"), [accountAt(3)]);
    expect(depth).toBe(20);
    expect(root).toBe(rootOf(leafOf(accountAt(3)), 0, emptyRoots(20).slice(0, 20)));
  });

  it("gives the same file by threads as alone, and reports progress", async () => {
    const count = 17_000;
    const accounts = accountsTo(count);
    const events: TreeProgress[] = [];
    const alone = await buildTree(place.file("alone"), accounts, { workers: 1 });
    const shared = await buildTree(place.file("shared"), accounts, {
      workers: 2,
      onProgress: (event) => events.push(event),
    });
    expect(shared).toEqual(alone);
    expect(readFileSync(place.file("shared")).equals(readFileSync(place.file("alone")))).toBe(true);
    expect(events.at(-1)).toMatchObject({ step: "hashing", done: count, total: count, secondsLeft: 0 });
    const tree = new AccountTree(place.file("shared"));
    await tree.verify({ workers: 2 });
    tree.close();
  });

  it("refuses an account that stands twice, naming it, and leaves no file", async () => {
    const accounts = [...accountsTo(5), accountAt(2, 1)];
    await expect(buildTree(place.file("t"), accounts)).rejects.toMatchObject({
      code: "DUPLICATE_ACCOUNT",
      shortMessage: expect.stringMatching(/^Account 0x30644e72.* number 3 and as number 6/),
    });
    expect(readdirSync(place.path)).toEqual([]);
  });

  it("refuses no accounts, too many and impossible depths, and keeps an older file", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(3), { depth: 2 });
    const before = readFileSync(path);
    await expect(buildTree(path, [])).rejects.toThrow(/no accounts/);
    await expect(buildTree(path, accountsTo(5), { depth: 2 })).rejects.toThrow(/no room for more than 4/);
    for (const depth of [0, 31, 2.5]) {
      await expect(buildTree(path, accountsTo(1), { depth })).rejects.toThrow(/1 to 30 levels/);
    }
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(place.path)).toEqual(["t"]);
  });

  it("is readable by its owner only", async () => {
    await buildTree(place.file("t"), accountsTo(2));
    expect(statSync(place.file("t")).mode & 0o077).toBe(0);
  });
});

describe("AccountTree", () => {
  it("refuses places that are not in the tree", async () => {
    await buildTree(place.file("t"), accountsTo(3), { depth: 2 });
    withTree(place.file("t"), (tree) => {
      for (const index of [-1, 4, 0.5]) expect(() => tree.siblings(index)).toThrow(/4 places/);
      for (const size of [0, 3, 8]) expect(() => tree.batch(0, size)).toThrow(/power of two/);
      expect(() => tree.batch(2, 2)).toThrow(/2 places/);
      expect(() => tree.requireIndex(accountAt(9).accountId)).toThrow(/not in the tree/);
    });
  });

  it("says what is no tree, and finds every changed byte that matters", async () => {
    const path = place.file("t");
    const count = 11;
    await buildTree(path, accountsTo(count), { depth: 5 });
    const good = readFileSync(path);
    writeFileSync(path, good.subarray(0, 64));
    expect(() => new AccountTree(path)).toThrow(/not an accounts tree/);
    writeFileSync(path, good.subarray(0, good.length - 1));
    expect(() => new AccountTree(path)).toThrow(/damaged/);
    // Head, accounts, used nodes of each level, index of ids.
    const nodesAt = 128 + 16 * 64;
    const used = [
      ...Array.from({ length: 96 }, (_, i) => i).filter((i) => i >= 16),
      ...Array.from({ length: count * 64 }, (_, i) => 128 + i),
      ...Array.from({ length: count * 32 }, (_, i) => nodesAt + i),
      ...Array.from({ length: 6 * 32 }, (_, i) => nodesAt + 16 * 32 + i),
      ...Array.from({ length: 32 * 4 }, (_, i) => nodesAt + 31 * 32 + i),
    ];
    for (const offset of used.filter((_, i) => i % 7 === 0)) {
      const bad = Buffer.from(good);
      bad[offset] = (bad[offset] ?? 0) ^ 0x41;
      writeFileSync(path, bad);
      const outcome = (async () => {
        const tree = new AccountTree(path);
        await tree.verify().finally(() => tree.close());
      })();
      await expect(outcome, `byte ${offset}`).rejects.toMatchObject({ code: "TREE_DAMAGED" });
    }
  });

  it("never gives a path that doesn't lead to the root", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(64), { depth: 6 });
    const bytes = readFileSync(path);
    const leaf33 = 128 + 64 * 64 + 33 * 32;
    bytes[leaf33 + 31] = (bytes[leaf33 + 31] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    withTree(path, (tree) => {
      expect(() => tree.siblings(32)).toThrow(/damaged/);
      expect(tree.siblings(40)).toHaveLength(6);
    });
    await expect(updateTree(path, [{ ...accountAt(32), commitment: toField(1n) }])).rejects.toThrow(
      /damaged/,
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe("updateTree", () => {
  it("makes the very file that building anew makes", async () => {
    const step = fc.record({ change: fc.array(fc.nat(40), { maxLength: 5 }), add: fc.nat(9) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(step, { maxLength: 3 }),
        async (start, steps) => {
          const [path, fresh] = [place.file("t"), place.file("fresh")];
          const accounts = accountsTo(start);
          await buildTree(path, accounts, { depth: 6 });
          let version = 0;
          for (const { change, add } of steps) {
            version++;
            const changed = [...new Set(change.map((i) => i % accounts.length))].map((i) =>
              accountAt(i, version),
            );
            const added = Array.from({ length: add }, (_, i) => accountAt(accounts.length + i));
            const result = await updateTree(path, [...added, ...changed]);
            expect(result).toMatchObject({ changed: changed.length, added: add });
            for (const account of changed) {
              accounts[accounts.findIndex(({ accountId }) => accountId === account.accountId)] = account;
            }
            accounts.push(...added);
          }
          const { root } = await buildTree(fresh, accounts, { depth: 6 });
          expect(readFileSync(path).equals(readFileSync(fresh))).toBe(true);
          withTree(path, (tree) => expect(tree.root).toBe(root));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("lets readers of the old file go on, and leaves nothing behind", async () => {
    const path = place.file("t");
    const { root } = await buildTree(path, accountsTo(9));
    const old = new AccountTree(path);
    const { header } = await updateTree(path, [accountAt(4, 1)]);
    expect(header.root).not.toBe(root);
    expect(rootOf(leafOf(accountAt(4)), 4, old.siblings(4))).toBe(root);
    old.close();
    expect(readdirSync(place.path)).toEqual(["t"]);
  });

  it("refuses doubles and more than fits, and then changes nothing", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(4), { depth: 2 });
    const before = readFileSync(path);
    await expect(updateTree(path, [accountAt(1, 1), accountAt(1, 2)])).rejects.toMatchObject({
      code: "DUPLICATE_ACCOUNT",
    });
    await expect(updateTree(path, [accountAt(4)])).rejects.toThrow(/no room/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(place.path)).toEqual(["t"]);
  });

  it("lets one update follow the other", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(4));
    let other: Promise<unknown> | undefined;
    async function* slow() {
      yield accountAt(1, 1);
      other = updateTree(path, [accountAt(2, 1)]);
      yield accountAt(3, 1);
    }
    await updateTree(path, slow());
    await other;
    withTree(path, (tree) => {
      expect([1, 2, 3].map((index) => tree.account(index))).toEqual([1, 2, 3].map((i) => accountAt(i, 1)));
    });
    expect(readdirSync(place.path)).toEqual(["t"]);
  });

  it("changes nothing when the tree was replaced meanwhile, or while another update goes on", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(4));
    await buildTree(place.file("new"), accountsTo(5));
    async function* replacing() {
      yield accountAt(1, 1);
      await expect(updateTree(path, [], { limit: 0 })).rejects.toMatchObject({ code: "LOCKED" });
      await expect(buildTree(path, accountsTo(9), { limit: 0 })).rejects.toMatchObject({ code: "LOCKED" });
      renameSync(place.file("new"), path);
    }
    await expect(updateTree(path, replacing())).rejects.toThrow(/Another process has changed/);
    withTree(path, (tree) => expect(tree.count).toBe(5));
  });

  it("says that the index is damaged where an account is only missing there, and never adds it twice", async () => {
    const path = place.file("t");
    await buildTree(path, accountsTo(4));
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.length - 8 * 4);
    writeFileSync(path, bytes);
    const damaged = { code: "TREE_DAMAGED", message: expect.stringMatching(/its index of account ids/) };
    withTree(path, (tree) => {
      expect(() => tree.requireIndex(accountAt(2).accountId)).toThrow(expect.objectContaining(damaged));
      expect(() => tree.requireIndex(accountAt(9).accountId)).toThrow(/not in the tree/);
    });
    await expect(updateTree(path, [accountAt(2, 1)])).rejects.toMatchObject(damaged);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

describe("readAccounts", () => {
  const line = (i: number): string => {
    const { accountId, commitment } = accountAt(i);
    return JSON.stringify({ accountId: `0x${accountId.toString(16)}`, commitment: String(commitment) });
  };
  const read = async (text: string) => {
    writeFileSync(place.file("a"), text);
    const accounts = [];
    for await (const account of readAccounts(place.file("a"))) accounts.push(account);
    return accounts;
  };

  it("reads lines however they end, across blocks", async () => {
    expect(await read([0, 1, 2].map(line).join("\n"))).toEqual(accountsTo(3));
    expect(await read([0, 1, 2].map((i) => `${line(i)}\r\n`).join(""))).toEqual(accountsTo(3));
    const many = Array.from({ length: 3000 }, (_, i) => `${line(i)}\n`).join("");
    expect(many.length).toBeGreaterThan(1 << 18);
    expect(await read(many)).toEqual(accountsTo(3000));
    expect(await read("")).toEqual([]);
  });

  it.each([
    ["no JSON", "{", /^Line 3 of .* is not JSON/],
    ["an empty line", "", /^Line 3 of .* is not JSON/],
    ["null", "null", /^Line 3 of .* is not an account/],
    ["a list", "[1]", /^Line 3 of .* is not an account/],
    ["numbers", '{"accountId":1,"commitment":2}', /^Line 3 of .* is not an account/],
    ["an unknown key", '{"accountId":"1","commitment":"2","x":1}', /^Line 3 of .* is not an account/],
    ["a name", '{"accountId":"desk","commitment":"2"}', /^Line 3 of .*account id is not a field element/],
    [
      "the field's order",
      `{"accountId":"1","commitment":"0x${"f".repeat(64)}"}`,
      /^Line 3 of .*commitment is not a canon/,
    ],
    ["a line without end", "x".repeat(1 << 19), /^Line 3 of .* too long/],
  ])("refuses %s with the line's number", async (_, text, says) => {
    await expect(read(`${line(0)}\n${line(1)}\n${text}\n${line(2)}\n`)).rejects.toMatchObject({
      shortMessage: expect.stringMatching(says),
    });
  });

  it("says when there is no file", async () => {
    const next = readAccounts(place.file("none")).next();
    await expect(next).rejects.toMatchObject({ code: "FILE_ERROR" });
  });
});
