import type { MoneyRow } from "../demo/cascade/money.ts";
import type { CascadeResult } from "../demo/cascade/play.ts";
import { micros } from "../demo/cascade/text.ts";
import type { Effort } from "../demo/cascade/world.ts";
import { duration } from "../display.ts";
import { table } from "./format.ts";

const KINDS: Readonly<Record<MoneyRow["kind"], string>> = {
  account: "equity of",
  wallet: "wallet of",
  fund: "",
  contract: "tokens in the",
};

/** The cascade for people: what became of each account, and who paid what. */
export function describeCascade({ paths, deleveraging, money }: CascadeResult): string {
  const what = [
    ...paths.map(({ path, account, outcome, story, effort }) => [
      path,
      account,
      outcome,
      story,
      cost(effort),
    ]),
    ["auto-deleveraging", "house", "closed", deleveraging.story, cost(deleveraging.effort)],
  ];
  const paid = money.rows
    .filter(({ change }) => change !== 0n)
    .map(({ kind, name, before, after, change }) => [
      `${KINDS[kind]} ${name}`.trim(),
      micros(before),
      micros(after),
      signed(change),
    ]);
  const verdict =
    money.problems.length === 0
      ? "The changes sum to zero: nothing was lost, nothing made up."
      : `It does not add up: ${money.problems.join("; ")}.`;
  return [
    "Liquidation, each step by a proof:",
    table(["path", "account", "came to", "how", "cost"], what),
    "",
    "Who paid what (USD, at the marks after the fall):",
    table(["", "before", "after", "change"], [...paid, ["sum", "", "", signed(money.sum)]], [1, 2, 3]),
    verdict,
  ].join("\n");
}

function cost({ proofs, proveMs, gas }: Effort): string {
  return `${proofs} proofs, ${duration(proveMs)}, ${gas.toLocaleString("en-US")} gas`;
}

function signed(amount: bigint): string {
  return amount > 0n ? `+${micros(amount)}` : micros(amount);
}
