import { readFileSync } from "node:fs";
import { BallastError } from "../errors.ts";
import { FIELD_MODULUS } from "../math/field.ts";
import { readSections } from "./sections.ts";

/** Sizes of a compiled circuit. Wire 0 is the constant one, wires 1..publicSignals are public. */
export interface R1csHeader {
  readonly wires: number;
  /** Public outputs and inputs. */
  readonly publicSignals: number;
  readonly constraints: number;
  /** k: the smallest domain 2^k with `constraints + publicSignals + 1 <= 2^k`. */
  readonly domainPower: number;
}

/** One term of a linear combination: matrix 0 is A, 1 is B, 2 is C. */
export type TermVisitor = (matrix: 0 | 1 | 2, constraint: number, wire: number, coefficient: bigint) => void;

/** A parsed R1CS file; `forEachTerm` walks its terms in file order (A, B, C of constraint 0, then of 1, ...). */
export interface R1cs extends R1csHeader {
  forEachTerm(visit: TermVisitor): void;
}

const FIELD_BYTES = 32;

/**
 * Reads a circom `.r1cs` file (iden3 binary format 1) over the BN254 scalar field.
 * @throws {BallastError} INVALID_ARTIFACT for a truncated or foreign file.
 */
export function readR1cs(path: string): R1cs {
  try {
    return parseR1cs(readFileSync(path));
  } catch (cause) {
    throw new BallastError("INVALID_ARTIFACT", `The constraint file ${path} is missing or damaged.`, {
      hint: "Delete its folder; the next command compiles the circuit again.",
      cause,
    });
  }
}

/** The smallest k with `constraints + publicSignals + 1 <= 2^k`. */
export function domainPowerOf(constraints: number, publicSignals: number): number {
  return Math.max(1, Math.ceil(Math.log2(constraints + publicSignals + 1)));
}

function parseR1cs(file: Buffer): R1cs {
  const sections = readSections(file, "r1cs");
  const header = sections.get(1);
  const body = sections.get(2);
  if (header === undefined || body === undefined) throw new Error("a section is missing");
  if (header.readUInt32LE(0) !== FIELD_BYTES || readBigInt(header, 4) !== FIELD_MODULUS) {
    throw new Error("not over the BN254 scalar field");
  }
  const at = 4 + FIELD_BYTES;
  const wires = header.readUInt32LE(at);
  const publicSignals = header.readUInt32LE(at + 4) + header.readUInt32LE(at + 8);
  const constraints = header.readUInt32LE(at + 24);
  return {
    wires,
    publicSignals,
    constraints,
    domainPower: domainPowerOf(constraints, publicSignals),
    forEachTerm: (visit) => walkTerms(body, constraints, visit),
  };
}

function walkTerms(body: Buffer, constraints: number, visit: TermVisitor): void {
  const matrices = [0, 1, 2] as const;
  let offset = 0;
  for (let constraint = 0; constraint < constraints; constraint++) {
    for (const matrix of matrices) {
      const terms = body.readUInt32LE(offset);
      offset += 4;
      for (let term = 0; term < terms; term++) {
        visit(matrix, constraint, body.readUInt32LE(offset), readBigInt(body, offset + 4));
        offset += 4 + FIELD_BYTES;
      }
    }
  }
}

/** A 32-byte little-endian integer. */
export function readBigInt(buffer: Buffer, offset: number): bigint {
  return (
    buffer.readBigUInt64LE(offset) |
    (buffer.readBigUInt64LE(offset + 8) << 64n) |
    (buffer.readBigUInt64LE(offset + 16) << 128n) |
    (buffer.readBigUInt64LE(offset + 24) << 192n)
  );
}

/** Writes a 32-byte little-endian integer. */
export function writeBigInt(buffer: Buffer, value: bigint, offset: number): void {
  buffer.writeBigUInt64LE(value & 0xffffffffffffffffn, offset);
  buffer.writeBigUInt64LE((value >> 64n) & 0xffffffffffffffffn, offset + 8);
  buffer.writeBigUInt64LE((value >> 128n) & 0xffffffffffffffffn, offset + 16);
  buffer.writeBigUInt64LE(value >> 192n, offset + 24);
}
