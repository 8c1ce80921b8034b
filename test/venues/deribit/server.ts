import { createHmac } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../../src/clock.ts";

/** What goes wrong with one request. */
export type Fault =
  | { readonly error: number; readonly data?: object }
  /** No answer at all; one that is cut off; the connection closed in place of one. */
  | "silence"
  | "half"
  | "close"
  /** The answer comes after that of the next request. */
  | "later"
  /** Something happens at the venue right before it answers. */
  | { readonly meanwhile: () => void }
  /** The answer is changed. */
  | { readonly change: (message: Record<string, unknown>) => object };

interface Request {
  readonly jsonrpc: string;
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Client {
  readonly socket: WebSocket;
  channels: readonly string[];
  held: string[];
}

/** Answers by method; a function is asked each time. */
type Answers = Record<string, unknown>;

export const KEY = { clientId: "fo7WAPRm4P", clientSecret: "W0H6FJW4IRPZ1MOQ8FP6KMC5RZDUUKXS" };

/** A server that speaks Deribit's protocol as docs.deribit.com has it, with answers and faults that a test says. */
export class DeribitServer {
  readonly #server: WebSocketServer;
  readonly #clock: Pick<Clock, "now">;
  readonly #clients = new Set<Client>();
  /** When each token that was given is over, Unix milliseconds. */
  readonly #tokens = new Map<string, bigint>();
  /** What goes wrong with the next requests of a method, one after the other. */
  readonly faults = new Map<string, Fault[]>();
  readonly answers: Answers = {};
  /** All methods that were asked, in their order. */
  readonly asked: string[] = [];
  /** How far this machine's clock is ahead, milliseconds. */
  ahead = 0n;
  isTestnet = true;
  /** Seconds that a token lives. */
  tokenLife = 900;
  connections = 0;

  private constructor(server: WebSocketServer, clock: Pick<Clock, "now">) {
    this.#server = server;
    this.#clock = clock;
    server.on("connection", (socket) => this.#welcome(socket));
  }

  static async start(clock: Pick<Clock, "now">): Promise<DeribitServer> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    return new DeribitServer(server, clock);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws/api/v2`;
  }

  fault(method: string, ...faults: Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults]);
  }

  /** Waits until a method was asked so many times. */
  async reached(method: string, times: number): Promise<void> {
    while (this.asked.filter((one) => one === method).length < times)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** Tells all who follow a channel. */
  push(channel: string, data: unknown): void {
    const text = JSON.stringify({ jsonrpc: "2.0", method: "subscription", params: { channel, data } });
    for (const { socket, channels } of this.#clients) if (channels.includes(channel)) socket.send(text);
  }

  /** Sends something as it is to all. */
  send(text: string): void {
    for (const { socket } of this.#clients) socket.send(text);
  }

  disconnect(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  /** No token is good any more. */
  revoke(): void {
    this.#tokens.clear();
  }

  async stop(): Promise<void> {
    this.disconnect();
    this.#server.close();
    await once(this.#server, "close");
  }

  #welcome(socket: WebSocket): void {
    this.connections++;
    const client: Client = { socket, channels: [], held: [] };
    this.#clients.add(client);
    socket.on("close", () => this.#clients.delete(client));
    socket.on("message", (data) => this.#receive(client, JSON.parse(data.toString())));
  }

  #receive(client: Client, request: Request): void {
    this.asked.push(request.method);
    if (request.jsonrpc !== "2.0" || !Number.isInteger(request.id))
      throw new Error("no request of JSON-RPC 2.0");
    const fault = this.faults.get(request.method)?.shift();
    if (fault === "silence") return;
    if (fault === "close") {
      client.socket.terminate();
      return;
    }
    if (typeof fault === "object" && "meanwhile" in fault) fault.meanwhile();
    const outcome =
      typeof fault === "object" && "error" in fault
        ? { error: { message: "an error", code: fault.error, ...(fault.data && { data: fault.data }) } }
        : this.#answer(client, request);
    const micros = Number(this.#clock.now() + this.ahead) * 1000 + (this.asked.length % 1000);
    const message = {
      jsonrpc: "2.0",
      id: request.id,
      ...outcome,
      usIn: micros - 250,
      usOut: micros,
      usDiff: 250,
      testnet: this.isTestnet,
    };
    const changed = typeof fault === "object" && "change" in fault ? fault.change(message) : message;
    const text = JSON.stringify(changed);
    if (fault === "later") {
      client.held.push(text);
      return;
    }
    client.socket.send(fault === "half" ? text.slice(0, text.length / 2) : text);
    for (const held of client.held.splice(0)) client.socket.send(held);
  }

  #answer(client: Client, { method, params }: Request): object {
    if (method === "public/auth") return this.#authenticate(params);
    if (method.startsWith("private/")) {
      const until = this.#tokens.get(String(params["access_token"]));
      if (until === undefined || until <= this.#clock.now())
        return { error: { message: "unauthorized", code: 13009, data: { reason: "invalid_token" } } };
    }
    if (method === "private/subscribe") {
      client.channels = params["channels"] as readonly string[];
      return { result: client.channels };
    }
    if (method === "public/set_heartbeat") return { result: "ok" };
    if (method === "public/test") return { result: { version: "1.2.26" } };
    if (method === "public/get_time") return { result: Number(this.#clock.now() + this.ahead) };
    const key = `${method} ${String(params["currency"] ?? "")}`.trim();
    const answer = this.answers[key] ?? this.answers[method];
    if (answer === undefined) return { error: { message: "Method not found", code: -32601 } };
    return { result: typeof answer === "function" ? answer(params) : answer };
  }

  #authenticate(params: Readonly<Record<string, unknown>>): object {
    const refused = { error: { message: "invalid_credentials", code: 13004 } };
    if (params["grant_type"] === "refresh_token") {
      if (!this.#tokens.delete(String(params["refresh_token"]))) return refused;
    } else {
      const { timestamp, nonce, data, signature, client_id: id } = params;
      const expected = createHmac("sha256", KEY.clientSecret)
        .update(`${timestamp}\n${nonce}\n${data}`)
        .digest("hex");
      if (id !== KEY.clientId || signature !== expected) return refused;
    }
    const n = this.asked.length;
    const until = this.#clock.now() + BigInt(this.tokenLife) * 1000n;
    this.#tokens.set(`access-${n}`, until).set(`refresh-${n}`, until * 2n);
    return {
      result: {
        access_token: `access-${n}`,
        refresh_token: `refresh-${n}`,
        expires_in: this.tokenLife,
        scope: "account:read connection trade:read",
        token_type: "bearer",
      },
    };
  }
}
