import { readKeptAccount } from "../../../chain/liquidation/kept.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { saveAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { command } from "../../command.ts";
import { circuit, output, snapshot } from "../../flags.ts";
import { saying } from "../../input.ts";
import { caseId, reading } from "../../liquidation/flags.ts";
import { openReader } from "../../liquidation/session.ts";

export const kept = command({
  name: "kept",
  summary: "what a closed case left to its account: its new file, from the chain alone",
  arguments: { caseId },
  flags: {
    ...reading,
    snapshot: saying(snapshot, "a snapshot, for the settlement asset's name"),
    output: output("where the account goes"),
    circuit,
  },
  notes:
    "After an award, a sale or a takeover anybody can open the account: it has the cash that was paid, and nothing else. The venue needs it before the account changes again: give it a fresh salt with ballast liquidate update.",
  examples: ["ballast liquidate kept 3 -o desk.3.json"],
  async run({ caseId, circuit, output, snapshot: path, ...on }, { print }) {
    const { slots } = liquidationCircuits(circuit).coverage;
    const snapshot = loadSnapshot(path);
    const { reader, system } = await openReader(on);
    const account = await readKeptAccount(reader, system, caseId, slots);
    saveAccount(output, { name: accountHex(account.accountId), account }, snapshot);
    const lots = account.positions[0]?.quantity ?? 0n;
    print(
      { caseId, accountId: accountHex(account.accountId), lots, file: output },
      () => `${output}: account ${accountText(account.accountId)} has ${lots} lots left`,
    );
  },
});
