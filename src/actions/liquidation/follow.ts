import type { ChainReader } from "../../chain/client.ts";
import { guarded } from "../../chain/guarded.ts";
import { type LiquidationEvent, readEvents } from "../../chain/liquidation/events.ts";
import {
  type CaseView,
  type Moment,
  readCase,
  readCaseCount,
  readCaseView,
  readMoment,
} from "../../chain/liquidation/read-case.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";

/** An event with the time of its block, and the account that it is about where it is about one. */
export interface TimedEvent extends LiquidationEvent {
  /** Unix seconds. */
  readonly time: bigint;
  readonly accountId: bigint | undefined;
}

/** What was new at a look. */
export interface Look extends Moment {
  readonly events: readonly TimedEvent[];
  /** All open cases that are followed. */
  readonly cases: readonly CaseView[];
}

export interface FollowOptions {
  readonly fromBlock: bigint;
  /** Follow this case only. */
  readonly caseId?: bigint;
}

const AT_ONCE = 16;

/** Follows a liquidation from block to block; each event is told once. */
export class Follower {
  readonly #reader: ChainReader;
  readonly #system: LiquidationSystem;
  readonly #caseId: bigint | undefined;
  readonly #accounts = new Map<bigint, bigint>();
  readonly #times = new Map<bigint, bigint>();
  readonly #open = new Set<bigint>();
  #next: bigint;
  #counted = 0n;

  constructor(reader: ChainReader, system: LiquidationSystem, { fromBlock, caseId }: FollowOptions) {
    this.#reader = reader;
    this.#system = system;
    this.#caseId = caseId;
    this.#next = fromBlock;
  }

  /**
   * Looks once. A look that fails has told nothing: the next one begins where it began.
   * @throws {BallastError} CHAIN_ERROR.
   */
  async look(): Promise<Look> {
    const moment = await readMoment(this.#reader);
    const events: TimedEvent[] = [];
    if (moment.block >= this.#next) {
      const found = await readEvents(this.#reader, this.#system, {
        fromBlock: this.#next,
        toBlock: moment.block,
      });
      for (const event of found.events) {
        if (this.#caseId !== undefined && event.caseId !== this.#caseId) continue;
        events.push({
          ...event,
          time: await this.#timeOf(event.block),
          accountId: await this.#accountOf(event),
        });
      }
    }
    const cases = await this.#openCases(moment);
    if (moment.block >= this.#next) this.#next = moment.block + 1n;
    return { ...moment, events, cases };
  }

  async #openCases(moment: Moment): Promise<CaseView[]> {
    const count = await readCaseCount(this.#reader, this.#system);
    if (this.#caseId === undefined) for (let id = this.#counted + 1n; id <= count; id++) this.#open.add(id);
    else if (this.#counted === 0n && this.#caseId <= count) this.#open.add(this.#caseId);
    const open: CaseView[] = [];
    const ids = [...this.#open];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const views = await Promise.all(
        ids.slice(start, start + AT_ONCE).map((id) => this.#viewOf(id, moment)),
      );
      for (const view of views) if (view !== undefined) open.push(view);
    }
    if (this.#caseId === undefined || this.#caseId <= count) this.#counted = count;
    return open;
  }

  /** A closed case is read once more and then no more. */
  async #viewOf(id: bigint, moment: Moment): Promise<CaseView | undefined> {
    const found = await readCase(this.#reader, this.#system, id);
    if (found.status === "closed") {
      this.#open.delete(id);
      return undefined;
    }
    const view = await readCaseView(this.#reader, this.#system, id, moment).catch((error: unknown) => {
      // Opened after the moment's block: the next look has it.
      if (error instanceof BallastError && error.details["error"] === "UnknownCase") return undefined;
      throw error;
    });
    return view?.case.status === "closed" ? undefined : view;
  }

  async #timeOf(block: bigint): Promise<bigint> {
    const known = this.#times.get(block);
    if (known !== undefined) return known;
    const { timestamp } = await guarded("reading a block", () =>
      this.#reader.public.getBlock({ blockNumber: block }),
    );
    this.#times.set(block, timestamp);
    return timestamp;
  }

  async #accountOf({ args, caseId }: LiquidationEvent): Promise<bigint | undefined> {
    const { accountId } = args;
    if (typeof accountId === "bigint") return accountId;
    if (caseId === undefined) return undefined;
    const known = this.#accounts.get(caseId);
    if (known !== undefined) return known;
    const found = await readCase(this.#reader, this.#system, caseId);
    this.#accounts.set(caseId, found.accountId);
    return found.accountId;
  }
}

/** What following tells. */
export interface FollowListener {
  tell(look: Look): void;
  /** The node didn't answer: it is asked again. */
  lost(error: BallastError): void;
}

/**
 * Looks again and again, until it is told to stop; a node that drops is asked until it answers.
 * @param interval seconds between looks.
 * @throws {BallastError} what is not the node's silence.
 * @example
 * ```ts
 * import { connectReader } from "ballast";
 * import { Follower, keepLooking, type LiquidationSystem } from "ballast/actions";
 * declare const system: LiquidationSystem;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const follower = new Follower(reader, system, { fromBlock: system.block });
 * const listener = { tell: console.log, lost: console.error };
 * await keepLooking(follower, listener, 12, AbortSignal.timeout(60_000));
 * ```
 */
export async function keepLooking(
  follower: Follower,
  listener: FollowListener,
  interval: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const look = await follower.look();
      if (!signal.aborted) listener.tell(look);
    } catch (error) {
      if (!(error instanceof BallastError) || error.code !== "CHAIN_ERROR") throw error;
      if (!signal.aborted) listener.lost(error);
    }
    await pause(interval * 1_000, signal);
  }
}

/** Waits so many milliseconds, or until it is told to stop. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
