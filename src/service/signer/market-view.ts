import type { MarketChain } from "../../market/chain.ts";
import type { MarketSource } from "../../venues/venue.ts";
import type { OnEvent, ServiceEvent } from "../events.ts";

/** The newest market of a source that is followed. */
export class MarketView {
  readonly #source: MarketSource;
  readonly #role: ServiceEvent["role"];
  readonly #onEvent: OnEvent;
  #newest: MarketChain | undefined;

  constructor(source: MarketSource, role: ServiceEvent["role"], onEvent: OnEvent) {
    this.#source = source;
    this.#role = role;
    this.#onEvent = onEvent;
  }

  get newest(): MarketChain | undefined {
    return this.#newest;
  }

  /** Follows until the signal, or the source's end. @throws {BallastError} for what no waiting mends. */
  async follow(signal: AbortSignal): Promise<void> {
    for await (const report of this.#source.markets(signal)) {
      if ("reading" in report) {
        this.#newest = report.reading.chain;
        continue;
      }
      const { code } = report.refusal.error;
      const message = `${this.#source.name}: a market was refused (${code}), the last one stays`;
      this.#onEvent({ role: this.#role, level: "warning", message });
    }
  }
}
