import { existsSync, readFileSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { checkKey } from "../check-key.ts";
import type { CircuitInstance } from "../circuits.ts";
import { g1ToBytes, g2ToBytes, sharedCurve } from "../curve.ts";
import type { KeyManifest } from "../key-manifest.ts";
import { ensureArtifacts, hashFile } from "../node/artifacts.ts";
import type { OnProgress } from "../progress.ts";
import type { Artifacts, LoadedKey } from "../prover.ts";
import { readR1cs } from "../r1cs-file.ts";
import { checkPublicInputs, circuitId, keyHash, toSnarkjsJson, type VerifyingKey } from "../verifying-key.ts";
import { readContributions, requireContributor, sameRatio } from "./contributions.ts";
import { devCircuitHash } from "./dev-key.ts";
import { type KeyKind, type KeyPaths, keyPaths, keyPathsOf, readManifest } from "./manifest.ts";
import { encodeCoefficients, readZkey, type Zkey } from "./zkey.ts";

export interface LoadKeyOptions {
  /** Default: the ceremony's key if there is one, else the dev key. */
  readonly kind?: KeyKind;
  /** A `.zkey` elsewhere, with its manifest beside it. */
  readonly zkey?: string;
  readonly onProgress?: OnProgress;
}

/**
 * Loads the key of a circuit. The key must be intact, sound (`checkKey`), made for these constraints, and either marked
 * as a dev key or the outcome of contributions. Matrix C is not in a `.zkey`: a key elsewhere that is no dev key must
 * be the one that `verifyCeremony` installed, which compares all three matrices through the Powers of Tau.
 * @throws {BallastError} INVALID_KEY when there is none, or it is damaged, or anybody could forge under it; KEY_MISMATCH
 *   when it is another circuit's, or nobody can tell.
 * @example
 * ```ts
 * import { instanceOf } from "ballast";
 * import { loadKey } from "ballast/node";
 * const { verifyingKey, manifest } = await loadKey(instanceOf("coverage", "64x240"));
 * if (manifest.dev) console.warn("A development key: its maker can forge proofs.");
 * ```
 */
export async function loadKey(circuit: CircuitInstance, options: LoadKeyOptions = {}): Promise<LoadedKey> {
  const artifacts = await ensureArtifacts(circuit, options.onProgress);
  const paths =
    options.zkey === undefined ? findKey(circuit, artifacts, options.kind) : keyPathsOf(options.zkey);
  const manifest = readManifest(paths.manifest);
  if (manifest.circuit !== circuit.name || manifest.r1csHash !== artifacts.r1csHash) {
    throw mismatch(circuit, `The key ${paths.zkey} was made for ${manifest.circuit} with other constraints.`);
  }
  if (!existsSync(paths.zkey) || hashFile(paths.zkey) !== manifest.zkeyHash) {
    throw new BallastError(
      "INVALID_KEY",
      `The key file ${paths.zkey} is damaged: it is not the one in its manifest.`,
      {
        hint: "Delete it, or make it again.",
        inputs: ["setup.force"],
        details: { circuit: circuit.name },
      },
    );
  }
  const zkey = await readZkey(paths.zkey);
  if (options.zkey !== undefined) checkConstraints(circuit, artifacts, zkey);
  await checkSound(zkey);
  const loaded = describe(circuit, artifacts, paths, zkey, manifest);
  if (loaded.keyHash !== manifest.keyHash || loaded.circuitId !== manifest.circuitId) {
    throw new BallastError("INVALID_KEY", `The manifest of ${paths.zkey} does not belong to the key.`, {
      hint: "Delete both, or make the key again.",
      inputs: ["setup.force"],
    });
  }
  if (isDevKey(zkey, artifacts.r1csHash) && !manifest.dev) {
    throw new BallastError("INVALID_KEY", `The manifest of ${paths.zkey} hides that it is a dev key.`);
  }
  if (!manifest.dev) {
    requireContributor(await readContributions(zkey));
    if (options.zkey !== undefined) requireInstalled(circuit, loaded);
  }
  return loaded;
}

/**
 * The verifying half is sound, and beta and delta are the same numbers in both groups.
 * @throws {BallastError} INVALID_KEY.
 */
export async function checkSound(zkey: Zkey): Promise<void> {
  await checkKey(zkey.verifyingKey);
  const curve = await sharedCurve();
  const { beta2, delta2 } = zkey.verifyingKey;
  const pairs = [
    [zkey.beta1, beta2],
    [zkey.delta1, delta2],
  ] as const;
  for (const [one, two] of pairs) {
    const [g1, g2] = [g1ToBytes(curve, one), g2ToBytes(curve, two)];
    if (!(await sameRatio(curve, curve.G1.gAffine, g1, curve.G2.gAffine, g2))) {
      throw new BallastError("INVALID_KEY", "The two halves of the key don't belong together.", {
        hint: "Get the key again, or make it again.",
        inputs: ["setup.force"],
      });
    }
  }
}

/** A ceremony's key elsewhere must be the one that was verified, with the Powers of Tau, and installed here. */
function requireInstalled(circuit: CircuitInstance, { keyHash: hash, artifacts }: LoadedKey): void {
  const own = keyPaths(artifacts.r1csHash, circuit.name, "ceremony");
  if (existsSync(own.manifest) && readManifest(own.manifest).keyHash === hash) return;
  throw new BallastError("KEY_MISMATCH", "Nothing here says that the key is for these constraints.", {
    hint: "A key alone can't show it: verify its ceremony from the Powers of Tau on, and install it, first.",
    inputs: ["ceremony.install"],
    details: { circuit: circuit.name },
  });
}

/**
 * True when the key file itself says that it was made by `setup --dev` for these constraints. Whoever overwrites those
 * 64 bytes is left with a key to which nobody contributed, which is refused as such.
 */
export function isDevKey(zkey: Zkey, r1csHash: string): boolean {
  return zkey.contributions.subarray(0, 64).equals(devCircuitHash(r1csHash));
}

/**
 * Checks a finished `.zkey` against its circuit and writes the verification key and the manifest beside it.
 * @throws {BallastError} KEY_MISMATCH when the key's constraints are not the circuit's; INVALID_KEY when anybody could
 *   forge under it.
 */
export async function registerKey(
  circuit: CircuitInstance,
  artifacts: Artifacts,
  paths: KeyPaths,
  ptau?: { readonly hash: string; readonly power: number },
): Promise<LoadedKey> {
  const zkey = await readZkey(paths.zkey);
  checkConstraints(circuit, artifacts, zkey);
  await checkSound(zkey);
  const dev = isDevKey(zkey, artifacts.r1csHash);
  if (!dev) requireContributor(await readContributions(zkey));
  const hash = keyHash(zkey.verifyingKey, circuit);
  const manifest: KeyManifest = {
    format: "ballast.key/1",
    circuit: circuit.name,
    dev,
    created: new Date().toISOString(),
    r1csHash: artifacts.r1csHash,
    zkeyHash: hashFile(paths.zkey),
    keyHash: hash,
    circuitId: circuitId(circuit.name, hash),
    ...(ptau === undefined ? {} : { ptau: { hash: ptau.hash, power: ptau.power } }),
  };
  writeVerificationKey(paths.verificationKey, zkey.verifyingKey, dev);
  writeFileAtomic(paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  return describe(circuit, artifacts, paths, zkey, manifest);
}

/** Writes a verification key that says whether it is a dev key's; one that is there already stays as it is. */
export function writeVerificationKey(path: string, key: VerifyingKey, dev: boolean): void {
  const text = `${JSON.stringify({ ...toSnarkjsJson(key), ...(dev ? { development: true } : {}) })}\n`;
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileAtomic(path, text);
}

function describe(
  circuit: CircuitInstance,
  artifacts: Artifacts,
  paths: KeyPaths,
  zkey: Zkey,
  manifest: KeyManifest,
): LoadedKey {
  const hash = keyHash(zkey.verifyingKey, circuit);
  return {
    zkeyPath: paths.zkey,
    verificationKeyPath: paths.verificationKey,
    verifyingKey: zkey.verifyingKey,
    manifest,
    keyHash: hash,
    circuitId: circuitId(circuit.name, hash),
    artifacts,
  };
}

function findKey(circuit: CircuitInstance, artifacts: Artifacts, kind: KeyKind | undefined): KeyPaths {
  const kinds: readonly KeyKind[] = kind === undefined ? ["ceremony", "dev"] : [kind];
  const found = kinds
    .map((candidate) => keyPaths(artifacts.r1csHash, circuit.name, candidate))
    .find((paths) => existsSync(paths.zkey));
  if (found === undefined) {
    throw new BallastError("INVALID_KEY", `There is no key for ${circuit.name} yet.`, {
      hint: "Make one: for development alone, or by a ceremony.",
      inputs: ["setup.dev", "setup.ptau"],
      details: { circuit: circuit.name },
    });
  }
  return found;
}

/**
 * The key's own copy of matrices A and B must be the circuit's, term by term. A `.zkey` has no copy of C: that is in its
 * points, which only a ceremony's Powers of Tau can be compared with.
 * @throws {BallastError} KEY_MISMATCH.
 */
export function checkConstraints(circuit: CircuitInstance, artifacts: Artifacts, zkey: Zkey): void {
  checkPublicInputs(zkey.verifyingKey, circuit);
  const r1cs = readR1cs(artifacts.r1cs);
  if (zkey.wires !== r1cs.wires || !zkey.coefficients.equals(encodeCoefficients(r1cs))) {
    throw mismatch(circuit, `The key's constraints are not those of ${circuit.name}.`);
  }
}

function mismatch(circuit: CircuitInstance, message: string): BallastError {
  return new BallastError("KEY_MISMATCH", message, {
    hint: "Use the key that was made for this circuit, or run the setup again.",
    details: { circuit: circuit.name },
  });
}
