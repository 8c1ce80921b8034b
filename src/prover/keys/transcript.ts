import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { readJsonFile, writeFileAtomic } from "../../node/files.ts";
import type { CircuitInstance } from "../circuits.ts";
import { hashFile } from "../node/artifacts.ts";
import type { Artifacts } from "../prover.ts";
import { keyHash } from "../verifying-key.ts";
import { readContributions } from "./contributions.ts";
import { checkConstraints } from "./load-key.ts";
import { readZkey } from "./zkey.ts";

const sha256 = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
const blake2b = z.string().regex(/^[0-9a-f]{128}$/);

export const ceremonyFileSchema = z.strictObject({
  format: z.literal("ballast.ceremony/2"),
  circuit: z.string(),
  r1csHash: sha256,
  ptau: z.strictObject({ hash: blake2b, power: z.int() }),
  circuitHash: blake2b,
  contributions: z.array(
    z.strictObject({
      name: z.string(),
      hash: blake2b,
      record: z.string().regex(/^[0-9a-f]{64}$/),
      beacon: z.strictObject({ value: z.string(), iterationsExp: z.int() }).optional(),
    }),
  ),
  zkeyHash: sha256,
  keyHash: sha256,
});

/** The public record of a ceremony: everything a third party needs to check the final key. */
export type Transcript = z.infer<typeof ceremonyFileSchema>;

/** The transcript's place: beside the key. */
export function transcriptPath(zkey: string): string {
  return `${zkey.replace(/\.zkey$/, "")}.transcript.json`;
}

/**
 * What the key itself says about its ceremony, every contribution checked ({@link readContributions}).
 * @throws {BallastError} INVALID_KEY for a damaged key or a contribution that is none, KEY_MISMATCH for another circuit's.
 */
export async function describeCeremony(
  circuit: CircuitInstance,
  artifacts: Artifacts,
  zkeyPath: string,
  ptau: Transcript["ptau"],
): Promise<Transcript> {
  const zkey = await readZkey(zkeyPath);
  checkConstraints(circuit, artifacts, zkey);
  const { circuitHash, contributions } = await readContributions(zkey);
  return {
    format: "ballast.ceremony/2",
    circuit: circuit.name,
    r1csHash: artifacts.r1csHash,
    ptau: { hash: ptau.hash, power: ptau.power },
    circuitHash,
    contributions: contributions.map(({ name, hash, record, beacon }) => ({
      name,
      hash,
      record,
      ...(beacon === undefined ? {} : { beacon: { ...beacon } }),
    })),
    zkeyHash: hashFile(zkeyPath),
    keyHash: keyHash(zkey.verifyingKey, circuit),
  };
}

export function writeTranscript(path: string, transcript: Transcript): void {
  writeFileAtomic(path, `${JSON.stringify(transcript, null, 2)}\n`);
}

/** @throws {BallastError} INVALID_KEY when it is missing, or anything but a transcript. */
export function readTranscript(path: string): Transcript {
  try {
    return ceremonyFileSchema.parse(readJsonFile(path, "ceremony transcript"));
  } catch (cause) {
    throw new BallastError("INVALID_KEY", `The ceremony transcript ${path} is missing or malformed.`, {
      hint: "Keep it beside the key; get both from the last contributor.",
      cause,
    });
  }
}

/**
 * The key and its transcript must say the same.
 * @throws {BallastError} INVALID_KEY that names the first difference.
 */
export function checkTranscript(actual: Transcript, written: Transcript): void {
  const same = (name: keyof Transcript): boolean =>
    JSON.stringify(actual[name]) === JSON.stringify(written[name]);
  const names = [
    "circuit",
    "r1csHash",
    "ptau",
    "circuitHash",
    "contributions",
    "zkeyHash",
    "keyHash",
  ] as const;
  const wrong = names.find((name) => !same(name));
  if (wrong !== undefined) {
    throw new BallastError(
      "INVALID_KEY",
      `The ceremony transcript does not belong to the key: ${wrong} differs.`,
      {
        hint: "Get key and transcript from the last contributor again.",
        details: { field: wrong },
      },
    );
  }
}
