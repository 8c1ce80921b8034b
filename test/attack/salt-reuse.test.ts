import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tableInstance } from "../../src/prover/circuits.ts";
import { cli, cliJson, type Folder, portfolio, temporaryFolder } from "../cli/harness.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";

// docs/security/threat-model.md: a salt that is used for two portfolios of one account shows whether they are the same, and lets
// whoever learns it test guesses of both.
useSimulatedProofs([tableInstance("16x120")]);

let folder: Folder;
beforeAll(async () => {
  folder = temporaryFolder();
  await cliJson("snapshot", "build", "--rows", "12", "-o", folder.file("s.json"));
});
afterAll(() => folder.remove());

async function prove(quantity: string): Promise<string> {
  const proof = await cliJson<{ signals: { commitment: string } }>("prove", ...proving(quantity));
  return proof.signals.commitment;
}

function proving(quantity: string): string[] {
  const path = folder.writeJson("p.json", portfolio("desk", { USDC: quantity }));
  const files = ["-s", folder.file("s.json"), "-p", path, "--instance", "16x120"];
  return [...files, "-o", folder.file("proof.json"), "--force", "--opening", folder.file("o.json")];
}

it("`prove --opening` salts every portfolio afresh: nobody sees that an account came back to Monday's positions", async () => {
  await cliJson("setup", "--dev", "16x120");
  const [monday, still, tuesday, wednesday] = [
    await prove("1"),
    await prove("1"),
    await prove("2"),
    await prove("1"),
  ];
  expect(still).toBe(monday); // the same portfolio, proven again: its commitment stays
  expect(new Set([monday, tuesday, wednesday]).size).toBe(3);
  const { openings } = JSON.parse(readFileSync(folder.file("o.json"), "utf8"));
  expect(openings.map(({ commitment }: { commitment: string }) => commitment)).toEqual([
    monday,
    tuesday,
    wednesday,
  ]);
  expect(new Set(openings.map(({ salt }: { salt: string }) => salt)).size).toBe(3);
  const newSalt = /a new salt was added, so the commitment is new/;
  expect((await cli("prove", ...proving("1"))).err).not.toMatch(newSalt);
  expect((await cli("prove", ...proving("3"))).err).toMatch(newSalt);
});
