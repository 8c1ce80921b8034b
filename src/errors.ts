import type { MendingInput } from "./inputs.ts";

/** Codes a caller can branch on; a code never changes its meaning. */
export type ErrorCode =
  /** An argument, option or file is of another form than is asked for. */
  | "INVALID_INPUT"
  /** A text is no plain decimal number, or has more decimals than fit. */
  | "INVALID_DECIMAL"
  /** A number is beyond its bounds. */
  | "OUT_OF_RANGE"
  /** An instrument is not in the snapshot, or its name is none. */
  | "UNKNOWN_INSTRUMENT"
  /** An instrument stands twice. */
  | "DUPLICATE_INSTRUMENT"
  /** A quantity is no whole number of lots. */
  | "OFF_LOT_GRID"
  /** A value of one lot doesn't fit its lane. */
  | "LANE_OVERFLOW"
  /** A quantity is 2^36 lots or more. */
  | "LOT_OVERFLOW"
  /** Market data can't be used: damaged, contradictory, or without a usable quote. */
  | "INVALID_MARKET"
  /** Market data is older than was asked for. */
  | "STALE_MARKET"
  /** A policy's key, number or name is refused. */
  | "INVALID_POLICY"
  /** A snapshot file is of another form, or of another snapshot than is needed. */
  | "INVALID_SNAPSHOT"
  /** A snapshot's rows or hashes don't follow from its own inputs. */
  | "SNAPSHOT_TAMPERED"
  /** A portfolio or its opening is of another form. */
  | "INVALID_PORTFOLIO"
  /** A portfolio has more positions than the circuit has slots. */
  | "PORTFOLIO_TOO_LARGE"
  /** An account stands twice. */
  | "DUPLICATE_ACCOUNT"
  /** An account is not in the tree. */
  | "UNKNOWN_ACCOUNT"
  /** An account's value leaves the window of a solvency run or a reduction. */
  | "ACCOUNT_TOO_LARGE"
  /** A derivative doesn't net to zero over all accounts, or collateral isn't the reserve. */
  | "NOT_NETTED"
  /** Positions or cash before and after a transfer differ. */
  | "NOT_CONSERVED"
  /** A bid file is not of this bid, case or bidder. */
  | "BID_MISMATCH"
  /** A disclosure opens to something else than the ledger's commitment. */
  | "DISCLOSURE_MISMATCH"
  /** A disclosure can't be decrypted with this key. */
  | "DISCLOSURE_UNREADABLE"
  /** A file doesn't open the account's present commitment. */
  | "COMMITMENT_MISMATCH"
  /** A deleveraging round would close nothing: no holder is on the other side, or has a lot to close. */
  | "NOTHING_TO_CLOSE"
  /** The vault holds less than accounts do. */
  | "RESERVES_SHORT"
  /** A solvency run is of another chain, registry, venue or snapshot. */
  | "RUN_CONFLICT"
  /** A file of a solvency run is not what the run began with. */
  | "RUN_DAMAGED"
  /** A tree file contradicts its own hashes. */
  | "TREE_DAMAGED"
  /** No circuit instance has this name, or it proves another statement than is asked for. */
  | "UNKNOWN_CIRCUIT"
  /** A compiled circuit or contract is damaged, or of another version. */
  | "INVALID_ARTIFACT"
  /** A key is damaged, or one under which anybody can forge. */
  | "INVALID_KEY"
  /** A key is of another circuit than the proof or the signals. */
  | "KEY_MISMATCH"
  /** A development key is refused outside of a local chain. */
  | "DEV_KEY_REFUSED"
  /** A Powers of Tau file is damaged, too small, not prepared, or not the one named. */
  | "INVALID_PTAU"
  /** A proof file is of another form, or bound to something else. */
  | "INVALID_PROOF"
  /** A proof does not verify. */
  | "PROOF_REJECTED"
  /** A prover backend or a program that is needed is not there. */
  | "BACKEND_UNAVAILABLE"
  /** A prover backend, compiler or child process failed. */
  | "BACKEND_FAILED"
  /** There was too little memory. */
  | "OUT_OF_MEMORY"
  /** A node doesn't answer, or the chain refuses a call. */
  | "CHAIN_ERROR"
  /** A venue doesn't answer, is under maintenance, or takes no more requests for now. */
  | "VENUE_UNAVAILABLE"
  /** A venue refuses the credentials, or what they may do. */
  | "VENUE_REFUSED"
  /** What a venue sent is damaged, contradicts itself, or is of another form than it documents. */
  | "INVALID_ANSWER"
  /** Parts of one reading were true at moments further apart than is allowed. */
  | "READINGS_APART"
  /** A reading is older than was asked for. */
  | "STALE_READING"
  /** Another machine's clock is further from this one's than is allowed. */
  | "CLOCK_SKEWED"
  /** An account's version is below one that was taken already, or has other content under the same number. */
  | "VERSION_BEHIND"
  /** A file can't be read or written. */
  | "FILE_ERROR"
  /** The database doesn't answer, is of another version, or refuses a statement. */
  | "STORE_ERROR"
  /** Something sealed was changed, or is of another place. */
  | "SEAL_BROKEN"
  /** Another process holds the lock. */
  | "LOCKED"
  /** The transaction of a command that was given again is on chain already. */
  | "ALREADY_SENT"
  /** A bug in Ballast. */
  | "INTERNAL";

export interface BallastErrorOptions {
  /** What the user can do about it, as a full sentence. */
  readonly hint?: string;
  /** What the hint speaks of, by keys: a command line adds its flags. */
  readonly inputs?: readonly MendingInput[];
  /** Public facts only: names, ids, limits. Never a witness value, a salt or a quantity. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/**
 * The one error class of Ballast. `shortMessage` says what is wrong, `hint` what to do;
 * `message` is both. Neither ever contains a witness value.
 */
export class BallastError extends Error {
  override readonly name = "BallastError";
  readonly code: ErrorCode;
  readonly shortMessage: string;
  readonly hint: string | undefined;
  readonly inputs: readonly MendingInput[];
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, shortMessage: string, options: BallastErrorOptions = {}) {
    super(
      options.hint === undefined ? shortMessage : `${shortMessage} ${options.hint}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.shortMessage = shortMessage;
    this.hint = options.hint;
    this.inputs = options.inputs ?? [];
    this.details = options.details ?? {};
  }
}
