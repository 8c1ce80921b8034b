import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { ccxtAccountVenue } from "../../venues/ccxt/account.ts";
import { loadCcxtKey, openExchange } from "../../venues/ccxt/exchange.ts";
import { combinedVenue } from "../../venues/combined/combined.ts";
import { deribitAccountVenue } from "../../venues/deribit/account.ts";
import { loadDeribitKey } from "../../venues/deribit/credentials.ts";
import { DERIBIT_LIMIT } from "../../venues/deribit/options.ts";
import { DERIVE_LIMIT, deriveAccountVenue } from "../../venues/derive/account.ts";
import { loadDeriveKey } from "../../venues/derive/credentials.ts";
import { fileVenue } from "../../venues/files/file-venue.ts";
import { RateLimit } from "../../venues/rpc/rate.ts";
import type { Venue } from "../../venues/venue.ts";
import type { Config } from "./config.ts";
import type { VenueConfig } from "./venue-schemas.ts";

/** Milliseconds after which an exchange's account is read again, whatever it told. */
const INTERVAL = 60_000;

/** The newest snapshot, whose lots amounts are in. */
type Newest = () => Pick<Snapshot, "rows"> | undefined;

/**
 * The venues of a configuration: combined accounts, and what is part of none.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT for a key file, or a part of which nobody knows which account it is.
 */
export function venuesOf(
  { venues, combined }: Pick<Config, "venues" | "combined">,
  clock: Clock,
  snapshot: Newest,
): readonly Venue[] {
  const parts = new Set(combined.flatMap(({ of }) => of.map(({ venue }) => venue)));
  const alone = venues
    .filter(({ name }) => !parts.has(name))
    .map((config) => venueOf(config, clock, snapshot));
  const joint = combined.map(({ name, account, of, alone: withParts }) =>
    combinedVenue({
      ...{ name, account, clock, withParts },
      sources: of.map((part) => {
        const config = venues.find((one) => one.name === part.venue);
        const theirs =
          part.account ?? (config !== undefined && "account" in config ? config.account : undefined);
        if (config === undefined || theirs === undefined) throw unnamed(part.venue);
        return { venue: venueOf(config, clock, snapshot), account: theirs };
      }),
    }),
  );
  return [...alone, ...joint];
}

function venueOf(config: VenueConfig, clock: Clock, snapshot: Newest): Venue {
  const { name } = config;
  if (config.kind === "file") {
    const { path, declaredBy } = config;
    return fileVenue({ name, path, declaredBy, clock, watch: true });
  }
  const { account, network, keyFile } = config;
  const common = {
    ...{ name, account, network, clock, snapshot, interval: INTERVAL, random: Math.random },
    ...given({ leaveOut: config.leaveOut }),
  };
  switch (config.kind) {
    case "deribit": {
      const limit = new RateLimit(clock, DERIBIT_LIMIT);
      const credentials = loadDeribitKey(keyFile);
      return deribitAccountVenue({
        ...common,
        limit,
        credentials,
        ...given({ subaccount: config.subaccount }),
      });
    }
    case "derive": {
      const limit = new RateLimit(clock, DERIVE_LIMIT);
      const credentials = loadDeriveKey(keyFile);
      const { subaccount, withUnsettled } = config;
      return deriveAccountVenue({ ...common, limit, credentials, subaccount, withUnsettled });
    }
    case "ccxt": {
      const credentials = loadCcxtKey(keyFile);
      const { exchange, every, queries, asUsdc, trustTotals } = config;
      const open = () => openExchange(exchange, { credentials, network });
      return ccxtAccountVenue({
        ...{ ...common, interval: every * 1000, open, trustTotals },
        ...given({ queries, asUsdc }),
      });
    }
  }
}

function unnamed(venue: string): BallastError {
  return new BallastError(
    "INVALID_INPUT",
    `Which account of ${venue} is part of a combined one is not said.`,
    {
      hint: "Name it beside the venue: a venue of files may have many.",
    },
  );
}
