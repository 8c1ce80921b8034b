import { join } from "node:path";
import { BallastError } from "../../errors.ts";
import { readJsonFile } from "../../node/files.ts";
import { type KeyManifest, keyFileSchema } from "../key-manifest.ts";
import { keyFolder } from "../node/home.ts";

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
      hint: "Delete the key, or make it again.",
      inputs: ["setup.force"],
      cause,
    });
  }
}
