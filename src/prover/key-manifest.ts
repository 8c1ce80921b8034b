import * as z from "zod";

const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);

export const keyFileSchema = z.strictObject({
  format: z.literal("ballast.key/1"),
  circuit: z.string(),
  /** True for a key from `setup --dev`: whoever made it can prove anything. Refused on chains that aren't local. */
  dev: z.boolean(),
  created: z.iso.datetime(),
  /** sha256 of the constraints the key was made for. */
  r1csHash: hash,
  /** sha256 of the `.zkey` file. */
  zkeyHash: hash,
  /** Hash of the verifying key (docs/protocol/encodings.md, section 6). */
  keyHash: hash,
  circuitId: hash,
  /** The Powers of Tau file of a key from `setup --ptau`. */
  ptau: z.strictObject({ hash: z.string(), power: z.int() }).optional(),
});

/** What is written beside every key. */
export type KeyManifest = z.infer<typeof keyFileSchema>;
