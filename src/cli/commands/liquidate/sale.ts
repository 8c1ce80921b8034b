import { buyInSale, openPublicSale, type Price } from "../../../actions/liquidation/sale.ts";
import { timeText } from "../../../display.ts";
import { BallastError } from "../../../errors.ts";
import { output } from "../../flags.ts";
import { needed, option } from "../../input.ts";
import { caseAccount, caseId, onlyAccount, takerFiles } from "../../liquidation/flags.ts";
import { parsePositiveLots } from "../../liquidation/parsers.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";

const openSale = provingCommand({
  name: "open-sale",
  summary: "start the public sale after the sealed phase failed",
  who: "who pays",
  arguments: { caseId },
  flags: { account: caseAccount },
  notes:
    "Anyone who has the account's opening may; its equity in the newest snapshot becomes public. Without equity the case goes to the clearing house.",
  examples: ["ballast liquidate open-sale 3 --account case3.json"],
  needs: ["equity"],
  load: (values, snapshot) => onlyAccount(values.account, snapshot),
  async act(desk, { account, caseId }) {
    const { view, equity, receipt } = await openPublicSale(desk, caseId, account);
    const { status } = view.case;
    const sale = view.auction?.sale;
    const text =
      sale === undefined
        ? `case ${caseId} has no equity: it is ${status} now`
        : `case ${caseId} is on sale for ${sale.price} lots, and less each second until ${timeText(sale.saleUntil)}`;
    return { result: { caseId, status, equity, sale: sale ?? null }, receipt, text };
  },
});

const buy = provingCommand({
  name: "buy",
  summary: "buy a case's portfolio in its public sale",
  who: "the buyer's key",
  arguments: { caseId },
  flags: {
    account: caseAccount,
    taker: needed("--taker <file>", "your account, which takes all of it and pays"),
    cash: option(
      "--cash <lots>",
      "pay exactly this: at least the price, at most the equity",
      parsePositiveLots,
    ),
    max: option("--max <lots>", "pay the present price, if it is no more than this", parsePositiveLots),
    output: output("where your account as it will be goes"),
  },
  notes: `
The price falls from second to second, and you pay what your proof says. Fee and hold-back are approved here; the hold-back
comes back later, less what the market moved meanwhile: ballast liquidate release-hold. Your account as it will be is
attested on the way, in tier 0 or 1; you must own it.`,
  examples: ["ballast liquidate buy 3 --account case3.json --taker firm.json --max 1100000 -o firm.2.json"],
  needs: ["transfer", "coverage"],
  load: (values, snapshot) => ({ price: priceOf(values), ...takerFiles(values, snapshot) }),
  async act(desk, { price, account, taker, caseId, output: file }) {
    const { cash, tier, receipt } = await buyInSale(desk, caseId, { account, taker }, price);
    const text = `case ${caseId} is yours for ${cash} lots; ${file} opens your account from now on`;
    return { result: { caseId, cash, tier, file }, receipt, text };
  },
});

export const sale = [openSale, buy];

/** @throws {BallastError} INVALID_INPUT. */
function priceOf({ cash, max }: { readonly cash?: bigint; readonly max?: bigint }): Price {
  if (cash !== undefined && max === undefined) return { exactly: cash };
  if (max !== undefined && cash === undefined) return { atMost: max };
  throw new BallastError("INVALID_INPUT", "Say what you pay: --cash or --max.", {
    hint: "Give one of the two.",
  });
}
