import { erc20Abi } from "viem";
import { collateralVaultAbi } from "../../chain/generated/collateral-vault.ts";
import { readFunds } from "../../chain/liquidation/read-funds.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { readBalance } from "../../chain/token.ts";
import { BallastError } from "../../errors.ts";
import { netHolding } from "../../risk/transfer.ts";
import type { Wealth } from "./money.ts";
import { MICROS_PER_LOT, SETTLEMENT_ID } from "./parameters.ts";
import { equityOf } from "./plan.ts";
import { PEOPLE } from "./stage.ts";
import type { World } from "./world.ts";

/**
 * What everyone has now: tokens as the chain has them, accounts by the openings of its commitments at the fallen market's marks.
 * @throws {BallastError} INTERNAL when an opening does not open the ledger's commitment.
 */
export async function measure(world: World): Promise<Wealth> {
  const { people, system, token, volatilityOracle } = world.stage;
  const { owner } = people;
  for (const [name, account] of world.accounts) {
    const { commitment } = await readAccount(owner, system, account.accountId);
    if (world.commitmentOf(account) !== commitment)
      throw new BallastError("INTERNAL", `The opening of ${name} is not that of the ledger's commitment.`);
  }
  const wallets = await Promise.all(
    PEOPLE.map(async (name) => ({
      name,
      amount: await readBalance(owner, token, people[name].account.address),
    })),
  );
  const contracts = await Promise.all(
    (
      [
        ["engine", system.engine],
        ["challenge book", system.challenges],
        ["auction", system.auction],
        ["sale", system.sale],
        ["volatility oracle", volatilityOracle],
      ] as const
    ).map(async ([name, address]) => ({ name, amount: await readBalance(owner, token, address) })),
  );
  const { insurance, gamma } = await readFunds(owner, system);
  const read = { address: token, abi: erc20Abi, functionName: "totalSupply" } as const;
  const recorded = await owner.public.readContract({
    address: system.vault,
    abi: collateralVaultAbi,
    functionName: "lotsRecorded",
    args: [SETTLEMENT_ID],
  });
  const cash = world.accounts.reduce(
    (sum, [, { positions }]) => sum + netHolding(positions, SETTLEMENT_ID),
    0n,
  );
  const vault = await readBalance(owner, token, system.vault);
  const house = await readBalance(owner, token, system.clearingHouse);
  if (recorded * MICROS_PER_LOT !== vault)
    throw new BallastError("INTERNAL", "The vault has other tokens than it says.");
  return {
    accounts: world.accounts.map(([name, { positions }]) => ({
      name,
      amount: equityOf(world.market, positions),
    })),
    cash: cash * MICROS_PER_LOT,
    wallets,
    funds: [
      { name: "insurance fund", amount: insurance.assets },
      { name: "Gamma Reserve", amount: gamma.assets },
      { name: "clearing house, beside its funds", amount: house - insurance.assets - gamma.assets },
    ],
    contracts,
    vault,
    supply: await owner.public.readContract(read),
  };
}
