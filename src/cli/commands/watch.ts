import { BallastError } from "../../errors.ts";
import type { Io } from "../io.ts";
import { caseTable } from "../liquidation/case-table.ts";
import { eventText } from "../liquidation/event-text.ts";
import { Follower, type Look, pause, type TimedEvent } from "../liquidation/follow.ts";
import {
  accountHex,
  accountText,
  type ChainOptions,
  caseOf,
  openReader,
  reads,
  timeText,
} from "../liquidation/session.ts";
import { parseCount } from "../options.ts";
import type { Register } from "../program.ts";

interface Options extends ChainOptions {
  readonly case?: string;
  readonly once?: boolean;
  readonly interval: string;
  readonly fromBlock?: string;
}

/** `ballast watch`: all cases, as they go. */
export const watch: Register = (program, run) => {
  reads(program, "watch", "follow liquidation cases from events, with what is open and the time that is left")
    .option("--case <n>", "this case only")
    .option("--once", "tell what happened so far and what is open, and end")
    .option("--interval <seconds>", "how often to look", "5")
    .option("--from-block <n>", "resume from this block (default: that of the deployment)")
    .addHelpText(
      "after",
      `
One line an event; on a terminal the open cases below them. With --json one object a line: type "event", "cases" after each look
that found something, or "node". A node that drops is asked again until it answers. Ctrl-C ends it, with exit code 0.`,
    )
    .action(
      run<Options>(async ({ io, json }, options) => {
        const caseId = options.case === undefined ? undefined : caseOf(options.case);
        const interval = parseCount(options.interval, "--interval");
        const from = options.fromBlock === undefined ? undefined : blockOf(options.fromBlock);
        const { reader, system } = await openReader(options);
        const follower = new Follower(reader, system, {
          fromBlock: from ?? system.block,
          ...(caseId === undefined ? {} : { caseId }),
        });
        const teller = new Teller(io, json, options.once === true);
        if (options.once === true) {
          teller.tell(await follower.look());
          return;
        }
        await keepLooking(follower, teller, interval);
      }),
    );
};

async function keepLooking(follower: Follower, teller: Teller, interval: number): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  try {
    while (!stop.signal.aborted) {
      try {
        teller.tell(await follower.look());
      } catch (error) {
        if (!(error instanceof BallastError) || error.code !== "CHAIN_ERROR") throw error;
        teller.lost(error);
      }
      await pause(interval, stop.signal);
    }
  } finally {
    process.removeListener("SIGINT", end);
    process.removeListener("SIGTERM", end);
  }
}

/** Prints what is new; on a terminal the table is redrawn below the lines. */
class Teller {
  readonly #io: Io;
  readonly #json: boolean;
  readonly #once: boolean;
  /** Lines of the table that is on the screen. */
  #drawn = 0;
  #isLost = false;

  constructor(io: Io, json: boolean, once: boolean) {
    this.#io = io;
    this.#json = json;
    this.#once = once;
  }

  tell(look: Look): void {
    if (this.#isLost) this.#node(true, "the node answers again");
    this.#isLost = false;
    if (this.#json) {
      for (const event of look.events) this.#line({ type: "event", ...jsonOf(event) });
      if (this.#once || look.events.length > 0) this.#line(casesJson(look));
      return;
    }
    this.#erase();
    for (const event of look.events) this.#io.out(`${lineOf(event)}\n`);
    if (this.#once || this.#io.screen === true) this.#draw(caseTable(look.cases, look.time));
  }

  /** Says once that the node doesn't answer. */
  lost({ shortMessage }: BallastError): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#node(false, `the node does not answer, asking again: ${shortMessage}`);
  }

  #node(answers: boolean, message: string): void {
    if (this.#json) this.#line({ type: "node", answers, message });
    else this.#io.err(`ballast: ${message}\n`);
  }

  #draw(text: string): void {
    this.#io.out(`${text}\n`);
    if (this.#io.screen === true && !this.#once) this.#drawn = text.split("\n").length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#io.out(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #line(value: object): void {
    const text = JSON.stringify(value, (_, entry) => (typeof entry === "bigint" ? entry.toString() : entry));
    this.#io.out(`${text}\n`);
  }
}

function lineOf(event: TimedEvent): string {
  const { time, caseId, accountId } = event;
  const subject = [
    ...(caseId === undefined ? [] : [`case ${caseId}`]),
    ...(accountId === undefined ? [] : [accountText(accountId)]),
  ].join(" ");
  return [timeText(time), subject.padEnd(25), eventText(event)].join("  ");
}

function jsonOf(event: TimedEvent) {
  const { time, block, logIndex, transaction, source, name, caseId, accountId, args } = event;
  return {
    ...{ time, block, logIndex, transaction, source, name },
    caseId: caseId ?? null,
    accountId: accountId === undefined ? null : accountHex(accountId),
    text: eventText(event),
    args,
  };
}

function casesJson({ block, time, cases }: Look) {
  return {
    type: "cases",
    block,
    time,
    cases: cases.map(({ case: found, attestation, auction }) => ({
      ...found,
      accountId: accountHex(found.accountId),
      attestation: attestation ?? null,
      auction: auction ?? null,
    })),
  };
}

function blockOf(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "--from-block takes a block's number.", {
    hint: "Leave it out to begin with the deployment.",
  });
}
