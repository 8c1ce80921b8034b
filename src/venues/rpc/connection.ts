import * as z from "zod";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { tryJson } from "../../json.ts";
import { isObject } from "../../market/convert/wire.ts";
import type { RateLimit } from "./rate.ts";
import { hostOf, openSocket, type Socket } from "./socket.ts";

/** What a venue answered. */
export interface Answer {
  readonly result: unknown;
  /** The whole message: some venues say in it when, and from which network. */
  readonly message: Readonly<Record<string, unknown>>;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly limit: RateLimit;
  /** Milliseconds that an answer may take. */
  readonly timeout: number;
  /** An error object of the venue's as ours. */
  readonly errorOf: (code: number, data: unknown) => BallastError;
  readonly onNotification: (method: string, params: unknown) => void;
}

const id = z.number();
const messageSchema = z.union([
  z.looseObject({ id, error: z.looseObject({ code: z.number() }) }),
  z.looseObject({ id, result: z.unknown() }),
  z.looseObject({ id: z.undefined().optional(), method: z.string(), params: z.unknown() }),
]);

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * JSON-RPC 2.0 over a WebSocket. Answers may come in any order. Whatever isn't a whole message of the protocol ends the connection: after
 * half a message nobody knows what the next one belongs to.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #ending = new AbortController();
  #socket: Socket | undefined;
  #lastId = 0;
  /** When something last came, by the own clock; Unix milliseconds. */
  heardAt: bigint;

  private constructor(options: ConnectionOptions) {
    this.#options = options;
    this.heardAt = options.clock.now();
  }

  /** @throws as `openSocket`. */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(options);
    const events = {
      onText: (text: string) => connection.#receive(text),
      onClose: () => connection.end(unavailable(options.url, "closed the connection")),
    };
    connection.#socket = await openSocket(options.url, events, signal);
    signal.addEventListener("abort", () => connection.end(signal.reason), { signal: connection.ended });
    return connection;
  }

  /** Aborted when the connection has ended; its reason is why. */
  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /**
   * @throws {BallastError} as the venue answers; VENUE_UNAVAILABLE without an answer in time, or when the connection ends; INVALID_ANSWER when
   * it ended because of a message.
   */
  async request(method: string, params: object): Promise<Answer> {
    this.ended.throwIfAborted();
    await this.#options.limit.take(this.ended);
    return this.#send(method, params);
  }

  /** {@link request} that waits for nobody's turn: what keeps the connection alive. */
  async #send(method: string, params: object): Promise<Answer> {
    const { clock, timeout, url } = this.#options;
    const number = ++this.#lastId;
    const done = new AbortController();
    const answer = new Promise<Answer>((resolve, reject) => this.#pending.set(number, { resolve, reject }));
    const late = clock
      .sleep(timeout, done.signal)
      .then(() => Promise.reject(unavailable(url, `gave no answer to ${method} in time`)));
    try {
      this.#socket?.send(JSON.stringify({ jsonrpc: "2.0", id: number, method, params }));
      return await Promise.race([answer, late]);
    } finally {
      this.#pending.delete(number);
      done.abort();
      late.catch(() => undefined); // whoever came second isn't waited for
    }
  }

  /** Answers the venue's question whether anybody is there. */
  reply(method: string): void {
    this.#send(method, {}).catch((error: unknown) => this.end(error));
  }

  /** Ends the connection, for a reason that everybody who waits is told. */
  end(reason: unknown): void {
    if (this.ended.aborted) return;
    this.#ending.abort(reason);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.#socket?.close();
  }

  #receive(text: string): void {
    const { clock, errorOf, onNotification, url } = this.#options;
    if (this.ended.aborted) return;
    this.heardAt = clock.now();
    const json = tryJson(text);
    const message = messageSchema.safeParse("value" in json ? json.value : undefined);
    if (!message.success) {
      this.end(
        new BallastError("INVALID_ANSWER", `${hostOf(url)} sent what is no message of JSON-RPC.`, {
          hint: "The connection is made anew.",
        }),
      );
      return;
    }
    const { data } = message;
    if (data.id === undefined) {
      onNotification(String(data["method"]), data["params"]);
      return;
    }
    // One that nobody waits for any more came too late.
    const waiting = this.#pending.get(data.id);
    const error = data["error"];
    if (isObject(error)) waiting?.reject(errorOf(Number(error["code"]), error["data"]));
    else waiting?.resolve({ result: data["result"], message: data });
  }
}

/** @param problem to carry on with from the venue's host. */
export function unavailable(url: string, problem: string): BallastError {
  return new BallastError("VENUE_UNAVAILABLE", `${hostOf(url)} ${problem}.`, {
    hint: "It is tried again.",
  });
}
