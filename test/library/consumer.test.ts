import { execFileSync, type StdioOptions } from "node:child_process";
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
import { anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { SAMPLE_TIME } from "../../src/market/sample.ts";
import { ballastHome } from "../../src/prover/node/home.ts";

/** Packed, in megabytes: what everybody downloads who installs it. With service, venues and the page, which takes 0.17, it is 2.13. */
const MOST_MB = 2.16;

const folder = mkdtempSync(join(tmpdir(), "ballast-consumer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, "project");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

function node(args: readonly string[], cwd: string): string {
  try {
    // Circuits and keys are the tests': without a name for their home each folder would have its own.
    const env = { ...process.env, BALLAST_HOME: ballastHome() };
    const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
    return execFileSync(process.execPath, args, { cwd, encoding: "utf8", env, stdio });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}\n${stderr}`);
  }
}

/** Everything that `npm pack` takes, with dist/ made anew: the packed file. */
function pack(): string {
  const staged = join(folder, "staged");
  mkdirSync(staged);
  node(["--import", "tsx", "scripts/build-contracts.ts"], ROOT);
  node([TSC, "-p", "tsconfig.build.json", "--noCheck", "--outDir", join(staged, "dist")], ROOT);
  node(["--import", "tsx", "scripts/page.ts", join(staged, "dist/page")], ROOT);
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
import { createProver, loadProofFile, loadVerifyingKey, proveCoverage, saveProofFile, saveSnapshot, setupDev } from "ballast/node";
import { coverageContext } from "ballast/chain";
import { writeFileSync } from "node:fs";

const snapshot: Snapshot = buildSnapshot(sampleChain(), { ...presetPolicy("les"), name: "small", scenarios: presetPolicy("les").scenarios.slice(0, 5) }, { rows: 8, shape: { scenarios: 5, underlyings: 2 } });
const positions = [{ instrument: "USDC", quantity: "250000" }];
const portfolio = parsePortfolio({ account: "desk-7", positions }, snapshot);
const circuit = instanceOf("coverage", "4x8");
const key = await setupDev(circuit);
const registry = "0x00000000000000000000000000000000000000c0";
const prover = createProver({ backend: "snarkjs" });
const salt = randomSalt();
saveSnapshot("snapshot.json", snapshot);
writeFileSync("portfolio.json", JSON.stringify({ account: "desk-7", positions }));
saveProofFile("proof.json", await proveCoverage(prover, { circuit, key, snapshot, portfolio, salt, chainId: 1n, registry, deadline: 4_000_000_000n }));
await prover.close();
const offChain = { snapshot, key: await loadVerifyingKey(key.verificationKeyPath, circuit) };
const { valid } = await checkProof(loadProofFile("proof.json"), { offChain });
const other = await checkProof({ ...loadProofFile("proof.json"), deadline: 4_000_000_001n }, { offChain });
console.log(JSON.stringify([valid, other.valid, coverageContext({ chainId: 1, registry, deadline: 1n }) > 0n]));
`;

/** The other half: attests that proof on a chain, from the bytecode that is packed, and reads it. */
const CHAIN = `
import { instanceOf, parseField } from "ballast";
import { attest, claimOf, connect, publishSnapshot, signSnapshot, snapshotPoint, viemReader } from "ballast/chain";
import { createProver, deployBallast, loadKey, proveCoverage, loadPortfolio, loadSnapshot } from "ballast/node";
import { privateKeyToAccount } from "viem/accounts";

const [url = "", secret = ""] = process.argv.slice(2);
const client = await connect(url, secret as \`0x\${string}\`);
const circuit = instanceOf("coverage", "4x8");
const key = await loadKey(circuit, { kind: "dev" });
const { verifyingKey, manifest } = key;
const signer = privateKeyToAccount(secret as \`0x\${string}\`);
const deployment = await deployBallast(client, { verifiers: [{ circuit, verifyingKey, dev: manifest.dev }], oracleSigners: [signer.address], maxAge: 604_800 });
const snapshot = loadSnapshot("../proof/snapshot.json");
const points = [await snapshotPoint(circuit, verifyingKey, snapshot)];
const { chainId, snapshotOracle, coverageRegistry: registry } = deployment;
await publishSnapshot(client, deployment, snapshot, points, await signSnapshot({ chainId, snapshotOracle }, snapshot, points, [signer]));
const portfolio = loadPortfolio("../proof/portfolio.json", snapshot);
const prover = createProver({ backend: "snarkjs" });
const salt = parseField("7");
const proof = await proveCoverage(prover, { circuit, key, snapshot, portfolio, salt, chainId: BigInt(chainId), registry, deadline: 4_000_000_000n });
await prover.close();
await attest(client, deployment, claimOf(proof, deployment));
const { accountId, commitment } = proof.signals;
const found = await viemReader(client.public, deployment).readAttestation(accountId, commitment);
console.log(JSON.stringify([found?.isCurrent, found?.tier]));
`;

/** All declarations, the library's and what they import: checked once for each way to resolve them, for it takes seconds. */
const ALL_TYPES = { skipLibCheck: false };
const USED_TYPES = { skipLibCheck: true };

function compile(name: string, source: string, options: Readonly<Record<string, unknown>>): void {
  const at = join(project, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, options["type"] === "commonjs" ? "main.cts" : "main.mts"), source);
  const { type: _, ...rest } = options;
  const compilerOptions = {
    target: "ES2023",
    strict: true,
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
    compile("proof", PROOF, { module: "nodenext", ...ALL_TYPES });
    expect(node(["out/main.mjs"], join(project, "proof"))).toBe("[true,false,true]\n");
  });

  it("deploys without a compiler, publishes, attests and reads", { timeout: 300_000 }, async () => {
    const anvil = await startAnvil({ timestamp: SAMPLE_TIME / 1000n + 60n });
    try {
      compile("chain", CHAIN, { module: "nodenext", ...USED_TYPES });
      const [secret = ""] = anvilKeys(1);
      expect(node(["out/main.mjs", anvil.rpcUrl, secret], join(project, "chain"))).toBe("[true,0]\n");
    } finally {
      await anvil.stop();
    }
  });

  it("compiles for a bundler, types and all", { timeout: 60_000 }, () => {
    compile("bundler", PROOF, { module: "esnext", moduleResolution: "bundler", ...ALL_TYPES });
  });

  it("is required from CommonJS", { timeout: 60_000 }, () => {
    const source = `import ballast = require("ballast");
import files = require("ballast/node");
const policy: ballast.Policy = ballast.presetPolicy("les");
console.log(policy.name, typeof files.loadSnapshot);
`;
    compile("commonjs", source, { module: "nodenext", type: "commonjs", ...USED_TYPES });
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
