import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of an answer: a text, or undefined, which drops the connection. */
export type Fate = (method: string, answer: string) => string | undefined;

const ADMITS_ALL = (): boolean => true;
const HONEST: Fate = (_, answer) => answer;

/** Stands between a client and its node: it drops requests, loses answers, and lies. */
export class NodeProxy {
  readonly #server: Server;
  /** Whether a request reaches the node; one that doesn't is dropped. */
  admits: (method: string) => boolean = ADMITS_ALL;
  fate: Fate = HONEST;

  private constructor(target: string) {
    const headers = { "content-type": "application/json" };
    const open = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" };
    this.#server = createServer(async (request, response) => {
      // A browser asks first whether it may.
      if (request.method === "OPTIONS") {
        response.writeHead(204, open).end();
        return;
      }
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const { method } = JSON.parse(body) as { method: string };
      try {
        if (!this.admits(method)) throw new Error("dropped");
        const answered = await fetch(target, { method: "POST", body, headers });
        const answer = this.fate(method, await answered.text());
        if (answer === undefined) throw new Error("lost");
        response.writeHead(200, { ...headers, ...open }).end(answer);
      } catch {
        response.destroy();
      }
    });
  }

  static async before(target: string): Promise<NodeProxy> {
    const made = new NodeProxy(target);
    await new Promise<void>((resolve) => made.#server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  /** From here on it passes everything on. */
  behave(): void {
    this.admits = ADMITS_ALL;
    this.fate = HONEST;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
