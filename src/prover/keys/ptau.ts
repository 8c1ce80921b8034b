import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { BallastError } from "../../errors.ts";
import { BASE_MODULUS } from "../curve.ts";
import { readBigInt } from "../r1cs.ts";
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
 * Checks a prepared Powers of Tau file by its hash.
 * @param expected 128 hex digits (blake2b-512, as in the published lists) or 64 (sha256); without it, the file must be
 *   one of the Hermez files in {@link KNOWN_PTAU}.
 * @param domainPower the circuit's, from `circuitInfo`.
 * @throws {BallastError} INVALID_PTAU when the file is another one, too small, or not a ptau file over BN254.
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
            ? "Download it again, or give its hash from the ceremony's list with --ptau-hash."
            : "Download it again, and take the hash from the ceremony's own list.",
        details: { found },
      },
    );
  }
  return { path, hash, power };
}

/** The power in the file's header. */
function readPower(path: string): number {
  const header = Buffer.alloc(12 + 12 + 4 + 32 + 4);
  try {
    const file = openSync(path, "r");
    try {
      const read = readSync(file, header, 0, header.length, 0);
      const magic = header.toString("latin1", 0, 4) === "ptau" && header.readUInt32LE(12) === 1;
      if (read < header.length || !magic || header.readUInt32LE(24) !== 32) throw new Error("bad header");
      if (readBigInt(header, 28) !== BASE_MODULUS) throw new Error("another curve");
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new BallastError(
      "INVALID_PTAU",
      `${path} is missing, truncated or not a BN254 Powers of Tau file.`,
      {
        hint: "Give a prepared (phase 2) .ptau file.",
        cause,
      },
    );
  }
  return header.readUInt32LE(60);
}

async function digest(path: string, algorithm: "blake2b512" | "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
