import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { curves, powersOfTau } from "snarkjs";
import { ballastHome } from "../../src/prover/node/home.ts";

/** The powers that the small circuits need. */
export const PTAU_POWER = 9;

/** Files have a BALLAST_HOME of their own by the time they ask: what is kept is in the one before. */
const home = ballastHome();

const packageFile = new URL("../../node_modules/snarkjs/package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };

const hashOf = (path: string): string => createHash("blake2b512").update(readFileSync(path)).digest("hex");

/**
 * Powers of Tau with one contribution, copied to `raw`, and prepared for phase 2, copied to `prepared`: the second's blake2b hash.
 * They take longer than all that is done with them, so they are kept in BALLAST_HOME.
 */
export async function testPtau(raw: string, prepared: string): Promise<string> {
  const folder = join(home, "test-ptau", `${PTAU_POWER}-snarkjs-${version}`);
  const record = join(folder, "hashes.json");
  const kept = ["raw.ptau", "prepared.ptau"].map((name) => join(folder, name));
  const hashes = (): string => JSON.stringify(kept.map(hashOf));
  if (!existsSync(record) || readFileSync(record, "utf8") !== hashes()) {
    rmSync(folder, { recursive: true, force: true });
    const stage = `${folder}.${process.pid}.tmp`;
    mkdirSync(stage, { recursive: true });
    const at = (name: string): string => join(stage, name);
    const curve = await curves.getCurveFromName("bn128");
    await powersOfTau.newAccumulator(curve, PTAU_POWER, at("new.ptau"));
    await powersOfTau.contribute(at("new.ptau"), at("raw.ptau"), "test", "test entropy");
    await powersOfTau.preparePhase2(at("raw.ptau"), at("prepared.ptau"));
    writeFileSync(
      at("hashes.json"),
      JSON.stringify(["raw.ptau", "prepared.ptau"].map((name) => hashOf(at(name)))),
    );
    try {
      renameSync(stage, folder);
    } catch (error) {
      if (!existsSync(record)) throw error; // else another worker was faster, and its files are as good
      rmSync(stage, { recursive: true });
    }
  }
  for (const [i, to] of [raw, prepared].entries()) copyFileSync(kept[i] ?? "", to);
  return hashOf(prepared);
}
