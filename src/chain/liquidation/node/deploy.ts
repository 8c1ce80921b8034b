import { type Address, encodeDeployData, getAddress, getContractAddress, type Hex, zeroAddress } from "viem";
import { BallastError } from "../../../errors.ts";
import { type Field, formatField } from "../../../math/field.ts";
import type { ChainClient, ChainReader } from "../../client.ts";
import type { Deployment } from "../../deploy/deployment.ts";
import { accountDeskAbi } from "../../generated/account-desk.ts";
import { anchorBookAbi } from "../../generated/anchor-book.ts";
import { challengeBookAbi } from "../../generated/challenge-book.ts";
import { clearingHouseAbi } from "../../generated/clearing-house.ts";
import { collateralVaultAbi } from "../../generated/collateral-vault.ts";
import { exitDeskAbi } from "../../generated/exit-desk.ts";
import { liquidationEngineAbi } from "../../generated/liquidation-engine.ts";
import { marketClockAbi } from "../../generated/market-clock.ts";
import { portfolioLedgerAbi } from "../../generated/portfolio-ledger.ts";
import { portfolioSaleAbi } from "../../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../../generated/sealed-auction.ts";
import { solvencyRegistryAbi } from "../../generated/solvency-registry.ts";
import { guarded } from "../../guarded.ts";
import { contractBytecode } from "../../node/artifacts.ts";
import { readInterval } from "../../oracle/read.ts";
import { create } from "../../transact.ts";
import { checkLiquidation } from "../check.ts";
import { type LiquidationParameters, STANDARD_CADENCE } from "../parameters.ts";
import { checkTiming } from "../timing.ts";

export interface DeployLiquidationOptions {
  /** Who keeps the accounts, signs solvency runs, adds assets to the vault and withdraws from it. */
  readonly venue: Address;
  /** The house's account: the venue must register it as guarded before anything can be taken over. */
  readonly houseAccount: Field;
  /** The collateral asset in which cash is paid, 1..7. */
  readonly settlementId: number;
  /** What a lot of it is worth, micro-USD: 10,000 where a lot is a cent. */
  readonly microsPerLot: bigint;
  readonly parameters: LiquidationParameters;
  /** Who lists liquidators and may schedule changes. Default: the deployer. */
  readonly owner?: Address;
  /** Who may stop new cases, and nothing else. Default: the owner. */
  readonly guardian?: Address;
  /** Who acts for the house. Default: the owner. */
  readonly operator?: Address;
  /** Seconds between two snapshots that the signers will publish. Default: 300, for which standard parameters are made. */
  readonly cadence?: bigint;
  /** What hold-backs are taxed by. Default: the deployment's volatility oracle, or none. */
  readonly volatilityOracle?: Address;
  /** Called before each transaction. */
  readonly onStep?: (step: string) => void;
  /** Called once all is deployed, before it is checked: save it, so that a node that drops then loses nothing. */
  readonly onDeployed?: (deployment: Deployment) => void;
}

/** In the order in which they are created: each contract knows the others, those to come by their address to be. */
const ORDER = [
  ...(["clock", "vault", "ledger", "engine", "challenges", "auction", "sale", "clearingHouse"] as const),
  ...(["registry", "anchors", "desk", "exits"] as const),
] as const;
type Addresses = Readonly<Record<(typeof ORDER)[number], Address>>;

/**
 * Deploys one venue's market clock, vault, ledger, engine, challenge book, auction, sale, clearing house, solvency registry, anchor book, account desk and exit desk beside a
 * deployment. Before, it checks that its times go together with the signers' and the volatility oracle's; at the end, that all of
 * the contracts belong together.
 *
 * @returns the deployment with `liquidation` and `solvency`.
 * @throws {BallastError} INVALID_INPUT for a deployment that has a venue already, and for times that don't go together; CHAIN_ERROR, e.g. InvalidParameter with the name of a
 *   parameter out of its bounds, PartsMismatch; also when another transaction of the deployer's came between: deploy again.
 */
export async function deployLiquidation(
  client: ChainClient,
  deployment: Deployment,
  options: DeployLiquidationOptions,
): Promise<Deployment> {
  if (deployment.solvency !== undefined)
    throw new BallastError("INVALID_INPUT", "The deployment has a venue's vault already.", {
      hint: "A vault knows its clearing house from the beginning: deploy anew, with the liquidation.",
      inputs: ["deploy.liquidation"],
    });
  const parts = partsOf(client, deployment, options);
  await checkTimes(client, parts);
  const addresses = await predicted(client);
  for (const part of ORDER) {
    options.onStep?.(NAMES[part]);
    const address = await create(
      client,
      creationCode(part, addresses, deployment, parts),
      `deploying ${NAMES[part]}`,
    );
    if (address === addresses[part]) continue;
    throw new BallastError("CHAIN_ERROR", `${NAMES[part]} has another address than the others expect.`, {
      hint: "Another transaction of the same account came between: deploy again, with an account that does nothing else.",
    });
  }
  const { clock, ledger, engine, challenges, auction, sale, clearingHouse } = addresses;
  const { vault, registry, anchors, desk, exits } = addresses;
  const { owner, guardian, operator, venue, houseAccount, settlementId, microsPerLot, volatilityOracle } =
    parts;
  const deployed: Deployment = {
    ...deployment,
    solvency: { venue, registry, vault, clearingHouse },
    liquidation: {
      ...{ clock, ledger, engine, challenges, auction, sale, clearingHouse, anchors, desk, exits },
      ...{ owner, guardian, operator, settlementId },
      houseAccount: formatField(houseAccount),
      microsPerLot: microsPerLot.toString(),
      ...(volatilityOracle === zeroAddress ? {} : { volatilityOracle }),
    },
  };
  options.onDeployed?.(deployed);
  options.onStep?.("checking that all belongs together");
  await checkLiquidation(client, deployed);
  return deployed;
}

const NAMES: Readonly<Record<keyof Addresses, string>> = {
  clock: "MarketClock",
  vault: "CollateralVault",
  ledger: "PortfolioLedger",
  engine: "LiquidationEngine",
  challenges: "ChallengeBook",
  auction: "SealedAuction",
  sale: "PortfolioSale",
  clearingHouse: "ClearingHouse",
  registry: "SolvencyRegistry",
  anchors: "AnchorBook",
  desk: "AccountDesk",
  exits: "ExitDesk",
};

/** The options with their defaults. */
function partsOf(client: ChainClient, deployment: Deployment, options: DeployLiquidationOptions) {
  const owner = getAddress(options.owner ?? client.account.address);
  return {
    ...options,
    owner,
    venue: getAddress(options.venue),
    guardian: getAddress(options.guardian ?? owner),
    operator: getAddress(options.operator ?? owner),
    volatilityOracle: getAddress(options.volatilityOracle ?? deployment.volatilityOracle ?? zeroAddress),
  };
}

/** @throws {BallastError} INVALID_INPUT; CHAIN_ERROR for a volatility oracle that doesn't answer. */
async function checkTimes(
  reader: Pick<ChainReader, "public">,
  { parameters, cadence = STANDARD_CADENCE, volatilityOracle }: ReturnType<typeof partsOf>,
): Promise<void> {
  if (volatilityOracle === zeroAddress) return checkTiming({ parameters, cadence });
  const interval = await readInterval(reader, volatilityOracle);
  checkTiming({ parameters, cadence, interval });
}

/** Where the contracts will be, if nothing else of the deployer's comes between. */
async function predicted(client: ChainClient): Promise<Addresses> {
  const from = client.account.address;
  const nonce = await guarded("reading the deployer's nonce", () =>
    client.public.getTransactionCount({ address: from, blockTag: "pending" }),
  );
  const entries = ORDER.map((part, i) => [part, getContractAddress({ from, nonce: BigInt(nonce + i) })]);
  return Object.fromEntries(entries) as Addresses;
}

function creationCode(
  part: keyof Addresses,
  {
    clock,
    vault,
    ledger,
    engine,
    challenges,
    auction,
    sale,
    clearingHouse,
    registry: runs,
    anchors,
    desk,
    exits,
  }: Addresses,
  { coverageRegistry: registry, verifierRegistry, snapshotOracle, maxAge, requireProven }: Deployment,
  parts: ReturnType<typeof partsOf>,
): Hex {
  const code = contractBytecode();
  const { venue, owner, guardian, operator, settlementId, microsPerLot, houseAccount, parameters } = parts;
  switch (part) {
    case "clock":
      return encodeDeployData({
        abi: marketClockAbi,
        bytecode: code.MarketClock,
        args: [registry, parameters.clock],
      });
    case "vault":
      return encodeDeployData({
        abi: collateralVaultAbi,
        bytecode: code.CollateralVault,
        args: [venue, { clearingHouse, desk, runs, exits }],
      });
    case "ledger":
      return encodeDeployData({
        abi: portfolioLedgerAbi,
        bytecode: code.PortfolioLedger,
        args: [vault, engine, clearingHouse, verifierRegistry, settlementId],
      });
    case "engine":
      return encodeDeployData({
        abi: liquidationEngineAbi,
        bytecode: code.LiquidationEngine,
        args: [
          owner,
          { ledger, vault, registry, clock, challenges, auction, sale, clearingHouse, guardian },
          parameters.engine,
        ],
      });
    case "challenges":
      return encodeDeployData({
        abi: challengeBookAbi,
        bytecode: code.ChallengeBook,
        args: [owner, engine, parameters.challenges],
      });
    case "auction":
      return encodeDeployData({
        abi: sealedAuctionAbi,
        bytecode: code.SealedAuction,
        args: [owner, engine, microsPerLot, parameters.auction],
      });
    case "sale":
      return encodeDeployData({
        abi: portfolioSaleAbi,
        bytecode: code.PortfolioSale,
        args: [owner, engine, auction, parts.volatilityOracle, microsPerLot, parameters.sale],
      });
    case "clearingHouse":
      return encodeDeployData({
        abi: clearingHouseAbi,
        bytecode: code.ClearingHouse,
        args: [
          owner,
          operator,
          { vault, ledger, engine, registry, clock, anchors, houseAccount, microsPerLot },
          parameters.funds,
        ],
      });
    case "registry":
      return encodeDeployData({
        abi: solvencyRegistryAbi,
        bytecode: code.SolvencyRegistry,
        args: [snapshotOracle, verifierRegistry, vault, clearingHouse, BigInt(maxAge), requireProven],
      });
    case "desk":
      return encodeDeployData({ abi: accountDeskAbi, bytecode: code.AccountDesk, args: [engine, anchors] });
    case "exits":
      return encodeDeployData({
        abi: exitDeskAbi,
        bytecode: code.ExitDesk,
        args: [engine, anchors, parameters.exits],
      });
    case "anchors":
      return encodeDeployData({
        abi: anchorBookAbi,
        bytecode: code.AnchorBook,
        args: [runs, engine, parameters.anchors],
      });
  }
}
