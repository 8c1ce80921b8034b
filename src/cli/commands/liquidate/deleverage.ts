import { join } from "node:path";
import { FileAccounts } from "../../../actions/liquidation/accounts-file.ts";
import { checkDistinct, deleverage } from "../../../actions/liquidation/deleverage.ts";
import { loadHouse, loadOthers } from "../../../actions/liquidation/house-file.ts";
import { BallastError } from "../../../errors.ts";
import { accountHex, type OpenAccount } from "../../../liquidation/account.ts";
import { type AccountFile, loadAccount } from "../../../liquidation/account-file.ts";
import { makeFolder } from "../../../node/files.ts";
import { sent } from "../../format.ts";
import { needed, option } from "../../input.ts";
import { house, others, placed } from "../../liquidation/flags.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";

export const deleverageCommand = provingCommand({
  name: "deleverage",
  summary: "as the operator: close the other side pro rata, for the residual that no fund bears",
  who: "the operator's key",
  flags: {
    house,
    others,
    holders: needed("--holders <files...>", "ALL accounts on the other side; their venue gives the openings"),
    instrument: option("--instrument <name>", "what is closed (default: what can bear the most)"),
    output: needed("-o, --output <folder>", "where the accounts as they will be go"),
  },
  notes: `
A round is planned and opened, and then each holder's part is closed: pro rata, at one price, at which the house comes out even.
A holder with a case of its own is closed while that is in Soft, where it keeps equity; others are left out.
For part i the folder gets part-i-holder.json and part-i-house.json before it is sent. Interrupted, give the command again with
the newest house, the holders that are left, and another folder: it opens another round for what is left.`,
  examples: ["ballast liquidate deleverage --house house.json --holders long-1.json long-2.json -o round-1"],
  needs: ["transfer", "deleverage", "equity"],
  load(values, snapshot, system) {
    makeFolder(values.output);
    const house = loadHouse(values.house, snapshot, system);
    const holders = values.holders.map((path) => loadAccount(path, snapshot));
    checkDistinct(
      holders.map(({ account }) => account),
      "--holders",
    );
    const others = loadOthers(values, snapshot, system);
    return { inputs: [house.account, ...others], places: [], house, others, holders };
  },
  async act(desk, { house, others, holders, instrument, output: folder }) {
    const round = await deleverage(desk, {
      house: house.account,
      others,
      holders: holders.map(({ account }) => account),
      storeOf: (index, holder) => {
        const paths = partPaths(folder, index);
        const file = fileOf(holders, holder);
        return new FileAccounts([placed(file, paths.holder), placed(house, paths.house)], desk.snapshot);
      },
      ...(instrument === undefined ? {} : { instrument }),
    });
    const { roundId, plan } = round;
    const parts = round.parts.map(({ accountId, residual, receipt }, index) => ({
      ...{ accountId: accountHex(accountId), residual, files: partPaths(folder, index) },
      ...sent(receipt),
    }));
    const residual = parts.at(-1)?.residual ?? null;
    const leftOut = [...plan.leftOut, ...round.spared].map(accountHex);
    return {
      result: { roundId, instrument: round.instrument, ...plan.terms, parts, leftOut, residual },
      text: `round ${roundId} closed ${round.instrument} of ${parts.length} holders; residual: ${residual} lots; new accounts are in ${folder}`,
    };
  },
});

function partPaths(folder: string, index: number) {
  const path = (who: string) => join(folder, `part-${index + 1}-${who}.json`);
  return { holder: path("holder"), house: path("house") };
}

function fileOf(holders: readonly AccountFile[], { accountId }: OpenAccount): AccountFile {
  const found = holders.find(({ account }) => account.accountId === accountId);
  if (found !== undefined) return found;
  throw new BallastError("INTERNAL", "A part is nobody's.");
}
