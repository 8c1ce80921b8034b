import { Follower, pause } from "../../actions/liquidation/follow.ts";
import { BallastError } from "../../errors.ts";
import { takeSignals } from "../exit.ts";
import { type ChainOptions, caseOf, openReader, reads } from "../liquidation/session.ts";
import { Teller } from "../liquidation/teller.ts";
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
        const once = options.once === true;
        await untilTold(async (signal) => {
          const { reader, system } = await openReader(options);
          const follower = new Follower(reader, system, {
            fromBlock: from ?? system.block,
            ...(caseId === undefined ? {} : { caseId }),
          });
          const teller = new Teller(io, json, once);
          if (once) teller.tell(await follower.look());
          else await keepLooking(follower, teller, interval, signal);
        }, once);
      }),
    );
};

/** Runs `work` until it is done or a signal comes: a question that the node has not answered is not waited for. */
async function untilTold(work: (signal: AbortSignal) => Promise<void>, once: boolean): Promise<void> {
  if (once) return work(new AbortController().signal);
  const stop = new AbortController();
  const told = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const release = takeSignals(() => stop.abort());
  try {
    await Promise.race([work(stop.signal), told]);
  } finally {
    release();
  }
}

async function keepLooking(
  follower: Follower,
  teller: Teller,
  interval: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const look = await follower.look();
      if (!signal.aborted) teller.tell(look);
    } catch (error) {
      if (!(error instanceof BallastError) || error.code !== "CHAIN_ERROR") throw error;
      if (!signal.aborted) teller.lost(error);
    }
    await pause(interval, signal);
  }
}

function blockOf(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "--from-block takes a block's number.", {
    hint: "Leave it out to begin with the deployment.",
  });
}
