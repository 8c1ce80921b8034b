import type { Clock } from "../../clock.ts";
import { given } from "../../given.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { deribitAccountVenue } from "../../venues/deribit/account.ts";
import { loadDeribitKey } from "../../venues/deribit/credentials.ts";
import { DERIBIT_LIMIT } from "../../venues/deribit/options.ts";
import { fileVenue } from "../../venues/files/file-venue.ts";
import { RateLimit } from "../../venues/rpc/rate.ts";
import type { Venue } from "../../venues/venue.ts";
import type { VenueConfig } from "./config.ts";

/** Milliseconds after which an exchange's account is read again, whatever it told. */
const INTERVAL = 60_000;

/**
 * The venues of a configuration. @param snapshot the newest one, whose lots amounts are in.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT for a key file.
 */
export function venuesOf(
  configs: readonly VenueConfig[],
  clock: Clock,
  snapshot: () => Pick<Snapshot, "rows"> | undefined,
): readonly Venue[] {
  return configs.map((config) => {
    const { name } = config;
    if (config.kind === "file") {
      const { path, declaredBy } = config;
      return fileVenue({ name, path, declaredBy, clock, watch: true });
    }
    const { account, network, keyFile, subaccount } = config;
    return deribitAccountVenue({
      ...{ name, account, network, clock, snapshot, interval: INTERVAL, random: Math.random },
      ...{ credentials: loadDeribitKey(keyFile), limit: new RateLimit(clock, DERIBIT_LIMIT) },
      ...given({ subaccount }),
    });
  });
}
