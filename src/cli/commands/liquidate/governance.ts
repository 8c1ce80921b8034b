import { setLiquidator } from "../../../chain/liquidation/auction.ts";
import { setPaused } from "../../../chain/liquidation/cases.ts";
import { command } from "../../command.ts";
import { sent } from "../../format.ts";
import { needed, toggle } from "../../input.ts";
import { sending } from "../../liquidation/flags.ts";
import { openSession } from "../../liquidation/session.ts";
import { addressOf } from "../../options.ts";

const listLiquidator = command({
  name: "list-liquidator",
  summary: "as the owner: allow an account to bid, or no more",
  arguments: {
    liquidator: needed("<address>", "who", (text) => addressOf(text, "list-liquidator")),
  },
  flags: { ...sending("the owner's key"), remove: toggle("--remove", "allow it no new bids") },
  examples: ["ballast liquidate list-liquidator ADDRESS --private-key-file owner.key"],
  async run({ liquidator, remove, ...on }, context) {
    const listed = !remove;
    const { client, system } = await openSession(on, context);
    const receipt = await context.progress.step("listing the liquidator", () =>
      setLiquidator(client, system, liquidator, listed),
    );
    context.print(
      { liquidator, listed, ...sent(receipt) },
      () => `${liquidator} may ${listed ? "" : "not "}bid`,
    );
  },
});

const pauses = (
  [
    ["pause", true],
    ["resume", false],
  ] as const
).map(([name, paused]) =>
  command({
    name,
    summary: `as the guardian: ${paused ? "stop new cases" : "allow new cases again"}`,
    flags: sending("the guardian's key"),
    notes: "Open cases go on, and nobody's money is stopped.",
    examples: [`ballast liquidate ${name} --private-key-file guardian.key`],
    async run(on, context) {
      const { client, system } = await openSession(on, context);
      const receipt = await context.progress.step(name, () => setPaused(client, system, paused));
      context.print({ paused, ...sent(receipt) }, () => `new cases are ${paused ? "stopped" : "allowed"}`);
    },
  }),
);

export const governance = [listLiquidator, ...pauses];
