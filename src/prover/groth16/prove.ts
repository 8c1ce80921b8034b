import { FIELD_MODULUS } from "../../math/field.ts";
import { g1FromBytes, g2FromBytes } from "../curve.ts";
import type { Curve } from "../curve-api.ts";
import type { Groth16Proof } from "../proof.ts";
import { randomScalar } from "../scalars.ts";
import { multiexp } from "./multiexp.ts";
import { type ProvingKey, readProvingKey, readWitness, SCALAR_WORDS, wordsToBigInt } from "./proving-key.ts";
import { Quotient } from "./quotient.ts";

/**
 * Groth16 over BN254 with one key, in Node and in browsers: Ballast's own backend. Nothing that depends on the witness stays
 * in this thread's memory after a proof; the curve's threads overwrite theirs at the next one.
 */
export class Groth16Prover {
  readonly #curve: Curve;
  readonly #key: ProvingKey;
  readonly #quotient: Quotient;

  private constructor(curve: Curve, key: ProvingKey, quotient: Quotient) {
    this.#curve = curve;
    this.#key = key;
    this.#quotient = quotient;
  }

  /**
   * @param curve whose threads do the work; one without threads works in this one.
   * @param single a curve without threads.
   * @param zkey the bytes of the key, which the caller has checked.
   * @throws {Error} for a truncated or foreign key.
   */
  static async create(curve: Curve, single: Curve, zkey: Uint8Array): Promise<Groth16Prover> {
    const key = readProvingKey(zkey);
    return new Groth16Prover(curve, key, await Quotient.create(single, key));
  }

  /**
   * Makes one proof; the caller verifies it. Its time depends on which values are zero and how long the others are.
   * @param wtns a witness that satisfies the circuit, as a `.wtns` file.
   */
  async prove(wtns: Uint8Array): Promise<{ proof: Groth16Proof; publicSignals: bigint[] }> {
    const key = this.#key;
    const curve = this.#curve;
    const witness = readWitness(wtns);
    if (witness.length !== key.wires * SCALAR_WORDS) throw new Error("a witness of another circuit");
    const quotient = this.#quotient
      .compute(curve, witness)
      .then((scalars) => multiexp(curve, key.h, scalars).finally(() => scalars.fill(0)));
    const [h, a, b1, b2, c] = await Promise.all([
      quotient,
      multiexp(curve, key.a, witness),
      multiexp(curve, key.b1, witness),
      multiexp(curve, key.b2, witness),
      multiexp(curve, key.c, witness),
    ]);
    const publicSignals = Array.from({ length: key.publicSignals }, (_, index) =>
      wordsToBigInt(witness, (index + 1) * SCALAR_WORDS),
    );
    witness.fill(0);
    return { proof: blind(curve, key, { a, b1, b2, c, h }), publicSignals };
  }
}

interface Sums {
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
  readonly c: Uint8Array;
  readonly h: Uint8Array;
}

/** The proof's three points, which fresh r and s make uniform among all that verify. */
function blind(curve: Curve, key: ProvingKey, sums: Sums): Groth16Proof {
  const { G1, G2 } = curve;
  const [r, s] = [randomScalar(), randomScalar()];
  const a = [key.alpha1, G1.timesScalar(key.delta1, r)].reduce((sum, point) => G1.add(sum, point), sums.a);
  const b1 = [key.beta1, G1.timesScalar(key.delta1, s)].reduce((sum, point) => G1.add(sum, point), sums.b1);
  const b2 = [key.beta2, G2.timesScalar(key.delta2, s)].reduce((sum, point) => G2.add(sum, point), sums.b2);
  const rs = FIELD_MODULUS - ((r * s) % FIELD_MODULUS);
  const c = [sums.h, G1.timesScalar(a, s), G1.timesScalar(b1, r), G1.timesScalar(key.delta1, rs)].reduce(
    (sum, point) => G1.add(sum, point),
    sums.c,
  );
  return { a: g1FromBytes(curve, a), b: g2FromBytes(curve, b2), c: g1FromBytes(curve, c) };
}
