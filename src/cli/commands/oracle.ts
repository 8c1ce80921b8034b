import type { Command } from "commander";
import type { Address } from "viem";
import { type ChainClient, connectReader } from "../../chain/client.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { guarded } from "../../chain/guarded.ts";
import { loadLiquidity } from "../../chain/oracle/liquidity-file.ts";
import { deployVolatilityOracle } from "../../chain/oracle/node/deploy.ts";
import {
  checkVolatilityOracle,
  type OracleState,
  type OracleVolatility,
  readOracle,
  readRound,
  readVolatility,
} from "../../chain/oracle/read.ts";
import { type OracleReading, readingsOf } from "../../chain/oracle/readings.ts";
import {
  bond,
  finalizeRound,
  readSymbols,
  reportRound,
  requestExit,
  sweepSlashed,
  withdrawBond,
} from "../../chain/oracle/rounds.ts";
import { readDecimals } from "../../chain/solvency/vault.ts";
import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { marketOf } from "../../risk/snapshot-inputs.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { sent, timeText } from "../liquidation/session.ts";
import { addressOf, checkChainId, connectWith, parseCount } from "../options.ts";
import { loadOracleParameters } from "../oracle/parameters.ts";
import type { Register, Runner } from "../program.ts";
import { parseLots } from "../solvency/asset.ts";

interface Options extends Record<string, unknown> {
  readonly rpc: string;
  readonly privateKeyFile?: string;
}
interface OracleOptions extends Options {
  readonly oracle?: string;
  readonly deployment?: string;
}
interface DeployOptions extends Options {
  readonly token: string;
  readonly underlyings: string[];
  readonly feeders: string[];
  readonly parameters: string;
  readonly owner?: string;
}
interface BondOptions extends OracleOptions {
  readonly amount: string;
}
interface ReportOptions extends OracleOptions {
  readonly snapshot: string;
  readonly liquidity: string;
  readonly round?: string;
}
interface RoundOptions extends OracleOptions {
  readonly round?: string;
}

/** `ballast oracle`: the volatility oracle, as its feeders and for anyone. */
export const oracle: Register = (program, run) => {
  const group = program
    .command("oracle")
    .description("the volatility oracle: deploy it, bond, report, finalise, read");
  registerDeploy(group, run);
  registerReport(group, run);
  registerBond(group, run);
  registerShow(group, run);
};

function sends(group: Command, name: string, description: string, who: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption("--rpc <url>", "the chain's node")
    .option("--private-key-file <file>", `${who} (default: $BALLAST_PRIVATE_KEY)`);
}

/** The oracle that a command is about. */
function toOracle(command: Command): Command {
  return command
    .option("--oracle <address>", "the volatility oracle")
    .option("--deployment <file>", "or the deployment that names it");
}

function registerDeploy(group: Command, run: Runner): void {
  sends(group, "deploy", "deploy a volatility oracle; nobody has bonded yet", "the deployer's key")
    .requiredOption("--token <address>", "the ERC-20 token of the bonds")
    .requiredOption("--underlyings <symbols...>", "1 to 8 symbols, for good, e.g. BTC ETH")
    .requiredOption("--feeders <addresses...>", "3 to 16 addresses that report")
    .requiredOption("--parameters <file>", "bonds, and what else isn't standard")
    .option("--owner <address>", "who may schedule changes (default: the deployer)")
    .addHelpText(
      "after",
      `
A parameters file is {"format": "ballast.oracle-parameters/1", "feederBond": "1000000000", "slashAmount": "100000000"}, in token
units. Standard are: interval 300, reportWindow 120, maxAge 3600 seconds; maxMove 50000, tolerance 5000, slashDeviation
100000 ppm; minFeeders a majority; realisedRounds 24. Bounds: docs/protocol/volatility-oracle.md, section 4.
Give the address to ballast deploy --volatility-oracle.`,
    )
    .action(
      run<DeployOptions>(async ({ io, json, progress }, options) => {
        const token = addressOf(options.token, "--token");
        const feeders = options.feeders.map((one) => addressOf(one, "--feeders"));
        const parameters = loadOracleParameters(options.parameters, feeders.length);
        const owner = options.owner === undefined ? {} : { owner: addressOf(options.owner, "--owner") };
        const client = await connectWith(options.rpc, options.privateKeyFile);
        await readDecimals(client, token);
        const { underlyings } = options;
        const address = await progress.step("deploying the volatility oracle", () =>
          deployVolatilityOracle(client, { token, underlyings, feeders, parameters, ...owner }),
        );
        emit(
          io,
          json,
          { oracle: address, chainId: client.chainId, token, underlyings, feeders, parameters },
          () => `volatility oracle ${address}: each feeder bonds ${parameters.feederBond} token units now`,
        );
      }),
    );
}

function registerReport(group: Command, run: Runner): void {
  toOracle(sends(group, "report", "as a feeder: report a market to the open round", "the feeder's key"))
    .requiredOption(
      "-s, --snapshot <file>",
      "the market: a snapshot with options on the oracle's underlyings",
    )
    .requiredOption("--liquidity <file>", "depth and volume, which no option chain has")
    .option("--round <n>", "for this round only (default: the one that is next)")
    .addHelpText(
      "after",
      `
Reported are index price, at-the-money volatility at 30 days (between the nearest strikes and expiries), depth and volume.
A liquidity file is {"format": "ballast.liquidity/1", "underlyings": {"BTC": {"depth": "5000000", "volume": "12000000000"}}}: USD that
move the price by 1 %, and USD traded in 24 hours. What is far from the median costs a part of the bond.`,
    )
    .action(
      run<ReportOptions>(async ({ io, json, progress }, options) => {
        const round = roundOf(options.round);
        const liquidity = loadLiquidity(options.liquidity);
        const snapshot = await progress.step("checking the snapshot", () => loadSnapshot(options.snapshot));
        const { chain } = marketOf(snapshot.inputs);
        const { client, address } = await open(options);
        const symbols = await guarded("reading the oracle's underlyings", () => readSymbols(client, address));
        const asked = chain.underlyings.filter(({ symbol }) => symbols.includes(symbol));
        const readings = readingsOf({ ...chain, underlyings: asked }, liquidity);
        const done = await progress.step("reporting", () => reportRound(client, address, readings, round));
        emit(io, json, { round: done.round, readings, ...sent(done.receipt) }, () =>
          [`reported to round ${done.round}`, readingTable(readings)].join("\n"),
        );
      }),
    );
  toOracle(sends(group, "finalize", "close a round: after its window, or once all have reported", "who pays"))
    .option("--round <n>", "this round (default: the open one)")
    .addHelpText(
      "after",
      "\nAnyone may. Exit code 1 says that the round is void: too few reports, or disagreement.",
    )
    .action(
      run<RoundOptions>(async ({ io, json, progress, fail }, options) => {
        const round = roundOf(options.round);
        const { client, address } = await open(options);
        const done = await progress.step("finalising", () => finalizeRound(client, address, round));
        const { state, reason, slashed, receipt } = done;
        if (state === "void") fail();
        const lost = slashed.map(({ feeder, amount }) => `${feeder} lost ${amount} token units`);
        emit(io, json, { round: done.round, state, reason: reason ?? null, slashed, ...sent(receipt) }, () =>
          [
            `round ${done.round} is ${state}${reason === undefined ? "" : `: ${foreign(reason)}`}`,
            ...lost,
          ].join("\n"),
        );
      }),
    );
}

function registerBond(group: Command, run: Runner): void {
  toOracle(sends(group, "bond", "as a feeder: add to your bond, which is approved here", "the feeder's key"))
    .requiredOption("--amount <units>", "token units")
    .action(
      run<BondOptions>(async ({ io, json, progress }, options) => {
        const amount = parseLots(options.amount, "--amount");
        const { client, address } = await open(options);
        const receipt = await progress.step("bonding", () => bond(client, address, amount));
        const feeder = client.account.address;
        emit(io, json, { feeder, amount, ...sent(receipt) }, () => `${feeder} bonded ${amount} token units`);
      }),
    );
  for (const { name, description, help, done, act } of LEAVING)
    toOracle(sends(group, name, description, name === "sweep" ? "who pays" : "the feeder's key"))
      .addHelpText("after", help)
      .action(
        run<OracleOptions>(async ({ io, json, progress }, options) => {
          const { client, address } = await open(options);
          const receipt = await progress.step(name, () => act(client, address));
          emit(io, json, { oracle: address, ...sent(receipt) }, () => done);
        }),
      );
}

const LEAVING = [
  {
    name: "exit",
    description: "as a feeder: report no more; the bond can be withdrawn in seven days",
    help: "\nThen: ballast oracle withdraw.",
    done: "no more reports are taken; withdraw the bond in seven days",
    act: requestExit,
  },
  {
    name: "withdraw",
    description: "as a feeder that has left: get the bond back",
    help: "\nSeven days after ballast oracle exit, or after the owner has removed you.",
    done: "the bond is paid",
    act: withdrawBond,
  },
  {
    name: "sweep",
    description: "pay slashed tokens to their recipient",
    help: "\nAnyone may, once the owner has named the recipient.",
    done: "what was slashed is paid",
    act: sweepSlashed,
  },
] as const;

function registerShow(group: Command, run: Runner): void {
  toOracle(
    group
      .command("show")
      .description("feeders, the round that is next, and the last volatilities")
      .requiredOption("--rpc <url>", "the chain's node"),
  )
    .option("--round <n>", "also the medians of this round")
    .addHelpText("after", "\nExit code 1 says that there is no fresh round: don't use its volatilities.")
    .action(
      run<RoundOptions>(async ({ io, json, fail }, options) => {
        const number = roundOf(options.round);
        const reader = await connectReader(options.rpc);
        const address = oracleOf(options, reader.chainId);
        await checkVolatilityOracle(reader, address);
        const state = await readOracle(reader, address);
        const volatility = await readVolatility(reader, address);
        const round = number === undefined ? undefined : await readRound(reader, address, number);
        if (!volatility.fresh) fail();
        emit(io, json, { ...state, volatility, round: round ?? null }, () =>
          [
            describe(state, volatility),
            ...(round === undefined
              ? []
              : [
                  `round ${round.round}: ${round.state}, ${round.reported} of ${round.electorate} reported`,
                  ...(round.medians.length === 0 ? [] : [readingTable(round.medians)]),
                ]),
          ].join("\n"),
        );
      }),
    );
}

function describe(state: OracleState, { round, time, fresh, underlyings }: OracleVolatility): string {
  const { oracle: address, feeders, nextRound, slashed } = state;
  const last =
    round === 0 ? "no round was final yet" : `round ${round} of ${timeText(time)}${fresh ? "" : ": STALE"}`;
  return [
    `volatility oracle ${address}: ${last}`,
    ...(underlyings.length === 0
      ? []
      : [
          table(
            ["underlying", "price", "implied", "realised", "by depth", "synthetic"],
            underlyings.map(({ symbol, price, implied, realised, depthImplied, synthetic }) => [
              symbol,
              dollars(price),
              ...[implied, realised, depthImplied, synthetic].map(percent),
            ]),
            [1, 2, 3, 4, 5],
          ),
        ]),
    table(
      ["feeder", "bond", "active", "last round", "leaves"],
      feeders.map(({ address: feeder, bond: staked, active, lastRound, exitAt }) => [
        feeder,
        String(staked),
        active ? "yes" : "no",
        String(lastRound),
        exitAt === 0n ? "" : timeText(exitAt),
      ]),
      [1, 3],
    ),
    `reports go to round ${nextRound}; ${slashed} token units wait for their recipient`,
  ].join("\n");
}

function readingTable(readings: readonly OracleReading[]): string {
  return table(
    ["underlying", "price", "implied", "depth", "volume"],
    readings.map(({ symbol, price, impliedVol, depth, volume }) => [
      symbol,
      dollars(price),
      percent(impliedVol),
      dollars(depth),
      dollars(volume),
    ]),
    [1, 2, 3, 4],
  );
}

/** Micro-USD for reading. */
const dollars = (micros: bigint) => usd(formatDecimal(micros, 6), 2);
/** Ppm a year for reading. */
const percent = (ppm: bigint) => `${formatDecimal(ppm, 4)} %`;

function roundOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseCount(text, "--round");
}

async function open(
  options: OracleOptions,
): Promise<{ readonly client: ChainClient; readonly address: Address }> {
  const client = await connectWith(options.rpc, options.privateKeyFile);
  const address = oracleOf(options, client.chainId);
  await checkVolatilityOracle(client, address);
  return { client, address };
}

/** `--oracle`, or the deployment's. @throws {BallastError} INVALID_INPUT. */
function oracleOf({ oracle: text, deployment: path }: OracleOptions, chainId: number): Address {
  if ((text === undefined) === (path === undefined))
    throw new BallastError("INVALID_INPUT", "Say which oracle: --oracle or --deployment.", {
      hint: "Give one of the two.",
    });
  if (text !== undefined) return addressOf(text, "--oracle");
  const deployment = loadDeployment(path ?? "");
  checkChainId(chainId, deployment);
  const found = deployment.liquidation?.volatilityOracle ?? deployment.volatilityOracle;
  if (found !== undefined) return found;
  throw new BallastError("INVALID_INPUT", "The deployment names no volatility oracle.", {
    hint: "Give --oracle ADDRESS.",
  });
}
