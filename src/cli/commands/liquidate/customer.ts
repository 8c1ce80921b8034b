import { depositCash, withdrawCash } from "../../../actions/liquidation/cash.ts";
import { cureByDeposit } from "../../../actions/liquidation/cure.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { output } from "../../flags.ts";
import { needed } from "../../input.ts";
import { caseId, placed } from "../../liquidation/flags.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { addressOf, parseUnits } from "../../options.ts";

const depositCure = provingCommand({
  name: "deposit-cure",
  summary: "as a customer: close a case by paying collateral in",
  who: "who pays",
  arguments: { caseId },
  flags: {
    account: needed("--account <file>", "the case's account; the venue gives its customer the opening"),
    lots: needed("--lots <n>", "lots of the settlement asset; the tokens are approved here", parseUnits),
    output: output("where the account as it will be goes"),
  },
  notes: `
Anyone who has the opening and the tokens may, until the case closes. The account as it will be is attested on the way: in
tier 0 or 1, else nothing is paid. Give the new file to the venue.`,
  examples: ["ballast liquidate deposit-cure 3 --account desk.json --lots 500000 -o desk.2.json"],
  needs: ["transfer", "coverage"],
  load: (values, snapshot) => oneAccount(values, snapshot),
  async act(desk, { account, caseId, lots, output: file }) {
    const { tier, receipt } = await cureByDeposit(desk, caseId, account, lots);
    const text = `case ${caseId} is cured: ${lots} lots came in, the account is in tier ${tier}`;
    return { result: { caseId, lots, tier, file }, receipt, text };
  },
});

const moved = {
  account: needed("--account <file>", "the account; the venue gives its customer the opening"),
  output: output("where the account as it will be goes"),
};

const payIn = provingCommand({
  name: "pay-in",
  summary: "as a customer or the venue: pay cash into an account, by a proof",
  who: "the owner's key, or the venue's",
  flags: {
    ...moved,
    lots: needed("--lots <n>", "lots of the settlement asset; the tokens are approved here", parseUnits),
  },
  notes:
    "Once in ten minutes. Not into an account in a case (deposit-cure), nor as the venue into one that its owner has locked.",
  examples: ["ballast liquidate pay-in --account desk.json --lots 500000 -o desk.2.json"],
  needs: ["transfer"],
  load: (values, snapshot) => oneAccount(values, snapshot),
  async act(desk, { account, lots, output: file }) {
    const { receipt } = await depositCash(desk, account, lots);
    return { result: { lots, file }, receipt, text: `${lots} lots came in` };
  },
});

const payOut = provingCommand({
  name: "pay-out",
  summary: "as a customer: take cash out of an account, by a proof; the vault pays an hour later",
  who: "the account's owner",
  flags: {
    ...moved,
    lots: needed("--lots <n>", "lots of the settlement asset", parseUnits),
    to: needed("--to <address>", "who is paid", addressOf),
  },
  notes: `
The account as it will be is attested on the way: in tier 0. Not in a case, and not while a challenge waits. The venue can't take
the payment back: ballast vault complete-withdrawal pays it, whoever asks.`,
  examples: ["ballast liquidate pay-out --account desk.json --lots 5000 --to ADDRESS -o desk.2.json"],
  needs: ["transfer", "coverage"],
  load: (values, snapshot) => oneAccount(values, snapshot),
  async act(desk, { account, lots, to, output: file }) {
    const { withdrawalId, receipt } = await withdrawCash(desk, account, lots, to);
    const text = `${lots} lots for ${to}, in an hour: ballast vault complete-withdrawal ${withdrawalId}`;
    return { result: { lots, to, withdrawalId, file }, receipt, text };
  },
});

export const customer = [depositCure, payIn, payOut];

function oneAccount(values: { readonly account: string; readonly output: string }, snapshot: Snapshot) {
  const file = loadAccount(values.account, snapshot);
  return { inputs: [file.account], places: [placed(file, values.output)], account: file.account };
}
