import { nextActions, phaseEnd } from "../../chain/liquidation/next.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { timeLeft } from "../../display.ts";
import { accountText } from "../../liquidation/account.ts";
import { table } from "../format.ts";

/** The open cases, with the time that is left and what is next. */
export function caseTable(cases: readonly CaseView[], time: bigint): string {
  if (cases.length === 0) return "no open case";
  return table(
    ["case", "account", "status", "version", "attested", "ends", "next"],
    cases.map((view) => {
      const { case: found, account, attestation } = view;
      const end = phaseEnd(view);
      const [next] = nextActions({ ...view, time });
      return [
        String(found.caseId),
        accountText(account.accountId),
        found.status,
        String(found.version),
        attestation === undefined ? "no" : `tier ${attestation.tier}`,
        end === undefined || end === 0n ? "" : timeLeft(end, time),
        next === undefined ? "" : next.action,
      ];
    }),
    [0, 3],
  );
}
