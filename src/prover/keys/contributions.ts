import { createHash } from "node:crypto";
import { BallastError } from "../../errors.ts";
import { sharedCurve } from "../curve.ts";
import type { Zkey } from "./zkey.ts";

/** One contribution to a phase-2 ceremony, as the key itself records it. */
export interface Contribution {
  readonly name: string;
  /** blake2b-512 in hex: what a contributor publishes, the same that snarkjs prints. */
  readonly hash: string;
  /** Set for the closing random beacon: the value and the log2 of the hash iterations. */
  readonly beacon?: { readonly value: string; readonly iterationsExp: number };
}

/** Section 10 of a key, decoded. */
export interface CeremonyRecord {
  /** blake2b-512 of circuit and Powers of Tau, in hex. */
  readonly circuitHash: string;
  readonly contributions: readonly Contribution[];
}

/** deltaAfter, g1_s, g1_sx in G1, g2_spx in G2, then the hash of all that came before. */
const G1_BYTES = 64;
const G2_BYTES = 128;
const HASH_BYTES = 64;

/**
 * Decodes the contributions of a key.
 * @throws {BallastError} INVALID_KEY when the section is damaged.
 */
export async function readContributions(zkey: Zkey): Promise<CeremonyRecord> {
  try {
    return await parse(zkey.contributions);
  } catch (cause) {
    throw new BallastError("INVALID_KEY", "The list of contributions in the key is damaged.", {
      hint: "Get the key from the last contributor again.",
      cause,
    });
  }
}

async function parse(section: Buffer): Promise<CeremonyRecord> {
  const curve = await sharedCurve();
  let offset = 0;
  const take = (length: number): Buffer => {
    if (offset + length > section.length) throw new Error("the section ends early");
    offset += length;
    return section.subarray(offset - length, offset);
  };
  const circuitHash = take(HASH_BYTES).toString("hex");
  const count = take(4).readUInt32LE(0);
  const contributions: Contribution[] = [];
  for (let index = 0; index < count; index++) {
    const hash = createHash("blake2b512");
    for (let point = 0; point < 3; point++)
      hash.update(curve.G1.toUncompressed(Uint8Array.from(take(G1_BYTES))));
    hash.update(curve.G2.toUncompressed(Uint8Array.from(take(G2_BYTES))));
    hash.update(take(HASH_BYTES));
    const isBeacon = take(4).readUInt32LE(0) === 1;
    const parameters = readParameters(take(take(4).readUInt32LE(0)));
    const { name = "", iterationsExp, value } = parameters;
    contributions.push({
      name,
      hash: hash.digest("hex"),
      ...(isBeacon && iterationsExp !== undefined && value !== undefined
        ? { beacon: { value, iterationsExp } }
        : {}),
    });
  }
  if (offset !== section.length) throw new Error("bytes are left over");
  return { circuitHash, contributions };
}

/** 1: name, 2: iterations of the beacon, 3: its value. */
function readParameters(bytes: Buffer): { name?: string; iterationsExp?: number; value?: string } {
  const result: { name?: string; iterationsExp?: number; value?: string } = {};
  for (let offset = 0; offset < bytes.length; ) {
    const type = bytes.readUInt8(offset);
    const length = bytes.readUInt8(offset + 1);
    const content = bytes.subarray(offset + 2, offset + 2 + length);
    if (type === 1) result.name = content.toString("utf8");
    else if (type === 3) result.value = content.toString("hex");
    else if (type !== 2) throw new Error("unknown parameter");
    if (type === 2) result.iterationsExp = length;
    offset += type === 2 ? 2 : 2 + length;
  }
  return result;
}
