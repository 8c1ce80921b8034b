import { readFileSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { FIELD_MODULUS } from "../../math/field.ts";
import { BASE_MODULUS, type G1Point, g1FromBytes, g2FromBytes, sharedCurve } from "../curve.ts";
import { type R1cs, readBigInt, writeBigInt } from "../r1cs-file.ts";
import { readSections } from "../sections.ts";
import type { VerifyingKey } from "../verifying-key.ts";

/** Section types of snarkjs' Groth16 `.zkey` (iden3 binary format 1). */
const SECTION = {
  protocol: 1,
  header: 2,
  ic: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const;
const SECTIONS: ReadonlySet<number> = new Set(Object.values(SECTION));
const GROTH16 = 1;
const G1_BYTES = 64;
const G2_BYTES = 128;
/** Header: 2 x (length, prime), wires, publics, domain, then alpha1 beta1 beta2 gamma2 delta1 delta2. */
const HEADER_POINTS = 2 * (4 + 32) + 12;

/** The parts of a key in the bytes of the file: affine points, little-endian Montgomery. */
export interface ZkeyParts {
  readonly wires: number;
  readonly publicSignals: number;
  readonly domainPower: number;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly gamma2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
  readonly ic: Uint8Array;
  readonly coefficients: Uint8Array;
  readonly a: Uint8Array;
  readonly b1: Uint8Array;
  readonly b2: Uint8Array;
  readonly c: Uint8Array;
  readonly h: Uint8Array;
  /** 64 bytes that identify the circuit and the kind of setup. */
  readonly circuitHash: Uint8Array;
}

/** The chunks of a `.zkey` file without contributions, in file order. */
export function encodeZkey(parts: ZkeyParts): Uint8Array[] {
  const protocol = Buffer.alloc(4);
  protocol.writeUInt32LE(GROTH16);
  const numbers = Buffer.alloc(HEADER_POINTS);
  numbers.writeUInt32LE(32, 0);
  writeBigInt(numbers, BASE_MODULUS, 4);
  numbers.writeUInt32LE(32, 36);
  writeBigInt(numbers, FIELD_MODULUS, 40);
  numbers.writeUInt32LE(parts.wires, 72);
  numbers.writeUInt32LE(parts.publicSignals, 76);
  numbers.writeUInt32LE(2 ** parts.domainPower, 80);
  const { alpha1, beta1, beta2, gamma2, delta1, delta2 } = parts;
  const sections: [number, Uint8Array[]][] = [
    [SECTION.protocol, [protocol]],
    [SECTION.header, [numbers, alpha1, beta1, beta2, gamma2, delta1, delta2]],
    [SECTION.ic, [parts.ic]],
    [SECTION.coefficients, [parts.coefficients]],
    [SECTION.a, [parts.a]],
    [SECTION.b1, [parts.b1]],
    [SECTION.b2, [parts.b2]],
    [SECTION.c, [parts.c]],
    [SECTION.h, [parts.h]],
    [SECTION.contributions, [parts.circuitHash, Buffer.alloc(4)]],
  ];
  const start = Buffer.alloc(12);
  start.write("zkey", 0, "latin1");
  start.writeUInt32LE(1, 4);
  start.writeUInt32LE(sections.length, 8);
  const chunks: Uint8Array[] = [start];
  for (const [type, content] of sections) {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(type, 0);
    head.writeBigUInt64LE(BigInt(content.reduce((total, chunk) => total + chunk.length, 0)), 4);
    chunks.push(head, ...content);
  }
  return chunks;
}

/** R^2 mod p with R = 2^256: the provers multiply it away twice. */
const COEFFICIENT_FACTOR = (1n << 512n) % FIELD_MODULUS;
const COEFFICIENT_BYTES = 12 + 32;

/** The terms of A and B, each times R^2, and a one in A for every public wire in a row of its own. */
export function encodeCoefficients(r1cs: R1cs): Buffer {
  let count = r1cs.publicSignals + 1;
  r1cs.forEachTerm((matrix) => {
    if (matrix !== 2) count++;
  });
  const section = Buffer.alloc(4 + count * COEFFICIENT_BYTES);
  section.writeUInt32LE(count, 0);
  let offset = 4;
  const put = (matrix: number, row: number, wire: number, value: bigint): void => {
    section.writeUInt32LE(matrix, offset);
    section.writeUInt32LE(row, offset + 4);
    section.writeUInt32LE(wire, offset + 8);
    writeBigInt(section, value, offset + 12);
    offset += COEFFICIENT_BYTES;
  };
  r1cs.forEachTerm((matrix, constraint, wire, coefficient) => {
    if (matrix !== 2) put(matrix, constraint, wire, (coefficient * COEFFICIENT_FACTOR) % FIELD_MODULUS);
  });
  for (let wire = 0; wire <= r1cs.publicSignals; wire++) {
    put(0, r1cs.constraints + wire, wire, COEFFICIENT_FACTOR);
  }
  return section;
}

/** What Ballast reads back from a `.zkey`. */
export interface Zkey {
  readonly wires: number;
  readonly publicSignals: number;
  readonly domainSize: number;
  readonly verifyingKey: VerifyingKey;
  /** beta and delta in G1, which only provers need. */
  readonly beta1: G1Point;
  readonly delta1: G1Point;
  /** Section 4 as it is: equal to {@link encodeCoefficients} exactly when the key is for that circuit. */
  readonly coefficients: Buffer;
  /** Section 10: circuit hash, number of contributions, contributions. */
  readonly contributions: Buffer;
}

/**
 * Reads a Groth16 `.zkey` over BN254 and checks that every section has the length its header promises.
 * @throws {BallastError} INVALID_KEY for a missing, truncated or foreign file.
 */
export async function readZkey(path: string): Promise<Zkey> {
  try {
    return await parseZkey(readFileSync(path));
  } catch (cause) {
    throw new BallastError(
      "INVALID_KEY",
      `The key file ${path} is missing, truncated or not a Groth16 key.`,
      {
        hint: "Delete it, or make it again.",
        inputs: ["setup.force"],
        cause,
      },
    );
  }
}

async function parseZkey(file: Buffer): Promise<Zkey> {
  const sections = readSections(file, "zkey");
  if (sections.size !== SECTIONS.size || [...sections.keys()].some((type) => !SECTIONS.has(type))) {
    throw new Error("other sections than a Groth16 key has");
  }
  const section = (type: number): Buffer => {
    const found = sections.get(type);
    if (found === undefined) throw new Error(`section ${type} is missing`);
    return found;
  };
  if (section(SECTION.protocol).readUInt32LE(0) !== GROTH16) throw new Error("not Groth16");
  const header = section(SECTION.header);
  if (header.readUInt32LE(0) !== 32 || header.readUInt32LE(36) !== 32) throw new Error("another field size");
  if (readBigInt(header, 4) !== BASE_MODULUS || readBigInt(header, 40) !== FIELD_MODULUS) {
    throw new Error("not over BN254");
  }
  const wires = header.readUInt32LE(72);
  const publicSignals = header.readUInt32LE(76);
  const domainSize = header.readUInt32LE(80);
  const coefficients = section(SECTION.coefficients);
  const lengths: [number, number][] = [
    [SECTION.header, HEADER_POINTS + 3 * G1_BYTES + 3 * G2_BYTES],
    [SECTION.ic, (publicSignals + 1) * G1_BYTES],
    [SECTION.coefficients, 4 + coefficients.readUInt32LE(0) * COEFFICIENT_BYTES],
    [SECTION.a, wires * G1_BYTES],
    [SECTION.b1, wires * G1_BYTES],
    [SECTION.b2, wires * G2_BYTES],
    [SECTION.c, (wires - publicSignals - 1) * G1_BYTES],
    [SECTION.h, domainSize * G1_BYTES],
  ];
  for (const [type, length] of lengths) {
    if (section(type).length !== length) throw new Error(`section ${type} has the wrong length`);
  }
  const curve = await sharedCurve();
  const g1 = (bytes: Buffer, at: number) => g1FromBytes(curve, pointBytes(bytes, at, G1_BYTES));
  const g2 = (at: number) => g2FromBytes(curve, pointBytes(header, at, G2_BYTES));
  const ic = section(SECTION.ic);
  return {
    wires,
    publicSignals,
    domainSize,
    verifyingKey: {
      alpha1: g1(header, HEADER_POINTS),
      beta2: g2(HEADER_POINTS + 2 * G1_BYTES),
      gamma2: g2(HEADER_POINTS + 2 * G1_BYTES + G2_BYTES),
      delta2: g2(HEADER_POINTS + 3 * G1_BYTES + 2 * G2_BYTES),
      ic: Array.from({ length: publicSignals + 1 }, (_, index) => g1(ic, index * G1_BYTES)),
    },
    beta1: g1(header, HEADER_POINTS + G1_BYTES),
    delta1: g1(header, HEADER_POINTS + 2 * G1_BYTES + 2 * G2_BYTES),
    coefficients,
    contributions: section(SECTION.contributions),
  };
}

/** A copy of a point's bytes. Throws for a coordinate that is not below the modulus: there is one spelling of a point. */
export function pointBytes(bytes: Buffer, at: number, length: number): Uint8Array {
  for (let offset = at; offset < at + length; offset += 32) {
    if (readBigInt(bytes, offset) >= BASE_MODULUS) throw new Error("a coordinate outside the field");
  }
  return Uint8Array.from(bytes.subarray(at, at + length));
}
