import { join } from "node:path";
import type { Hex } from "viem";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { readJsonFile, writeFileAtomic } from "../../node/files.ts";
import { ballastHome } from "../../prover/node/home.ts";
import {
  CONTRACTS,
  type ContractName,
  compileContracts,
  contractSources,
  PACKAGE_ROOT,
  sourceHash,
} from "./compile.ts";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
const artifactSchema = z.strictObject({
  format: z.literal("ballast.contract/1"),
  name: z.string(),
  sourceHash: hex,
  bytecode: hex,
});

let loaded: { readonly hash: Hex; readonly code: Record<ContractName, Hex> } | undefined;

/**
 * Creation code of all contracts: from `build/contracts`, else from the cache, else compiled now and cached. Code that
 * was made of other sources is never used.
 * @throws {BallastError} INTERNAL when the sources don't compile.
 */
export function contractBytecode(): Record<ContractName, Hex> {
  const sources = contractSources();
  const hash = sourceHash(sources);
  if (loaded?.hash !== hash) loaded = { hash, code: load(sources, hash) };
  return loaded.code;
}

/** Where `npm run build` leaves the compiled contracts. */
export const BUILD_FOLDER = join(PACKAGE_ROOT, "build", "contracts");

function load(sources: Record<string, string>, hash: Hex): Record<ContractName, Hex> {
  const cache = join(ballastHome(), "contracts", hash.slice(2, 18));
  const found = readArtifacts(BUILD_FOLDER, hash) ?? readArtifacts(cache, hash);
  if (found !== undefined) return found;
  const compiled = compileContracts(sources);
  const code = mapContracts((name) => compiled[name].bytecode);
  try {
    writeArtifacts(cache, code, hash);
  } catch (error) {
    // A folder that can't be written costs a few seconds the next time, nothing else.
    if (!(error instanceof BallastError)) throw error;
  }
  return code;
}

/** Writes one JSON file a contract. @throws {BallastError} FILE_ERROR. */
export function writeArtifacts(folder: string, code: Record<ContractName, Hex>, hash: Hex): void {
  for (const [name, bytecode] of Object.entries(code)) {
    const artifact = { format: "ballast.contract/1", name, sourceHash: hash, bytecode };
    writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(artifact, null, 2)}\n`);
  }
}

function readArtifacts(folder: string, hash: Hex): Record<ContractName, Hex> | undefined {
  try {
    return mapContracts((name) => {
      const artifact = artifactSchema.parse(readJsonFile(join(folder, `${name}.json`), "contract"));
      if (artifact.sourceHash !== hash || artifact.name !== name) throw new Error("made of other sources");
      return artifact.bytecode;
    });
  } catch {
    return undefined;
  }
}

function mapContracts<Value>(value: (name: ContractName) => Value): Record<ContractName, Value> {
  const entries = (Object.keys(CONTRACTS) as ContractName[]).map((name) => [name, value(name)]);
  return Object.fromEntries(entries) as Record<ContractName, Value>;
}
