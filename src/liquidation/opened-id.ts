import type { Address } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import { type Field, toField } from "../math/field.ts";

const DOMAIN = keccak256(stringToBytes("ballast.account.id.v1"));
/** The lowest id of an account that anyone opens: names' ids are below it. */
const FIRST_OPENED = 1n << 253n;

/** Who opens which account of its own, and where. */
export interface OpenedAccount {
  readonly chainId: number | bigint;
  /** The PortfolioLedger. */
  readonly ledger: Address;
  readonly opener: Address;
  /** Which of the opener's accounts: uint256, of its choice. */
  readonly n: bigint;
}

/** The id of an account that somebody opens: `accountIdOf` of the ledger. A field element that nobody else can have. */
export function openedAccountId({ chainId, ledger, opener, n }: OpenedAccount): Field {
  const types = [
    { type: "bytes32" },
    { type: "uint256" },
    { type: "address" },
    { type: "address" },
    { type: "uint256" },
  ] as const;
  const encoded = encodeAbiParameters(types, [DOMAIN, BigInt(chainId), ledger, opener, n]);
  return toField(FIRST_OPENED + (BigInt(keccak256(encoded)) >> 4n));
}

/** Whether an id is one of an account that anyone opens. */
export function isOpenedId(accountId: bigint): boolean {
  return accountId >> 253n === 1n;
}
