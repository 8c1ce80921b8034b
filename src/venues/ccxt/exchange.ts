import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { isObject } from "../../market/convert/wire.ts";
import { loadVenueKey } from "../credentials.ts";

/** What is asked of one of ccxt's exchanges. */
export interface CcxtExchange {
  readonly id: string;
  /** What it can do, by its methods' names. */
  readonly has: Readonly<Record<string, unknown>>;
  fetchTime(): Promise<unknown>;
  fetchPositions(symbols: undefined, params: object): Promise<unknown>;
  fetchBalance(): Promise<unknown>;
  fetchOptionChain(code: string): Promise<unknown>;
  fetchTickers(symbols?: readonly string[]): Promise<unknown>;
}

/** An exchange's key, of which each exchange asks for other parts; one that may read, and nothing more. Secret. */
export type CcxtCredentials = z.output<typeof keyFileSchema>;

const text = z.string().min(1).max(10_000);
const keyFileSchema = z.strictObject({
  apiKey: text.optional(),
  secret: text.optional(),
  password: text.optional(),
  uid: text.optional(),
  walletAddress: text.optional(),
  privateKey: text.optional(),
});

/** @throws {BallastError} FILE_ERROR, INVALID_INPUT; quoting nothing of it. */
export function loadCcxtKey(path: string): CcxtCredentials {
  return loadVenueKey(
    path,
    "ccxt",
    keyFileSchema,
    '{"apiKey": "…", "secret": "…", "password": "…"}, as its exchange asks for',
  );
}

/**
 * One of ccxt's exchanges. The library is loaded here alone: it is a peer dependency, and large.
 *
 * @param id ccxt's name of it, e.g. `okx`.
 * @param options.library where the library is; default: installed beside Ballast.
 * @throws {BallastError} BACKEND_UNAVAILABLE without the library, INVALID_INPUT for an exchange that it doesn't have.
 */
export async function openExchange(
  id: string,
  options: {
    readonly credentials?: CcxtCredentials;
    readonly network: "main" | "test";
    readonly library?: string;
  },
): Promise<CcxtExchange> {
  const { credentials = {}, network, library = "ccxt" } = options;
  const loaded = await load(library);
  const exchanges: unknown = isObject(loaded) ? (loaded["default"] ?? loaded) : undefined;
  const Exchange =
    /^[a-z0-9]{2,40}$/.test(id) && isRecord(exchanges) && Object.hasOwn(exchanges, id)
      ? exchanges[id]
      : undefined;
  if (typeof Exchange !== "function") {
    throw new BallastError("INVALID_INPUT", "ccxt has no exchange of that name.", {
      hint: "It is ccxt's id of it, e.g. okx.",
    });
  }
  const exchange = new (
    Exchange as new (
      settings: object,
    ) => CcxtExchange & { setSandboxMode(on: boolean): void }
  )({
    ...credentials,
    enableRateLimit: true,
    verbose: false,
  });
  if (network === "test") exchange.setSandboxMode(true);
  return exchange;
}

async function load(library: string): Promise<unknown> {
  try {
    return await import(isAbsolute(library) ? pathToFileURL(library).href : library);
  } catch (cause) {
    throw new BallastError("BACKEND_UNAVAILABLE", "The library ccxt is not installed.", {
      hint: "Install it beside Ballast: npm install ccxt. It is needed for exchanges that aren't read natively.",
      cause,
    });
  }
}

/** Modules export functions with properties too. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}

/** ccxt's classes of errors that its keys cause; those of an exchange's own trouble are of everything else. */
const REFUSALS = ["AuthenticationError", "NotSupported", "ArgumentsRequired", "BadSymbol"];

/**
 * Asks an exchange. An error of ccxt's keeps its class alone: its text has the exchange's answer in it, and may have the request.
 * @throws {BallastError} VENUE_REFUSED, VENUE_UNAVAILABLE.
 */
export async function asked<Value>(exchange: CcxtExchange, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const classes = classesOf(error);
    // A bug of theirs or ours is none of ccxt's own errors.
    if (!classes.includes("BaseError")) throw error;
    const [name = "an error"] = classes;
    if (classes.some((one) => REFUSALS.includes(one))) {
      throw new BallastError("VENUE_REFUSED", `${exchange.id} refuses the request (${name}).`, {
        hint: "Check the key, what it may read, and that it is of this network.",
      });
    }
    throw new BallastError("VENUE_UNAVAILABLE", `${exchange.id} doesn't answer (${name}).`, {
      hint: "It is tried again.",
    });
  }
}

/** Names of an error's class and of those that it stands on. */
function classesOf(error: Error): string[] {
  const names: string[] = [];
  for (
    let one: unknown = error.constructor;
    typeof one === "function" && one !== Error;
    one = Object.getPrototypeOf(one)
  )
    names.push(one.name);
  return names;
}
