import { checkDeployedLiquidation } from "../../../actions/liquidation/check.ts";
import { option } from "../../input.ts";
import { readingCommand } from "../../liquidation/kinds.ts";
import { parseCount } from "../../options.ts";

/** `ballast liquidate check`: before anybody relies on a venue's liquidation, and after its governance changed something. */
export const check = readingCommand({
  name: "check",
  summary: "check that the contracts belong together, and that their times do",
  flags: {
    cadence: option("--cadence <seconds>", "how often the oracles publish a snapshot", parseCount),
  },
  notes: `
Exit code 1 says that times don't go together: windows that one snapshot outlasts, a clock that stops between two ordinary snapshots
(with --cadence), a hold whose first round the volatility oracle forgets before the move can be recorded, claims
of an exit that leave an account which is in a case at their beginning less than a week after it.`,
  examples: ["ballast liquidate check --cadence 300"],
  async act({ reader, deployment }, { cadence }) {
    const every = cadence === undefined ? undefined : BigInt(cadence);
    const { parameters, problems } = await checkDeployedLiquidation(reader, deployment, every);
    return {
      result: { parameters, problems },
      text: [
        "the contracts belong together",
        ...(problems.length === 0 ? ["their times go together"] : []),
        ...problems.map(({ parameter, says }) => `✗ ${parameter}: ${says}`),
      ].join("\n"),
      isBad: problems.length > 0,
    };
  },
});
