import { Interface, type InterfaceAbi } from "ethers";
import * as desk from "../../src/chain/generated/account-desk.ts";
import * as anchors from "../../src/chain/generated/anchor-book.ts";
import * as challenges from "../../src/chain/generated/challenge-book.ts";
import * as clearingHouse from "../../src/chain/generated/clearing-house.ts";
import * as vault from "../../src/chain/generated/collateral-vault.ts";
import * as coverage from "../../src/chain/generated/coverage-registry.ts";
import * as deleveraging from "../../src/chain/generated/deleveraging.ts";
import * as exits from "../../src/chain/generated/exit-desk.ts";
import * as engine from "../../src/chain/generated/liquidation-engine.ts";
import * as clock from "../../src/chain/generated/market-clock.ts";
import * as ledger from "../../src/chain/generated/portfolio-ledger.ts";
import * as sale from "../../src/chain/generated/portfolio-sale.ts";
import * as auction from "../../src/chain/generated/sealed-auction.ts";
import * as snapshotOracle from "../../src/chain/generated/snapshot-oracle.ts";
import * as solvency from "../../src/chain/generated/solvency-registry.ts";
import * as builder from "../../src/chain/generated/table-point-builder.ts";
import * as verifiers from "../../src/chain/generated/verifier-registry.ts";
import * as volatility from "../../src/chain/generated/volatility-oracle.ts";
import { GENERATED } from "./page.ts";

/** The contracts that others call, in the order in which a deployment makes them. */
const CONTRACTS: Readonly<Record<string, object>> = {
  VerifierRegistry: verifiers,
  SnapshotOracle: snapshotOracle,
  TablePointBuilder: builder,
  CoverageRegistry: coverage,
  MarketClock: clock,
  CollateralVault: vault,
  SolvencyRegistry: solvency,
  PortfolioLedger: ledger,
  LiquidationEngine: engine,
  ChallengeBook: challenges,
  SealedAuction: auction,
  PortfolioSale: sale,
  AnchorBook: anchors,
  AccountDesk: desk,
  ExitDesk: exits,
  ClearingHouse: clearingHouse,
  Deleveraging: deleveraging,
  VolatilityOracle: volatility,
};

function abiOf(name: string, module: object): InterfaceAbi {
  const abi = Object.entries(module).find(([key]) => key.endsWith("Abi"))?.[1];
  if (!Array.isArray(abi)) throw new Error(`${name} has no ABI`);
  return abi;
}

/** One kind of fragment, sorted: `function`, `event` or `error`. */
function fragments(abi: InterfaceAbi, kind: string): string[] {
  return new Interface(abi)
    .format()
    .filter((line) => line.startsWith(`${kind} `))
    .sort();
}

/** Signatures of functions, events and errors, as viem's `parseAbi` and ethers' `Interface` read them. */
export function contractPages(): Record<string, string> {
  const parts = Object.entries(CONTRACTS).map(([name, module]) => {
    const abi = abiOf(name, module);
    const kinds = ["function", "event", "error"]
      .map((kind) => fragments(abi, kind))
      .filter((lines) => lines.length > 0);
    return `## ${name}\n\n\`\`\`text\n${kinds.map((lines) => lines.join("\n")).join("\n\n")}\n\`\`\``;
  });
  const page = `# The contracts' interfaces

${GENERATED}

Functions, events and errors of each contract, as ethers' \`Interface\` reads them. What each decides: [contracts](contracts/README.md).
Where the addresses come from: [addresses and ABI](../integrate/addresses-and-abi.md).

${parts.join("\n\n")}
`;
  return { "docs/reference/interfaces.md": page };
}
