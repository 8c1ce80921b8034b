import type { AccountPlace } from "../../actions/liquidation/accounts-file.ts";
import type { Trade } from "../../actions/liquidation/trade.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type AccountFile, loadAccount } from "../../liquidation/account-file.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { backend, circuit, deployment, privateKeyFile, rpc, snapshot, validFor } from "../flags.ts";
import { defaulted, needed, option, saying, type ValuesOf } from "../input.ts";
import { legsOf, parseCase, parseSignedLots } from "./parsers.ts";

/** Flags and arguments of the commands about a liquidation. */

/** What a command that reads needs. */
export const reading = { deployment: saying(deployment, "from `ballast deploy --liquidation`"), rpc };

/** What one that sends needs. @param who whose key it takes, e.g. "the venue's key". */
export function sending(who: string) {
  return { ...reading, privateKeyFile: privateKeyFile(who) };
}

/** What one that proves needs. @param who whose key it takes. */
export function proving(who: string) {
  return {
    ...sending(who),
    circuit,
    backend,
    snapshot: saying(snapshot, "the newest published snapshot"),
    validFor: validFor("how long the proofs hold, at most until the snapshot is stale", "3000"),
  };
}

/** Its values. */
export type ProvingValues = ValuesOf<ReturnType<typeof proving>>;

export const caseId = needed("<case>", "the case's number", parseCase);
export const accountId = needed("<account>", "0x…, or its name", accountIdOf);

/** The case's account. */
export const caseAccount = needed("--account <file>", "the case's account");
export const house = needed("--house <file>", "the clearing house's account as the ledger has it");
export const others = option(
  "--others <files...>",
  "the house's other accounts that hold anything, as the ledger has them: all count together",
);
export const houseOutput = needed(
  "-o, --output <file>",
  "where the clearing house's account as it will be goes",
);
export const cash = defaulted("--cash <lots>", "what the taker pays, signed", "0", parseSignedLots);
export const takerOutput = needed("--taker-output <file>", "where the taker as it will be goes");

/** A trade between two accounts. */
export const trading = {
  account: needed("--account <file>", "the account that hands over"),
  taker: needed("--taker <file>", "the account that takes"),
  legs: needed("--legs <legs...>", "what is handed over, INSTRUMENT=QUANTITY each"),
  cash,
  accountOutput: needed("--account-output <file>", "where the account as it will be goes"),
  takerOutput,
};

export const LEGS_HELP = `
A leg is what the account hands over, in the instrument's own unit: BTC-27MAR26-60000-P=-2 hands a short of 2 over.
--cash is what the taker pays to the account for it, in lots of the settlement asset; negative, where the account pays.
Both new accounts are written before anything is sent.`;

/** What a command reads before anything is asked: accounts as they are, and where they go as they will be. */
export interface Files {
  readonly inputs: readonly OpenAccount[];
  readonly places: readonly AccountPlace[];
}

/** An account that goes on in a file. */
export function placed(file: AccountFile, path: string): AccountPlace {
  return { file, path };
}

interface TradeValues {
  readonly taker: string;
  readonly takerOutput: string;
}

/** What is handed over, and for how much. */
export type TradeTerms = Pick<Trade, "moved" | "cash">;

/** Terms as legs on the command line. @throws {BallastError} as `legsOf`. */
export function termsOf(
  { legs, cash }: { readonly legs: readonly string[]; readonly cash: bigint },
  snapshot: Snapshot,
): TradeTerms {
  return { moved: legsOf(legs, snapshot), cash };
}

/**
 * The files and terms of a trade.
 * @param account who hands over, and where it goes as it will be.
 * @throws {BallastError} as the files do.
 */
export function tradeFiles(
  { taker: path, takerOutput }: TradeValues,
  { file: account, path: accountOutput }: AccountPlace,
  terms: TradeTerms,
  snapshot: Snapshot,
): Files & { readonly trade: Trade; readonly paths: readonly string[] } {
  const taker = loadAccount(path, snapshot);
  return {
    inputs: [account.account, taker.account],
    places: [placed(account, accountOutput), placed(taker, takerOutput)],
    paths: [accountOutput, takerOutput],
    trade: { account: account.account, taker: taker.account, ...terms },
  };
}

/** The files of one who takes a case's whole portfolio. @throws {BallastError} as the files do. */
export function takerFiles(
  { account: path, taker: takerPath, output }: Readonly<Record<"account" | "taker" | "output", string>>,
  snapshot: Snapshot,
): Files & { readonly account: OpenAccount; readonly taker: OpenAccount } {
  const { account } = loadAccount(path, snapshot);
  const taker = loadAccount(takerPath, snapshot);
  return { inputs: [account, taker.account], places: [placed(taker, output)], account, taker: taker.account };
}

/** One account, which doesn't change. @throws {BallastError} as `loadAccount`. */
export function onlyAccount(path: string, snapshot: Snapshot): Files & { readonly account: OpenAccount } {
  const { account } = loadAccount(path, snapshot);
  return { inputs: [account], places: [], account };
}
