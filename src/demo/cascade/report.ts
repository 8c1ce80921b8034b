import { formatDecimal } from "../../math/decimal.ts";
import { MICROS_PER_LOT } from "./parameters.ts";
import type { CascadeResult } from "./play.ts";
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
