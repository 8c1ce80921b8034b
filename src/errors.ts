/** Codes a caller can branch on; a code never changes its meaning. */
export type ErrorCode =
  | "INVALID_INPUT"
  | "INVALID_DECIMAL"
  | "OUT_OF_RANGE"
  | "UNKNOWN_INSTRUMENT"
  | "DUPLICATE_INSTRUMENT"
  | "OFF_LOT_GRID"
  | "LANE_OVERFLOW"
  | "LOT_OVERFLOW"
  | "INVALID_MARKET"
  | "STALE_MARKET"
  | "INVALID_POLICY"
  | "INVALID_SNAPSHOT"
  | "SNAPSHOT_TAMPERED"
  | "INVALID_PORTFOLIO"
  | "PORTFOLIO_TOO_LARGE"
  | "DUPLICATE_ACCOUNT"
  | "UNKNOWN_ACCOUNT"
  | "ACCOUNT_TOO_LARGE"
  | "NOT_NETTED"
  | "NOT_CONSERVED"
  | "BID_MISMATCH"
  | "DISCLOSURE_MISMATCH"
  | "DISCLOSURE_UNREADABLE"
  | "COMMITMENT_MISMATCH"
  | "NOTHING_TO_CLOSE"
  | "RESERVES_SHORT"
  | "RUN_CONFLICT"
  | "RUN_DAMAGED"
  | "TREE_DAMAGED"
  | "UNKNOWN_CIRCUIT"
  | "INVALID_ARTIFACT"
  | "INVALID_KEY"
  | "KEY_MISMATCH"
  | "DEV_KEY_REFUSED"
  | "INVALID_PTAU"
  | "INVALID_PROOF"
  | "PROOF_REJECTED"
  | "BACKEND_UNAVAILABLE"
  | "BACKEND_FAILED"
  | "OUT_OF_MEMORY"
  | "CHAIN_ERROR"
  | "FILE_ERROR"
  | "LOCKED"
  | "ALREADY_SENT"
  | "INTERNAL";

export interface BallastErrorOptions {
  /** What the user can do about it, as a full sentence. */
  readonly hint?: string;
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
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, shortMessage: string, options: BallastErrorOptions = {}) {
    super(
      options.hint === undefined ? shortMessage : `${shortMessage} ${options.hint}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.shortMessage = shortMessage;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}
