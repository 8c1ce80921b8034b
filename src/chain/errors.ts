import { decodeErrorResult, type Hex, hexToString } from "viem";
import { BallastError } from "../errors.ts";
import { given } from "../given.ts";
import type { MendingInput } from "../inputs.ts";
import { EXIT_HINTS } from "./exit/hints.ts";
import { contractErrorsAbi } from "./generated/contract-errors.ts";
import { LIQUIDATION_HINTS } from "./liquidation/hints.ts";
import { nodeTroubleOf } from "./node-errors.ts";
import { VOLATILITY_HINTS } from "./oracle/hints.ts";

/** What a user can do about a contract's custom error. Every error of the contracts is here: a test counts them. */
const HINTS: Readonly<Record<string, string>> = {
  AddressEmptyCode: "Check the address and the chain: no contract is there.",
  AlreadyRetired: "The circuit is retired already, for good; nothing is left to do.",
  AlreadyScheduled: "The call waits already: execute it once its time has come, or cancel it.",
  AlreadySealed: "The list is sealed for good: schedule the verifier's registration.",
  AlreadySettled: "The table point is proven or disabled already; nothing is left to do.",
  AssetAlreadyAdded: "The id has its token for good: use another id.",
  CheckpointUnorderedInsertion:
    "The contract keeps its changes in order, and this one is not: tell us what you sent.",
  CircuitAlreadyRegistered: "Use the verifier that is registered.",
  CircuitDoesNotFit: "Choose an instance with the snapshot's shape and at least as many rows.",
  CircuitIdMismatch: "The verifier lies about its id: don't register it.",
  DeadlinePassed: "Prove again with a later deadline.",
  DeadlineTooLate: "Choose a deadline before the snapshot expires.",
  DevKeyOutsideLocalChain: "Make a key by a ceremony; dev keys are for local chains only.",
  ERC20InsufficientAllowance: "Approve the amount for the contract first.",
  ERC20InsufficientBalance: "The account has too little of the token.",
  ERC20InvalidApprover: "The zero address can't approve anything: send from an account.",
  ERC20InvalidReceiver: "Give the address that gets the tokens.",
  ERC20InvalidSender: "The zero address has no tokens to send: send from an account.",
  ERC20InvalidSpender: "Give the address that is approved.",
  FailedCall: "The scheduled call reverted without saying why: check its arguments.",
  IcHashMismatch: "Give the verifying key that belongs to the circuit id.",
  InsufficientBalance: "The contract lacks the funds for this call.",
  InvalidBatch: "A batch needs at least one proof, and as many signal lists as proofs.",
  InvalidBatchProof: "Nothing was recorded: verify the proofs one by one and leave the wrong one out.",
  InvalidBatchSize: "Split the batch: it may have 1 to 64 proofs.",
  InvalidIcPoint: "A point of the verifying key is damaged: load the key again.",
  InvalidInstrument: "Collateral assets have the ids 1 to 7.",
  InvalidKey:
    "The verifying key is damaged, or anybody could forge under it: get the key of a finished ceremony.",
  InvalidLength: "Send whole rows with the points of each.",
  InvalidLists: "Give lists of the same length, with at least one entry.",
  InvalidLotSize: "A lot has at least one unit of its token.",
  InvalidMaxAge: "Choose 60 to 604800 seconds.",
  InvalidPoint: "Compute the table point again from the snapshot and the key.",
  InvalidPolicy: "Check the policy against docs/protocol/encodings.md, section 3.",
  InvalidProof:
    "Check that it was made for this chain, registry, deadline, snapshot and key, and not changed since.",
  InvalidRecipient: "Give the address that gets the tokens: neither nobody nor the vault.",
  InvalidReport:
    "Check that the report is of this run, after its last batch, and that accounts hold exactly the reserves.",
  InvalidShape: "Check scenarios (1..64), underlyings (1..8) and rows of the snapshot.",
  InvalidShortString: "The contract's name is too long.",
  InvalidSignature: "The signer must sign exactly this message for this chain and contract.",
  InvalidSignerSet: "Give 1 to 16 distinct signer addresses in ascending order.",
  InvalidThreshold: "The threshold must be a majority of the signers.",
  InvalidTier: "Tiers are 0 to 4.",
  InvalidToken: "Check the token's address and the chain.",
  InvalidVenue: "Give the venue's address.",
  DeliverySnapshotVoid: "Show a sound snapshot that has the row.",
  LocalChainsOnly: "The demo's token is for local chains: use a real one elsewhere.",
  NoBatches: "Submit the run's batches first.",
  NoBuild: "Open the build first.",
  NoInverse: "Prove against another snapshot.",
  NoLots: "Give at least one lot.",
  NoPendingSigners: "Propose a signer set first.",
  NoTablePoint: "Ask the oracles to add the table point of this circuit, or have it computed on chain.",
  NoVolatilityOracle: "Build the snapshot without an oracle round: this oracle knows none.",
  NotEnoughLots:
    "Fewer lots are free: others wait for a withdrawal, are fenced, or came in by proof of late. Ask for less: `ballast vault show`.",
  NothingToUnlock: "Nothing of the asset is fenced, or it unlocks already: `ballast vault show`.",
  NotDelivered:
    "Its value is final an hour after a snapshot's settled row was shown: `ballast snapshot deliver`, then wait.",
  NotEnoughSignatures: "Collect more oracle signatures.",
  NewestSound: "The newest snapshot is sound: nothing is to be dropped.",
  NewestVoid: "The newest snapshot was proven wrong: drop it, or make a newer one the newest.",
  NoPrices: "No snapshot was made the newest yet: publish one.",
  NotComplete: "Post or compute the table points that it lacks, for every circuit that takes its table.",
  NotNewer: "There is this one or a newer one already: an account's attestation, or the newest snapshot.",
  NotNewest: "Money follows from this proof: prove against the newest snapshot.",
  NotServing: "The newest snapshot serves no more: wait for the next one, and prove against it.",
  NotReady: "Wait until the announced time.",
  NotScheduled: "Schedule exactly this call first; one that lapsed must be scheduled anew.",
  NothingNew: "All accounts of the batch already have attestations for this or a newer snapshot.",
  OnlyBuilder: "Use the table point builder.",
  OnlyClearingHouse: "Only the clearing house that the contract was deployed with may do this.",
  OnlyDesk: "Only the account desk that the vault was deployed with may do this.",
  OnlyPendingVenue: "Send the transaction from the address that the venue proposed.",
  OnlyScheduled: "Schedule the call and execute it two days later.",
  OnlyVenue: "Send the transaction from the venue's account.",
  OracleRoundMissing: "Build the snapshot so that it names a final round of the volatility oracle.",
  OracleRoundOutOfTime:
    "Build a newer snapshot, or name the volatility oracle's round of the snapshot's time.",
  OwnableInvalidOwner: "Give an owner other than the zero address.",
  OwnableUnauthorizedAccount: "Send the transaction from the owner's account.",
  PartialRows: "Give whole rows of exactly this snapshot.",
  PublicationLapsed: "The signatures were good for minutes: have the snapshot of now made and signed.",
  PublishByTooLate: "Signers sign for an hour after the snapshot's time at most: have it signed again.",
  ReentrancyGuardReentrantCall: "The token calls back into the vault: it can't be held there.",
  ReservesMismatch: "Show the reserves that the run was opened with, as its header's hash has them.",
  ReservesNotAscending: "Order the reserves by instrument id, each asset once.",
  ReservesShort: "Deposit what is missing into the vault.",
  RowsMismatch: "Give the rows of exactly this snapshot, and the table's hash before them.",
  RunAlreadyOpened: "The run is on chain already: go on with it.",
  RunOfFormerVenue: "The venue that signed the run has handed over: begin a new run.",
  RunNotClosed: "Give the id of a run that is attested: `ballast solvency show`.",
  RunTooOld: "Show a run whose snapshot is later than what it is shown for.",
  RunVoid: "What the run was proven with counts no more: show another one.",
  RunClosed: "The run is attested already; nothing is left to do.",
  SafeCastOverflowedUintDowncast: "A number is too large for its field.",
  SafeCastOverflowedUintToInt: "Move fewer lots at once.",
  SafeERC20FailedOperation: "The token refused the transfer: check balance and approval.",
  SignalNotInField: "Public signals must be below the scalar field: the proof was tampered with.",
  SignersNotAscending: "Order signatures by signer address, each signer once.",
  SignersLapsed: "Nobody activated the set in time: propose it anew.",
  SignersNotReady: "Wait until the announced time.",
  SnapshotAlreadyPublished: "The snapshot is on chain already; use it.",
  SnapshotInFuture: "Check the snapshot's time and your clock.",
  SnapshotMalformed: "The snapshot was proven malformed: use another.",
  SnapshotNotNewer:
    "The registry already has an attestation for this or a newer snapshot: run against a newer one.",
  SnapshotStale: "Prove against a newer snapshot.",
  SnapshotVoid: "The snapshot was proven wrong: use another.",
  SnapshotTooOld: "Build and publish a newer snapshot.",
  StringTooLong: "The contract's name is too long.",
  TableHashMismatch: "Give the rows of exactly this snapshot.",
  TablePointAlreadyPosted: "The table point is on chain already; it is not overwritten.",
  TablePointDisabled: "The posted table point was proven wrong: use another snapshot.",
  TablePointNotProven:
    "This registry takes points computed on chain only: run the table point builder first.",
  TooOld: "Publish a newer snapshot.",
  TooSoon: "Wait until the time that the contract names: snapshots enter in order, some time apart.",
  TokenAlreadyAdded: "The token has an instrument id already: under two it would count twice.",
  UnexpectedBatch: "Go on with the run's next batch: somebody submitted meanwhile, or a batch was left out.",
  UnknownAsset: "Use an asset that the venue added to its vault.",
  UnknownCircuit: "Register the verifier of this circuit and key first, or use a key that is registered.",
  UnknownEnd: "Show the table's last rows first.",
  UnknownRun: "Open the run first.",
  UnknownSigner: "Sign with an address of the oracle's signer set.",
  UnknownSnapshot: "Publish the snapshot first.",
  UnknownWithdrawal:
    "It was never announced, or it was paid or cancelled: look at what waits with `ballast vault show`.",
  UnsupportedUnderlyings: "Generate a report verifier for the shape: this one takes two underlyings.",
  ValueNotInField: "Root and state must be below the scalar field: the run was tampered with.",
  VerifierListMismatch: "Deploy the registry with the oracle's own list of verifiers.",
  WithdrawalProven: "An account gave it up by a proof: it is paid to whom that said.",
  WrongAmountMoved: "The token takes a fee or rounds: it can't be held in the vault.",
  WrongCircuitKind: "Use a circuit that proves this statement.",
  WrongSlots: "Use circuits of the venue's number of slots: its accounts have one size.",
  WrongVenue: "Use the registry of the venue that signed the run.",
};

/** Characters of a node's own words that are repeated. */
const MOST_WORDS = 300;

/** What some hints speak of. */
const INPUTS: Readonly<Record<string, readonly MendingInput[]>> = {
  DevKeyOutsideLocalChain: ["setup.ptau"],
  OracleRoundMissing: ["snapshot.oracleRound"],
};

/** The hint for a custom error. */
export function hintOf(errorName: string): string | undefined {
  return (
    HINTS[errorName] ?? LIQUIDATION_HINTS[errorName] ?? EXIT_HINTS[errorName] ?? VOLATILITY_HINTS[errorName]
  );
}

/**
 * Any failure of a chain call as a BallastError: a revert by its custom error's name with a hint, a node that can't be asked by what
 * keeps it, anything else by the node's or the library's short message.
 * @param doing what was being done, e.g. "attesting".
 */
export function chainError(cause: unknown, doing: string, fallbackHint?: string): BallastError {
  if (cause instanceof BallastError) return cause;
  const data = revertData(cause);
  const found = data === undefined ? undefined : customErrorOf(data);
  if (found !== undefined) {
    const { name, args } = found;
    const hint = hintOf(name);
    return new BallastError("CHAIN_ERROR", `The chain refused ${doing}: ${name}.`, {
      // Public facts, as the contracts' errors are: times, addresses, ids, lots that were asked for.
      details: { error: name, ...(args.length === 0 ? {} : { arguments: args.join(", ") }) },
      cause,
      ...given({ hint, inputs: INPUTS[name] }),
    });
  }
  const trouble = nodeTroubleOf(cause);
  if (trouble !== undefined) {
    return new BallastError("CHAIN_ERROR", `Failed while ${doing}: ${trouble.what}.`, {
      hint: trouble.hint,
      details: { node: trouble.kind },
      cause,
    });
  }
  const reason = nodesOwnWords(cause) ?? shortMessageOf(cause);
  return new BallastError("CHAIN_ERROR", `Failed while ${doing}: ${reason}`, {
    cause,
    ...(fallbackHint === undefined ? {} : { hint: fallbackHint }),
  });
}

function customErrorOf(data: Hex): { readonly name: string; readonly args: readonly string[] } | undefined {
  if (data.length < 10) return undefined;
  try {
    const { abiItem, errorName, args = [] } = decodeErrorResult({ abi: contractErrorsAbi, data });
    const types = "inputs" in abiItem ? abiItem.inputs.map(({ type }) => type) : [];
    const texts = args.map((value, i) => argumentText(String(value), types[i]));
    // Error(string) and Panic(uint256) are the compiler's own: their argument says more than their name.
    const isCompilers = ["Error", "Panic"].includes(errorName);
    return isCompilers ? { name: `${errorName}(${texts[0]})`, args: [] } : { name: errorName, args: texts };
  } catch {
    return undefined;
  }
}

/** An argument for people: bytes of a fixed length that hold a name, as parameters' names and kinds of circuits do, as that name. */
function argumentText(value: string, type: string | undefined): string {
  if (type === undefined || !/^bytes\d+$/.test(type)) return value;
  const [, name] = /^0x((?:[2-7][0-9a-f])+?)(?:00)*$/.exec(value) ?? [];
  return name === undefined ? value : hexToString(`0x${name}`);
}

/** The revert data somewhere in a chain of causes, as viem and ethers carry it. */
function revertData(error: unknown): Hex | undefined {
  for (
    let depth = 0, current = error;
    depth < 12 && typeof current === "object" && current !== null;
    depth++
  ) {
    const { data, raw, cause, info } = current as Record<"data" | "raw" | "cause" | "info", unknown>;
    for (const candidate of [raw, data, (data as { data?: unknown } | undefined)?.data]) {
      if (typeof candidate === "string" && /^0x[0-9a-fA-F]{8,}$/.test(candidate)) return candidate as Hex;
    }
    current = cause ?? (info as { error?: unknown } | undefined)?.error;
  }
  return undefined;
}

/** What the node said of a request that it refused, with JSON-RPC's code; viem's own short message leaves it out. */
function nodesOwnWords(error: unknown): string | undefined {
  for (let depth = 0, current = error; depth < 12 && current instanceof Error; depth++) {
    const { name, details, code, cause } = current as Error & {
      readonly details?: unknown;
      readonly code?: unknown;
    };
    if (name === "RpcRequestError" && typeof details === "string" && details.trim() !== "")
      return `the node says: ${details.trim().slice(0, MOST_WORDS)} (code ${String(code)})`;
    current = cause;
  }
  return undefined;
}

function shortMessageOf(cause: unknown): string {
  const { shortMessage, message } = (cause ?? {}) as { shortMessage?: unknown; message?: unknown };
  const text = typeof shortMessage === "string" ? shortMessage : message;
  return typeof text === "string" ? (text.split("\n")[0] ?? text) : "the node gave no reason.";
}
