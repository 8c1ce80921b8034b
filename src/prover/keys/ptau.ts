import { createHash } from "node:crypto";
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { BallastError } from "../../errors.ts";
import { BASE_MODULUS } from "../curve.ts";
import { readBigInt } from "../r1cs-file.ts";
import { KNOWN_PTAU } from "./known-ptau.ts";

/** A Powers of Tau file that has been checked. */
export interface Ptau {
  readonly path: string;
  /** blake2b-512 in hex, as the ceremony's lists give it. */
  readonly hash: string;
  /** The file serves circuits with a domain up to 2^power. */
  readonly power: number;
}

/**
 * Checks a prepared Powers of Tau file by its hash, and that it is whole: every section as long as its power says.
 * @param expected 128 hex digits (blake2b-512, as in the published lists) or 64 (sha256); without it, the file must be
 *   one of the Hermez files in {@link KNOWN_PTAU}.
 * @param domainPower the circuit's, from `circuitInfo`.
 * @throws {BallastError} INVALID_PTAU when the file is another one, too small, cut off, not prepared, or not a
 *   ptau file over BN254.
 */
export async function checkPtau(path: string, domainPower: number, expected?: string): Promise<Ptau> {
  const power = readPower(path);
  if (power < domainPower) {
    throw new BallastError(
      "INVALID_PTAU",
      `The ptau file has power ${power}; the circuit needs ${domainPower}.`,
      {
        hint: `Take a file for at least 2^${domainPower} constraints.`,
        details: { power, needed: domainPower },
      },
    );
  }
  const wanted = expected?.trim().toLowerCase().replace(/^0x/, "");
  if (wanted !== undefined && !/^([0-9a-f]{64}|[0-9a-f]{128})$/.test(wanted)) {
    throw new BallastError("INVALID_INPUT", "A ptau hash has 128 hex digits (blake2b) or 64 (sha256).", {
      hint: "Copy it from the ceremony's own list.",
    });
  }
  const hash = await digest(path, "blake2b512");
  const found = wanted?.length === 64 ? await digest(path, "sha256") : hash;
  if (wanted === undefined ? !KNOWN_PTAU.some((known) => known.hash === hash) : found !== wanted) {
    throw new BallastError(
      "INVALID_PTAU",
      wanted === undefined
        ? "The ptau file is none of the published ones that Ballast knows."
        : "The ptau file does not have the hash that was given.",
      {
        hint:
          wanted === undefined
            ? "Download it again, or give its hash from the ceremony's list."
            : "Download it again, and take the hash from the ceremony's own list.",
        ...(wanted === undefined ? { inputs: ["setup.ptauHash"] } : {}),
        details: { found },
      },
    );
  }
  return { path, hash, power };
}

const G1_BYTES = 64;
const G2_BYTES = 128;
/** The EVM's curve has no domains larger than that. */
const MOST_POWER = 28;

/** Bytes of the header section: length of a coordinate, the prime, power and the ceremony's own power. */
const HEADER_BYTES = 4 + 32 + 4 + 4;
const CONTRIBUTIONS = 7;

/** Bytes of each section of a prepared file of a power, but for the list of contributions. */
function sectionBytes(power: number): ReadonlyMap<number, number> {
  const points = 2 ** power;
  return new Map([
    [1, HEADER_BYTES],
    [2, (2 * points - 1) * G1_BYTES], // powers of tau
    [3, points * G2_BYTES],
    [4, points * G1_BYTES], // the same times alpha
    [5, points * G1_BYTES], // the same times beta
    [6, G2_BYTES], // beta
    [12, (4 * points - 1) * G1_BYTES], // the Lagrange values of all domains up to the power, and one more
    [13, (2 * points - 1) * G2_BYTES],
    [14, (2 * points - 1) * G1_BYTES],
    [15, (2 * points - 1) * G1_BYTES],
  ]);
}

/**
 * The power in the file's header, once the sections have the lengths that it implies and the file ends with the last.
 * A file that was cut off can have the very hash that somebody gives with it.
 */
function readPower(path: string): number {
  try {
    const file = openSync(path, "r");
    try {
      return parsePower(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof BallastError) throw cause;
    throw new BallastError(
      "INVALID_PTAU",
      `${path} is missing, truncated or not a BN254 Powers of Tau file.`,
      {
        hint: "Give a prepared (phase 2) .ptau file.",
        cause,
      },
    );
  }
}

function parsePower(file: number): number {
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, at) < length) throw new Error("the file ends early");
    return bytes;
  };
  const start = read(0, 12);
  if (start.toString("latin1", 0, 4) !== "ptau") throw new Error("bad magic");
  const { size } = fstatSync(file);
  const sections = new Map<number, { readonly at: number; readonly length: number }>();
  let offset = 12;
  for (let left = start.readUInt32LE(8); left > 0; left--) {
    const head = read(offset, 12);
    const type = head.readUInt32LE(0);
    const length = Number(head.readBigUInt64LE(4));
    if (sections.has(type)) throw new Error("a section is there twice");
    sections.set(type, { at: offset + 12, length });
    offset += 12 + length;
    if (offset > size) throw new Error("the file ends early");
  }
  if (offset !== size) throw new Error("bytes are left over");
  const at = sections.get(1);
  if (at === undefined || at.length !== HEADER_BYTES) throw new Error("bad header");
  const header = read(at.at, HEADER_BYTES);
  if (header.readUInt32LE(0) !== 32 || readBigInt(header, 4) !== BASE_MODULUS)
    throw new Error("another curve");
  const power = header.readUInt32LE(36);
  if (power < 1 || power > MOST_POWER) throw new Error("no such power");
  const wanted = sectionBytes(power);
  for (const [type, length] of wanted) {
    const found = sections.get(type);
    if (found === undefined && type >= 12) {
      throw new BallastError("INVALID_PTAU", "The ptau file is not prepared for phase 2.", {
        hint: "Take a prepared file, or run `snarkjs powersoftau prepare phase2`.",
      });
    }
    if (found?.length !== length)
      throw new Error(`section ${type} has another length than power ${power} asks for`);
  }
  if ([...sections.keys()].some((type) => type !== CONTRIBUTIONS && !wanted.has(type))) {
    throw new Error("other sections than a prepared file has");
  }
  return power;
}

async function digest(path: string, algorithm: "blake2b512" | "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
