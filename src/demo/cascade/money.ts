/** What everyone has at one moment. Micro-USD: a unit of the demo's token is one. */
export interface Wealth {
  /** Accounts' equity at one snapshot's prices, from openings that open the ledger's commitments. */
  readonly accounts: readonly Entry[];
  /** Cash of all accounts together, owed ones subtracted. */
  readonly cash: bigint;
  /** Tokens in wallets. */
  readonly wallets: readonly Entry[];
  /** The clearing house's pools, and what it has beside them. */
  readonly funds: readonly Entry[];
  /** Tokens in the other contracts, without the vault. */
  readonly contracts: readonly Entry[];
  /** Tokens in the vault: what accounts have in cash. */
  readonly vault: bigint;
  /** All tokens there are. */
  readonly supply: bigint;
}

export interface Entry {
  readonly name: string;
  readonly amount: bigint;
}

export type PartyKind = "account" | "wallet" | "fund" | "contract";

/** One party's line of the table. */
export interface MoneyRow {
  readonly kind: PartyKind;
  readonly name: string;
  readonly before: bigint;
  readonly after: bigint;
  readonly change: bigint;
}

/** Who paid what. */
export interface MoneyTable {
  readonly rows: readonly MoneyRow[];
  /** What all changes come to: zero. */
  readonly sum: bigint;
  /** What moved into the vault, that is into accounts as a whole. */
  readonly intoVault: bigint;
  /** What doesn't add up; empty when everything does. */
  readonly problems: readonly string[];
}

/**
 * Who paid what between two moments, and whether it adds up. Tokens in the vault belong to accounts, whose equity counts them, so
 * the vault has no line of its own.
 *
 * It adds up when the changes of all lines come to zero; when at both moments all tokens are in a place that is listed, and
 * the vault has exactly what accounts have in cash; when accounts as a whole gained what came into the vault.
 */
export function moneyTable(before: Wealth, after: Wealth): MoneyTable {
  const rows = [
    ...compare("account", before.accounts, after.accounts),
    ...compare("wallet", before.wallets, after.wallets),
    ...compare("fund", before.funds, after.funds),
    ...compare("contract", before.contracts, after.contracts),
  ];
  const sum = total(rows.map(({ change }) => change));
  const intoVault = after.vault - before.vault;
  const gained = total(rows.filter(({ kind }) => kind === "account").map(({ change }) => change));
  const problems = [
    ...(sum === 0n ? [] : [`all changes come to ${sum} micro-USD instead of nothing`]),
    ...(gained === intoVault ? [] : [`accounts gained ${gained} micro-USD, the vault got ${intoVault}`]),
    ...(before.supply === after.supply ? [] : ["tokens were made or destroyed"]),
    ...problemsOf("before", before),
    ...problemsOf("after", after),
  ];
  return { rows, sum, intoVault, problems };
}

function problemsOf(when: string, { wallets, funds, contracts, vault, supply, cash }: Wealth): string[] {
  const listed = vault + total([...wallets, ...funds, ...contracts].map(({ amount }) => amount));
  return [
    ...(listed === supply ? [] : [`${when}: ${supply - listed} of ${supply} tokens are in no listed place`]),
    ...(cash === vault ? [] : [`${when}: accounts have ${cash} micro-USD in cash, the vault has ${vault}`]),
  ];
}

function compare(kind: PartyKind, before: readonly Entry[], after: readonly Entry[]): MoneyRow[] {
  const amounts = (list: readonly Entry[]) => new Map(list.map(({ name, amount }) => [name, amount]));
  const [first, last] = [amounts(before), amounts(after)];
  return [...new Set([...first.keys(), ...last.keys()])].map((name) => {
    const [was, is] = [first.get(name) ?? 0n, last.get(name) ?? 0n];
    return { kind, name, before: was, after: is, change: is - was };
  });
}

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
