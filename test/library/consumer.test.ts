import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRIES, ROOT } from "../../scripts/library/doors.ts";

/** Packed, in megabytes: what everybody downloads who installs it. */
const MOST_MB = 2.5;

const folder = mkdtempSync(join(tmpdir(), "ballast-consumer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, "project");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

function node(args: readonly string[], cwd: string): string {
  try {
    return execFileSync(process.execPath, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
}

/** Everything that `npm pack` takes, with dist/ made anew: the packed file. */
function pack(): string {
  const staged = join(folder, "staged");
  mkdirSync(staged);
  node([TSC, "-p", "tsconfig.build.json", "--outDir", join(staged, "dist")], ROOT);
  const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: string[] };
  for (const path of [...files, "package.json"])
    if (path !== "dist" && existsSync(join(ROOT, path))) {
      mkdirSync(dirname(join(staged, path)), { recursive: true });
      cpSync(join(ROOT, path), join(staged, path), { recursive: true });
    }
  const made = execFileSync("npm", ["pack", "--ignore-scripts", "--json"], { cwd: staged, encoding: "utf8" });
  const [{ filename }] = JSON.parse(made) as [{ filename: string }];
  return join(staged, filename);
}

/** A project with the packed library and what it depends on; what is optional is not there. */
beforeAll(() => {
  const packed = pack();
  expect(readFileSync(packed).length / 1e6).toBeLessThan(MOST_MB);
  const modules = join(project, "node_modules");
  mkdirSync(modules, { recursive: true });
  execFileSync("tar", ["-xzf", packed, "-C", modules]);
  execFileSync("mv", [join(modules, "package"), join(modules, "ballast")]);
  const { dependencies } = JSON.parse(readFileSync(join(modules, "ballast", "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of [...Object.keys(dependencies), "@types/node"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
}, 120_000);

const PROOF = `
import { buildSnapshot, checkProof, instanceOf, parsePortfolio, presetPolicy, randomSalt, sampleChain, type Snapshot } from "ballast";
import { createProver, loadProofFile, loadVerifyingKey, proveCoverage, saveProofFile, setupDev } from "ballast/node";
import { coverageContext } from "ballast/chain";

const snapshot: Snapshot = buildSnapshot(sampleChain(), { ...presetPolicy("les"), name: "small", scenarios: presetPolicy("les").scenarios.slice(0, 5) }, { rows: 8, shape: { scenarios: 5, underlyings: 2 } });
const positions = [{ instrument: "USDC", quantity: "250000" }];
const portfolio = parsePortfolio({ account: "desk-7", positions }, snapshot);
const circuit = instanceOf("coverage", "4x8");
const key = await setupDev(circuit);
const registry = "0x00000000000000000000000000000000000000c0";
const prover = createProver({ backend: "snarkjs" });
const salt = randomSalt();
saveProofFile("proof.json", await proveCoverage(prover, { circuit, key, snapshot, portfolio, salt, chainId: 1n, registry, deadline: 4_000_000_000n }));
await prover.close();
const offChain = { snapshot, key: await loadVerifyingKey(key.verificationKeyPath, circuit) };
const { valid } = await checkProof(loadProofFile("proof.json"), { offChain });
const other = await checkProof({ ...loadProofFile("proof.json"), deadline: 4_000_000_001n }, { offChain });
console.log(JSON.stringify([valid, other.valid, coverageContext({ chainId: 1, registry, deadline: 1n }) > 0n]));
`;

function compile(name: string, source: string, options: Readonly<Record<string, unknown>>): void {
  const at = join(project, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, options["type"] === "commonjs" ? "main.cts" : "main.mts"), source);
  const { type: _, ...rest } = options;
  const compilerOptions = {
    target: "ES2023",
    strict: true,
    skipLibCheck: false,
    types: ["node"],
    rootDir: ".",
    outDir: "out",
    ...rest,
  };
  writeFileSync(join(at, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["main.*"] }));
  node([TSC, "-p", at], at);
}

describe("the packed library in an empty project", () => {
  it("proves, verifies and reads from TypeScript, without compiler, node or ethers", {
    timeout: 300_000,
  }, () => {
    compile("proof", PROOF, { module: "nodenext" });
    expect(node(["out/main.mjs"], join(project, "proof"))).toBe("[true,false,true]\n");
  });

  it("compiles for a bundler, types and all", { timeout: 60_000 }, () => {
    compile("bundler", PROOF, { module: "esnext", moduleResolution: "bundler" });
  });

  it("is required from CommonJS", { timeout: 60_000 }, () => {
    const source = `import ballast = require("ballast");
import files = require("ballast/node");
const policy: ballast.Policy = ballast.presetPolicy("les");
console.log(policy.name, typeof files.loadSnapshot);
`;
    compile("commonjs", source, { module: "nodenext", type: "commonjs" });
    expect(node(["out/main.cjs"], join(project, "commonjs"))).toBe("les/2 function\n");
  });

  it("opens its doors only", () => {
    const known = Object.keys(ENTRIES).filter((name) => name !== "ballast/chain/ethers");
    const open = known.map((name) => `await import("${name}")`).join(";");
    expect(node(["--input-type=module", "--eval", open], project)).toBe("");
    const closed = () =>
      node(["--input-type=module", "--eval", 'await import("ballast/errors.js")'], project);
    expect(closed).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});
