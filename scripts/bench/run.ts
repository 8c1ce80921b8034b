import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coverageContext } from "../../src/chain/coverage/context.ts";
import type { MarketChain } from "../../src/market/chain.ts";
import { type CoverageCircuit, shortName } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { circuitInfo, ensureArtifacts } from "../../src/prover/node/artifacts.ts";
import { ballastHome } from "../../src/prover/node/home.ts";
import { findRapidsnark } from "../../src/prover/node/rapidsnark.ts";
import type { BackendName } from "../../src/prover/prover.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot } from "../../src/risk/snapshot.ts";
import { ACCOUNTS, startBenchChain } from "./chain.ts";
import { randomPortfolio } from "./portfolios.ts";
import { measureProving } from "./prove.ts";
import type { InstanceResult } from "./schema.ts";
import { measureVerifying } from "./verify.ts";

export interface BenchOptions {
  readonly runs: number;
  readonly seed: number;
  readonly market: MarketChain;
  /** Take compiled circuits from the user's cache; compilation is then not measured. */
  readonly cached: boolean;
  readonly withChain: boolean;
  readonly onStep: (text: string) => void;
}

/** Runs `work` with an empty `BALLAST_HOME` that goes away with it: the user's circuits and keys stay untouched. */
export async function withFreshHome<T>(cached: boolean, work: () => Promise<T>): Promise<T> {
  const { BALLAST_HOME: before } = process.env;
  const compiled = join(ballastHome(), "circuits");
  const home = mkdtempSync(join(tmpdir(), "ballast-bench-"));
  try {
    if (cached && existsSync(compiled)) cpSync(compiled, join(home, "circuits"), { recursive: true });
    process.env["BALLAST_HOME"] = home;
    return await work();
  } finally {
    if (before === undefined) delete process.env["BALLAST_HOME"];
    else process.env["BALLAST_HOME"] = before;
    rmSync(home, { recursive: true, force: true });
  }
}

/** Measures one instance from source to gas. The caller provides the home, see {@link withFreshHome}. */
export async function benchInstance(
  circuit: CoverageCircuit,
  options: BenchOptions,
): Promise<InstanceResult> {
  const { runs, seed, market, withChain } = options;
  const onStep = (text: string) => options.onStep(`${shortName(circuit)}: ${text}`);

  onStep("compiling");
  let compile: number | null = null;
  await ensureArtifacts(circuit, ({ step, ms }) => {
    if (step === "compile" && ms !== undefined) compile = ms;
  });
  const info = await circuitInfo(circuit);

  onStep("dev key");
  const started = performance.now();
  const key = await setupDev(circuit, { force: true });
  const keyTime = performance.now() - started;

  const snapshot = buildSnapshot(market, presetPolicy("les"), { rows: circuit.rows });
  const portfolios = Array.from({ length: ACCOUNTS }, (_, index) =>
    randomPortfolio(circuit, snapshot, seed, index),
  );
  const one = { circuit, key, snapshot };
  const chain = withChain ? await startBenchChain(one) : undefined;
  try {
    const { inputs, provers, proofs } = await measureProving(one, {
      backends: installedBackends(),
      runs,
      portfolios: withChain ? portfolios : portfolios.slice(0, runs),
      context: chain?.context ?? offChainContext(snapshot.time),
      onStep,
    });
    onStep("verifying");
    const verify = await measureVerifying(one, proofs, runs);
    const gas = (await chain?.measure(proofs, onStep)) ?? null;
    return {
      name: circuit.name,
      slots: circuit.slots,
      rows: circuit.rows,
      filledRows: snapshot.rows.length,
      positions: portfolios[0]?.positions.length ?? 0,
      ...info,
      zkeyBytes: statSync(key.zkeyPath).size,
      compile,
      key: keyTime,
      inputs,
      provers,
      verify,
      gas,
    };
  } finally {
    await chain?.stop();
  }
}

function installedBackends(): BackendName[] {
  return findRapidsnark() === undefined ? ["ballast", "snarkjs"] : ["ballast", "snarkjs", "rapidsnark"];
}

function offChainContext(deadline: bigint) {
  return coverageContext({ chainId: 31_337, registry: `0x${"11".repeat(20)}`, deadline });
}
