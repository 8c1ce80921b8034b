import { type Abi, type Address, zeroAddress } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { type Deployment, deployedSolvency } from "../deploy/deployment.ts";
import { accountDeskAbi } from "../generated/account-desk.ts";
import { anchorBookAbi } from "../generated/anchor-book.ts";
import { challengeBookAbi } from "../generated/challenge-book.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { collateralVaultAbi } from "../generated/collateral-vault.ts";
import { deleveragingAbi } from "../generated/deleveraging.ts";
import { exitDeskAbi } from "../generated/exit-desk.ts";
import { houseAccountsAbi } from "../generated/house-accounts.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { marketClockAbi } from "../generated/market-clock.ts";
import { portfolioLedgerAbi } from "../generated/portfolio-ledger.ts";
import { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../generated/sealed-auction.ts";
import { solvencyRegistryAbi } from "../generated/solvency-registry.ts";
import { guarded } from "../guarded.ts";
import { liquidationOf } from "./system.ts";

/** What a contract must answer, by its functions without arguments. */
type Answers = Readonly<Record<string, Address | bigint | number>>;

/**
 * Checks on chain that a liquidation's contracts are those of the deployment and belong together: all that one of them says of
 * another, the house's account, and what can't change. Owner, operator, guardian and venue may have changed
 * since: nothing is said of them.
 *
 * @throws {BallastError} CHAIN_ERROR naming the contract and what it should have answered; INVALID_INPUT without a liquidation.
 */
export async function checkLiquidation(
  reader: Pick<ChainReader, "public">,
  deployment: Deployment,
): Promise<void> {
  const system = liquidationOf(deployment);
  const { clock, ledger, engine, challenges, auction, sale, clearingHouse } = system;
  const { anchors, desk, exits, vault, runs } = system;
  const { settlementId, microsPerLot, houseAccount, coverageRegistry: registry } = system;
  const { verifierRegistry: verifiers, snapshotOracle: oracle, liquidation } = deployment;
  const volatilityOracle = liquidation?.volatilityOracle ?? zeroAddress;
  const solvency = deployedSolvency(deployment);
  const check = (name: string, address: Address, abi: Abi, answers: Answers) =>
    checkAnswers(reader, name, address, abi, answers);
  await check("market clock", clock, marketClockAbi, { registry });
  await check("vault", vault, collateralVaultAbi, { clearingHouse, desk, runs, exits });
  const kept = { vault, engine, clearingHouse, desk, settlementId, verifiers };
  await check("ledger", ledger, portfolioLedgerAbi, kept);
  const parts = { ledger, vault, registry, clock, challenges, auction, sale, clearingHouse };
  await check("engine", engine, liquidationEngineAbi, parts);
  await check("challenge book", challenges, challengeBookAbi, { engine });
  await check("auction", auction, sealedAuctionAbi, { engine, microsPerLot });
  const sold = { engine, auction, volatilityOracle, microsPerLot };
  await check("sale", sale, portfolioSaleAbi, sold);
  const { houseAccounts: accounts } = system;
  const house = { vault, ledger, engine, registry, anchors, accounts, houseAccount, microsPerLot };
  await check("clearing house", clearingHouse, clearingHouseAbi, house);
  const attested = { vault, clearingHouse, verifiers, oracle };
  await check("solvency registry", solvency.registry, solvencyRegistryAbi, attested);
  await check("account desk", desk, accountDeskAbi, { ledger, anchors });
  await check("exit desk", exits, exitDeskAbi, { ledger, vault, anchors });
  await check("anchor book", anchors, anchorBookAbi, { ledger, engine, runs });
  const deleveraging = await guarded("reading the clearing house", () =>
    reader.public.readContract({
      address: clearingHouse,
      abi: clearingHouseAbi,
      functionName: "deleveraging",
    }),
  );
  await check("house's accounts", accounts, houseAccountsAbi, { clearingHouse });
  await check("deleveraging", deleveraging, deleveragingAbi, { clearingHouse });
}

async function checkAnswers(
  { public: client }: Pick<ChainReader, "public">,
  name: string,
  address: Address,
  abi: Abi,
  answers: Answers,
): Promise<void> {
  await Promise.all(
    Object.entries(answers).map(async ([functionName, answer]) => {
      const found = await guarded(`reading ${functionName} of the ${name}`, () =>
        client.readContract({ address, abi, functionName }),
      );
      if (String(found).toLowerCase() === String(answer).toLowerCase()) return;
      throw new BallastError(
        "CHAIN_ERROR",
        `The ${name} has another ${functionName} than the deployment says.`,
        {
          hint: "Use the file that `ballast deploy` wrote for this chain; don't trust these contracts.",
          details: { contract: address, found: String(found), expected: String(answer) },
        },
      );
    }),
  );
}
