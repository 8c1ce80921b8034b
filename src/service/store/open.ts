import type { Database } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { openPostgres } from "./postgres.ts";

/** Where a service keeps what it knows: a server that is shared, else a folder of this machine. */
export interface StorePlace {
  /** `postgres://…`; secret. */
  readonly url?: string;
  readonly folder: string;
}

/** @throws {BallastError} as `openPostgres`, `openEmbedded`. */
export function openDatabase({ url, folder }: StorePlace): Promise<Database> {
  return url === undefined ? openEmbedded(folder) : openPostgres(url);
}
