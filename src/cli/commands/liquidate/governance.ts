import { cancelCall, executeCall, readReadyAt, scheduleCall } from "../../../chain/governed.ts";
import { setLiquidator } from "../../../chain/liquidation/auction.ts";
import { guardianChange, setPaused } from "../../../chain/liquidation/cases.ts";
import { timeText } from "../../../display.ts";
import { BallastError } from "../../../errors.ts";
import { needed, toggle } from "../../input.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { addressOf } from "../../options.ts";

const listLiquidator = sendingCommand({
  name: "list-liquidator",
  summary: "as the owner: allow an account to bid, or no more",
  who: "the owner's key",
  arguments: {
    liquidator: needed("<address>", "who", (text) => addressOf(text, "list-liquidator")),
  },
  flags: { remove: toggle("--remove", "allow it no new bids") },
  examples: ["ballast liquidate list-liquidator ADDRESS --private-key-file owner.key"],
  async act({ client, system, progress }, { liquidator, remove }) {
    const listed = !remove;
    const receipt = await progress.step("listing the liquidator", () =>
      setLiquidator(client, system, liquidator, listed),
    );
    const text = `${liquidator} may ${listed ? "" : "not "}bid`;
    return { result: { liquidator, listed }, receipt, text };
  },
});

const replaceGuardian = sendingCommand({
  name: "replace-guardian",
  summary: "as the owner: announce another guardian; in two days anybody can make the change",
  who: "the owner's key; to execute, anybody's",
  arguments: {
    guardian: needed("<address>", "who", (text) => addressOf(text, "replace-guardian")),
  },
  flags: {
    execute: toggle("--execute", "make the change that has waited"),
    cancel: toggle("--cancel", "take it back"),
  },
  notes: "What nobody has executed within 16 days has lapsed, and what a former owner announced has ended.",
  examples: [
    "ballast liquidate replace-guardian ADDRESS --private-key-file owner.key",
    "ballast liquidate replace-guardian ADDRESS --execute --private-key-file any.key",
  ],
  load: ({ execute, cancel }) => ({ step: stepOf(execute, cancel) }),
  async act({ client, system, progress }, { guardian, step }) {
    const change = guardianChange(system, guardian);
    const { send, state } = GUARDIAN_STEPS[step];
    const receipt = await progress.step("replacing the guardian", () => send(client, change));
    if (step === "schedule") {
      const readyAt = await readReadyAt(client, change);
      const text = `${guardian} can be made the guardian from ${timeText(readyAt)} on, for 14 days`;
      return { result: { guardian, state, readyAt }, receipt, text };
    }
    const text = step === "execute" ? `${guardian} may pause new cases` : "the guardian stays";
    return { result: { guardian, state }, receipt, text };
  },
});

const GUARDIAN_STEPS = {
  schedule: { send: scheduleCall, state: "scheduled" },
  execute: { send: executeCall, state: "replaced" },
  cancel: { send: cancelCall, state: "cancelled" },
};

/** @throws {BallastError} INVALID_INPUT. */
function stepOf(execute: boolean, cancel: boolean): keyof typeof GUARDIAN_STEPS {
  if (execute && cancel)
    throw new BallastError("INVALID_INPUT", "--execute makes the change, --cancel takes it back.", {
      hint: "Give one of them.",
    });
  return execute ? "execute" : cancel ? "cancel" : "schedule";
}

const pauses = (
  [
    ["pause", true],
    ["resume", false],
  ] as const
).map(([name, paused]) =>
  sendingCommand({
    name,
    summary: `as the guardian: ${paused ? "stop new cases" : "allow new cases again"}`,
    who: "the guardian's key",
    notes:
      "Open cases go on, no clock stops, and nobody's money is stopped. A pause lapses after three days, and begins at most once in 30.",
    examples: [`ballast liquidate ${name} --private-key-file guardian.key`],
    async act({ client, system, progress }) {
      const receipt = await progress.step(name, () => setPaused(client, system, paused));
      return { result: { paused }, receipt, text: `new cases are ${paused ? "stopped" : "allowed"}` };
    },
  }),
);

export const governance = [listLiquidator, replaceGuardian, ...pauses];
