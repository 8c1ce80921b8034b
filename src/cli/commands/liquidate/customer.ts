import { cureByDeposit } from "../../../actions/liquidation/cure.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { output } from "../../flags.ts";
import { needed } from "../../input.ts";
import { caseId, placed } from "../../liquidation/flags.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";

import { parseUnits } from "../../options.ts";

export const depositCure = provingCommand({
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
  load: (values, snapshot) => {
    const file = loadAccount(values.account, snapshot);
    return { inputs: [file.account], places: [placed(file, values.output)], account: file.account };
  },
  async act(desk, { account, caseId, lots, output: file }) {
    const { tier, receipt } = await cureByDeposit(desk, caseId, account, lots);
    const text = `case ${caseId} is cured: ${lots} lots came in, the account is in tier ${tier}`;
    return { result: { caseId, lots, tier, file }, receipt, text };
  },
});
