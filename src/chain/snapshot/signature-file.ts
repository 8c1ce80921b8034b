import { isAddress, isHex } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { readJsonFile } from "../../node/files.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { OracleSignature, TimedSignature } from "./publish.ts";

const FORMAT = "ballast.signature/2";
/** Named no time until which the snapshot may be published: no contract takes it any more. */
const FORMER_FORMAT = "ballast.signature/1";
export const signatureFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  snapshotId: z.string(),
  /** Until when the snapshot may be published with it, Unix seconds. */
  publishBy: z.string().regex(/^(0|[1-9][0-9]{0,18})$/),
  signer: z.custom<`0x${string}`>((value) => typeof value === "string" && isAddress(value)),
  signature: z.custom<`0x${string}`>((value) => isHex(value)),
});

export type SignatureFile = z.infer<typeof signatureFileSchema>;

/** A signature under a snapshot, as its file has it. */
export function signatureFile({ snapshotId }: Snapshot, signed: TimedSignature): SignatureFile {
  const { publishBy, signer, signature } = signed;
  return {
    format: FORMAT,
    snapshotId: formatField(snapshotId),
    publishBy: publishBy.toString(),
    signer,
    signature,
  };
}

/**
 * Reads signatures under a snapshot, in the order that the contract wants.
 * @throws {BallastError} FILE_ERROR; INVALID_INPUT for another file, another snapshot's signature, or ones that are good until
 *   different times.
 */
export function loadSignatures(
  paths: readonly string[],
  snapshot: Snapshot,
): { readonly signatures: OracleSignature[]; readonly publishBy: bigint | undefined } {
  const timed = paths.map((path) => loadSignature(path, snapshot));
  const publishBy = timed[0]?.publishBy;
  if (timed.some((one) => one.publishBy !== publishBy))
    throw new BallastError("INVALID_INPUT", "The signatures are good until different times.", {
      hint: "All oracles sign the same: have the snapshot signed again, for one time.",
      inputs: ["sign.publishWithin"],
    });
  const signatures = timed
    .map(({ signer, signature }) => ({ signer, signature }))
    .sort((a, b) => (BigInt(a.signer) < BigInt(b.signer) ? -1 : 1));
  return { signatures, publishBy };
}

function loadSignature(path: string, snapshot: Snapshot): TimedSignature {
  const json = readJsonFile(path, "signature");
  if (isFormer(json))
    throw new BallastError("INVALID_INPUT", `The signature ${path} doesn't say until when it is good.`, {
      hint: "It is of an earlier version, and no contract takes it: have the snapshot signed again.",
      inputs: ["sign"],
    });
  const parsed = signatureFileSchema.safeParse(json);
  if (!parsed.success) {
    throw new BallastError("INVALID_INPUT", `The file ${path} is not a signature.`, {
      hint: "Use what `ballast sign` wrote.",
    });
  }
  const { snapshotId, publishBy, signer, signature } = parsed.data;
  if (snapshotId !== formatField(snapshot.snapshotId)) {
    throw new BallastError("INVALID_INPUT", `The signature ${path} is under another snapshot.`, {
      hint: "Have this snapshot signed, or publish the one that was.",
    });
  }
  return { publishBy: BigInt(publishBy), signer, signature };
}

function isFormer(json: unknown): boolean {
  return typeof json === "object" && json !== null && "format" in json && json.format === FORMER_FORMAT;
}
