import { Follower, keepLooking } from "../../actions/liquidation/follow.ts";
import { BallastError } from "../../errors.ts";
import { command } from "../command.ts";
import { takeSignals } from "../exit.ts";
import { defaulted, option, toggle } from "../input.ts";
import { reading } from "../liquidation/flags.ts";
import { parseCase } from "../liquidation/parsers.ts";
import { openReader } from "../liquidation/session.ts";
import { Teller } from "../liquidation/teller.ts";
import { parseCount } from "../options.ts";
import { named } from "../summaries.ts";

/** `ballast watch`: all cases, as they go. */
export const watch = command({
  ...named("watch"),
  flags: {
    ...reading,
    case: option("--case <n>", "this case only", parseCase),
    once: toggle("--once", "tell what happened so far and what is open, and end"),
    interval: defaulted("--interval <seconds>", "how often to look", "5", parseCount),
    fromBlock: option(
      "--from-block <n>",
      "resume from this block (default: that of the deployment)",
      parseBlock,
    ),
  },
  notes: `
One line an event; on a terminal the open cases below them. With --json one object a line: type "event", "cases" after each look
that found something, or "node". A node that drops is asked again until it answers. Ctrl-C ends it, with exit code 0.`,
  examples: ["ballast watch", "ballast watch --json --from-block 21000000"],
  async run({ case: caseId, once, interval, fromBlock, ...on }, { io, json }) {
    await untilTold(async (signal) => {
      const { reader, system } = await openReader(on);
      const follower = new Follower(reader, system, {
        fromBlock: fromBlock ?? system.block,
        ...(caseId === undefined ? {} : { caseId }),
      });
      const teller = new Teller(io, json, once);
      if (once) teller.tell(await follower.look());
      else await keepLooking(follower, teller, interval, signal);
    }, once);
  },
});

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

function parseBlock(text: string): bigint {
  if (/^(0|[1-9][0-9]{0,17})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "--from-block takes a block's number.", {
    hint: "Leave it out to begin with the deployment.",
  });
}
