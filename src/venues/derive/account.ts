import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { isObject, timeOf, type WireRecord } from "../../market/convert/wire.ts";
import { deriveAccount, isDeriveSubaccount } from "../../portfolio/convert/derive.ts";
import { type LotSettings, selfReading } from "../reading.ts";
import { followedAccount } from "../rpc/account.ts";
import { Changes } from "../rpc/changes.ts";
import { Connection } from "../rpc/connection.ts";
import type { Live } from "../rpc/follow.ts";
import type { RateLimit } from "../rpc/rate.ts";
import { MAX_SKEW, requireSameTime } from "../skew.ts";
import type { AccountReading, Venue } from "../venue.ts";
import type { Versions } from "../versions.ts";
import { type DeriveCredentials, signedLogin } from "./credentials.ts";
import { deriveError } from "./errors.ts";

/** Derive's networks (docs.derive.xyz, v3). */
const NETWORKS = {
  main: "wss://api.derive.xyz/v3/ws",
  test: "wss://testnet.api.derive.xyz/v3/ws",
} as const;

/** A trader's five requests a second that don't match orders, of which two are asked for. */
export const DERIVE_LIMIT = { perSecond: 2, burst: 5 } as const;

export interface DeriveAccountOptions extends LotSettings {
  readonly name: string;
  readonly network: keyof typeof NETWORKS;
  /** Default: the network's own address. */
  readonly url?: string;
  readonly clock: Clock;
  readonly limit: RateLimit;
  /** Milliseconds after which it is read again, whatever was told meanwhile. */
  readonly interval: number;
  /** How far apart Derive's clock and the own one may be, milliseconds. Default: 10 seconds. */
  readonly maxSkew?: bigint;
  readonly random: () => number;
  readonly credentials: DeriveCredentials;
  /** What the account is called in Ballast. */
  readonly account: string;
  /** Derive's number of the subaccount. */
  readonly subaccount: number;
  /**
   * Whether an account with perpetuals is read although their gains and losses that Derive hasn't settled are in no balance: its equity is
   * off by them, either way. Default: it is refused.
   */
  readonly withUnsettled?: boolean;
}

/** Milliseconds. */
const TIMEOUT = 20_000;
const MICROS = 1000n;

/** A Derive subaccount, read in one answer after each change of its balances, and at the interval in any case. */
export function deriveAccountVenue(options: DeriveAccountOptions): Venue {
  return followedAccount(options, (versions, ending) => connect(options, versions, ending));
}

async function connect(
  options: DeriveAccountOptions,
  versions: Versions,
  signal: AbortSignal,
): Promise<Live<AccountReading>> {
  const { network, url = NETWORKS[network], clock, limit, interval, subaccount, credentials } = options;
  const changes = new Changes(clock, interval);
  const connection = await Connection.open(
    { url, clock, limit, timeout: TIMEOUT, errorOf: deriveError, onNotification: () => changes.tell() },
    signal,
  );
  const close = (): void => connection.end(new BallastError("VENUE_UNAVAILABLE", "The session was closed."));
  const channel = `${subaccount}.balances`;
  try {
    await timeAt(connection, options);
    const login = await connection.request("public/login", await signedLogin(credentials, clock.now()));
    requireOwned(login.result, subaccount);
    const { result } = await connection.request("subscribe", { channels: [channel] });
    const status = isObject(result) && isObject(result["status"]) ? result["status"][channel] : undefined;
    if (status !== "ok") throw malformed("doesn't let this key follow the subaccount's balances");
  } catch (error) {
    close();
    throw error;
  }
  return {
    read: async () => {
      // The answer itself has no time: it is of this moment or later.
      const asOf = await timeAt(connection, options);
      const { result } = await connection.request("private/get_subaccount", { subaccount_id: subaccount });
      const held = deriveAccount(subaccountIn(result, options));
      return versions.number(selfReading(options, held, asOf, options), asOf * MICROS);
    },
    changed: () => changes.wait(connection.ended),
    close,
  };
}

/** Derive's time. @throws {BallastError} CLOCK_SKEWED, INVALID_ANSWER. */
async function timeAt(
  connection: Connection,
  { clock, maxSkew = MAX_SKEW }: DeriveAccountOptions,
): Promise<bigint> {
  const { result } = await connection.request("public/get_time", {});
  const time = timeOf(result);
  if (time === undefined) throw malformed("doesn't say when");
  requireSameTime("Derive", time, clock.now(), maxSkew);
  return time;
}

/** @throws {BallastError} VENUE_REFUSED for a subaccount that the wallet doesn't have, or its key may not see. */
function requireOwned(result: unknown, subaccount: number): void {
  if (Array.isArray(result) && result.includes(subaccount)) return;
  throw new BallastError("VENUE_REFUSED", `The key may not see the subaccount ${subaccount}.`, {
    hint: "Is it the wallet's, and is the session key one of it?",
  });
}

/** @throws {BallastError} INVALID_ANSWER, VENUE_UNAVAILABLE, INVALID_PORTFOLIO. */
function subaccountIn(result: unknown, { subaccount, withUnsettled }: DeriveAccountOptions): WireRecord {
  if (!isObject(result) || !isDeriveSubaccount(result) || result["subaccount_id"] !== subaccount)
    throw malformed("is none of the subaccount");
  if (result["failed_to_fetch"] === true) {
    throw new BallastError("VENUE_UNAVAILABLE", "Derive couldn't load the subaccount.", {
      hint: "It is tried again.",
    });
  }
  const positions = result["positions"] as readonly unknown[];
  const isPerpetual = (entry: unknown) =>
    isObject(entry) && entry["instrument_type"] === "perp" && Number(entry["amount"]) !== 0;
  if (withUnsettled === true || !positions.some(isPerpetual)) return result;
  throw new BallastError(
    "INVALID_PORTFOLIO",
    "The subaccount has perpetuals, whose unsettled gains no balance has.",
    {
      hint: "Settle or close them, or let it be read without them (withUnsettled): its equity is then off by them.",
    },
  );
}

function malformed(problem: string): BallastError {
  return new BallastError("INVALID_ANSWER", `An answer of Derive's ${problem}.`, {
    hint: "The connection is made anew.",
  });
}
