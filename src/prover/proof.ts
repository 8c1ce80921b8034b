import * as z from "zod";
import { BallastError } from "../errors.ts";
import { BASE_MODULUS, type G1Point, type G2Point } from "./curve.ts";

/** A proof as snarkjs writes it: coordinates in decimal. */
export interface SnarkjsProof {
  pi_a: string[];
  pi_b: string[][];
  pi_c: string[];
  protocol: string;
  curve: string;
}

/** A Groth16 proof over BN254. */
export interface Groth16Proof {
  readonly a: G1Point;
  readonly b: G2Point;
  readonly c: G1Point;
}

const number = z
  .union([z.string().regex(/^(0|[1-9][0-9]{0,77})$/), z.bigint()])
  .transform((value) => BigInt(value));
const snarkjsSchema = z.looseObject({
  pi_a: z.tuple([number, number, number]),
  pi_b: z.tuple([z.tuple([number, number]), z.tuple([number, number]), z.tuple([number, number])]),
  pi_c: z.tuple([number, number, number]),
});

/**
 * Reads a proof in the JSON form of snarkjs and rapidsnark.
 * @throws {BallastError} INVALID_PROOF for anything else, coordinates outside the base field included.
 */
export function fromSnarkjsProof(json: unknown): Groth16Proof {
  const parsed = snarkjsSchema.safeParse(json);
  if (!parsed.success) {
    throw new BallastError("INVALID_PROOF", "The proof is not a Groth16 proof in snarkjs' form.");
  }
  const { pi_a, pi_b, pi_c } = parsed.data;
  const affine = pi_a[2] === 1n && pi_c[2] === 1n && pi_b[2][0] === 1n && pi_b[2][1] === 0n;
  const proof: Groth16Proof = {
    a: { x: pi_a[0], y: pi_a[1] },
    b: { x: { c0: pi_b[0][0], c1: pi_b[0][1] }, y: { c0: pi_b[1][0], c1: pi_b[1][1] } },
    c: { x: pi_c[0], y: pi_c[1] },
  };
  if (!affine || !coordinates(proof).every((value) => value < BASE_MODULUS)) {
    throw new BallastError("INVALID_PROOF", "A point of the proof is not affine or not in the base field.");
  }
  return proof;
}

/** The proof as snarkjs' `groth16 verify` takes it. */
export function toSnarkjsProof({ a, b, c }: Groth16Proof): SnarkjsProof {
  return {
    pi_a: [a.x.toString(), a.y.toString(), "1"],
    pi_b: [
      [b.x.c0.toString(), b.x.c1.toString()],
      [b.y.c0.toString(), b.y.c1.toString()],
      ["1", "0"],
    ],
    pi_c: [c.x.toString(), c.y.toString(), "1"],
    protocol: "groth16",
    curve: "bn128",
  };
}

/** All eight coordinates of a proof. */
export function coordinates({ a, b, c }: Groth16Proof): bigint[] {
  return [a.x, a.y, b.x.c0, b.x.c1, b.y.c0, b.y.c1, c.x, c.y];
}
