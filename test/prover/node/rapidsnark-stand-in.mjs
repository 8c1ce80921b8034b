#!/usr/bin/env node
// Takes rapidsnark's arguments and proves with snarkjs. STAND_IN chooses how it goes wrong.
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

// As rapidsnark's src/main_prover.cpp answers.
if (process.argv.length !== 6) {
  console.error("Invalid number of parameters:");
  console.error("Usage: prover <circuit.zkey> <witness.wtns> <proof.json> <public.json>");
  process.exit(1);
}
const [zkey, wtns, proofPath, publicPath] = process.argv.slice(2);
const mode = process.env.STAND_IN ?? "";
if (process.env.STAND_IN_REPORT !== undefined) {
  const bits = (path) => (statSync(path).mode & 0o777).toString(8);
  writeFileSync(
    process.env.STAND_IN_REPORT,
    JSON.stringify({
      pid: process.pid,
      folder: dirname(proofPath),
      folderMode: bits(dirname(proofPath)),
      files: readdirSync(dirname(proofPath)),
      witnessMode: bits(wtns),
      witnessNames: statSync(wtns).nlink,
      threads: process.env.OMP_NUM_THREADS,
    }),
  );
}
if (mode === "fail") {
  for (let line = 1; line <= 9; line++) console.error(`line ${line}`);
  console.error("\u001b[31mbad witness\u001b[0m 21888242871839275222246405745257275088 \u0007");
}
if (!existsSync(zkey) || mode === "fail") process.exit(3);
if (mode === "hang") await new Promise((resolve) => setTimeout(resolve, 600_000));
if (mode === "silent") process.exit(0);
const { proof, publicSignals } = await made();
if (mode === "signals") publicSignals[0] = "12345";
if (mode === "bad-proof") [proof.pi_a, proof.pi_c] = [proof.pi_c, proof.pi_a];
writeFileSync(proofPath, mode === "garbage" ? "{ not json" : JSON.stringify(proof));
writeFileSync(publicPath, JSON.stringify(mode === "no-signals" ? { a: 1 } : publicSignals));
process.exit(0);

async function made() {
  if (mode === "garbage" || mode === "no-proof") return { proof: {}, publicSignals: [] };
  const { groth16 } = await import("snarkjs");
  return groth16.prove(zkey, wtns);
}
