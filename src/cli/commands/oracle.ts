import type { Address } from "viem";
import { reportMarket } from "../../actions/oracle/report.ts";
import { connectReader } from "../../chain/client.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { loadLiquidity } from "../../chain/oracle/liquidity-file.ts";
import { deployVolatilityOracle } from "../../chain/oracle/node/deploy.ts";
import { loadOracleParameters } from "../../chain/oracle/parameters-file.ts";
import { checkVolatilityOracle, readOracle, readRound, readVolatility } from "../../chain/oracle/read.ts";
import { bond, finalizeRound, requestExit, sweepSlashed, withdrawBond } from "../../chain/oracle/rounds.ts";
import { readDecimals } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command, group } from "../command.ts";
import { deployment, privateKeyFile, rpc, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { needed, onlyGiven, option, saying } from "../input.ts";
import { kindOfCommand } from "../kind.ts";
import { addressOf, checkChainId, connectWith, parseCount, parseUnits } from "../options.ts";
import { oracleText, readingTable } from "../oracle-text.ts";
import { named } from "../summaries.ts";

/** The oracle that a command is about. */
const which = {
  rpc,
  oracle: option("--oracle <address>", "the volatility oracle", addressOf),
  deployment: onlyGiven(deployment, "or the deployment that names it"),
};

/** A command that sends something to it. */
const oracleCommand = kindOfCommand(
  (who) => ({ ...which, privateKeyFile: privateKeyFile(who) }),
  async (values, { progress }) => {
    const client = await connectWith(values.rpc, values.privateKeyFile);
    const address = oracleOf(values, client.chainId);
    await checkVolatilityOracle(client, address);
    return { client, address, progress };
  },
);

const deploy = command({
  name: "deploy",
  summary: "deploy a volatility oracle; nobody has bonded yet",
  flags: {
    rpc,
    privateKeyFile: privateKeyFile("the deployer's key"),
    token: needed("--token <address>", "the ERC-20 token of the bonds", addressOf),
    underlyings: needed("--underlyings <symbols...>", "1 to 8 symbols, for good, e.g. BTC ETH"),
    feeders: needed("--feeders <addresses...>", "3 to 16 addresses that report", addressOf),
    parameters: needed("--parameters <file>", "bonds, and what else isn't standard"),
    owner: option("--owner <address>", "who may schedule changes (default: the deployer)", addressOf),
  },
  notes: `
A parameters file is {"format": "ballast.oracle-parameters/1", "feederBond": "1000000000", "slashAmount": "100000000"}, in token
units. Standard are: interval 300, reportWindow 120, maxAge 3600 seconds; maxMove 50000, tolerance 5000, slashDeviation
100000 ppm; minFeeders a majority; realisedRounds 24. Bounds: docs/protocol/volatility-oracle.md, section 4.

Give the address to ballast deploy --volatility-oracle.`,
  examples: [
    "ballast oracle deploy --token ADDRESS --underlyings BTC ETH --feeders A B C --parameters o.json",
  ],
  async run({ token, underlyings, feeders, owner, ...values }, { print, progress }) {
    const parameters = loadOracleParameters(values.parameters, feeders.length);
    const client = await connectWith(values.rpc, values.privateKeyFile);
    await readDecimals(client, token);
    const address = await progress.step("deploying the volatility oracle", () =>
      deployVolatilityOracle(client, { token, underlyings, feeders, parameters, ...given({ owner }) }),
    );
    print(
      { oracle: address, chainId: client.chainId, token, underlyings, feeders, parameters },
      () => `volatility oracle ${address}: each feeder bonds ${parameters.feederBond} token units now`,
    );
  },
});

const report = oracleCommand({
  name: "report",
  summary: "as a feeder: report a market to the open round",
  who: "the feeder's key",
  flags: {
    snapshot: saying(snapshot, "the market: a snapshot with options on the oracle's underlyings"),
    liquidity: needed("--liquidity <file>", "depth and volume, which no option chain has"),
    round: option("--round <n>", "for this round only (default: the one that is next)", parseCount),
  },
  notes: `
Reported are index price, at-the-money volatility at 30 days (between the nearest strikes and expiries), depth and volume.
A liquidity file is {"format": "ballast.liquidity/1", "underlyings": {"BTC": {"depth": "5000000", "volume": "12000000000"}}}: USD that
move the price by 1 %, and USD traded in 24 hours. What is far from the median costs a part of the bond.`,
  examples: ["ballast oracle report --oracle ADDRESS --liquidity l.json"],
  load: async ({ liquidity, snapshot }, { progress }) => ({
    liquidity: loadLiquidity(liquidity),
    market: await progress.step("checking the snapshot", () => loadSnapshot(snapshot)),
  }),
  async act({ client, address, progress }, { market, liquidity, round }) {
    const done = await reportMarket(client, address, market, liquidity, round, progress);
    const { readings, receipt } = done;
    const text = [`reported to round ${done.round}`, readingTable(readings)].join("\n");
    return { result: { round: done.round, readings }, receipt, text };
  },
});

const finalize = oracleCommand({
  name: "finalize",
  summary: "close a round: after its window, or once all have reported",
  who: "who pays",
  flags: { round: option("--round <n>", "this round (default: the open one)", parseCount) },
  notes: "Anyone may. Exit code 1 says that the round is void: too few reports, or disagreement.",
  examples: ["ballast oracle finalize --oracle ADDRESS"],
  async act({ client, address, progress }, { round: wanted }) {
    const done = await progress.step("finalising", () => finalizeRound(client, address, wanted));
    const { round, state, reason, slashed, receipt } = done;
    const text = [
      `round ${round} is ${state}${reason === undefined ? "" : `: ${foreign(reason)}`}`,
      ...slashed.map(({ feeder, amount }) => `${feeder} lost ${amount} token units`),
    ].join("\n");
    return {
      result: { round, state, reason: reason ?? null, slashed },
      receipt,
      text,
      isBad: state === "void",
    };
  },
});

const addBond = oracleCommand({
  name: "bond",
  summary: "as a feeder: add to your bond, which is approved here",
  who: "the feeder's key",
  flags: { amount: needed("--amount <units>", "token units", parseUnits) },
  examples: ["ballast oracle bond --oracle ADDRESS --amount 1000000000"],
  async act({ client, address, progress }, { amount }) {
    const receipt = await progress.step("bonding", () => bond(client, address, amount));
    const feeder = client.account.address;
    return { result: { feeder, amount }, receipt, text: `${feeder} bonded ${amount} token units` };
  },
});

/** The acts that take no values. */
const ENDINGS = [
  {
    name: "exit",
    who: "the feeder's key",
    summary: "as a feeder: report no more; the bond can be withdrawn in seven days",
    notes: "Then: ballast oracle withdraw.",
    done: "no more reports are taken; withdraw the bond in seven days",
    act: requestExit,
  },
  {
    name: "withdraw",
    who: "the feeder's key",
    summary: "as a feeder that has left: get the bond back",
    notes: "Seven days after ballast oracle exit, or after the owner has removed you.",
    done: "the bond is paid",
    act: withdrawBond,
  },
  {
    name: "sweep",
    who: "who pays",
    summary: "pay slashed tokens to their recipient",
    notes: "Anyone may, once the owner has named the recipient.",
    done: "what was slashed is paid",
    act: sweepSlashed,
  },
] as const;

const endings = ENDINGS.map(({ name, who, summary, notes, done, act }) =>
  oracleCommand({
    name,
    summary,
    who,
    notes,
    examples: [`ballast oracle ${name} --oracle ADDRESS`],
    async act({ client, address, progress }) {
      const receipt = await progress.step(name, () => act(client, address));
      return { result: { oracle: address }, receipt, text: done };
    },
  }),
);

const show = command({
  name: "show",
  summary: "feeders, the round that is next, and the last volatilities",
  flags: { ...which, round: option("--round <n>", "also the medians of this round", parseCount) },
  notes: "Exit code 1 says that there is no fresh round: don't use its volatilities.",
  examples: ["ballast oracle show --oracle ADDRESS"],
  async run({ round: number, ...values }, { print, fail }) {
    const reader = await connectReader(values.rpc);
    const address = oracleOf(values, reader.chainId);
    await checkVolatilityOracle(reader, address);
    const state = await readOracle(reader, address);
    const volatility = await readVolatility(reader, address);
    const round = number === undefined ? undefined : await readRound(reader, address, number);
    if (!volatility.fresh) fail();
    print({ ...state, volatility, round: round ?? null }, () =>
      [
        oracleText(state, volatility),
        ...(round === undefined
          ? []
          : [
              `round ${round.round}: ${round.state}, ${round.reported} of ${round.electorate} reported`,
              ...(round.medians.length === 0 ? [] : [readingTable(round.medians)]),
            ]),
      ].join("\n"),
    );
  },
});

export const oracle = group({
  ...named("oracle"),
  commands: [deploy, report, finalize, addBond, ...endings, show],
});

interface Which {
  readonly oracle?: Address;
  readonly deployment?: string;
}

/** `--oracle`, or the deployment's. @throws {BallastError} INVALID_INPUT. */
function oracleOf({ oracle: address, deployment: path }: Which, chainId: number): Address {
  if ((address === undefined) === (path === undefined))
    throw new BallastError("INVALID_INPUT", "Say which oracle: --oracle or --deployment.", {
      hint: "Give one of the two.",
    });
  if (address !== undefined) return address;
  const deployed = loadDeployment(path ?? "");
  checkChainId(chainId, deployed);
  const found = deployed.liquidation?.volatilityOracle ?? deployed.volatilityOracle;
  if (found !== undefined) return found;
  throw new BallastError("INVALID_INPUT", "The deployment names no volatility oracle.", {
    hint: "Give --oracle ADDRESS.",
  });
}
