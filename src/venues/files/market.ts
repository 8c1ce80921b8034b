import { statSync } from "node:fs";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { loadChain } from "../../market/chain-file.ts";
import type { MarketSource } from "../venue.ts";

export interface FileMarketOptions {
  readonly name: string;
  /** A chain's file, in any form that is imported. */
  readonly path: string;
  readonly clock: Clock;
  /** Milliseconds between two looks. Default: a second. */
  readonly interval?: number;
}

/** A market whose chain stands in a file: read once, and whenever the file has changed. */
export function fileMarketSource({ name, path, clock, interval = 1_000 }: FileMarketOptions): MarketSource {
  return {
    name,
    async *markets(signal) {
      let last = "";
      while (!signal.aborted) {
        const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? {
          mtimeMs: 0,
          size: 0,
          ino: 0,
        };
        const stamp = `${ino} ${mtimeMs} ${size}`;
        if (stamp !== last) {
          last = stamp;
          try {
            yield { reading: { venue: name, chain: loadChain(path, { onBadQuote: "exclude" }) } };
          } catch (error) {
            if (!(error instanceof BallastError)) throw error;
            yield { refusal: { venue: name, at: clock.now(), error } };
          }
        }
        await clock.sleep(interval, signal).catch(() => {});
      }
    },
  };
}
