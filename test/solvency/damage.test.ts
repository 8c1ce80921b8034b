import { createHash } from "node:crypto";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { createRandom } from "../../src/math/random.ts";
import { withLock } from "../../src/node/lock.ts";
import { saveSnapshot } from "../../src/risk/snapshot-file.ts";
import { RunFolder } from "../../src/solvency/node/folder.ts";
import { proveRun } from "../../src/solvency/node/prove.ts";
import { contentsOf, expectRefusal } from "../cli/harness.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { testFolder } from "./folder.ts";
import {
  BATCH,
  begin,
  copiedRun,
  type Keys,
  proveOptions,
  REPORT,
  smallKeys,
  snapshot,
  venueLines,
} from "./small.ts";

useSimulatedProofs([BATCH, REPORT]);

const folder = testFolder();
const at = (name: string): string => join(folder, name);
let keys: Keys;
let complete: Awaited<ReturnType<typeof copiedRun>>;

beforeAll(async () => {
  keys = await smallKeys();
  complete = await copiedRun(at("complete"), keys);
});

/** Offsets that say something in a book of 5 accounts with 4 slots: magic, head, digest, an id, a salt, slots, the last byte. */
const BOOK = [0, 15, 19, 20, 23, 24, 55, 96, 128, 159, 160, 167, 96 + 5 * 96 - 1];
/** The same in a tree of height 3: head, root, checksum, accounts, leaves, inner nodes, the index of ids. */
const TREE = [
  0,
  19,
  23,
  27,
  40,
  70,
  128,
  128 + 63,
  640,
  640 + 31,
  640 + 8 * 32,
  640 + 14 * 32,
  1120,
  1123,
  1183,
];

/** The outcome of resuming a run with one bit of one file changed; the file is as before afterwards. */
async function resumeFlipped(run: string, name: string, offset: number, bit: number) {
  const path = join(run, name);
  const good = readFileSync(path);
  const bad = Buffer.from(good);
  bad[offset] = (bad[offset] ?? 0) ^ (1 << bit);
  writeFileSync(path, bad);
  const before = contentsOf(run);
  let outcome: unknown;
  try {
    outcome = (await proveRun(new RunFolder(run), proveOptions(keys))).result;
  } catch (error) {
    outcome = error;
  }
  const after = contentsOf(run);
  writeFileSync(path, good);
  return { outcome, isUnchanged: JSON.stringify(before) === JSON.stringify(after), path, after };
}

describe("a flipped bit", () => {
  it.each([
    ["private/book", 40, BOOK],
    ["private/tree", 40, TREE],
    ["private/secret.json", 40, []],
    ["public/run.json", 60, []],
  ] as const)(
    "in %s is refused under the file's name, or changes nothing",
    async (name, samples, structured) => {
      const run = at("flipped");
      cpSync(at("complete"), run, { recursive: true });
      const { length } = readFileSync(join(run, name));
      const random = createRandom(9);
      const sampled = Array.from({ length: samples }, () => random.below(length));
      let refused = 0;
      for (const offset of [...structured, ...sampled]) {
        const bit = random.below(8);
        const where = `${name}, byte ${offset}, bit ${bit}`;
        const { outcome, isUnchanged, path } = await resumeFlipped(run, name, offset, bit);
        expect(isUnchanged, where).toBe(true);
        if (outcome instanceof BallastError) {
          expect(outcome.shortMessage, where).toContain(path);
          refused++;
        } else {
          expect(outcome, where).toEqual(complete.report.result);
        }
      }
      expect(refused).toBeGreaterThan(samples / 2);
      rmSync(run, { recursive: true });
    },
  );

  it.each(["public/proofs/00000001.json", "public/report.json"])(
    "in %s is mended, and nothing else is touched",
    async (name) => {
      const run = at("mended");
      cpSync(at("complete"), run, { recursive: true });
      const { length } = readFileSync(join(run, name));
      const random = createRandom(9);
      for (let i = 0; i < 3; i++) {
        const { outcome, after, path } = await resumeFlipped(
          run,
          name,
          random.below(length),
          random.below(8),
        );
        expect(outcome).toEqual(complete.report.result);
        expect({ ...after, [path]: "" }).toEqual({ ...contentsOf(run), [path]: "" });
      }
      rmSync(run, { recursive: true });
    },
  );
});

describe("a file of another run", () => {
  it.each(["book", "tree"])("in place of the %s is noticed, though it is whole", async (name) => {
    const run = at(`foreign ${name}`);
    await begin(at("other"), keys);
    cpSync(at("complete"), run, { recursive: true });
    cpSync(join(at("other"), "private", name), join(run, "private", name));
    const before = contentsOf(run);
    await expect(proveRun(new RunFolder(run), proveOptions(keys))).rejects.toThrow(
      join(run, "private", name),
    );
    expect(contentsOf(run)).toEqual(before);
    rmSync(at("other"), { recursive: true });
  });
});

describe("a proof that holds", () => {
  /** Gives the last account another quantity, and makes all digests fit. */
  function changeBook(run: string): void {
    const book = join(run, "private", "book");
    const bytes = readFileSync(book);
    const cash = 96 + 4 * 96 + 64 + 7;
    bytes[cash] = (bytes[cash] ?? 0) ^ 1;
    const digest = createHash("sha256").update(bytes.subarray(96)).digest();
    digest.copy(bytes, 24);
    writeFileSync(book, bytes);
    const path = join(run, "private", "secret.json");
    const { digest: _, ...rest } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const secret = { ...rest, book: digest.toString("hex") };
    const sorted = Object.entries(secret).sort(([a], [b]) => (a < b ? -1 : 1));
    const sum = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
    writeFileSync(path, JSON.stringify({ ...secret, digest: sum }));
  }

  it("is never overwritten, whatever the accounts say", async () => {
    const run = at("contradicted");
    cpSync(at("complete"), run, { recursive: true });
    changeBook(run);
    const before = contentsOf(run);
    await expect(proveRun(new RunFolder(run), proveOptions(keys))).rejects.toMatchObject({
      code: "RUN_CONFLICT",
      shortMessage: "The proof of batch 2 holds, but the run's accounts give another.",
    });
    expect(contentsOf(run)).toEqual(before);
  });

  it("stays in a report whose reserves were changed, which are put right", async () => {
    const run = at("reserves");
    cpSync(at("complete"), run, { recursive: true });
    const path = join(run, "public", "report.json");
    const good = readFileSync(path, "utf8");
    writeFileSync(path, good.replace(/"lots": "\d/, '"lots": "9'));
    await proveRun(new RunFolder(run), proveOptions(keys));
    expect(readFileSync(path, "utf8")).toBe(good);
  });
});

describe("a run's folder", () => {
  it("is one process's at a time", async () => {
    const run = at("locked");
    await withLock(new RunFolder(run).lock, async () => {
      const limit = { limit: 0 };
      await expect(begin(run, keys, venueLines(), limit)).rejects.toMatchObject({ code: "LOCKED" });
      await expect(proveRun(new RunFolder(run), { ...proveOptions(keys), ...limit })).rejects.toMatchObject({
        code: "LOCKED",
      });
    });
    expect(contentsOf(run)).toEqual({});
  });

  it("is rid of what a killed process left in it, once the run goes on", async () => {
    const run = at("leftovers");
    cpSync(at("complete"), run, { recursive: true });
    const before = contentsOf(run);
    for (const name of [
      "private/book",
      "private/tree",
      "public/report.json",
      "public/proofs/00000000.json",
    ]) {
      writeFileSync(join(run, `${name}.123-0123abcd.tmp`), "half");
    }
    await proveRun(new RunFolder(run), proveOptions(keys));
    expect(contentsOf(run)).toEqual(before);
  });

  it("takes no second run", async () => {
    const before = contentsOf(at("complete"));
    await expect(begin(at("complete"), keys)).rejects.toMatchObject({ code: "RUN_CONFLICT" });
    expect(contentsOf(at("complete"))).toEqual(before);
  });
});

describe("a customer's proof from a run", () => {
  it.each([
    ["book, a salt", "private/book", 128 + 31, "RUN_DAMAGED", /private\/book is damaged/],
    ["book, a position", "private/book", 160 + 7, "RUN_DAMAGED", /private\/book is damaged/],
    ["book, an id that is no field element", "private/book", 96, "RUN_DAMAGED", /private\/book is damaged/],
    ["tree, the account", "private/tree", 128 + 63, "TREE_DAMAGED", /private\/tree is damaged: its nodes/],
    ["tree, a node of its path", "private/tree", 640 + 31 + 32, "TREE_DAMAGED", /its nodes/],
  ] as const)("names what is damaged: %s", async (name, file, offset, code, says) => {
    const run = at(`customer ${name}`);
    cpSync(at("complete"), run, { recursive: true });
    saveSnapshot(at("snapshot.json"), snapshot);
    const path = join(run, file);
    const bytes = readFileSync(path);
    bytes[offset] = (bytes[offset] ?? 0) ^ 0x81;
    writeFileSync(path, bytes);
    const argv = ["inclusion", "prove", "--run", run, "--account", "maker", "-s", at("snapshot.json")];
    await expectRefusal(run, [...argv, "-o", join(run, "proof.json")], { exit: 2, code, says });
  });

  it("names the tree's index when that is damaged", async () => {
    const run = at("customer index");
    cpSync(at("complete"), run, { recursive: true });
    const path = join(run, "private", "tree");
    const bytes = readFileSync(path);
    bytes.fill(0, bytes.length - 16 * 4);
    writeFileSync(path, bytes);
    const argv = ["inclusion", "prove", "--run", run, "--account", "maker", "-s", at("snapshot.json")];
    await expectRefusal(run, [...argv, "-o", join(run, "proof.json")], {
      exit: 2,
      code: "TREE_DAMAGED",
      says: /its index of account ids/,
    });
  });
});
