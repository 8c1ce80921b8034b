import type { Command } from "commander";
import { readKeptAccount } from "../../../chain/liquidation/kept.ts";
import { saveAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { emit } from "../../io.ts";
import {
  accountHex,
  accountText,
  type ChainOptions,
  caseOf,
  openReader,
  reads,
} from "../../liquidation/session.ts";
import type { Runner } from "../../program.ts";

interface Options extends ChainOptions {
  readonly snapshot: string;
  readonly circuit: string;
  readonly output: string;
}

/** `ballast liquidate kept` */
export function registerKept(group: Command, run: Runner): void {
  reads(group, "kept", "what a closed case left to its account: its new file, from the chain alone")
    .argument("<case>", "the case's number")
    .requiredOption("-s, --snapshot <file>", "a snapshot, for the settlement asset's name")
    .requiredOption("-o, --output <file>", "where the account goes")
    .option("--circuit <name>", "the coverage instance whose number of slots the venue uses", "64x240")
    .addHelpText(
      "after",
      "\nAfter an award, a sale or a takeover anybody can open the account: it has the cash that was paid, and nothing else. The venue needs it before the account changes again: give it a fresh salt with ballast liquidate update.",
    )
    .action(
      run<Options>(async ({ io, json }, options, [text = ""]) => {
        const caseId = caseOf(text);
        const { slots } = liquidationCircuits(options.circuit).coverage;
        const snapshot = loadSnapshot(options.snapshot);
        const { reader, system } = await openReader(options);
        const account = await readKeptAccount(reader, system, caseId, slots);
        saveAccount(options.output, { name: accountHex(account.accountId), account }, snapshot);
        const lots = account.positions[0]?.quantity ?? 0n;
        emit(
          io,
          json,
          { caseId, accountId: accountHex(account.accountId), lots, file: options.output },
          () => `${options.output}: account ${accountText(account.accountId)} has ${lots} lots left`,
        );
      }),
    );
}
