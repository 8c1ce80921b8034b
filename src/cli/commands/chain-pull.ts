import { chainJson } from "../../actions/market/json.ts";
import { given } from "../../given.ts";
import { parseStablecoin, withStablecoins } from "../../market/collateral.ts";
import { exportBallastChain } from "../../market/importers/ballast.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { describeChain } from "../chain-text.ts";
import { command } from "../command.ts";
import { force, output } from "../flags.ts";
import { defaulted, option } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { checkSameResult } from "../results.ts";
import { networkFlags } from "../venue-flags.ts";

export const pull = command({
  name: "pull",
  summary: "read Deribit's market into ballast.chain/1, as it is now",
  flags: {
    ...lotFlags,
    ...networkFlags,
    output: output("where to write the chain"),
    force,
    currencies: defaulted(
      "--currency <names,...>",
      "Deribit's books; USDC has what is linear",
      "BTC,ETH,USDC",
      (text) => text.split(","),
    ),
    underlyings: option("--underlying <assets...>", "keep these alone (default: all, eight at most)"),
    stablecoins: option(
      "--stablecoin <assets...>",
      "further collateral: USDT at 1 USD, USDT=0.9993 at a price",
      (text) => parseStablecoin(text),
    ),
  },
  notes: "Needs no key. What can't be used is left out, and counted by reason.",
  examples: ["ballast chain pull --underlying BTC ETH -o chain.json"],
  async run({ output: path, network, currencies, stablecoins = [], ...values }, { print, progress }) {
    const { pullMarket } = await import("../../venues/pull.ts");
    const { url, underlyings } = values;
    const lots = lotsOf(values);
    const { chain } = await progress.step("reading the market", () =>
      pullMarket({ network, currencies, ...given({ url, underlyings, lots }) }),
    );
    const whole = withStablecoins(chain, stablecoins, lots);
    const content = exportBallastChain(whole);
    checkSameResult(path, content, values);
    writeFileAtomic(path, content);
    print({ file: path, ...chainJson(whole) }, () => describeChain(path, whole));
  },
});
