import { readKeptAccount } from "../../../chain/liquidation/kept.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { saveAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { circuit, output, snapshot } from "../../flags.ts";
import { saying } from "../../input.ts";
import { caseId } from "../../liquidation/flags.ts";
import { readingCommand } from "../../liquidation/kinds.ts";

export const kept = readingCommand({
  name: "kept",
  summary: "what a closed case left to its account: its new file, from the chain alone",
  arguments: { caseId },
  flags: {
    snapshot: saying(snapshot, "a snapshot, for the settlement asset's name"),
    output: output("where the account goes"),
    circuit,
  },
  notes:
    "After an award, a sale or a takeover anybody can open the account: it has the cash that was paid, and nothing else. The venue needs it before the account changes again: give it a fresh salt with ballast liquidate update.",
  examples: ["ballast liquidate kept 3 -o desk.3.json"],
  load: ({ snapshot, circuit }) => ({
    snapshot: loadSnapshot(snapshot),
    slots: liquidationCircuits(circuit).coverage.slots,
  }),
  async act({ reader, system }, { caseId, slots, output, snapshot }) {
    const account = await readKeptAccount(reader, system, caseId, slots);
    saveAccount(output, { name: accountHex(account.accountId), account }, snapshot);
    const lots = account.positions[0]?.quantity ?? 0n;
    const text = `${output}: account ${accountText(account.accountId)} has ${lots} lots left`;
    return { result: { caseId, accountId: accountHex(account.accountId), lots, file: output }, text };
  },
});
