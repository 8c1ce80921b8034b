import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { loadRun, type ReadRunFile } from "../../src/solvency/load-run.ts";
import { PublicRunFolder } from "../../src/solvency/node/folder.ts";
import type { PublicRun } from "../../src/solvency/run-format.ts";
import { verifyRun } from "../../src/solvency/verify.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { testFolder } from "./folder.ts";
import {
  BATCH,
  completeRun,
  copiedRun,
  type Keys,
  REPORT,
  smallKeys,
  smallSnapshot,
  snapshot,
} from "./small.ts";

useSimulatedProofs([BATCH, REPORT]);

const folder = testFolder();
const at = (name: string): string => join(folder, name);
let keys: Keys;

beforeAll(async () => {
  keys = await smallKeys();
  await copiedRun(at("run"), keys);
});

/** A copy of the public half with something changed. */
function changed(name: string, change: (path: string) => void): PublicRunFolder {
  cpSync(join(at("run"), "public"), at(name), { recursive: true });
  change(at(name));
  return new PublicRunFolder(at(name));
}

function edit(path: string, change: (text: string) => string): void {
  const text = readFileSync(path, "utf8");
  const next = change(text);
  if (next === text) throw new Error("The edit changes nothing.");
  writeFileSync(path, next);
}

const proof = (path: string, index: number): string => join(path, "proofs", `0000000${index}.json`);

function verify(files: PublicRun, options = {}) {
  return verifyRun(files, {
    snapshot,
    batch: { circuit: BATCH, verifyingKey: keys.batch.verifyingKey },
    report: { circuit: REPORT, verifyingKey: keys.report.verifyingKey },
    ...options,
  });
}

async function problems(files: PublicRun, options = {}): Promise<(string | undefined)[]> {
  const { valid, checks } = await verify(files, options);
  expect(valid).toBe(false);
  return checks.filter(({ ok }) => !ok).map(({ problem }) => problem);
}

describe("verifyRun", () => {
  it("accepts a run from its public half alone", async () => {
    const files = changed("public alone", () => {});
    const { valid, checks, report } = await verify(files);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks).toHaveLength(8);
    expect(valid).toBe(true);
    expect(report?.result.accounts).toBe(5);
  });

  it.each<[string, (path: string) => void, string]>([
    ["a batch is missing", (path) => rmSync(proof(path, 1)), "can't be read"],
    [
      "two batches are swapped",
      (path) => {
        renameSync(proof(path, 0), join(path, "x"));
        renameSync(proof(path, 1), proof(path, 0));
        renameSync(join(path, "x"), proof(path, 1));
      },
      "is the proof of another batch",
    ],
    [
      "a batch is shown twice",
      (path) => {
        cpSync(proof(path, 0), proof(path, 1));
        edit(proof(path, 1), (text) => text.replace('"index": 0', '"index": 1'));
      },
      "the proof of batch 1 does not verify",
    ],
    [
      "a state is another",
      // One that begins with 00 already, as one in 49 does, becomes another too.
      (path) =>
        edit(proof(path, 0), (text) =>
          text.replace(/("stateOut": "0x)(..)/, (_, key, digits) => `${key}${digits === "00" ? "01" : "00"}`),
        ),
      "the proof of batch 0 does not verify",
    ],
    [
      "a shortfall is made smaller",
      (path) =>
        edit(join(path, "report.json"), (text) =>
          text.replace(/"worstShortfall": "\d/, '"worstShortfall": "'),
        ),
      "its proof does not verify for the last state and these numbers",
    ],
    [
      "an account changes its tier",
      (path) => edit(join(path, "report.json"), (text) => text.replace(/"accounts": 5/, '"accounts": 4')),
      "their number is another one",
    ],
    [
      "a reserve is made smaller",
      (path) => edit(join(path, "report.json"), (text) => text.replace(/"lots": "\d/, '"lots": "')),
      "the netting sum is another one",
    ],
    [
      "a report is of fewer numbers",
      (path) =>
        edit(join(path, "report.json"), (text) => text.replace(/"demand": \[\s*"\d+",/, '"demand": [')),
      "its proof does not verify for the last state and these numbers",
    ],
    [
      "the report is cut off",
      (path) => edit(join(path, "report.json"), (text) => text.slice(0, 99)),
      "is not JSON",
    ],
    ["the report is missing", (path) => rmSync(join(path, "report.json")), "there is no report yet"],
  ])("refuses a run where %s", async (name, change, problem) => {
    const found = await problems(changed(name, change));
    expect(found.join("\n")).toContain(problem);
  });

  it("refuses a batch of another run of the same accounts", async () => {
    await completeRun(at("other"), keys);
    const files = changed("mixed", (path) => cpSync(proof(join(at("other"), "public"), 2), proof(path, 2)));
    expect(await problems(files)).toContain("the proof of batch 2 does not verify");
  });

  it("refuses a run whose header was changed", () => {
    expect(() =>
      changed("header", (path) =>
        edit(join(path, "run.json"), (text) => text.replace(/"deadline": "1/, '"deadline": "2')),
      ),
    ).toThrowError(BallastError);
  });

  it("finds that a run which claims fewer batches opens no end", async () => {
    const files = changed("short", (path) =>
      edit(join(path, "run.json"), (text) => text.replace('"batches": 3', '"batches": 2')),
    );
    expect(await problems(files)).toEqual(["its proof does not verify for the last state and these numbers"]);
  });

  it("refuses another snapshot and other keys", async () => {
    const files = new PublicRunFolder(at("run"));
    expect(await problems(files, { snapshot: smallSnapshot(1_770_326_978_000n) })).toEqual([
      "it is another snapshot",
    ]);
    const other = { ...keys.report.verifyingKey, alpha1: keys.batch.verifyingKey.alpha1 };
    expect(await problems(files, { report: { circuit: REPORT, verifyingKey: other } })).toEqual([
      "the run was made with other circuits or keys",
    ]);
  });

  it("has proofs for exactly its batches", () => {
    expect(readdirSync(join(at("run"), "public", "proofs"))).toHaveLength(3);
  });
});

describe("loadRun", () => {
  /** The public half as a page fetches it, with some files changed or missing (undefined). */
  function fetched(changes: Readonly<Record<string, string | undefined>> = {}): ReadRunFile {
    return async (path) =>
      path in changes ? changes[path] : readFileSync(join(at("run"), "public", path), "utf8");
  }

  it("gives what verifies as the folder does", async () => {
    const files = await loadRun(fetched());
    expect((await verify(files)).valid).toBe(true);
    expect(files.run).toEqual(new PublicRunFolder(at("run")).run);
    expect(files.report()).toEqual(new PublicRunFolder(at("run")).report());
  });

  it("leaves a proof that is missing or damaged to the verifier", async () => {
    const missing = await loadRun(fetched({ "proofs/00000001.json": undefined }));
    expect(missing.hasBatch(1)).toBe(false);
    expect(await problems(missing)).toContainEqual(expect.stringContaining("has no proofs/00000001.json"));
    const swapped = await loadRun(
      fetched({ "proofs/00000001.json": await fetched()("proofs/00000000.json") }),
    );
    expect(await problems(swapped)).toContainEqual(expect.stringContaining("is the proof of another batch"));
  });

  it("refuses a run that is none, or has another's id", async () => {
    await expect(loadRun(fetched({ "run.json": undefined }))).rejects.toMatchObject({ code: "FILE_ERROR" });
    await expect(loadRun(fetched({ "run.json": "{" }))).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const text = (await fetched()("run.json")) ?? "";
    const later = text.replace(/"deadline": "(\d+)"/, '"deadline": "1$1"');
    await expect(loadRun(fetched({ "run.json": later }))).rejects.toThrow(/its id is not that of its header/);
  });
});
