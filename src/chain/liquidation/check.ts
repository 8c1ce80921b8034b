import { type Abi, type Address, zeroAddress } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { type Deployment, deployedSolvency } from "../deploy/deployment.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { collateralVaultAbi } from "../generated/collateral-vault.ts";
import { deleveragingAbi } from "../generated/deleveraging.ts";
import { liquidationAuctionAbi } from "../generated/liquidation-auction.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { portfolioLedgerAbi } from "../generated/portfolio-ledger.ts";
import { solvencyRegistryAbi } from "../generated/solvency-registry.ts";
import { guarded } from "../guarded.ts";
import { liquidationOf } from "./system.ts";

/** What a contract must answer, by its functions without arguments. */
type Answers = Readonly<Record<string, Address | bigint | number>>;

/**
 * Checks on chain that a liquidation's contracts are those of the deployment and belong together: all that one of them says of
 * another, the house's account, and what can't change. Owner, operator and guardian may have changed
 * since: nothing is said of them.
 *
 * @throws {BallastError} CHAIN_ERROR naming the contract and what it should have answered; INVALID_INPUT without a liquidation.
 */
export async function checkLiquidation(
  reader: Pick<ChainReader, "public">,
  deployment: Deployment,
): Promise<void> {
  const system = liquidationOf(deployment);
  const { venue, ledger, engine, auction, clearingHouse, vault, coverageRegistry: registry } = system;
  const { settlementId, microsPerLot, houseAccount } = system;
  const { verifierRegistry: verifiers, snapshotOracle: oracle, liquidation } = deployment;
  const volatilityOracle = liquidation?.volatilityOracle ?? zeroAddress;
  const solvency = deployedSolvency(deployment);
  const house = { vault, ledger, engine, registry, houseAccount, microsPerLot };
  const parts = { ledger, vault, registry, auction, clearingHouse };
  const check = (name: string, address: Address, abi: Abi, answers: Answers) =>
    checkAnswers(reader, name, address, abi, answers);
  await check("vault", vault, collateralVaultAbi, { venue, clearingHouse });
  await check("ledger", ledger, portfolioLedgerAbi, {
    venue,
    engine,
    clearingHouse,
    settlementId,
    verifiers,
  });
  await check("engine", engine, liquidationEngineAbi, parts);
  const sold = { engine, clearingHouse, volatilityOracle, microsPerLot };
  await check("auction", auction, liquidationAuctionAbi, sold);
  await check("clearing house", clearingHouse, clearingHouseAbi, house);
  const attested = { vault, clearingHouse, venue, verifiers, oracle };
  await check("solvency registry", solvency.registry, solvencyRegistryAbi, attested);
  const deleveraging = await guarded("reading the clearing house", () =>
    reader.public.readContract({
      address: clearingHouse,
      abi: clearingHouseAbi,
      functionName: "deleveraging",
    }),
  );
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
