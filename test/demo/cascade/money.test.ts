import { describe, expect, it } from "vitest";
import { moneyTable, type Wealth } from "../../../src/demo/cascade/money.ts";

const entry = (name: string, amount: bigint) => ({ name, amount });
const before: Wealth = {
  accounts: [entry("ann", 500n), entry("bob", -200n)],
  cash: 300n,
  wallets: [entry("ann", 50n)],
  funds: [entry("insurance fund", 120n), entry("Gamma Reserve", 30n)],
  contracts: [entry("auction", 0n)],
  vault: 300n,
  supply: 500n,
};
/** The fund pays 120 into bob's account, ann pays bob 60 on the books, and a bond of 5 to the auction. */
const after: Wealth = {
  accounts: [entry("ann", 440n), entry("bob", -20n)],
  cash: 420n,
  wallets: [entry("ann", 45n)],
  funds: [entry("insurance fund", 0n), entry("Gamma Reserve", 30n)],
  contracts: [entry("auction", 5n)],
  vault: 420n,
  supply: 500n,
};

describe("moneyTable", () => {
  it("says who paid what, and that it adds up", () => {
    const table = moneyTable(before, after);
    expect(table.problems).toEqual([]);
    expect(table.sum).toBe(0n);
    expect(table.intoVault).toBe(120n);
    expect(table.rows.map(({ kind, name, change }) => [kind, name, change])).toEqual([
      ["account", "ann", -60n],
      ["account", "bob", 180n],
      ["wallet", "ann", -5n],
      ["fund", "insurance fund", -120n],
      ["fund", "Gamma Reserve", 0n],
      ["contract", "auction", 5n],
    ]);
  });

  it.each<[string, Partial<Wealth>, RegExp[]]>([
    ["a wallet gets what nobody gave", { wallets: [entry("ann", 46n)] }, [/come to 1 /, /^after: -1 of 500/]],
    [
      "an account gets what nobody gave",
      { accounts: [entry("ann", 441n), entry("bob", -20n)] },
      [/come to 1 /, /gained 121 .*got 120/],
    ],
    [
      "tokens go where nobody looks",
      { contracts: [entry("auction", 0n)] },
      [/come to -5 /, /^after: 5 of 500 tokens/],
    ],
    ["tokens are made", { supply: 501n }, [/made or destroyed/, /^after: 1 of 501/]],
    ["cash and vault differ", { cash: 421n }, [/^after: accounts have 421 .*vault has 420/]],
    ["an account is left out", { accounts: [entry("ann", 440n)] }, [/come to 20 /, /gained 140 /]],
  ])("finds out when %s", (_, wrong, problems) => {
    const table = moneyTable(before, { ...after, ...wrong });
    expect(table.problems).toHaveLength(problems.length);
    for (const [i, problem] of problems.entries()) expect(table.problems[i]).toMatch(problem);
  });

  it("takes no moment that was wrong from the start", () => {
    const wrong = { ...before, cash: 299n };
    expect(moneyTable(wrong, after).problems).toEqual([expect.stringMatching(/^before: accounts have 299/)]);
  });
});
