import { BallastError } from "../../errors.ts";
import { isObject, type WireRecord } from "../../market/convert/wire.ts";
import type { VenueAccount } from "../../portfolio/convert/account.ts";
import { deribitAccount, isDeribitPosition, isDeribitSummary } from "../../portfolio/convert/deribit.ts";
import { type LotSettings, selfReading } from "../reading.ts";
import { followedAccount } from "../rpc/account.ts";
import { Changes } from "../rpc/changes.ts";
import type { Live } from "../rpc/follow.ts";
import type { AccountReading, Venue } from "../venue.ts";
import type { Versions } from "../versions.ts";
import type { DeribitCredentials } from "./credentials.ts";
import { type DeribitOptions, sessionOptions } from "./options.ts";
import { Session, type Timed } from "./session.ts";

export interface DeribitAccountOptions extends DeribitOptions, LotSettings {
  readonly credentials: DeribitCredentials;
  /** What the account is called in Ballast. */
  readonly account: string;
  /** Deribit's number of a subaccount, read with its main account's key. Default: the key's own account. */
  readonly subaccount?: number;
  /** How far apart positions and balances may have been read, milliseconds. Default: a second. */
  readonly maxApart?: bigint;
}

const MAX_APART = 1000n;
const MICROS = 1000n;
/** So often a reading is tried while the account changes under it. */
const TRIES = 5;
/** Everything of the account's own: trades, orders, positions, of all kinds and currencies. */
const CHANGES = "user.changes.any.any.raw";
const PLATFORM = "platform_state";

/**
 * A Deribit account, in all currencies. It is read whole after each change that Deribit tells of, and every minute in any case: changes have no
 * numbers there, so none that was lost can be told, and deposits are told by nobody. Positions are asked for twice, around the balances, and
 * must be the same.
 */
export function deribitAccountVenue(options: DeribitAccountOptions): Venue {
  return followedAccount(options, (versions, ending) => connect(options, versions, ending));
}

async function connect(
  options: DeribitAccountOptions,
  versions: Versions,
  signal: AbortSignal,
): Promise<Live<AccountReading>> {
  const changes = new Changes(options.clock, options.interval);
  const session = await Session.open(
    { ...sessionOptions(options), credentials: options.credentials, onEvent: () => changes.tell() },
    signal,
  );
  try {
    await session.subscribe([CHANGES, PLATFORM]);
  } catch (error) {
    session.close();
    throw error;
  }
  return {
    read: async () => {
      const { held, at } = await heldAt(session, changes, options);
      return versions.number(selfReading(options, held, at / MICROS, options), at);
    },
    changed: () => changes.wait(session.ended),
    close: () => session.close(),
  };
}

/** What the account held, and when: Unix microseconds. @throws {BallastError} READINGS_APART; as the session. */
async function heldAt(
  session: Session,
  changes: Changes,
  { subaccount, maxApart = MAX_APART }: DeribitAccountOptions,
): Promise<{ held: VenueAccount; at: bigint }> {
  const whose = subaccount === undefined ? {} : { subaccount_id: subaccount };
  for (let tries = 1; ; tries++) {
    const told = changes.seen;
    const [before, summaries, after] = await Promise.all([
      session.askPrivate("private/get_positions", { currency: "any", ...whose }),
      session.askPrivate("private/get_account_summaries", { extended: false, ...whose }),
      session.askPrivate("private/get_positions", { currency: "any", ...whose }),
    ]);
    const [positions, again] = [recordsIn(before.result, "positions"), recordsIn(after.result, "positions")];
    const times = [before, summaries, after].map(({ at }) => at);
    const [first, last] = [least(times), -least(times.map((at) => -at))];
    const isWhole = told === changes.seen && sizes(positions) === sizes(again);
    if (isWhole && last - first <= maxApart * MICROS)
      return { held: deribitAccount(positions, summariesIn(summaries)), at: first };
    if (tries === TRIES) throw apart(isWhole, last - first);
  }
}

/** @throws {BallastError} INVALID_ANSWER for another form. */
function recordsIn(result: unknown, what: string): readonly WireRecord[] {
  if (Array.isArray(result) && result.every((entry) => isObject(entry) && isDeribitPosition(entry)))
    return result;
  throw malformed(what);
}

/** @throws {BallastError} INVALID_ANSWER for another form, or none. */
function summariesIn({ result }: Timed): readonly WireRecord[] {
  const list = isObject(result) ? result["summaries"] : undefined;
  if (Array.isArray(list) && list.length > 0 && list.every((one) => isObject(one) && isDeribitSummary(one)))
    return list;
  throw malformed("account summaries");
}

function sizes(positions: readonly WireRecord[]): string {
  return positions
    .map((record) => `${record["instrument_name"]} ${record["size"]}`)
    .sort()
    .join();
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((a, b) => (a < b ? a : b));
}

function malformed(what: string): BallastError {
  return new BallastError("INVALID_ANSWER", `Deribit's ${what} are of a form that isn't known.`, {
    hint: "The connection is made anew.",
  });
}

function apart(isWhole: boolean, micros: bigint): BallastError {
  const why = isWhole ? "were read too far apart" : "changed each time while they were read";
  return new BallastError("READINGS_APART", `Positions and balances ${why}.`, {
    hint: "They are read again at the next change, or in a minute.",
    details: { apartMilliseconds: Number(micros / MICROS) },
  });
}
