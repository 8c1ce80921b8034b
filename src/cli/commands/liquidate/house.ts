import { absorbHouseLoss, clearHouse } from "../../../actions/liquidation/absorb.ts";
import { shiftCash } from "../../../actions/liquidation/house-accounts.ts";
import { loadHouse, loadOthers } from "../../../actions/liquidation/house-file.ts";
import { releaseToFund } from "../../../actions/liquidation/release.ts";
import { takeOverCase } from "../../../actions/liquidation/take-over.ts";
import { tradeForHouse } from "../../../actions/liquidation/trade-house.ts";
import { openHouseInFile } from "../../../actions/node/open-in-file.ts";
import type { LiquidationSystem } from "../../../chain/liquidation/system.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { loadAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { backend, circuit, validFor } from "../../flags.ts";
import { needed, saying } from "../../input.ts";
import {
  caseAccount,
  caseId,
  cash,
  house,
  houseOutput,
  LEGS_HELP,
  others,
  placed,
  takerOutput,
  termsOf,
  tradeFiles,
  trading,
} from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
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
  needs: ["transfer", "equity"],
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
  flags: { house, others, output: houseOutput },
  notes: `
Anyone who has the openings of the house's accounts may. Its equity in the newest snapshot becomes public; the insurance fund bears first, then
the Gamma Reserve, and what is left is the residual (ballast liquidate deleverage). A day draws a part of the funds at most: the
rest of what they bear is reserved, and drawn by the same command on later days. Where nothing is drawn, the house's
account stays as it is, and no file is written.`,
  examples: ["ballast liquidate absorb --house house.2.json -o house.3.json"],
  needs: ["equity", "transfer"],
  load: (values, snapshot, system) => houseFiles(values, snapshot, system),
  async act(desk, { house, others, output }) {
    const { isDrawn, receipt, ...borne } = await absorbHouseLoss(desk, house, others);
    const { loss, fromInsuranceFund, fromGammaReserve, reserved, residual } = borne;
    const file = isDrawn ? output : null;
    return {
      result: { loss, fromInsuranceFund, fromGammaReserve, reserved, residual, file },
      receipt,
      text: `of ${loss} lots the insurance fund bore ${fromInsuranceFund}, the Gamma Reserve ${fromGammaReserve}; reserved: ${reserved}; residual: ${residual}`,
    };
  },
});

const clear = provingCommand({
  name: "clear",
  summary: "settle what is unsettled: the clearing house lacks nothing",
  who: GAS,
  flags: { house, others },
  notes: "Anyone who has the openings of the house's accounts may. The funds are open from then on.",
  examples: ["ballast liquidate clear --house house.2.json"],
  needs: ["equity"],
  load(values, snapshot, system) {
    const { account } = loadHouse(values.house, snapshot, system);
    const others = loadOthers(values, snapshot, system);
    return { inputs: [account, ...others], places: [], house: account, others };
  },
  async act(desk, { house, others }) {
    const { equity, receipt } = await clearHouse(desk, house, others);
    return { result: { equity }, receipt, text: "the clearing house lacks nothing: its losses are settled" };
  },
});

const release = provingCommand({
  name: "release",
  summary: "as the operator: give lots back to the insurance fund",
  who: OPERATOR,
  flags: {
    house,
    others,
    lots: needed("--lots <n>", "how many lots of the settlement asset", parseUnits),
    output: houseOutput,
  },
  notes:
    "All of the house's accounts, as they will be, are attested on the way: in tier 0. Not while a loss is booked.",
  examples: ["ballast liquidate release --house house.json --lots 5000 -o house.2.json"],
  needs: ["transfer", "coverage"],
  load: (values, snapshot, system) => houseFiles(values, snapshot, system),
  async act(desk, { house, others, lots, output: file }) {
    const { receipt } = await releaseToFund(desk, house, lots, others);
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
    return tradeFiles(values, house, termsOf(values, snapshot), snapshot);
  },
  async act(desk, { trade, paths }) {
    const { receipt } = await tradeForHouse(desk, trade);
    const text = `traded: ${paths.join(" and ")} open the accounts from now on`;
    return { result: { files: paths }, receipt, text };
  },
});

const openHouse = sendingCommand({
  name: "open-house-account",
  summary: "as the operator: open a further account for the clearing house, empty",
  who: OPERATOR,
  flags: {
    output: houseOutput,
    circuit,
    backend,
    validFor: validFor("how long the proof holds", "3000"),
  },
  notes: `
Up to three, beside the one that the venue registers. What the house takes over goes into any of them: a portfolio that fills its
slots into an empty one. What they lack is one loss: give all that hold anything to absorb, clear, release and deleverage.`,
  examples: ["ballast liquidate open-house-account -o house-b.json"],
  async act(session, { output: file, circuit, backend, validFor }) {
    const options = { output: file, circuits: liquidationCircuits(circuit), backend, validFor };
    const { account, receipt } = await openHouseInFile(session, options);
    const accountId = accountHex(account.accountId);
    const text = `account ${accountText(account.accountId)} is open, and the house's`;
    return { result: { accountId, file }, receipt, text };
  },
});

const shift = provingCommand({
  name: "shift-house-cash",
  summary: "as the operator: move cash from one of the clearing house's accounts to another",
  who: OPERATOR,
  flags: {
    house: saying(house, "the account that gives, as the ledger has it"),
    to: needed("--to <file>", "the one that gets, as the ledger has it"),
    lots: needed("--lots <n>", "how many lots of the settlement asset", parseUnits),
    output: saying(houseOutput, "where the account that gives goes as it will be"),
    toOutput: needed("--to-output <file>", "where the one that gets goes"),
  },
  notes:
    "Nothing but cash moves, and together they are worth what they were: so each can be brought to tier 0.",
  examples: [
    "ballast liquidate shift-house-cash --house house.json --to house-b.json --lots 5000 -o house.2.json --to-output house-b.2.json",
  ],
  needs: ["transfer"],
  load(values, snapshot, system) {
    const from = loadHouse(values.house, snapshot, system);
    const to = loadHouse(values.to, snapshot, system);
    const places = [placed(from, values.output), placed(to, values.toOutput)];
    return { inputs: [from.account, to.account], places, accounts: { from: from.account, to: to.account } };
  },
  async act(desk, { accounts, lots, output, toOutput }) {
    const { receipt } = await shiftCash(desk, accounts, lots);
    const text = `${lots} lots moved: ${output} and ${toOutput} open the accounts from now on`;
    return { result: { lots, files: [output, toOutput] }, receipt, text };
  },
});

export const houseCommands = [takeOver, absorb, clear, release, tradeHouse, openHouse, shift];

interface HouseValues {
  readonly house: string;
  readonly output: string;
  readonly others?: readonly string[] | undefined;
}

/** One of the clearing house's accounts, which goes on in another file, and the others. @throws {BallastError} as `loadHouse`. */
function houseFiles(values: HouseValues, snapshot: Snapshot, system: LiquidationSystem) {
  const file = loadHouse(values.house, snapshot, system);
  const others = loadOthers(values, snapshot, system);
  const places = [placed(file, values.output)];
  return { inputs: [file.account, ...others], places, house: file.account, others };
}
