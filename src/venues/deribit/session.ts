import * as z from "zod";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { isObject } from "../../market/convert/wire.ts";
import { type Answer, Connection, unavailable } from "../rpc/connection.ts";
import type { RateLimit } from "../rpc/rate.ts";
import { requireSameTime } from "../skew.ts";
import { type DeribitCredentials, signedGrant } from "./credentials.ts";
import { deribitError, UNAUTHORIZED } from "./errors.ts";

/** Deribit's networks; keys are of one of them. */
export const NETWORKS = {
  main: "wss://www.deribit.com/ws/api/v2",
  test: "wss://test.deribit.com/ws/api/v2",
} as const;
export type Network = keyof typeof NETWORKS;

export interface SessionOptions {
  readonly network: Network;
  /** Default: the network's own address. */
  readonly url?: string;
  readonly clock: Clock;
  readonly limit: RateLimit;
  /** How far apart Deribit's clock and the own one may be, milliseconds. */
  readonly maxSkew: bigint;
  /** Undefined for a session that asks what is public alone. */
  readonly credentials?: DeribitCredentials;
  /** Told that something of a channel came. */
  readonly onEvent?: (channel: string) => void;
}

/** A result, and when it was so by Deribit's clock; Unix microseconds. */
export interface Timed {
  readonly result: unknown;
  readonly at: bigint;
}

/** Seconds between two signs of life. */
const HEARTBEAT = 30;
/** So many missed ones are a dead connection. */
const MISSED = 3;
/** Milliseconds. */
const TIMEOUT = 20_000;
/** A token is renewed when this part of its life is over. */
const RENEW_AFTER = 0.8;
const MICROS = 1000n;

const tokenSchema = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive(),
});

interface Token {
  readonly access: string;
  readonly refresh: string;
  /** By the own clock, Unix milliseconds. */
  readonly renewAt: bigint;
}

/** A connection to Deribit: clocks compared, heartbeats answered, and signed in where there is a key. */
export class Session {
  readonly #options: SessionOptions;
  readonly #connection: Connection;
  #token: Token | undefined;
  /** Underway: several requests may find the same token too old. */
  #renewing: Promise<void> | undefined;

  private constructor(options: SessionOptions, connection: Connection) {
    this.#options = options;
    this.#connection = connection;
  }

  /** @throws {BallastError} VENUE_UNAVAILABLE, VENUE_REFUSED, INVALID_ANSWER, CLOCK_SKEWED. */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<Session> {
    const { network, url = NETWORKS[network], clock, limit, onEvent } = options;
    const connection: Connection = await Connection.open(
      {
        url,
        clock,
        limit,
        timeout: TIMEOUT,
        errorOf: deribitError,
        onNotification: (method, params) => {
          if (!isObject(params)) return;
          if (method === "heartbeat" && params["type"] === "test_request") connection.reply("public/test");
          if (method === "subscription") onEvent?.(String(params["channel"]));
        },
      },
      signal,
    );
    const session = new Session(options, connection);
    try {
      await session.ask("public/get_time", {});
      if (options.credentials !== undefined) await session.#signIn(options.credentials);
      await session.ask("public/set_heartbeat", { interval: HEARTBEAT });
      session.#watch(url).catch((error: unknown) => connection.end(error));
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Aborted when the connection has ended; its reason is why. */
  get ended(): AbortSignal {
    return this.#connection.ended;
  }

  close(): void {
    this.#connection.end(new BallastError("VENUE_UNAVAILABLE", "The session was closed."));
  }

  /**
   * Asks what needs no key.
   * @throws {BallastError} as Deribit answers; INVALID_ANSWER for one without its time or of the other network; CLOCK_SKEWED.
   */
  async ask(method: string, params: object): Promise<Timed> {
    return this.#timed(await this.#connection.request(method, params));
  }

  /** Asks as the key's account; a token that is no longer good is renewed once. @throws as {@link ask}. */
  async askPrivate(method: string, params: object): Promise<Timed> {
    const { clock } = this.#options;
    if (this.#token !== undefined && clock.now() >= this.#token.renewAt) await this.#renewed(this.#token);
    const token = this.#token;
    try {
      return await this.ask(method, { ...params, access_token: token?.access });
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      await this.#renewed(token);
      return this.ask(method, { ...params, access_token: this.#token?.access });
    }
  }

  /** @throws as {@link askPrivate}; VENUE_REFUSED when Deribit leaves one out. */
  async subscribe(channels: readonly string[]): Promise<void> {
    const { result } = await this.askPrivate("private/subscribe", { channels });
    const taken: unknown[] = Array.isArray(result) ? result : [];
    const missing = channels.find((channel) => !taken.includes(channel));
    if (missing === undefined) return;
    throw new BallastError("VENUE_REFUSED", `Deribit doesn't let this key follow ${missing}.`, {
      hint: "Its scope needs account:read and trade:read.",
    });
  }

  /** Gets another token in place of one that is too old; once, whoever asks for it. */
  async #renewed(old: Token | undefined): Promise<void> {
    if (this.#token !== old) return;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const { credentials } = this.#options;
    if (credentials === undefined) throw new BallastError("INTERNAL", "A public session has no account.");
    try {
      await this.#authenticate({ grant_type: "refresh_token", refresh_token: this.#token?.refresh });
    } catch (error) {
      if (!(error instanceof BallastError) || error.code !== "VENUE_REFUSED") throw error;
      await this.#signIn(credentials);
    }
  }

  async #signIn(credentials: DeribitCredentials): Promise<void> {
    await this.#authenticate(signedGrant(credentials, this.#options.clock.now()));
  }

  async #authenticate(grant: object): Promise<void> {
    const { result } = await this.ask("public/auth", grant);
    const token = tokenSchema.safeParse(result);
    if (!token.success) throw invalid("gave no token");
    const { access_token: access, refresh_token: refresh, expires_in: seconds } = token.data;
    const life = BigInt(Math.floor(seconds * 1000 * RENEW_AFTER));
    this.#token = { access, refresh, renewAt: this.#options.clock.now() + life };
  }

  #timed({ result, message }: Answer): Timed {
    const { clock, maxSkew, network } = this.#options;
    const at = message["usOut"];
    if (typeof at !== "number" || !Number.isSafeInteger(at) || at <= 0) throw invalid("doesn't say when");
    if (message["testnet"] !== (network === "test")) throw invalid("is of the other network");
    requireSameTime("Deribit", BigInt(at) / MICROS, clock.now(), maxSkew);
    return { result, at: BigInt(at) };
  }

  /** Ends a connection of which nothing is heard any more. */
  async #watch(url: string): Promise<void> {
    const { clock } = this.#options;
    while (!this.ended.aborted) {
      await clock.sleep(HEARTBEAT * 1000, this.ended);
      if (clock.now() - this.#connection.heardAt > BigInt(HEARTBEAT * MISSED * 1000))
        throw unavailable(url, "is silent");
    }
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof BallastError && error.details["venueCode"] === UNAUTHORIZED;
}

function invalid(problem: string): BallastError {
  return new BallastError("INVALID_ANSWER", `An answer of Deribit's ${problem}.`, {
    hint: "The connection is made anew.",
  });
}
