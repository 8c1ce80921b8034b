import { absorbHouseLoss, clearHouse } from "../../../actions/liquidation/absorb.ts";
import { loadHouse } from "../../../actions/liquidation/house-file.ts";
import { releaseToFund } from "../../../actions/liquidation/release.ts";
import { takeOverCase } from "../../../actions/liquidation/take-over.ts";
import { tradeForHouse } from "../../../actions/liquidation/trade-house.ts";
import type { LiquidationSystem } from "../../../chain/liquidation/system.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { needed, saying } from "../../input.ts";
import {
  caseAccount,
  caseId,
  cash,
  house,
  houseOutput,
  LEGS_HELP,
  placed,
  takerOutput,
  tradeFiles,
  trading,
} from "../../liquidation/flags.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { parseUnits } from "../../options.ts";

const OPERATOR = "the operator's key";
const GAS = "who pays the gas";

const takeOver = provingCommand({
  name: "take-over",
  summary: "as the operator: take over what nobody bought",
  who: OPERATOR,
  arguments: { caseId },
  flags: { account: caseAccount, house, output: houseOutput },
  notes: "The funds are locked from here until ballast liquidate absorb or clear.",
  examples: ["ballast liquidate take-over 3 --account desk.json --house house.json -o house.2.json"],
  needs: ["transfer"],
  load(values, snapshot, system) {
    const { account } = loadAccount(values.account, snapshot);
    const files = houseFiles(values, snapshot, system);
    return { ...files, inputs: [account, files.house], account };
  },
  async act(desk, { account, house, caseId, output: file }) {
    const { receipt } = await takeOverCase(desk, caseId, { account, house });
    const text = `case ${caseId} is taken over; prove what it costs: ballast liquidate absorb, or clear`;
    return { result: { caseId, file }, receipt, text };
  },
});

const absorb = provingCommand({
  name: "absorb",
  summary: "bear the clearing house's loss with what the funds hold",
  who: GAS,
  flags: { house, output: houseOutput },
  notes: `
Anyone who has the house's opening may. Its equity in the newest snapshot becomes public; the insurance fund bears first, then
the Gamma Reserve, and what is left is the residual (ballast liquidate deleverage). Where nothing is drawn, the house's
account stays as it is, and no file is written.`,
  examples: ["ballast liquidate absorb --house house.2.json -o house.3.json"],
  needs: ["equity", "transfer"],
  load: (values, snapshot, system) => houseFiles(values, snapshot, system),
  async act(desk, { house, output }) {
    const { isDrawn, receipt, ...borne } = await absorbHouseLoss(desk, house);
    const { loss, fromInsuranceFund, fromGammaReserve, residual } = borne;
    const file = isDrawn ? output : null;
    return {
      result: { loss, fromInsuranceFund, fromGammaReserve, residual, file },
      receipt,
      text: `of ${loss} lots the insurance fund bore ${fromInsuranceFund}, the Gamma Reserve ${fromGammaReserve}; residual: ${residual}`,
    };
  },
});

const clear = provingCommand({
  name: "clear",
  summary: "settle what is unsettled: the clearing house lacks nothing",
  who: GAS,
  flags: { house },
  notes: "Anyone who has the house's opening may. The funds are open from then on.",
  examples: ["ballast liquidate clear --house house.2.json"],
  needs: ["equity"],
  load(values, snapshot, system) {
    const { account } = loadHouse(values.house, snapshot, system);
    return { inputs: [account], places: [], house: account };
  },
  async act(desk, { house }) {
    const { equity, receipt } = await clearHouse(desk, house);
    return { result: { equity }, receipt, text: "the clearing house lacks nothing: its losses are settled" };
  },
});

const release = provingCommand({
  name: "release",
  summary: "as the operator: give lots back to the insurance fund",
  who: OPERATOR,
  flags: {
    house,
    lots: needed("--lots <n>", "how many lots of the settlement asset", parseUnits),
    output: houseOutput,
  },
  notes: "The house as it will be is attested on the way: in tier 0. Not while there is a residual.",
  examples: ["ballast liquidate release --house house.json --lots 5000 -o house.2.json"],
  needs: ["transfer", "coverage"],
  load: (values, snapshot, system) => houseFiles(values, snapshot, system),
  async act(desk, { house, lots, output: file }) {
    const { receipt } = await releaseToFund(desk, house, lots);
    return { result: { lots, file }, receipt, text: `${lots} lots went to the insurance fund` };
  },
});

const tradeHouse = provingCommand({
  name: "trade-house",
  summary: "as the operator: move some of the house's risk away",
  who: OPERATOR,
  flags: {
    house,
    taker: needed("--taker <file>", "the ordinary account that takes; its venue gives the opening"),
    legs: saying(trading.legs, "what the house hands over, INSTRUMENT=QUANTITY each"),
    cash,
    output: houseOutput,
    takerOutput,
  },
  notes: `${LEGS_HELP}
Proven: requirement, short gamma and tier of the house are no worse after it, and it loses at most the largest penalty.`,
  examples: [
    "ballast liquidate trade-house --house house.json --taker maker.json --legs BTC-PERPETUAL=1 -o house.2.json --taker-output maker.2.json",
  ],
  needs: ["transfer", "reduction"],
  load(values, snapshot, system) {
    const house = placed(loadHouse(values.house, snapshot, system), values.output);
    return tradeFiles(values, house, snapshot);
  },
  async act(desk, { trade, paths }) {
    const { receipt } = await tradeForHouse(desk, trade);
    const text = `traded: ${paths.join(" and ")} open the accounts from now on`;
    return { result: { files: paths }, receipt, text };
  },
});

export const houseCommands = [takeOver, absorb, clear, release, tradeHouse];

/** The clearing house's account, which goes on in another file. @throws {BallastError} as `loadHouse`. */
function houseFiles(
  values: { readonly house: string; readonly output: string },
  snapshot: Snapshot,
  system: LiquidationSystem,
) {
  const file = loadHouse(values.house, snapshot, system);
  return { inputs: [file.account], places: [placed(file, values.output)], house: file.account };
}
