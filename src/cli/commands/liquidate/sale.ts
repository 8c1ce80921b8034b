import { buyInSale, type Price, provenEquity } from "../../../actions/liquidation/sale.ts";
import { BallastError } from "../../../errors.ts";
import { output } from "../../flags.ts";
import { needed, option } from "../../input.ts";
import { caseAccount, caseId, onlyAccount, takerFiles } from "../../liquidation/flags.ts";
import { parsePositiveLots } from "../../liquidation/parsers.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";

const show = provingCommand({
  name: "show-equity",
  summary: "move a case on by what its account is worth: to the sale, to the takeover, or cured",
  who: "who pays",
  arguments: { caseId },
  flags: { account: caseAccount },
  notes: `
After the sealed phase failed, in the sale and in the takeover; anyone who has the account's opening may. Its equity in the
newest snapshot becomes public. In tier 0 or 1 the case is cured; with a lot of equity or more it is on sale, and the discount
goes on where it left off; without it waits for the clearing house.`,
  examples: ["ballast liquidate show-equity 3 --account case3.json"],
  needs: ["equity"],
  load: (values, snapshot) => onlyAccount(values.account, snapshot),
  async act(desk, { account, caseId }) {
    const { view, equity, tier, receipt } = await provenEquity(desk, caseId, account);
    const { case: found, sale } = view;
    const { status, outcome } = found;
    const result = { caseId, status, outcome, tier, equity, discount: sale.discount };
    const now =
      status === "sale"
        ? `on sale, ${Number(sale.discount) / 10_000} % below its equity, and more each second`
        : status === "closed"
          ? outcome
          : "without equity: it waits for the clearing house";
    return { result, receipt, text: `case ${caseId} is ${now}` };
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
The price is the account's equity in the newest snapshot, which is shown to everybody, less a discount that grows from second
to second; you pay what your proof says. Fee and hold-back are approved here; the hold-back comes back later, less what the
market moved meanwhile: ballast liquidate release-hold. Your account as it will be is attested on the way, in tier 0 or 1;
you must own it.`,
  examples: ["ballast liquidate buy 3 --account case3.json --taker firm.json --max 1100000 -o firm.2.json"],
  needs: ["transfer", "coverage", "equity"],
  load: (values, snapshot) => ({ price: priceOf(values), ...takerFiles(values, snapshot) }),
  async act(desk, { price, account, taker, caseId, output: file }) {
    const { cash, tier, receipt } = await buyInSale(desk, caseId, { account, taker }, price);
    const text = `case ${caseId} is yours for ${cash} lots; ${file} opens your account from now on`;
    return { result: { caseId, cash, tier, file }, receipt, text };
  },
});

export const sale = [show, buy];

/** @throws {BallastError} INVALID_INPUT. */
function priceOf({ cash, max }: { readonly cash?: bigint; readonly max?: bigint }): Price {
  if (cash !== undefined && max === undefined) return { exactly: cash };
  if (max !== undefined && cash === undefined) return { atMost: max };
  throw new BallastError("INVALID_INPUT", "Say what you pay: --cash or --max.", {
    hint: "Give one of the two.",
  });
}
