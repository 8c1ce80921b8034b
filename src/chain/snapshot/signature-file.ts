import { isAddress, isHex } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { readJsonFile } from "../../node/files.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { OracleSignature } from "./publish.ts";

const FORMAT = "ballast.signature/1";
export const signatureFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  snapshotId: z.string(),
  signer: z.custom<`0x${string}`>((value) => typeof value === "string" && isAddress(value)),
  signature: z.custom<`0x${string}`>((value) => isHex(value)),
});

export type SignatureFile = z.infer<typeof signatureFileSchema>;

/** A signature under a snapshot, as its file has it. */
export function signatureFile({ snapshotId }: Snapshot, signed: OracleSignature): SignatureFile {
  return { format: FORMAT, snapshotId: formatField(snapshotId), ...signed };
}

/** Reads a signature under a snapshot. @throws {BallastError} FILE_ERROR; INVALID_INPUT for another file, or another snapshot's. */
export function loadSignature(path: string, snapshot: Snapshot): OracleSignature {
  const parsed = signatureFileSchema.safeParse(readJsonFile(path, "signature"));
  if (!parsed.success) {
    throw new BallastError("INVALID_INPUT", `The file ${path} is not a signature.`, {
      hint: "Use what `ballast sign` wrote.",
    });
  }
  const { snapshotId, signer, signature } = parsed.data;
  if (snapshotId !== formatField(snapshot.snapshotId)) {
    throw new BallastError("INVALID_INPUT", `The signature ${path} is under another snapshot.`, {
      hint: "Have this snapshot signed, or publish the one that was.",
    });
  }
  return { signer, signature };
}
