import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { compileStandardJson } from "./solc.ts";

/** The contracts that Ballast deploys, each in a file of its name in a room of `contracts/`. */
export const CONTRACTS = {
  VerifierRegistry: "contracts/verify/VerifierRegistry.sol",
  SnapshotOracle: "contracts/snapshot/SnapshotOracle.sol",
  TablePointBuilder: "contracts/snapshot/TablePointBuilder.sol",
  DeliveryBook: "contracts/snapshot/DeliveryBook.sol",
  VolatilityOracle: "contracts/oracle/VolatilityOracle.sol",
  CoverageRegistry: "contracts/coverage/CoverageRegistry.sol",
  MarketClock: "contracts/coverage/MarketClock.sol",
  CollateralVault: "contracts/solvency/CollateralVault.sol",
  SolvencyRegistry: "contracts/solvency/SolvencyRegistry.sol",
  PortfolioLedger: "contracts/liquidation/PortfolioLedger.sol",
  LiquidationEngine: "contracts/liquidation/LiquidationEngine.sol",
  AnchorBook: "contracts/clearing/AnchorBook.sol",
  AccountDesk: "contracts/liquidation/AccountDesk.sol",
  ExitDesk: "contracts/exit/ExitDesk.sol",
  FactChecker: "contracts/liquidation/facts/FactChecker.sol",
  ChallengeBook: "contracts/liquidation/ChallengeBook.sol",
  SealedAuction: "contracts/liquidation/SealedAuction.sol",
  PortfolioSale: "contracts/liquidation/PortfolioSale.sol",
  ClearingHouse: "contracts/clearing/ClearingHouse.sol",
  HouseAccounts: "contracts/clearing/HouseAccounts.sol",
  Deleveraging: "contracts/clearing/Deleveraging.sol",
  CoverageVerifier: "contracts/verify/statements/CoverageVerifier.sol",
  SolvencyVerifier: "contracts/verify/statements/SolvencyVerifier.sol",
  ReportVerifier: "contracts/verify/statements/ReportVerifier.sol",
  EquityVerifier: "contracts/verify/statements/EquityVerifier.sol",
  CeilingVerifier: "contracts/verify/statements/CeilingVerifier.sol",
  ReductionVerifier: "contracts/verify/statements/ReductionVerifier.sol",
  TransferVerifier: "contracts/verify/statements/TransferVerifier.sol",
  DeleverageVerifier: "contracts/verify/statements/DeleverageVerifier.sol",
  MembershipVerifier: "contracts/verify/statements/MembershipVerifier.sol",
  EmptyVerifier: "contracts/verify/statements/EmptyVerifier.sol",
  DemoDollar: "contracts/demo/DemoDollar.sol",
} as const;
export type ContractName = keyof typeof CONTRACTS;

/** What the compiler makes of one contract. */
export interface CompiledContract {
  readonly abi: Abi;
  /** Creation code, without constructor arguments. */
  readonly bytecode: Hex;
}

/** The package's root, from `src/` and from `dist/` alike. */
export const PACKAGE_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The same as in foundry.toml. */
const SETTINGS = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 200 },
  metadata: { bytecodeHash: "none" },
};

const require = createRequire(import.meta.url);
/** Packages that sources import from: the prefix of the path is the package's folder. */
const PACKAGES = ["@openzeppelin/contracts", "solady"];

const errorsSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
});
const contractSchema = z.object({
  abi: z.array(z.unknown()),
  evm: z.object({ bytecode: z.object({ object: z.string() }) }),
});
const outputSchema = z.object({
  contracts: z.record(z.string(), z.record(z.string(), contractSchema)),
});

/** All Solidity sources of the package, by their path from its root. */
export function contractSources(): Record<string, string> {
  const folder = join(PACKAGE_ROOT, "contracts");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".sol"))
    .sort();
  return Object.fromEntries(
    files.map((file) => [`contracts/${file}`, readFileSync(join(folder, file), "utf8")]),
  );
}

/** SHA-256 of sources and settings: compiled contracts with this hash need not be compiled again. */
export function sourceHash(sources: Readonly<Record<string, string>>): Hex {
  const text = JSON.stringify([SETTINGS, sources]);
  return `0x${createHash("sha256").update(text).digest("hex")}`;
}

/**
 * Compiles the contracts that Ballast deploys; takes half a minute unless the cache has them.
 * @throws {BallastError} INTERNAL as {@link compileSources}.
 */
export function compileContracts(
  sources: Readonly<Record<string, string>>,
): Record<ContractName, CompiledContract> {
  return compileSources(sources, CONTRACTS);
}

/**
 * Compiles some contracts with the npm `solc` package, in this process; see {@link compileStandardJson}.
 * @param sources every source by its path, beside those of the libraries.
 * @param wanted the path of each contract to compile, by its name: what they don't need costs no code.
 * @throws {BallastError} INTERNAL with the compiler's message when a source does not compile.
 */
export function compileSources<Name extends string>(
  sources: Readonly<Record<string, string>>,
  wanted: Readonly<Record<Name, string>>,
): Record<Name, CompiledContract> {
  const places = Object.entries<string>(wanted);
  const outputSelection: Record<string, Record<string, string[]>> = {};
  for (const [name, path] of places)
    outputSelection[path] = { ...outputSelection[path], [name]: ["abi", "evm.bytecode.object"] };
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
    settings: { ...SETTINGS, outputSelection },
  };
  const answer = compileStandardJson(JSON.stringify(input), readDependency, PACKAGES);
  const json = parseJson(answer, "compiler's answer");
  const broken = errorsSchema.parse(json).errors.find(({ severity }) => severity === "error");
  if (broken !== undefined) {
    throw new BallastError("INTERNAL", `The contracts do not compile: ${broken.formattedMessage}`);
  }
  const output = outputSchema.parse(json);
  const entries = places.map(([name, path]): [string, CompiledContract] => {
    const found = output.contracts[path]?.[name];
    if (found === undefined) throw new BallastError("INTERNAL", `The compiler did not return ${name}.`);
    return [name, { abi: found.abi as Abi, bytecode: `0x${found.evm.bytecode.object}` }];
  });
  return Object.fromEntries(entries) as Record<Name, CompiledContract>;
}

function readDependency(path: string): { contents: string } | { error: string } {
  const library = PACKAGES.find((name) => path.startsWith(`${name}/`));
  if (library === undefined) return { error: `${path} is not a source of Ballast` };
  const folder = dirname(require.resolve(`${library}/package.json`));
  try {
    return { contents: readFileSync(join(folder, path.slice(library.length + 1)), "utf8") };
  } catch {
    return { error: `${path} is missing: reinstall the dependencies` };
  }
}
