import { createHash, type Hash } from "node:crypto";
import { BallastError } from "../../errors.ts";
import { FIELD_MODULUS } from "../../math/field.ts";
import { g1FromBytes, g1ToBytes, g2ToBytes, sharedCurve } from "../curve.ts";
import type { Curve } from "../curve-api.ts";
import { pointBytes, type Zkey } from "./zkey.ts";

/** One contribution to a phase-2 ceremony, as the key itself records it. */
export interface Contribution {
  /** What the contributor called itself: anybody's claim until the one with that name has published `record`. */
  readonly name: string;
  /** blake2b-512 of the contribution's points in hex, the same that snarkjs prints. It does not cover the name. */
  readonly hash: string;
  /**
   * sha256 in hex over the record before (the first: the circuit hash), `hash`, and everything that goes with it: the
   * name, a beacon's value and iterations. What a contributor publishes: a name that is changed later, its own or an
   * earlier one, changes it.
   */
  readonly record: string;
  /** Set for the closing random beacon: the value and the log2 of the hash iterations. */
  readonly beacon?: { readonly value: string; readonly iterationsExp: number };
}

/** Section 10 of a key, decoded. */
export interface CeremonyRecord {
  /** blake2b-512 of circuit and Powers of Tau, in hex. */
  readonly circuitHash: string;
  readonly contributions: readonly Contribution[];
}

/** A contribution in the file: deltaAfter, g1_s, g1_sx in G1, g2_spx in G2, the hash of all that came before. */
interface Entry {
  readonly contribution: Contribution;
  readonly deltaAfter: Uint8Array;
  readonly s: Uint8Array;
  readonly sx: Uint8Array;
  readonly spx: Uint8Array;
  readonly transcript: Buffer;
}

const G1_BYTES = 64;
const G2_BYTES = 128;
const HASH_BYTES = 64;

/**
 * Decodes the contributions of a key and checks that they lead to its delta: each is a point of its group, proves
 * knowledge of its secret for just this place in the chain, and changes delta to a value it has not had. A beacon comes
 * last. Whether the beacon's secret follows from its value is for `verifyCeremony`, which hashes as often as it says.
 *
 * @returns the contributions, of which there may be none: the first key of a ceremony.
 * @throws {BallastError} INVALID_KEY when the section is damaged or a contribution is none, with its number.
 */
export async function readContributions(zkey: Zkey): Promise<CeremonyRecord> {
  const curve = await sharedCurve();
  let parsed: { readonly circuitHash: Buffer; readonly entries: readonly Entry[] };
  try {
    parsed = parse(curve, zkey.contributions);
  } catch (cause) {
    throw new BallastError("INVALID_KEY", "The list of contributions in the key is damaged.", {
      hint: "Get the key from the last contributor again.",
      cause,
    });
  }
  const { circuitHash, entries } = parsed;
  await checkChain(curve, zkey, circuitHash, entries);
  return {
    circuitHash: circuitHash.toString("hex"),
    contributions: entries.map(({ contribution }) => contribution),
  };
}

/**
 * Somebody whose secret isn't public must have contributed.
 * @throws {BallastError} INVALID_KEY when nobody did, or a beacon alone.
 */
export function requireContributor({
  contributions,
}: {
  readonly contributions: readonly { readonly beacon?: unknown }[];
}): void {
  if (contributions.some(({ beacon }) => beacon === undefined)) return;
  throw new BallastError("INVALID_KEY", "Nobody has contributed to this key: anyone could forge proofs.", {
    hint: "Run `ballast ceremony contribute` first.",
  });
}

async function checkChain(
  curve: Curve,
  zkey: Zkey,
  circuitHash: Buffer,
  entries: readonly Entry[],
): Promise<void> {
  const accumulated = createHash("blake2b512").update(circuitHash);
  const had = new Map([[g1FromBytes(curve, curve.G1.gAffine).x, 0]]);
  let delta = curve.G1.gAffine;
  for (const [index, entry] of entries.entries()) {
    const { deltaAfter, s, sx, spx, transcript, contribution } = entry;
    const bad = (why: string): BallastError => refused(index + 1, why);
    if (![deltaAfter, s, sx].every((point) => isInG1(curve, point)) || !isInG2(curve, spx)) {
      throw bad("has a point that is none of its group");
    }
    const expected = accumulated.copy();
    for (const point of [s, sx]) expected.update(curve.G1.toUncompressed(point));
    if (!expected.digest().equals(transcript)) throw bad("was made for another place in a ceremony");
    const sp = curve.G2.toAffine(await hashToG2(curve, transcript));
    if (!(await sameRatio(curve, s, sx, sp, spx)) || !(await sameRatio(curve, delta, deltaAfter, sp, spx))) {
      throw bad("does not prove that anybody knows its secret");
    }
    const { x } = g1FromBytes(curve, deltaAfter);
    const earlier = had.get(x);
    if (earlier === index) throw bad("changes nothing: its secret is 1");
    if (earlier !== undefined) throw bad("takes back what others contributed");
    if (contribution.beacon !== undefined && index !== entries.length - 1) {
      throw bad("is a beacon, and a beacon closes a ceremony");
    }
    had.set(x, index + 1);
    hashPoints(curve, accumulated, entry).update(transcript);
    delta = deltaAfter;
  }
  const last = g1FromBytes(curve, delta);
  const [delta1, delta2] = [g1ToBytes(curve, zkey.delta1), g2ToBytes(curve, zkey.verifyingKey.delta2)];
  const leads =
    zkey.delta1.x === last.x &&
    zkey.delta1.y === last.y &&
    (await sameRatio(curve, curve.G1.gAffine, delta1, curve.G2.gAffine, delta2));
  if (!leads) {
    throw new BallastError("INVALID_KEY", "The contributions do not lead to the key's delta.", {
      hint: "Get the key from the last contributor again.",
    });
  }
}

function refused(number: number, why: string): BallastError {
  return new BallastError("INVALID_KEY", `Contribution ${number} of the key ${why}.`, {
    hint: "Go on from the key before it, without that contribution.",
    details: { contribution: number },
  });
}

/** On the curve and not infinity; G1 has prime order. */
function isInG1(curve: Curve, point: Uint8Array): boolean {
  return !curve.G1.isZero(point) && curve.G1.isValid(point);
}

function isInG2(curve: Curve, point: Uint8Array): boolean {
  return (
    !curve.G2.isZero(point) &&
    curve.G2.isValid(point) &&
    curve.G2.isZero(curve.G2.timesScalar(point, FIELD_MODULUS))
  );
}

/** Whether `b = x*a` and `d = x*c` for one x. */
export async function sameRatio(
  curve: Curve,
  a: Uint8Array,
  b: Uint8Array,
  c: Uint8Array,
  d: Uint8Array,
): Promise<boolean> {
  return curve.pairingEq(a, d, curve.G1.neg(b), c);
}

/** snarkjs' point of G2 whose logarithm nobody knows: the first of a generator seeded with the hash. */
async function hashToG2(curve: Curve, hash: Buffer): Promise<Uint8Array> {
  const { ChaCha } = await import("ffjavascript");
  return curve.G2.fromRng(new ChaCha(Array.from({ length: 8 }, (_, index) => hash.readUInt32BE(4 * index))));
}

function hashPoints(curve: Curve, hash: Hash, { deltaAfter, s, sx, spx }: Omit<Entry, "contribution">): Hash {
  for (const point of [deltaAfter, s, sx]) hash.update(curve.G1.toUncompressed(point));
  return hash.update(curve.G2.toUncompressed(spx));
}

function parse(curve: Curve, section: Buffer): { circuitHash: Buffer; entries: Entry[] } {
  let offset = 0;
  const take = (length: number): Buffer => {
    if (offset + length > section.length) throw new Error("the section ends early");
    offset += length;
    return section.subarray(offset - length, offset);
  };
  const point = (length: number): Uint8Array => pointBytes(take(length), 0, length);
  const circuitHash = take(HASH_BYTES);
  const count = take(4).readUInt32LE(0);
  const entries: Entry[] = [];
  let before: Buffer = circuitHash;
  for (let index = 0; index < count; index++) {
    const points = {
      deltaAfter: point(G1_BYTES),
      s: point(G1_BYTES),
      sx: point(G1_BYTES),
      spx: point(G2_BYTES),
      transcript: take(HASH_BYTES),
    };
    const hash = hashPoints(curve, createHash("blake2b512"), points).update(points.transcript).digest();
    const start = offset;
    const type = take(4).readUInt32LE(0);
    const { name = "", iterationsExp, value } = readParameters(take(take(4).readUInt32LE(0)));
    const isBeacon = iterationsExp !== undefined && value !== undefined;
    const isPlain = iterationsExp === undefined && value === undefined;
    if (!(type === 1 ? isBeacon : type === 0 && isPlain)) throw new Error("neither contribution nor beacon");
    const record = createHash("sha256")
      .update("ballast.contribution/1 ")
      .update(before)
      .update(hash)
      .update(section.subarray(start, offset))
      .digest();
    entries.push({
      ...points,
      contribution: {
        name,
        hash: hash.toString("hex"),
        record: record.toString("hex"),
        ...(isBeacon ? { beacon: { value, iterationsExp } } : {}),
      },
    });
    before = record;
  }
  if (offset !== section.length) throw new Error("bytes are left over");
  return { circuitHash, entries };
}

/** 1: name, 2: iterations of the beacon, 3: its value; each at most once, in this order. */
function readParameters(bytes: Buffer): { name?: string; iterationsExp?: number; value?: string } {
  const result: { name?: string; iterationsExp?: number; value?: string } = {};
  let last = 0;
  for (let offset = 0; offset < bytes.length; ) {
    const type = bytes.readUInt8(offset);
    const length = bytes.readUInt8(offset + 1);
    if (type <= last || type > 3) throw new Error("unknown parameter, or out of order");
    last = type;
    if (type === 2) {
      result.iterationsExp = length;
      offset += 2;
      continue;
    }
    const content = bytes.subarray(offset + 2, offset + 2 + length);
    if (content.length !== length) throw new Error("a parameter ends early");
    if (type === 1) result.name = content.toString("utf8");
    else result.value = content.toString("hex");
    offset += 2 + length;
  }
  return result;
}
