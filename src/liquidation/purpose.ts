import type { Address, Hex } from "viem";
import {
  encodeAbiParameters,
  getAddress,
  isAddress,
  keccak256,
  stringToBytes,
  stringToHex,
} from "viem/utils";
import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";

const TRANSFER_DOMAIN = keccak256(stringToBytes("ballast.transfer.context.v1"));
const FACT_DOMAIN = keccak256(stringToBytes("ballast.fact.context.v1"));

/** What a transfer does to a case, as the engine calls it. */
export type CaseAction = "cure" | "reduce" | "award" | "takeover";
/** The statements that say what is true of commitments, as verifiers call them. */
export type FactKind = "equity" | "ceiling" | "reduce" | "delever" | "member" | "empty";

/** For which act in which state of a case a transfer is made. */
export interface CasePurpose {
  readonly action: CaseAction;
  /** uint256, from 1. */
  readonly caseId: bigint;
  /** uint32: the case's version that the act starts from. */
  readonly version: number;
  /** Who acts: the caller of `cureByTransfer` and `reduce`, the winner or buyer, the clearing house. */
  readonly actor: Address;
}

/** Where, for what and until when a transfer proof may be used. */
export interface TransferPlace {
  readonly chainId: number | bigint;
  /** The PortfolioLedger. */
  readonly ledger: Address;
  /** What it is made for: one of this module's purposes. */
  readonly purpose: Hex;
  /** uint32: how often account A has changed. */
  readonly nonceA: number;
  /** uint32: the same of B; 0 without a counterparty. */
  readonly nonceB: number;
  /** Unix seconds, < 2^64. */
  readonly deadline: bigint;
}

/** Where and until when a proof about commitments may be used. */
export interface FactPlace {
  readonly chainId: number | bigint;
  /** The PortfolioLedger. */
  readonly ledger: Address;
  /** Unix seconds, < 2^64. */
  readonly deadline: bigint;
}

/** `purposeOf` of the engine. @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT. */
export function casePurpose({ action, caseId, version, actor }: CasePurpose): Hex {
  checkUnsigned(caseId, 256n, "case's number");
  checkUint32(version, "case's version");
  const types = [{ type: "bytes32" }, { type: "uint256" }, { type: "uint32" }, { type: "address" }] as const;
  return keccak256(encodeAbiParameters(types, [word(action), caseId, version, checkAddress(actor, "actor")]));
}

/** What a transfer of two ordinary accounts is made for, by the venue alone. */
export const TRADE_PURPOSE: Hex = actionPurpose("trade");
/** What the house's giving back of lots to the insurance fund is made for. */
export const RELEASE_PURPOSE: Hex = actionPurpose("release");
/** What the house's trade with an ordinary account is made for. */
export const HOUSE_PURPOSE: Hex = actionPurpose("house");
/** Of cash that moves from one of the house's accounts to another. */
export const SHIFT_PURPOSE: Hex = actionPurpose("shift");

/** What a deposit or withdrawal of an account is made for. @param party who pays, or who is paid. */
export function deskPurpose(action: "deposit" | "withdraw", party: Address): Hex {
  const types = [{ type: "bytes32" }, { type: "address" }] as const;
  return keccak256(encodeAbiParameters(types, [word(action), checkAddress(party, "party")]));
}

/** What the funding of the house's loss is made for. @param snapshotId the snapshot that shows it, not 0. */
export function absorbPurpose(snapshotId: bigint): Hex {
  return subjectPurpose("absorb", snapshotId, "snapshot id");
}

/** What a holder's part in a round is made for. @param roundId from 1. */
export function deleveragePurpose(roundId: bigint): Hex {
  return subjectPurpose("deleverage", roundId, "round");
}

/**
 * The public signal `context` of a transfer, as `PortfolioLedger.contextOf` (docs/protocol/encodings.md, section 8): 253 bits.
 * @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE for malformed addresses and numbers.
 * @example
 * ```ts
 * import { transferContext, type TransferPlace } from "ballast/actions";
 * declare const place: TransferPlace;
 * const context = transferContext(place);
 * ```
 */
export function transferContext(place: TransferPlace): Field {
  const { chainId, ledger, purpose, nonceA, nonceB, deadline } = place;
  checkUint32(nonceA, "nonce");
  checkUint32(nonceB, "nonce");
  checkTime(chainId, deadline);
  const types = [
    { type: "bytes32" },
    { type: "uint256" },
    { type: "address" },
    { type: "bytes32" },
    { type: "uint32" },
    { type: "uint32" },
    { type: "uint64" },
  ] as const;
  const address = checkAddress(ledger, "ledger");
  return contextOf(
    encodeAbiParameters(types, [
      TRANSFER_DOMAIN,
      BigInt(chainId),
      address,
      purpose,
      nonceA,
      nonceB,
      deadline,
    ]),
  );
}

/**
 * The public signal `context` of a proof about commitments, as `FactContext.compute`: 253 bits.
 * @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE for a malformed address and numbers.
 */
export function factContext(kind: FactKind, { chainId, ledger, deadline }: FactPlace): Field {
  checkTime(chainId, deadline);
  const types = [
    { type: "bytes32" },
    { type: "uint256" },
    { type: "address" },
    { type: "bytes32" },
    { type: "uint64" },
  ] as const;
  const address = checkAddress(ledger, "ledger");
  return contextOf(encodeAbiParameters(types, [FACT_DOMAIN, BigInt(chainId), address, word(kind), deadline]));
}

function actionPurpose(action: string): Hex {
  return keccak256(encodeAbiParameters([{ type: "bytes32" }], [word(action)]));
}

function subjectPurpose(action: string, subject: bigint, what: string): Hex {
  checkUnsigned(subject, 256n, what);
  if (subject === 0n) throw new BallastError("OUT_OF_RANGE", `The ${what} is 0: there is none such.`);
  return keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [word(action), subject]));
}

function contextOf(encoded: Hex): Field {
  return toField(BigInt(keccak256(encoded)) >> 3n, "context");
}

/** A short text as Solidity's bytes32. */
function word(text: string): Hex {
  return stringToHex(text, { size: 32 });
}

function checkTime(chainId: number | bigint, deadline: bigint): void {
  checkUnsigned(BigInt(chainId), 256n, "chain id");
  checkUnsigned(deadline, 64n, "deadline");
}

function checkUint32(value: number, what: string): void {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return;
  throw new BallastError("OUT_OF_RANGE", `The ${what} is not in 0..2^32-1.`);
}

function checkUnsigned(value: bigint, bits: bigint, what: string): void {
  if (value >= 0n && value < 1n << bits) return;
  throw new BallastError("OUT_OF_RANGE", `The ${what} is not in 0..2^${bits}-1.`);
}

function checkAddress(address: string, what: string): Address {
  if (isAddress(address, { strict: false })) return getAddress(address);
  throw new BallastError("INVALID_INPUT", `The ${what} is not an address: write 0x and 40 hex digits.`);
}
