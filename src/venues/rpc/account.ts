import type { AccountReading, Venue } from "../venue.ts";
import { Versions } from "../versions.ts";
import { type Followed, follow, type Live } from "./follow.ts";

/**
 * A venue of one account that is followed. Versions of its readings are counted over all of its connections.
 * @param connect the source, connected, for as long as the signal lets it.
 */
export function followedAccount(
  { name, account, clock, random }: Required<Followed>,
  connect: (versions: Versions, signal: AbortSignal) => Promise<Live<AccountReading>>,
): Venue {
  return {
    name,
    accounts: (signal) => {
      const versions = new Versions();
      return follow({ name, account, clock, random }, (ending) => connect(versions, ending), signal);
    },
  };
}
