import { anchorInRun } from "../../../actions/node/anchor-in-run.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { toField } from "../../../math/field.ts";
import { backend, validFor } from "../../flags.ts";
import { needed } from "../../input.ts";
import { accountId } from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";

export const anchor = sendingCommand({
  name: "anchor",
  summary: "show that a closed solvency run counted an account: nobody takes it over without",
  who: "who pays",
  arguments: { accountId },
  flags: {
    run: needed("--run <folder>", "the run's folder: it has the tree of its accounts"),
    backend,
    validFor: validFor("how long the proof holds", "3000"),
  },
  notes: `
Anyone may who has the folder of a run that is closed on chain; no opening is needed. It anchors the portfolio that the run
counted: the account's present one, the one its case opened with, or the one it came from by proven deposits and withdrawals
alone. The funds bear losses of accounts that runs have counted for long enough: anchor an early run too.`,
  examples: ["ballast liquidate anchor desk --run run"],
  async act(session, { accountId, run: folder, backend, validFor }) {
    const options = { folder, accountId: toField(accountId), backend, validFor };
    const { place, receipt } = await anchorInRun(session, options);
    const { runId } = place;
    const text = `account ${accountText(accountId)} is anchored by run ${runId}`;
    return { result: { accountId: accountHex(accountId), runId }, receipt, text };
  },
});
