import type { Hex } from "viem";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { FIELD_MODULUS, type Field, formatField } from "../math/field.ts";
import { BASE_MODULUS } from "./curve.ts";
import type { Groth16Proof } from "./proof.ts";

/** A coverage proof with all that is needed to verify or attest it; everything in it is public. */
export interface ProofFile {
  /** Name of the circuit instance. */
  readonly circuit: string;
  readonly circuitId: Hex;
  readonly keyHash: Hex;
  readonly snapshotId: Field;
  /** Unix seconds until which the attestation may be made. */
  readonly deadline: bigint;
  /** Chain and registry that the proof is bound to by its context. */
  readonly chainId: bigint;
  readonly registry: Hex;
  readonly signals: {
    readonly accountId: Field;
    readonly commitment: Field;
    /** 0 healthy, 1 below initial margin, 2 soft liquidation, 3 full liquidation, 4 bankrupt. */
    readonly tier: number;
    readonly context: Field;
  };
  readonly proof: Groth16Proof;
}

const FORMAT = "ballast.proof/1";

const hex = (digits: number) =>
  z.templateLiteral(["0x", z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`))]);
const below = (limit: bigint, what: string) =>
  hex(64)
    .transform(BigInt)
    .refine((value) => value < limit, `not in the ${what} field`);
const field = below(FIELD_MODULUS, "scalar").transform((value) => value as Field);
const coordinate = below(BASE_MODULUS, "base");
const decimal = (bits: bigint) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/)
    .transform(BigInt)
    .refine((value) => value < 1n << bits, "too large");
const address = z
  .templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{40}$/)])
  .transform((value) => value.toLowerCase() as Hex);
const g1 = z.strictObject({ x: coordinate, y: coordinate });
const fq2 = z.strictObject({ c0: coordinate, c1: coordinate });

/** A proof as Ballast's files have it: coordinates as 0x and 64 digits. */
export const groth16Schema = z.strictObject({ a: g1, b: z.strictObject({ x: fq2, y: fq2 }), c: g1 });

export const proofFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  circuit: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  circuitId: hex(64),
  keyHash: hex(64),
  snapshotId: field,
  deadline: decimal(64n),
  chainId: decimal(256n),
  registry: address,
  signals: z.strictObject({
    accountId: field,
    commitment: field,
    tier: z.int().min(0).max(4),
    context: field,
  }),
  proof: groth16Schema,
});

/** What {@link groth16Schema} reads. */
export function proofJson({ a, b, c }: Groth16Proof) {
  const point = ({ x, y }: { x: bigint; y: bigint }) => ({ x: word(x), y: word(y) });
  const pair = ({ c0, c1 }: { c0: bigint; c1: bigint }) => ({ c0: word(c0), c1: word(c1) });
  return { a: point(a), b: { x: pair(b.x), y: pair(b.y) }, c: point(c) };
}

/**
 * The text of a `ballast.proof/1` file: field elements as 0x and 64 digits, times and chain ids in decimal.
 * @example
 * ```ts
 * import { encodeProofFile, type ProofFile } from "ballast";
 * declare const proof: ProofFile;
 * await fetch("/proofs", { method: "POST", body: encodeProofFile(proof) });
 * ```
 */
export function encodeProofFile(file: ProofFile): string {
  const json = {
    format: FORMAT,
    circuit: file.circuit,
    circuitId: file.circuitId,
    keyHash: file.keyHash,
    snapshotId: formatField(file.snapshotId),
    deadline: file.deadline.toString(),
    chainId: file.chainId.toString(),
    registry: file.registry.toLowerCase(),
    signals: {
      accountId: formatField(file.signals.accountId),
      commitment: formatField(file.signals.commitment),
      tier: file.signals.tier,
      context: formatField(file.signals.context),
    },
    proof: proofJson(file.proof),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Checks a parsed `ballast.proof/1` file. It says nothing about whether the proof holds: verify it.
 * @throws {BallastError} INVALID_PROOF that names the first wrong field.
 * @example
 * ```ts
 * import { parseProofFile } from "ballast";
 * const { signals } = parseProofFile(await (await fetch("/proof.json")).json());
 * console.log(`tier ${signals.tier}`);
 * ```
 */
export function parseProofFile(json: unknown): ProofFile {
  const parsed = proofFileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the file" : issue.path.join(".");
    throw new BallastError("INVALID_PROOF", `This is not a valid proof file: ${where} is wrong.`, {
      hint: issue === undefined ? "It must be a ballast.proof/1 file." : `${issueText(issue)}.`,
      cause: parsed.error,
    });
  }
  const { format: _, ...file } = parsed.data;
  return file;
}

function word(value: bigint): string {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
