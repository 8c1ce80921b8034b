import { cancelCall, executeCall, readReadyAt, scheduleCall } from "../../../chain/governed.ts";
import { setLiquidator } from "../../../chain/liquidation/auction.ts";
import { guardianChange, setPaused } from "../../../chain/liquidation/cases.ts";
import { timeText } from "../../../display.ts";
import { BallastError } from "../../../errors.ts";
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

const replaceGuardian = command({
  name: "replace-guardian",
  summary: "as the owner: announce another guardian; in two days anybody can make the change",
  arguments: {
    guardian: needed("<address>", "who", (text) => addressOf(text, "replace-guardian")),
  },
  flags: {
    ...sending("the owner's key; to execute, anybody's"),
    execute: toggle("--execute", "make the change that has waited"),
    cancel: toggle("--cancel", "take it back"),
  },
  notes: "What nobody has executed within 16 days has lapsed, and what a former owner announced has ended.",
  examples: [
    "ballast liquidate replace-guardian ADDRESS --private-key-file owner.key",
    "ballast liquidate replace-guardian ADDRESS --execute --private-key-file any.key",
  ],
  async run({ guardian, execute, cancel, ...on }, context) {
    if (execute && cancel) {
      throw new BallastError("INVALID_INPUT", "--execute makes the change, --cancel takes it back.", {
        hint: "Give one of them.",
      });
    }
    const { client, system } = await openSession(on, context);
    const change = guardianChange(system, guardian);
    const receipt = await context.progress.step("replacing the guardian", () =>
      (execute ? executeCall : cancel ? cancelCall : scheduleCall)(client, change),
    );
    if (execute || cancel) {
      const state = execute ? "replaced" : "cancelled";
      context.print({ guardian, state, ...sent(receipt) }, () =>
        execute ? `${guardian} may pause new cases` : "the guardian stays",
      );
      return;
    }
    const readyAt = await readReadyAt(client, change);
    context.print(
      { guardian, state: "scheduled", readyAt, ...sent(receipt) },
      () => `${guardian} can be made the guardian from ${timeText(readyAt)} on, for 14 days`,
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
    notes:
      "Open cases go on, no clock stops, and nobody's money is stopped. A pause lapses after three days, and begins at most once in 30.",
    examples: [`ballast liquidate ${name} --private-key-file guardian.key`],
    async run(on, context) {
      const { client, system } = await openSession(on, context);
      const receipt = await context.progress.step(name, () => setPaused(client, system, paused));
      context.print({ paused, ...sent(receipt) }, () => `new cases are ${paused ? "stopped" : "allowed"}`);
    },
  }),
);

export const governance = [listLiquidator, replaceGuardian, ...pauses];
