import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../../src/clock.ts";

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

export interface Request {
  readonly jsonrpc: string;
  readonly id: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Client {
  readonly socket: WebSocket;
  channels: readonly string[];
  held: string[];
}

/** A local server of JSON-RPC 2.0 over WebSockets, with answers and faults that a test says. */
export abstract class RpcServer {
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  readonly #clients = new Set<Client>();
  protected readonly clock: Pick<Clock, "now">;
  /** What goes wrong with the next requests of a method, one after the other. */
  readonly faults = new Map<string, Fault[]>();
  /** Results by method; a function is asked each time. */
  readonly answers: Record<string, unknown> = {};
  /** All methods that were asked, in their order. */
  readonly asked: string[] = [];
  /** How far this machine's clock is ahead, milliseconds. */
  ahead = 0n;
  connections = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
    this.#server.on("connection", (socket) => this.#welcome(socket));
  }

  async listening(): Promise<this> {
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
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

  async stop(): Promise<void> {
    this.disconnect();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** `{ result }` or `{ error }`. */
  protected abstract outcome(client: Client, request: Request): object;

  /** What stands in a message beside its outcome. */
  protected envelope(): object {
    return {};
  }

  /** A test's own answer. */
  protected answered(method: string, params: Request["params"]): object {
    const key = `${method} ${String(params["currency"] ?? "")}`.trim();
    const answer = this.answers[key] ?? this.answers[method];
    if (answer === undefined) return { error: { message: "Method not found", code: -32601 } };
    return { result: typeof answer === "function" ? answer(params) : answer };
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
        : this.outcome(client, request);
    const message = { jsonrpc: "2.0", id: request.id, ...outcome, ...this.envelope() };
    const changed = typeof fault === "object" && "change" in fault ? fault.change(message) : message;
    const text = JSON.stringify(changed);
    if (fault === "later") {
      client.held.push(text);
      return;
    }
    client.socket.send(fault === "half" ? text.slice(0, text.length / 2) : text);
    for (const held of client.held.splice(0)) client.socket.send(held);
  }
}
