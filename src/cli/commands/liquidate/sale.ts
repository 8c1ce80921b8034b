import type { Command } from "commander";
import { buyPortfolio, openSale } from "../../../chain/liquidation/auction.ts";
import { type CaseView, readCaseView } from "../../../chain/liquidation/read-case.ts";
import { BallastError } from "../../../errors.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  attestAt,
  caseWith,
  checkOnLedger,
  counterparty,
  type DeskOptions,
  equityAt,
  provesAndSends,
  purposeIn,
  transferAt,
} from "../../liquidation/desk.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import { caseOf, positiveLots, sent, timeText } from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";

interface SaleOptions extends DeskOptions {
  readonly account: string;
}
interface BuyOptions extends DeskOptions {
  readonly account: string;
  readonly taker: string;
  readonly cash?: string;
  readonly max?: string;
  readonly output: string;
}

/** `ballast liquidate open-sale|buy` */
export function registerSale(group: Command, run: Runner): void {
  provesAndSends(group, "open-sale", "start the public sale after the sealed phase failed", "who pays")
    .argument("<case>", "the case's number")
    .requiredOption("--account <file>", "the case's account")
    .addHelpText(
      "after",
      "\nAnyone who has the account's opening may; its equity in the newest snapshot becomes public. Without equity the case goes to the clearing house.",
    )
    .action(
      run<SaleOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        return atDesk(
          context,
          options,
          ["equity"],
          (snapshot) => loadAccount(options.account, snapshot),
          async (desk, file) => {
            const { client, system } = desk;
            await caseWith(desk, caseId, file);
            await checkOnLedger(desk, [file]);
            const claim = await equityAt(desk, file.account);
            const receipt = await context.progress.step("opening the sale", () =>
              openSale(client, system, caseId, claim),
            );
            const view = await readCaseView(client, system, caseId);
            const sale = view.auction?.sale;
            emit(
              context.io,
              context.json,
              {
                caseId,
                status: view.case.status,
                equity: claim.equity,
                sale: sale ?? null,
                ...sent(receipt),
              },
              () =>
                sale === undefined
                  ? `case ${caseId} has no equity: it is ${view.case.status} now`
                  : `case ${caseId} is on sale for ${sale.price} lots, and less each second until ${timeText(sale.saleUntil)}`,
            );
          },
        );
      }),
    );
  provesAndSends(group, "buy", "buy a case's portfolio in its public sale", "the buyer's key")
    .argument("<case>", "the case's number")
    .requiredOption("--account <file>", "the case's account")
    .requiredOption("--taker <file>", "your account, which takes all of it and pays")
    .option("--cash <lots>", "pay exactly this: at least the price, at most the equity")
    .option("--max <lots>", "pay the present price, if it is no more than this")
    .requiredOption("-o, --output <file>", "where your account as it will be goes")
    .addHelpText(
      "after",
      `
The price falls from second to second, and you pay what your proof says. Fee and hold-back are approved here; the hold-back
comes back later, less what the market moved meanwhile: ballast liquidate release-hold. Your account as it will be is
attested on the way, in tier 0 or 1; you must own it.`,
    )
    .action(
      run<BuyOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        const { cash: exact, max: limit } = options;
        if ((exact === undefined) === (limit === undefined))
          throw new BallastError("INVALID_INPUT", "Say what you pay: --cash or --max.", {
            hint: "Give one of the two.",
          });
        const cash = exact === undefined ? undefined : positiveLots(exact, "--cash");
        const max = limit === undefined ? undefined : positiveLots(limit, "--max");
        return atDesk(
          context,
          options,
          ["transfer", "coverage"],
          (snapshot) => ({
            account: loadAccount(options.account, snapshot),
            taker: loadAccount(options.taker, snapshot),
          }),
          async (desk, { account, taker }) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, account);
            const paid = priceFor(view, cash, max);
            await checkOnLedger(desk, [account, taker]);
            const purpose = purposeIn(view, "award", client.account.address);
            const plan = { a: account.account, b: taker.account, cash: paid, whole: true };
            const done = await transferAt(desk, purpose, plan, { b: options.output });
            const files = [{ ...taker, account: counterparty(done), path: options.output }];
            const { tier, receipt } = await keepThenSend(files, snapshot, async () => {
              const attested = await attestAt(desk, counterparty(done), 1);
              const bought = await context.progress.step("buying the portfolio", () =>
                buyPortfolio(client, system, caseId, view.case.version, done.claim),
              );
              return { tier: attested, receipt: bought };
            });
            emit(
              context.io,
              context.json,
              { caseId, cash: paid, tier, file: options.output, ...sent(receipt) },
              () =>
                `case ${caseId} is yours for ${paid} lots; ${options.output} opens your account from now on`,
            );
          },
        );
      }),
    );
}

/** @throws {BallastError} INVALID_INPUT. */
function priceFor(
  { case: found, auction }: CaseView,
  cash: bigint | undefined,
  max: bigint | undefined,
): bigint {
  const sale = auction?.sale;
  if (found.status !== "sale" || sale === undefined)
    throw new BallastError("INVALID_INPUT", `Case ${found.caseId} is not on sale: it is ${found.status}.`, {
      hint: "Look at `ballast liquidate show`.",
    });
  const { price, equityLots } = sale;
  if (max !== undefined) {
    if (price <= max) return price;
    throw new BallastError("INVALID_INPUT", `The price is ${price} lots now: more than --max.`, {
      hint: "Wait until it has fallen, or offer more.",
    });
  }
  const offered = cash ?? price;
  if (offered >= price && offered <= equityLots) return offered;
  throw new BallastError("INVALID_INPUT", `--cash must be ${price} to ${equityLots} lots now.`, {
    hint: "Wait until the price has fallen, or offer more.",
  });
}
