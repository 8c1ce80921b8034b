import { FIELD_MODULUS } from "../../math/field.ts";
import { readSections } from "../sections.ts";

/** Points that a multiexponentiation multiplies: those at infinity are left out. */
export interface Bases {
  readonly group: "G1" | "G2";
  /** Affine, little-endian Montgomery, one after the other. */
  readonly points: Uint32Array;
  /** For each point the index of its scalar. */
  readonly scalars: Uint32Array;
}

/** The terms of A and B in the file's order; `values` are 32 bytes each, times R^2 for Montgomery's R. */
export interface Coefficients {
  /** 0 for A, 1 for B. */
  readonly matrices: Uint8Array;
  readonly rows: Uint32Array;
  readonly wires: Uint32Array;
  readonly values: Uint32Array;
}

/** What a proof needs of a `.zkey` over BN254. */
export interface ProvingKey {
  readonly wires: number;
  readonly publicSignals: number;
  readonly domainSize: number;
  readonly alpha1: Uint8Array;
  readonly beta1: Uint8Array;
  readonly beta2: Uint8Array;
  readonly delta1: Uint8Array;
  readonly delta2: Uint8Array;
  readonly coefficients: Coefficients;
  readonly a: Bases;
  readonly b1: Bases;
  readonly b2: Bases;
  readonly c: Bases;
  readonly h: Bases;
}

/** 32-bit words of a scalar. */
export const SCALAR_WORDS = 8;
export const POINT_WORDS = { G1: 16, G2: 32 } as const;
const TERM_WORDS = 3 + SCALAR_WORDS;
const HEADER_POINTS = 84;
const [G1_BYTES, G2_BYTES] = [64, 128];

/**
 * Reads a Groth16 `.zkey`, whose bytes it copies: the file can be forgotten.
 * @throws {Error} for a truncated or foreign file. Whether the points are right is not looked at: check the file's hash.
 */
export function readProvingKey(file: Uint8Array): ProvingKey {
  const sections = readSections(file, "zkey");
  const words = (type: number): Uint32Array => toWords(sectionOf(sections, type));
  if (words(1)[0] !== 1) throw new Error("not a Groth16 key");
  const header = sectionOf(sections, 2);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length !== HEADER_POINTS + 3 * G1_BYTES + 3 * G2_BYTES) throw new Error("another header");
  if (!isModulus(toWords(header.subarray(40, 72)))) throw new Error("not over BN254");
  const [wires, publicSignals, domainSize] = [72, 76, 80].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  const point = (at: number, length: number): Uint8Array =>
    header.slice(HEADER_POINTS + at, HEADER_POINTS + at + length);
  const bases = (type: number, group: "G1" | "G2", first: number, count: number): Bases => {
    const points = words(type);
    if (points.length !== count * POINT_WORDS[group]) {
      throw new Error(`section ${type} has the wrong length`);
    }
    return finiteBases(group, points, first);
  };
  return {
    wires,
    publicSignals,
    domainSize,
    alpha1: point(0, G1_BYTES),
    beta1: point(G1_BYTES, G1_BYTES),
    beta2: point(2 * G1_BYTES, G2_BYTES),
    delta1: point(2 * G1_BYTES + 2 * G2_BYTES, G1_BYTES),
    delta2: point(3 * G1_BYTES + 2 * G2_BYTES, G2_BYTES),
    coefficients: readCoefficients(words(4), wires, domainSize),
    a: bases(5, "G1", 0, wires),
    b1: bases(6, "G1", 0, wires),
    b2: bases(7, "G2", 0, wires),
    c: bases(8, "G1", publicSignals + 1, wires - publicSignals - 1),
    h: bases(9, "G1", 0, domainSize),
  };
}

/** @param first the index of the first point's scalar. */
export function finiteBases(group: "G1" | "G2", all: Uint32Array, first: number): Bases {
  const size = POINT_WORDS[group];
  const points = new Uint32Array(all.length);
  const scalars = new Uint32Array(all.length / size);
  let count = 0;
  for (let index = 0; index < scalars.length; index++) {
    const from = index * size;
    let bits = 0;
    for (let word = 0; word < size; word++) bits |= all[from + word] as number;
    if (bits === 0) continue;
    points.set(all.subarray(from, from + size), count * size);
    scalars[count++] = first + index;
  }
  return { group, points: points.slice(0, count * size), scalars: scalars.slice(0, count) };
}

function readCoefficients(words: Uint32Array, wires: number, domainSize: number): Coefficients {
  const count = words[0] ?? 0;
  if (words.length !== 1 + count * TERM_WORDS) throw new Error("section 4 has the wrong length");
  const matrices = new Uint8Array(count);
  const rows = new Uint32Array(count);
  const wireOf = new Uint32Array(count);
  const values = new Uint32Array(count * SCALAR_WORDS);
  for (let term = 0; term < count; term++) {
    const at = 1 + term * TERM_WORDS;
    const [matrix, row, wire] = [words[at], words[at + 1], words[at + 2]] as [number, number, number];
    if (matrix > 1 || row >= domainSize || wire >= wires) throw new Error("a term outside of the circuit");
    matrices[term] = matrix;
    rows[term] = row;
    wireOf[term] = wire;
    values.set(words.subarray(at + 3, at + TERM_WORDS), term * SCALAR_WORDS);
  }
  return { matrices, rows, wires: wireOf, values };
}

/** The values of a `.wtns` file over BN254's scalar field, {@link SCALAR_WORDS} each; a copy. */
export function readWitness(file: Uint8Array): Uint32Array {
  const sections = readSections(file, "wtns");
  if (!isModulus(toWords(sectionOf(sections, 1).subarray(4, 36)))) throw new Error("not over BN254");
  return toWords(sectionOf(sections, 2));
}

/** Little-endian 32-bit words, as every platform of WebAssembly has them. */
export function toWords(bytes: Uint8Array): Uint32Array {
  const copy = bytes.slice();
  return new Uint32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}

export function wordsToBigInt(words: Uint32Array, at: number): bigint {
  let value = 0n;
  for (let word = SCALAR_WORDS - 1; word >= 0; word--) value = (value << 32n) | BigInt(words[at + word] ?? 0);
  return value;
}

function isModulus(words: Uint32Array): boolean {
  return words.length === SCALAR_WORDS && wordsToBigInt(words, 0) === FIELD_MODULUS;
}

function sectionOf(sections: ReadonlyMap<number, Uint8Array>, type: number): Uint8Array {
  const found = sections.get(type);
  if (found === undefined) throw new Error(`section ${type} is missing`);
  return found;
}
