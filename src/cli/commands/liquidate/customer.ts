import type { Command } from "commander";
import { cureByTransfer } from "../../../chain/liquidation/cases.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  attestAt,
  caseWith,
  type DeskOptions,
  provesAndSends,
  purposeIn,
  transferAt,
} from "../../liquidation/desk.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import { caseOf, sent } from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";
import { parseLots } from "../../solvency/asset.ts";

interface CureOptions extends DeskOptions {
  readonly account: string;
  readonly lots: string;
  readonly output: string;
}

/** `ballast liquidate deposit-cure` */
export function registerCustomer(group: Command, run: Runner): void {
  provesAndSends(group, "deposit-cure", "as a customer: close a case by paying collateral in", "who pays")
    .argument("<case>", "the case's number")
    .requiredOption("--account <file>", "the case's account; the venue gives its customer the opening")
    .requiredOption("--lots <n>", "lots of the settlement asset; the tokens are approved here")
    .requiredOption("-o, --output <file>", "where the account as it will be goes")
    .addHelpText(
      "after",
      `
Anyone who has the opening and the tokens may, until the case closes. The account as it will be is attested on the way: in
tier 0 or 1, else nothing is paid. Give the new file to the venue.`,
    )
    .action(
      run<CureOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        const funding = parseLots(options.lots, "--lots");
        return atDesk(
          context,
          options,
          ["transfer", "coverage"],
          (snapshot) => loadAccount(options.account, snapshot),
          async (desk, file) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, file);
            const purpose = purposeIn(view, "cure", client.account.address);
            const done = await transferAt(desk, purpose, { a: file.account, funding }, { a: options.output });
            const files = [{ ...file, account: done.a, path: options.output }];
            const { tier, receipt } = await keepThenSend(files, snapshot, async () => {
              const attested = await attestAt(desk, done.a, 1);
              const cured = await context.progress.step("curing the case", () =>
                cureByTransfer(client, system, caseId, done.claim),
              );
              return { tier: attested, receipt: cured };
            });
            emit(
              context.io,
              context.json,
              { caseId, lots: funding, tier, file: options.output, ...sent(receipt) },
              () => `case ${caseId} is cured: ${funding} lots came in, the account is in tier ${tier}`,
            );
          },
        );
      }),
    );
}
