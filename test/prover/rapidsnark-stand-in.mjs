#!/usr/bin/env node
// Takes rapidsnark's arguments and proves with snarkjs. STAND_IN chooses how it goes wrong.
import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { groth16 } from "snarkjs";

const [zkey, wtns, proofPath, publicPath] = process.argv.slice(2);
const mode = process.env.STAND_IN ?? "";
if (process.env.STAND_IN_REPORT !== undefined) {
  const bits = (path) => (statSync(path).mode & 0o777).toString(8);
  writeFileSync(
    process.env.STAND_IN_REPORT,
    JSON.stringify({ folder: dirname(wtns), folderMode: bits(dirname(wtns)), witnessMode: bits(wtns) }),
  );
}
if (!existsSync(zkey) || mode === "fail") process.exit(3);
if (mode === "hang") await new Promise((resolve) => setTimeout(resolve, 600_000));
if (mode === "silent") process.exit(0);
const { proof, publicSignals } = await groth16.prove(zkey, wtns);
if (mode === "signals") publicSignals[0] = "12345";
if (mode === "bad-proof") [proof.pi_a, proof.pi_c] = [proof.pi_c, proof.pi_a];
writeFileSync(
  proofPath,
  mode === "garbage" ? "{ not json" : JSON.stringify(mode === "no-proof" ? {} : proof),
);
writeFileSync(publicPath, JSON.stringify(mode === "no-signals" ? { a: 1 } : publicSignals));
process.exit(0);
