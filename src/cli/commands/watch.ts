import { BallastError } from "../../errors.ts";
import { Follower, pause } from "../liquidation/follow.ts";
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

function blockOf(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "--from-block takes a block's number.", {
    hint: "Leave it out to begin with the deployment.",
  });
}
