import { formatDecimal } from "../../../math/decimal.ts";
import { duration, table } from "../../format.ts";
import type { MoneyRow } from "./money.ts";
import { MICROS_PER_LOT } from "./parameters.ts";
import type { CascadeResult } from "./play.ts";
import { micros } from "./text.ts";
import type { Effort } from "./world.ts";

const usdOf = (amount: bigint): string => formatDecimal(amount, 6);
const lotsUsd = (lots: bigint): string => usdOf(lots * MICROS_PER_LOT);
const effortOf = ({ proofs, proveMs, transactions, gas }: Effort) => ({
  ...{ proofs, transactions },
  proveMs: Math.round(proveMs),
  gas: gas.toString(),
});

/** The cascade as JSON: amounts are USD in decimal. */
export function cascadeSummary({ paths, absorbed, deleveraging, money, funds }: CascadeResult) {
  return {
    paths: [
      ...paths.map(({ effort, caseId, ...rest }) => ({
        ...rest,
        caseId: caseId.toString(),
        ...effortOf(effort),
      })),
      {
        path: "auto-deleveraging",
        roundId: deleveraging.roundId.toString(),
        instrument: deleveraging.instrument,
        story: deleveraging.story,
        holders: deleveraging.holders.map(({ name, closed, lost }) => ({
          name,
          closed: closed.toString(),
          lost: usdOf(lost),
        })),
        ...effortOf(deleveraging.effort),
      },
    ],
    waterfall: {
      loss: lotsUsd(absorbed.loss),
      insuranceFund: lotsUsd(absorbed.fromInsuranceFund),
      gammaReserve: lotsUsd(absorbed.fromGammaReserve),
      residual: lotsUsd(absorbed.residual),
      leftByRounding: lotsUsd(deleveraging.after),
    },
    fundsLocked: funds.locked,
    money: {
      rows: money.rows.map(({ kind, name, before, after, change }) => ({
        ...{ kind, name },
        before: usdOf(before),
        after: usdOf(after),
        change: usdOf(change),
      })),
      sum: usdOf(money.sum),
      intoVault: usdOf(money.intoVault),
      problems: money.problems,
    },
  };
}

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
  return `${proofs} proofs, ${duration(proveMs)},\n${gas.toLocaleString("en-US")} gas`;
}

function signed(amount: bigint): string {
  return amount > 0n ? `+${micros(amount)}` : micros(amount);
}
