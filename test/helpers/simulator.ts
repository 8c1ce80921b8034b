import { readFileSync } from "node:fs";
import { BallastError } from "../../src/errors.ts";
import { FIELD_MODULUS as P } from "../../src/math/field.ts";
import { g1FromBytes, g2FromBytes, sharedCurve } from "../../src/prover/curve.ts";
import type { BackendResult } from "../../src/prover/node/backend.ts";
import { type OnProgress, timed } from "../../src/prover/progress.ts";
import type { Artifacts, ProofJob } from "../../src/prover/prover.ts";
import { readBigInt, readR1cs } from "../../src/prover/r1cs-file.ts";
import { randomScalar } from "../../src/prover/scalars.ts";
import { readSections } from "../../src/prover/sections.ts";
import { type CircuitInputs, WitnessCalculator } from "../../src/prover/witness-calculator.ts";
import type { Trapdoor } from "./trapdoor.ts";

/**
 * A Groth16 proof from a key's secrets: A and B are random, C is what makes the equation hold (Groth16, section 3.1, the
 * simulator; eprint 2016/260). It would do so for a false statement too: so the witness is held against every constraint.
 * @throws {BallastError} INVALID_INPUT when a constraint doesn't hold.
 */
export async function simulateProof(
  { key: { artifacts }, inputs }: Pick<ProofJob, "key" | "inputs">,
  trapdoor: Trapdoor,
  onProgress?: OnProgress,
): Promise<BackendResult> {
  const witness = await timed(onProgress, "witness", undefined, () => calculate(artifacts, inputs));
  return timed(onProgress, "prove", undefined, async () => {
    if (!satisfies(artifacts, witness))
      throw new BallastError(
        "INVALID_INPUT",
        "The inputs do not fit the circuit: a constraint does not hold.",
      );
    const publicSignals = witness.slice(1, trapdoor.ic.length);
    return { proof: await proofOf(publicSignals, trapdoor), publicSignals };
  });
}

/** A proof of any public signals. */
export async function proofOf(publicSignals: readonly bigint[], { alpha, beta, delta, ic }: Trapdoor) {
  const curve = await sharedCurve();
  const [a, b] = [randomScalar(), randomScalar()];
  const bound = [1n, ...publicSignals].reduce((sum, value, index) => sum + value * (ic[index] ?? 0n), 0n);
  const c = mod((a * b - alpha * beta - bound) * inverse(delta));
  return {
    a: g1FromBytes(curve, curve.G1.timesScalar(curve.G1.gAffine, a)),
    b: g2FromBytes(curve, curve.G2.timesScalar(curve.G2.gAffine, b)),
    c: g1FromBytes(curve, curve.G1.timesScalar(curve.G1.gAffine, c)),
  };
}

const mod = (value: bigint): bigint => ((value % P) + P) % P;

/** By Euclid. */
function inverse(value: bigint): bigint {
  let [r, next, s, t] = [P, mod(value), 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, t] = [t, s - quotient * t];
  }
  return mod(s);
}

const calculators = new Map<string, Promise<WitnessCalculator>>();

/** All wires. @throws {BallastError} INVALID_INPUT, as the prover's worker does. */
export async function calculate({ wasm, wasmHash }: Artifacts, inputs: CircuitInputs): Promise<bigint[]> {
  const made = calculators.get(wasmHash) ?? WitnessCalculator.create(readFileSync(wasm));
  calculators.set(wasmHash, made);
  try {
    const file = (await made).calculate(inputs);
    const values = readSections(Buffer.from(file.buffer), "wtns").get(2) ?? Buffer.alloc(0);
    return Array.from({ length: values.length / 32 }, (_, wire) => readBigInt(values, 32 * wire));
  } catch (error) {
    calculators.delete(wasmHash); // its state is undefined now
    throw error;
  }
}

/** Wires and coefficients of A, B and C. */
type Constraint = readonly [Terms, Terms, Terms];
type Terms = [wire: number, coefficient: bigint][];
const systems = new Map<string, Constraint[]>();

/** Whether a witness satisfies all constraints of a circuit. */
export function satisfies(artifacts: Artifacts, witness: readonly bigint[]): boolean {
  return constraintsOf(artifacts).every((constraint) => holds(constraint, witness));
}

function constraintsOf({ r1cs: path, r1csHash: hash }: Artifacts): readonly Constraint[] {
  const known = systems.get(hash);
  if (known !== undefined) return known;
  const r1cs = readR1cs(path);
  const constraints = Array.from({ length: r1cs.constraints }, (): Constraint => [[], [], []]);
  r1cs.forEachTerm((matrix, index, wire, coefficient) => {
    // Small both ways: most are one or minus one.
    constraints[index]?.[matrix].push([wire, coefficient > P >> 1n ? coefficient - P : coefficient]);
  });
  systems.set(hash, constraints);
  return constraints;
}

function holds([a, b, c]: Constraint, witness: readonly bigint[]): boolean {
  const sum = (terms: Terms): bigint =>
    terms.reduce((total, [wire, coefficient]) => total + coefficient * (witness[wire] ?? 0n), 0n);
  return (sum(a) * sum(b) - sum(c)) % P === 0n;
}
