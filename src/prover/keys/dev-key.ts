import { createHash } from "node:crypto";
import { writePartsAtomic } from "../../node/files.ts";
import { readR1cs } from "../r1cs-file.ts";
import { randomScalar } from "../scalars.ts";
import { FixedBasePool } from "./fixed-base-pool.ts";
import { keyScalars, type ToxicScalars } from "./qap.ts";
import { encodeCoefficients, encodeZkey } from "./zkey.ts";

/** Source of scalars for a setup: uniform in 1..p-1. Tests inject a fixed one. */
export type ScalarSource = () => bigint;

/** The circuit hash of section 10 of a dev key: whoever reads the key file sees that it is one. */
export function devCircuitHash(r1csHash: string): Buffer {
  return createHash("sha512").update(`ballast.dev-key/1 ${r1csHash}`).digest();
}

/**
 * Makes a Groth16 proving key straight from the constraints, with secret scalars that live in this function only.
 * ONLY FOR DEVELOPMENT: whoever ran it could have kept them, and could then prove anything.
 *
 * `setupDev` runs it in a process of its own, whose memory goes away with it.
 * @param r1csHash sha256 of the `.r1cs` file, written into the key.
 * @param output path of the `.zkey`; replaced only when complete.
 */
export async function writeDevKey(
  r1csPath: string,
  r1csHash: string,
  output: string,
  scalar: ScalarSource = randomScalar,
): Promise<void> {
  const r1cs = readR1cs(r1csPath);
  const { buildBn128 } = await import("ffjavascript");
  const curve = await buildBn128(true);
  const pool = new FixedBasePool({
    code: curve.tm.code,
    heapStart: curve.tm.initalPFree,
    generators: { g1: curve.G1.gAffine, g2: curve.G2.gAffine },
  });
  try {
    const secret: ToxicScalars = { tau: scalar(), alpha: scalar(), beta: scalar(), delta: scalar() };
    const scalars = keyScalars(r1cs, secret);
    const { alpha, beta, delta } = secret;
    const [singles1, singles2, b2, h, a, b1, c, ic] = await Promise.all([
      pool.multiply("g1", [alpha, beta, delta]),
      pool.multiply("g2", [beta, delta]),
      pool.multiply("g2", scalars.b),
      pool.multiply("g1", scalars.h),
      pool.multiply("g1", scalars.a),
      pool.multiply("g1", scalars.b),
      pool.multiply("g1", scalars.c),
      pool.multiply("g1", scalars.ic),
    ]);
    const chunks = encodeZkey({
      wires: r1cs.wires,
      publicSignals: r1cs.publicSignals,
      domainPower: r1cs.domainPower,
      alpha1: singles1.subarray(0, 64),
      beta1: singles1.subarray(64, 128),
      delta1: singles1.subarray(128, 192),
      beta2: singles2.subarray(0, 128),
      gamma2: curve.G2.gAffine,
      delta2: singles2.subarray(128, 256),
      ic,
      coefficients: encodeCoefficients(r1cs),
      a,
      b1,
      b2,
      c,
      h,
      circuitHash: devCircuitHash(r1csHash),
    });
    writePartsAtomic(output, chunks);
  } finally {
    await pool.close();
  }
}
