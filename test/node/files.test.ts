import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import {
  copyFileAtomic,
  makeFolder,
  placeNewFile,
  removeUnfinished,
  writeFileAtomic,
  writeNewFile,
  writePartsAtomic,
} from "../../src/node/files.ts";
import { saveSnapshot } from "../../src/risk/snapshot-file.ts";
import { builtModule } from "../helpers/built.ts";
import { snapshot } from "../solvency/small.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ballast-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** Names of node:fs that make or change what is in a file, or its name. */
const WRITES =
  /^(appendFile|copyFile|cp|createWriteStream|fdatasync|fsync|ftruncate|link|rename|symlink|truncate|write|writev|writeFile|open)(Sync)?$/;
/** Who may, besides files.ts, and what. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/node/lock.ts": ["linkSync", "renameSync"], // the lock itself is a name, and nothing else
  "src/tree/build.ts": ["ftruncateSync"], // room for what is then written through ByteFile
  "src/portfolio/stream-file.ts": ["open"], // reads
  "src/prover/keys/ptau.ts": ["openSync"], // reads
  "src/venues/files/tail.ts": ["open"], // reads
  "scripts/bench/run.ts": ["cpSync"], // into a folder of temporary files
  "scripts/bench/solvency/row-share.ts": ["cpSync"],
  "scripts/testing/built.ts": ["symlinkSync"],
  "src/cli/exit.ts": ["writeSync"], // to the streams, where Node would not see a full disk
  "src/cli/io.ts": ["writeSync"],
};

describe("writing files", () => {
  const sources = ["src", "scripts"].flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.[cm]?[jt]s$/.test(path))
      .map((path) => `${name}/${path}`),
  );

  it("goes through files.ts everywhere", () => {
    const found: Record<string, readonly string[]> = {};
    for (const path of sources) {
      if (path === "src/node/files.ts") continue;
      const text = readFileSync(join(root, path), "utf8");
      const imports = [...text.matchAll(/import\s+([^;]*?)\s+from\s+"(?:node:)?fs(?:\/promises)?"/g)];
      for (const [, names = ""] of imports) {
        expect(names, `${path} imports single names`).toMatch(/^(type )?\{/);
        const writing = names.match(/\w+/g)?.filter((name) => WRITES.test(name)) ?? [];
        if (writing.length > 0) found[path] = [...(found[path] ?? []), ...writing];
      }
    }
    expect(sources.length).toBeGreaterThan(200);
    expect(found).toEqual(ALLOWED);
  });

  it("opens files elsewhere only to read them", () => {
    for (const [path, names] of Object.entries(ALLOWED)) {
      if (!names.some((name) => name.startsWith("open"))) continue;
      const calls = [...readFileSync(join(root, path), "utf8").matchAll(/\bopen(?:Sync)?\(([^)]*)\)/g)];
      expect(calls.length, path).toBeGreaterThan(0);
      for (const [, args = ""] of calls) expect(args, path).toMatch(/^\w+(, "r")?$/);
    }
  });

  it("is whole or nothing when the parts fail, and keeps what was there", () => {
    writeFileAtomic(at("parts"), "old");
    function* parts() {
      yield "new";
      throw new Error("broken");
    }
    expect(() => writePartsAtomic(at("parts"), parts())).toThrow(/parts can't be written/);
    expect(readFileSync(at("parts"), "utf8")).toBe("old");
    writePartsAtomic(at("parts"), ["a", Buffer.from("b"), "", "ü"], 0o600);
    expect(readFileSync(at("parts"), "utf8")).toBe("abü");
    expect(statSync(at("parts")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["parts"]);
    rmSync(at("parts"));
  });

  it("never replaces a file where it must be new", () => {
    writeNewFile(at("new"), "one");
    expect(() => writeNewFile(at("new"), "two")).toThrow(/exists already/);
    writeFileAtomic(at("another"), "two");
    expect(() => placeNewFile(at("another"), at("new"))).toThrow(/exists already/);
    expect(readFileSync(at("new"), "utf8")).toBe("one");
    copyFileAtomic(at("new"), at("copy"));
    expect(readFileSync(at("copy"), "utf8")).toBe("one");
    expect(readdirSync(folder).sort()).toEqual(["copy", "new"]);
    for (const name of readdirSync(folder)) rmSync(at(name));
  });

  it("is followed by no leftovers of killed processes, and of these only", () => {
    const others = ["x", "x.1-0123abcd.tmp.txt", "x.lock.1-0123abcd.tmp", "xx.1-0123abcd.tmp", "x.tmp"];
    for (const name of [...others, "x.1-0123abcd.tmp"]) writeFileSync(at(name), "");
    mkdirSync(at("x.27-89abcdef.tmp/inside"), { recursive: true });
    removeUnfinished(at("x"));
    expect(readdirSync(folder).sort()).toEqual(others.sort());
    removeUnfinished(at("nowhere/x"));
    for (const name of readdirSync(folder)) rmSync(at(name));
  });

  it("says what stands in the way of a folder, and of a file in none", () => {
    writeFileSync(at("file"), "");
    expect(() => makeFolder(at("file/inside"))).toThrow(/folder .* can't be made/);
    expect(() => writeFileAtomic(at("file/x"), "")).toThrow(/folder .* can't be made/);
    makeFolder(at("a/b/c"), 0o700);
    expect(statSync(at("a/b")).mode & 0o777).toBe(0o700);
    makeFolder(at("a/b/c"));
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true });
  });
});

/** What each writer leaves when only 4096 bytes of a file can be written, or nothing more on the disk. */
const WRITERS = `
  import { randomBytes } from "node:crypto";
  import { readdirSync, readFileSync, existsSync, writeFileSync } from "node:fs";
  import { join } from "node:path";
  const [folder, snapshotPath, source] = process.argv.slice(-3);
  const from = (path) => import(${JSON.stringify(builtModule(""))} + path);
  const { writeFileAtomic, writePartsAtomic, writeNewFile, writeScratch, copyFileAtomic } = await from("node/files.js");
  const { buildTree } = await from("tree/build.js");
  const { updateTree } = await from("tree/update.js");
  const { BookWriter } = await from("solvency/node/book.js");
  const { openingFor } = await from("portfolio/opening-file.js");
  const { withLock } = await from("node/lock.js");
  const { runCli } = await from("cli/program.js");
  const { commands } = await from("cli/commands.js");
  const at = (name) => join(folder, name);
  const big = randomBytes(100_000);
  const accounts = Array.from({ length: 2000 }, (_, i) => ({ accountId: BigInt(i + 1), commitment: BigInt(i + 1) }));
  const cases = {
    "an atomic write": () => writeFileAtomic(at("x"), big),
    "a write in parts": () => writePartsAtomic(at("x"), Array.from({ length: 100 }, () => big.subarray(0, 1000))),
    "a new file": () => writeNewFile(at("x"), big),
    "a file for a moment": () => writeScratch(at("x"), big),
    "a copy": () => copyFileAtomic(source, at("x")),
    "a tree": () => buildTree(at("x"), accounts),
    "a book": () => {
      const book = new BookWriter(at("x"), 4);
      try {
        for (const { accountId, commitment } of accounts) book.add({ accountId, salt: commitment, positions: [] });
        book.finish();
      } catch (error) {
        book.abandon();
        throw error;
      }
    },
    "a made-up venue": async () => {
      let out = "";
      const io = { out: (text) => { out += text; }, err: () => {}, live: false, color: false };
      const argv = ["solvency", "sample", "-s", snapshotPath, "-o", at("x"), "--accounts", "2000", "--json"];
      const code = await runCli(argv, io, commands, "0.0.0-test");
      if (code !== 0) throw Object.assign(new Error(), { code: JSON.parse(out).error.code });
    },
  };
  const results = {};
  const attempt = async (name, work) => {
    const before = readdirSync(folder);
    try {
      await work();
      results[name] = "written";
    } catch (error) {
      const left = readdirSync(folder).filter((file) => !before.includes(file));
      const named = /\\.tmp/.test(error.message) ? ["names a temporary file"] : [];
      results[name] = [error.code, ...named, ...left].join(" ");
    }
  };
  for (const [name, work] of Object.entries(cases)) await attempt(name, work);
  // To the last byte.
  try {
    for (let i = 0; i < 100; i++) writeFileSync(at("fill"), big.subarray(0, 4096), { flag: "a" });
  } catch {}
  const fill = existsSync(at("fill"));
  if (process.env.FULL === "1") {
    await attempt("an opening", () => openingFor(at("o"), 7n, (salt) => salt));
    await attempt("a lock", () => withLock(at("l"), async () => {}));
  }
  console.log(JSON.stringify({ fill, results }));
`;

/** Runs under a shell's words, which end in the command. */
function limited(
  words: string,
  full: boolean,
): { readonly fill: boolean; readonly results: Record<string, string> } {
  const [disk, source, table] = [at("disk"), at("source"), at("snapshot.json")];
  mkdirSync(disk);
  writeFileSync(source, Buffer.alloc(100_000, 7));
  saveSnapshot(table, snapshot);
  const command = [process.execPath, "--input-type=module", "-e", WRITERS];
  const env = { ...process.env, DISK: disk, FULL: full ? "1" : "0" };
  try {
    const { stdout, stderr } = spawnSync("sh", ["-c", words, "sh", ...command, "--", disk, table, source], {
      encoding: "utf8",
      env,
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  } finally {
    for (const name of readdirSync(folder)) rmSync(at(name), { recursive: true, force: true });
  }
}

const FILES = [
  "an atomic write",
  "a write in parts",
  "a new file",
  "a file for a moment",
  "a copy",
  "a tree",
  "a book",
  "a made-up venue",
];
const refused = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "FILE_ERROR"]));
const MOUNT = 'mount -t tmpfs -o size=64k none "$DISK"';
/** A disk of 64 kB in a namespace of its own, where the system allows that. */
const UNSHARE = ["--mount", "--user --map-root-user --mount"].find(
  (flags) =>
    spawnSync("sh", ["-c", `unshare ${flags} sh -c '${MOUNT}'`], { env: { ...process.env, DISK: folder } })
      .status === 0,
);

describe("a disk that takes no more", () => {
  it("is an error of every writer, and leaves nothing half written: at a limit in the midst of a file", () => {
    const { results } = limited(`trap "" XFSZ; ulimit -f 8; exec "$@"`, false);
    expect(results).toEqual(refused(FILES));
  });

  it("the same where no byte can be written, and where the disk is full", () => {
    const none = limited(`trap "" XFSZ; ulimit -f 0; exec "$@"`, true);
    expect(none.results).toEqual(refused([...FILES, "an opening", "a lock"]));
    if (UNSHARE === undefined) return;
    const full = limited(`exec unshare ${UNSHARE} sh -c '${MOUNT} && exec "$@"' sh "$@"`, true);
    expect(full.fill).toBe(true);
    expect(full.results).toEqual(refused([...FILES, "an opening", "a lock"]));
  });
});
