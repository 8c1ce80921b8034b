import { join } from "node:path";
import { z } from "zod";
import { BallastError } from "../../errors.ts";
import { readJsonFile } from "../../node/files.ts";
import { keyFolder } from "../node/home.ts";

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

export type KeyKind = "dev" | "ceremony";

/** Paths of one key: `<circuit>.dev.zkey` or `<circuit>.zkey`, and two JSON files with the same stem. */
export interface KeyPaths {
  readonly zkey: string;
  readonly verificationKey: string;
  readonly manifest: string;
}

/** Where a key of that kind for that circuit is kept. */
export function keyPaths(r1csHash: string, circuit: string, kind: KeyKind): KeyPaths {
  return keyPathsOf(join(keyFolder(r1csHash), `${circuit}${kind === "dev" ? ".dev" : ""}.zkey`));
}

/** The files that belong to a `.zkey` anywhere. */
export function keyPathsOf(zkey: string): KeyPaths {
  const stem = zkey.replace(/\.zkey$/, "");
  return { zkey, verificationKey: `${stem}.verification_key.json`, manifest: `${stem}.manifest.json` };
}

/**
 * Reads a manifest.
 * @throws {BallastError} INVALID_KEY when it is missing, or anything but a manifest.
 */
export function readManifest(path: string): KeyManifest {
  try {
    return keyFileSchema.parse(readJsonFile(path, "key manifest"));
  } catch (cause) {
    throw new BallastError("INVALID_KEY", `The key manifest ${path} is missing or malformed.`, {
      hint: "Delete the key, or run the setup again with --force.",
      cause,
    });
  }
}
