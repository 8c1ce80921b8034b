import type { Field } from "../../src/math/field.ts";
import { randomSalt } from "../../src/portfolio/commitment.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import type { CoverageCircuit } from "../../src/prover/circuits.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import type { Groth16Proof } from "../../src/prover/proof.ts";
import type { BackendName, LoadedKey, Prover } from "../../src/prover/prover.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { type CoverageWitness, coverageWitness } from "../../src/witness/coverage.ts";
import { sampleOf } from "./sample.ts";
import type { InstanceResult, Steps } from "./schema.ts";

/** One circuit with its key and the market it proves against. */
export interface BenchCase {
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly snapshot: Snapshot;
}

/** A proof that was made on the way, with what it says. */
export interface MadeProof extends Pick<CoverageWitness, "signals" | "publicSignals"> {
  readonly proof: Groth16Proof;
}

export interface ProveOptions {
  readonly backends: readonly BackendName[];
  /** Cold proofs and warm proofs by each backend. */
  readonly runs: number;
  /** Distinct accounts; each is proven at least once. */
  readonly portfolios: readonly Portfolio[];
  readonly context: Field;
  readonly onStep: (text: string) => void;
}

export interface ProveResult extends Pick<InstanceResult, "inputs" | "provers"> {
  /** One for each portfolio, in their order. */
  readonly proofs: readonly MadeProof[];
}

type Times = Record<keyof Steps, number | undefined>;

/**
 * Cold proofs, each by a new prover whose worker is a new process; then warm ones by the last of them. Accounts take
 * turns. Accounts that had no turn are proven at the end, untimed.
 */
export async function measureProving(one: BenchCase, options: ProveOptions): Promise<ProveResult> {
  const { backends, runs, portfolios, context, onStep } = options;
  const inputTimes: number[] = [];
  const witnesses = portfolios.map((portfolio) => {
    const start = performance.now();
    const witness = coverageWitness(one.circuit, one.snapshot, portfolio, randomSalt(), context);
    inputTimes.push(performance.now() - start);
    return witness;
  });
  const proofs = new Map<number, Groth16Proof>();
  let turn = 0;
  const next = async (prover: Prover): Promise<Times> => {
    const index = turn++ % witnesses.length;
    const witness = witnesses[index];
    if (witness === undefined) throw new RangeError("There are no portfolios to prove.");
    const { proof, times } = await timedProof(prover, one, witness);
    proofs.set(index, proof);
    return times;
  };

  const provers: InstanceResult["provers"] = [];
  for (const backend of backends) {
    const [cold, warm]: [Times[], Times[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      onStep(`${backend}, cold ${run + 1} of ${runs}`);
      const prover = createProver({ backend });
      try {
        cold.push(await next(prover));
        if (run < runs - 1) continue;
        for (let later = 0; later < runs; later++) {
          onStep(`${backend}, warm ${later + 1} of ${runs}`);
          warm.push(await next(prover));
        }
        // The last prover of the last backend makes the proofs that only the chain needs.
        if (backend !== backends.at(-1)) continue;
        const more = witnesses.length - proofs.size;
        if (more > 0) onStep(`${backend}, ${more} more proofs for the chain`);
        while (proofs.size < witnesses.length) await next(prover);
      } finally {
        await prover.close();
      }
    }
    provers.push({ backend, cold: stepsOf(cold), warm: stepsOf(warm) });
  }
  return {
    inputs: sampleOf(inputTimes),
    provers,
    proofs: witnesses.flatMap(({ signals, publicSignals }, index) => {
      const proof = proofs.get(index);
      return proof === undefined ? [] : [{ signals, publicSignals, proof }];
    }),
  };
}

async function timedProof(
  prover: Prover,
  { circuit, key }: BenchCase,
  { inputs, publicSignals }: CoverageWitness,
): Promise<{ proof: Groth16Proof; times: Times }> {
  const times: Times = {
    start: undefined,
    witness: undefined,
    prove: undefined,
    verify: undefined,
    total: undefined,
  };
  const start = performance.now();
  const proof = await prover.prove({ circuit, key, inputs, publicSignals }, ({ step, ms }) => {
    if (ms !== undefined && step in times) times[step as keyof Times] = ms;
  });
  times.total = performance.now() - start;
  return { proof, times };
}

function stepsOf(times: readonly Times[]): Steps {
  const of = (step: keyof Steps) => sampleOf(times.flatMap((time) => time[step] ?? []));
  const started = times.some(({ start }) => start !== undefined);
  return {
    start: started ? of("start") : null,
    witness: of("witness"),
    prove: of("prove"),
    verify: of("verify"),
    total: of("total"),
  };
}
