import { cureByDeposit } from "../../../actions/liquidation/cure.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { command } from "../../command.ts";
import { output } from "../../flags.ts";
import { needed } from "../../input.ts";
import { withDesk } from "../../liquidation/desk.ts";
import { caseId, placed, proving } from "../../liquidation/flags.ts";
import { sent } from "../../liquidation/session.ts";
import { parseUnits } from "../../options.ts";

export const depositCure = command({
  name: "deposit-cure",
  summary: "as a customer: close a case by paying collateral in",
  arguments: { caseId },
  flags: {
    ...proving("who pays"),
    account: needed("--account <file>", "the case's account; the venue gives its customer the opening"),
    lots: needed("--lots <n>", "lots of the settlement asset; the tokens are approved here", parseUnits),
    output: output("where the account as it will be goes"),
  },
  notes: `
Anyone who has the opening and the tokens may, until the case closes. The account as it will be is attested on the way: in
tier 0 or 1, else nothing is paid. Give the new file to the venue.`,
  examples: ["ballast liquidate deposit-cure 3 --account desk.json --lots 500000 -o desk.2.json"],
  run: (values, context) =>
    withDesk(
      values,
      context,
      ["transfer", "coverage"],
      (snapshot) => {
        const file = loadAccount(values.account, snapshot);
        return { inputs: [file.account], places: [placed(file, values.output)], account: file.account };
      },
      async (desk, { account }) => {
        const { caseId, lots, output: file } = values;
        const { tier, receipt } = await cureByDeposit(desk, caseId, account, lots);
        context.print(
          { caseId, lots, tier, file, ...sent(receipt) },
          () => `case ${caseId} is cured: ${lots} lots came in, the account is in tier ${tier}`,
        );
      },
    ),
});
