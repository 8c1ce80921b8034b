import { type Abi, type Address, erc20Abi } from "viem";
import { expect } from "vitest";
import { collateralVaultAbi } from "../../../src/chain/generated/collateral-vault.ts";
import { sealedAuctionAbi } from "../../../src/chain/generated/sealed-auction.ts";
import { HOLDERS } from "../../../src/chain/liquidation/credits.ts";
import { readFunds } from "../../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import { commitmentOf } from "../../../src/liquidation/account.ts";
import { netPositions } from "../../../src/risk/transfer.ts";
import { CASH, PEOPLE, type Person, SLOTS, UNITS, type World } from "./stage.ts";

/** Who has how much of the token. */
export type Balances = Readonly<Record<Person | (typeof CONTRACTS)[number], bigint>>;

const CONTRACTS = ["vault", "engine", "clearingHouse", ...HOLDERS] as const;

export async function balancesOf({ stage }: World): Promise<Balances> {
  const { people, system, token } = stage;
  const addresses: readonly (readonly [string, Address])[] = [
    ...PEOPLE.map((name) => [name, people[name].account.address] as const),
    ...CONTRACTS.map((name) => [name, system[name]] as const),
  ];
  const entries = await Promise.all(
    addresses.map(async ([name, address]) => {
      const read = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [address] } as const;
      return [name, await people.owner.public.readContract(read)] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Balances;
}

/**
 * Nothing was lost or made up: the token's supply is what everybody has together; each contract has what its books say; the vault
 * holds what the accounts own in cash; of every other instrument they hold nothing, net; and each account's opening opens its
 * commitment on the ledger.
 * @param elsewhere token units that others have, e.g. an oracle with its bonds.
 */
export async function expectConserved(world: World, elsewhere = 0n): Promise<Balances> {
  const { people, system, token } = world.stage;
  const { public: client } = people.owner;
  const read = <Value>(address: Address, abi: Abi, functionName: string, args: readonly unknown[] = []) =>
    client.readContract({ address, abi, functionName, args: [...args] }) as Promise<Value>;
  const balances = await balancesOf(world);
  const all = Object.values(balances).reduce((sum, balance) => sum + balance, elsewhere);
  expect(all).toBe(await read<bigint>(token, erc20Abi as Abi, "totalSupply"));

  expect(balances.engine).toBe(0n);
  for (const holder of HOLDERS)
    expect(balances[holder]).toBe(await read<bigint>(system[holder], sealedAuctionAbi as Abi, "accounted"));
  const { insurance, gamma } = await readFunds(people.owner, system);
  expect(balances.clearingHouse).toBe(insurance.assets + gamma.assets);
  const recorded = await read<bigint>(system.vault, collateralVaultAbi as Abi, "lotsRecorded", [CASH]);
  expect(balances.vault).toBe(recorded * UNITS);

  const accounts = world.accounts.all;
  const held = netPositions(accounts.flatMap(({ positions }) => positions));
  expect(held.filter(({ instrumentId }) => instrumentId !== CASH)).toEqual([]);
  expect(world.lotsOf(CASH)).toBe(recorded);
  for (const account of accounts) {
    const { commitment } = await readAccount(people.owner, system, account.accountId);
    expect(commitmentOf(account, SLOTS)).toBe(commitment);
  }
  return balances;
}
