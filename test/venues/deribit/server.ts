import { createHmac } from "node:crypto";
import type { Clock } from "../../../src/clock.ts";
import { type Client, type Request, RpcServer } from "../rpc-server.ts";

export const KEY = { clientId: "fo7WAPRm4P", clientSecret: "W0H6FJW4IRPZ1MOQ8FP6KMC5RZDUUKXS" };

/** A server that speaks Deribit's protocol as docs.deribit.com has it. */
export class DeribitServer extends RpcServer {
  /** When each token that was given is over, Unix milliseconds. */
  readonly #tokens = new Map<string, bigint>();
  isTestnet = true;
  /** Seconds that a token lives. */
  tokenLife = 900;

  static async start(clock: Pick<Clock, "now">): Promise<DeribitServer> {
    return new DeribitServer(clock).listening();
  }

  /** No token is good any more. */
  revoke(): void {
    this.#tokens.clear();
  }

  protected override envelope(): object {
    const usOut = Number(this.clock.now() + this.ahead) * 1000 + (this.asked.length % 1000);
    return { usIn: usOut - 250, usOut, usDiff: 250, testnet: this.isTestnet };
  }

  protected override outcome(client: Client, { method, params }: Request): object {
    if (method === "public/auth") return this.#authenticate(params);
    if (method.startsWith("private/")) {
      const until = this.#tokens.get(String(params["access_token"]));
      if (until === undefined || until <= this.clock.now())
        return { error: { message: "unauthorized", code: 13009, data: { reason: "invalid_token" } } };
    }
    if (method === "private/subscribe") {
      client.channels = params["channels"] as readonly string[];
      return { result: client.channels };
    }
    if (method === "public/set_heartbeat") return { result: "ok" };
    if (method === "public/test") return { result: { version: "1.2.26" } };
    if (method === "public/get_time") return { result: Number(this.clock.now() + this.ahead) };
    return this.answered(method, params);
  }

  #authenticate(params: Request["params"]): object {
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
    const until = this.clock.now() + BigInt(this.tokenLife) * 1000n;
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
