import type { Command } from "commander";
import { setLiquidator } from "../../../chain/liquidation/auction.ts";
import { setPaused } from "../../../chain/liquidation/cases.ts";
import { emit } from "../../io.ts";
import { type ChainOptions, openSession, sends, sent } from "../../liquidation/session.ts";
import { addressOf } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface ListOptions extends ChainOptions {
  readonly remove?: boolean;
}

/** `ballast liquidate list-liquidator|pause|resume` */
export function registerGovernance(group: Command, run: Runner): void {
  sends(group, "list-liquidator", "as the owner: allow an account to bid, or no more", "the owner's key")
    .argument("<address>", "who")
    .option("--remove", "allow it no new bids")
    .action(
      run<ListOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const liquidator = addressOf(text, "list-liquidator");
        const listed = options.remove !== true;
        const { client, system } = await openSession(options);
        const receipt = await progress.step("listing the liquidator", () =>
          setLiquidator(client, system, liquidator, listed),
        );
        emit(
          io,
          json,
          { liquidator, listed, ...sent(receipt) },
          () => `${liquidator} may ${listed ? "" : "not "}bid`,
        );
      }),
    );
  for (const [name, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const)
    sends(
      group,
      name,
      `as the guardian: ${paused ? "stop new cases" : "allow new cases again"}`,
      "the guardian's key",
    )
      .addHelpText("after", "\nOpen cases go on, and nobody's money is stopped.")
      .action(
        run<ChainOptions>(async ({ io, json, progress }, options) => {
          const { client, system } = await openSession(options);
          const receipt = await progress.step(name, () => setPaused(client, system, paused));
          emit(
            io,
            json,
            { paused, ...sent(receipt) },
            () => `new cases are ${paused ? "stopped" : "allowed"}`,
          );
        }),
      );
}
