import type { Command } from "commander";
import type { TransactionReceipt } from "viem";
import { type ChainClient, type ChainReader, connectReader } from "../../chain/client.ts";
import { type DeployedSolvency, deployedSolvency } from "../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import {
  addAsset,
  cancelWithdrawal,
  completeWithdrawal,
  deposit,
  type Movement,
  readAssets,
  readDecimals,
  readWithdrawals,
  requestWithdrawal,
} from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import { formatDecimal, parseDecimal } from "../../math/decimal.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { addressOf, checkChainId, connectWith, parseCount } from "../options.ts";
import type { Register } from "../program.ts";
import { type Asset, assetById, assetOf, parseLots, unitsOfLot } from "../solvency/asset.ts";

interface Options extends Record<string, unknown> {
  readonly rpc: string;
  readonly deployment: string;
  readonly snapshot?: string;
  readonly privateKeyFile?: string;
}
interface AddOptions extends Options {
  readonly token: string;
  readonly unitsPerLot?: string;
}
interface MoveOptions extends Options {
  readonly lots?: string;
  readonly amount?: string;
}
interface WithdrawOptions extends MoveOptions {
  readonly to: string;
}

const ASSET = "name in the snapshot, or instrument id";
const AMOUNT_HELP = "\nGive --lots, or --amount with --snapshot.";

/** `ballast vault`: the tokens behind a venue's accounts. */
export const vault: Register = (program, run) => {
  const group = program
    .command("vault")
    .description("the tokens that a venue holds for its accounts, on chain");

  onChain(group, "add", "as the venue: give an asset its token, for good")
    .argument("<asset>", ASSET)
    .requiredOption("--token <address>", "the ERC-20 token")
    .option("--units-per-lot <n>", "the token's smallest units in a lot (default: by snapshot and decimals)")
    .option("--private-key-file <file>", "the venue's key (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<AddOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const { client, solvency, snapshot } = await open(options);
        const asset = assetOf(text, snapshot);
        const token = addressOf(options.token, "--token");
        const unitsPerLot = await unitsPerLotOf(client, asset, token, options.unitsPerLot);
        const { instrumentId } = asset;
        const receipt = await progress.step(`adding ${asset.name}`, () =>
          addAsset(client, solvency, { instrumentId, token, unitsPerLot }),
        );
        const result = { asset: asset.name, instrumentId, token, unitsPerLot, ...sent(receipt) };
        emit(io, json, result, () => `${foreign(asset.name)} is ${token}, ${unitsPerLot} units a lot`);
      }),
    );

  onChain(group, "deposit", "pay tokens in; anyone may")
    .argument("<asset>", ASSET)
    .option("--lots <n>", "how many lots")
    .option("--amount <decimal>", "how much of the asset, in whole lots")
    .option("--private-key-file <file>", "who pays (default: $BALLAST_PRIVATE_KEY)")
    .addHelpText("after", AMOUNT_HELP)
    .action(
      run<MoveOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const { client, solvency, snapshot } = await open(options);
        const { asset, movement } = movementOf(text, options, snapshot);
        const receipt = await progress.step(`depositing ${asset.name}`, () =>
          deposit(client, solvency, movement),
        );
        emit(
          io,
          json,
          { asset: asset.name, ...movement, ...sent(receipt) },
          () => `deposited ${amountText(asset, movement.lots)}`,
        );
      }),
    );

  onChain(group, "request-withdrawal", "as the venue: announce a payment, which can be made in an hour")
    .argument("<asset>", ASSET)
    .requiredOption("--to <address>", "who gets the tokens")
    .option("--lots <n>", "how many lots")
    .option("--amount <decimal>", "how much of the asset, in whole lots")
    .option("--private-key-file <file>", "the venue's key (default: $BALLAST_PRIVATE_KEY)")
    .addHelpText("after", `${AMOUNT_HELP}\nFrom now on the lots don't count as reserves.`)
    .action(
      run<WithdrawOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const to = addressOf(options.to, "--to");
        const { client, solvency, snapshot } = await open(options);
        const { asset, movement } = movementOf(text, options, snapshot);
        const { withdrawal, receipt } = await progress.step(`announcing ${asset.name}`, () =>
          requestWithdrawal(client, solvency, { ...movement, to }),
        );
        const { id, readyAt } = withdrawal;
        const amount = amountText(asset, movement.lots);
        const result = { asset: asset.name, ...movement, to, id, readyAt, ...sent(receipt) };
        emit(
          io,
          json,
          result,
          () =>
            `withdrawal ${id}: ${amount} for ${to}, from ${at(readyAt)} on: ballast vault complete-withdrawal ${id}`,
        );
      }),
    );

  onChain(group, "complete-withdrawal", "have an announced payment made; anyone may, an hour after it")
    .argument("<id>", "the withdrawal's number")
    .option("--private-key-file <file>", "who sends the transaction (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<Options>(async ({ io, json, progress }, options, [text = ""]) => {
        const id = BigInt(parseCount(text, "the withdrawal's number"));
        const { client, solvency } = await open(options);
        const receipt = await progress.step(`completing withdrawal ${id}`, () =>
          completeWithdrawal(client, solvency, id),
        );
        emit(io, json, { id, ...sent(receipt) }, () => `withdrawal ${id} is paid`);
      }),
    );

  onChain(group, "cancel-withdrawal", "as the venue: take an announced payment back")
    .argument("<id>", "the withdrawal's number")
    .option("--private-key-file <file>", "the venue's key (default: $BALLAST_PRIVATE_KEY)")
    .action(
      run<Options>(async ({ io, json, progress }, options, [text = ""]) => {
        const id = BigInt(parseCount(text, "the withdrawal's number"));
        const { client, solvency } = await open(options);
        const receipt = await progress.step(`cancelling withdrawal ${id}`, () =>
          cancelWithdrawal(client, solvency, id),
        );
        emit(io, json, { id, ...sent(receipt) }, () => `withdrawal ${id} is cancelled; its lots count again`);
      }),
    );

  onChain(group, "show", "list what the vault holds of each asset, and the payments that wait").action(
    run<Options>(async ({ io, json }, options) => {
      const reader = await connectReader(options.rpc);
      const solvency = solvencyOn(reader, options);
      const snapshot = snapshotOf(options);
      const assets = (await readAssets(reader, solvency)).map((held) => {
        const asset = assetById(held.instrumentId, snapshot);
        return { asset: asset.name, ...held, amount: amountOf(asset, held.lots) ?? null };
      });
      const withdrawals = (await readWithdrawals(reader, solvency)).map((waiting) => {
        const asset = assetById(waiting.instrumentId, snapshot);
        return { ...waiting, asset: asset.name, amount: amountOf(asset, waiting.lots) ?? null };
      });
      const { vault: address, venue } = solvency;
      emit(io, json, { vault: address, venue, assets, withdrawals }, () =>
        [
          `vault ${address} of ${venue}`,
          table(
            ["asset", "id", "token", "units/lot", "lots", "amount"],
            assets.map(({ asset, instrumentId, token, unitsPerLot, lots, amount }) => [
              asset,
              String(instrumentId),
              token,
              String(unitsPerLot),
              String(lots),
              amount ?? "",
            ]),
            [1, 3, 4, 5],
          ),
          ...(withdrawals.length === 0
            ? []
            : [
                "withdrawals that wait, and count no more",
                table(
                  ["id", "asset", "lots", "amount", "to", "from"],
                  withdrawals.map(({ id, asset, lots, amount, to, readyAt }) => [
                    String(id),
                    asset,
                    String(lots),
                    amount ?? "",
                    to,
                    at(readyAt),
                  ]),
                  [0, 2, 3],
                ),
              ]),
        ].join("\n"),
      );
    }),
  );
};

/** A command with the options that all of them take. */
function onChain(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption("--rpc <url>", "the chain's node")
    .requiredOption("--deployment <file>", "from `ballast deploy --venue`")
    .option("-s, --snapshot <file>", "a snapshot, for names and lot sizes");
}

async function open(options: Options) {
  const snapshot = snapshotOf(options);
  const client = await connectWith(options.rpc, options.privateKeyFile);
  return { client, solvency: solvencyOn(client, options), snapshot };
}

function solvencyOn({ chainId }: Pick<ChainReader, "chainId">, options: Options): DeployedSolvency {
  const deployment = loadDeployment(options.deployment);
  checkChainId(chainId, deployment);
  return deployedSolvency(deployment);
}

function snapshotOf({ snapshot }: Options): Snapshot | undefined {
  return snapshot === undefined ? undefined : loadSnapshot(snapshot);
}

/** By the snapshot's lot and the token's decimals, and by --units-per-lot: where both are known they must agree. */
async function unitsPerLotOf(
  client: ChainClient,
  asset: Asset,
  token: `0x${string}`,
  text: string | undefined,
): Promise<bigint> {
  const given = text === undefined ? undefined : parseLots(text, "--units-per-lot");
  if (asset.lotSize === undefined) {
    if (given !== undefined) return given;
    throw new BallastError(
      "INVALID_INPUT",
      `How many units of its token a lot of ${asset.name} has is unknown.`,
      {
        hint: "Give --snapshot, or --units-per-lot.",
      },
    );
  }
  const derived = unitsOfLot(asset, await readDecimals(client, token));
  if (given === undefined || given === derived) return derived;
  throw new BallastError(
    "INVALID_INPUT",
    `A lot of ${asset.name} has ${derived} units of this token, not ${given}.`,
    {
      hint: "Leave out --units-per-lot; an asset can't be changed once it is added.",
    },
  );
}

/** `--lots`, or `--amount` in the snapshot's lots. @throws {BallastError} INVALID_INPUT, INVALID_DECIMAL, OFF_LOT_GRID. */
function movementOf(
  text: string,
  { lots, amount }: MoveOptions,
  snapshot: Snapshot | undefined,
): { readonly asset: Asset; readonly movement: Movement } {
  const asset = assetOf(text, snapshot);
  const { instrumentId, lotSize } = asset;
  if ((lots === undefined) === (amount === undefined)) {
    throw new BallastError("INVALID_INPUT", "Say how much: --lots or --amount.", {
      hint: "Give one of the two.",
    });
  }
  if (lots !== undefined) return { asset, movement: { instrumentId, lots: parseLots(lots, "--lots") } };
  if (lotSize === undefined) {
    throw new BallastError("INVALID_INPUT", "--amount needs a --snapshot, which says how much a lot is.", {
      hint: "Give the snapshot, or --lots.",
    });
  }
  const wanted = parseDecimal(amount ?? "", 18, "--amount");
  if (wanted > 0n && wanted % lotSize === 0n)
    return { asset, movement: { instrumentId, lots: wanted / lotSize } };
  throw new BallastError("OFF_LOT_GRID", `The amount of ${asset.name} is not one or more whole lots.`, {
    hint: `A lot is ${formatDecimal(lotSize, 18)} ${asset.name}.`,
  });
}

function amountOf({ lotSize }: Asset, lots: bigint): string | undefined {
  return lotSize === undefined ? undefined : formatDecimal(lots * lotSize, 18);
}

function amountText(asset: Asset, lots: bigint): string {
  const amount = amountOf(asset, lots);
  return amount === undefined ? `${lots} lots of ${foreign(asset.name)}` : `${amount} ${foreign(asset.name)}`;
}

function sent({ transactionHash, gasUsed }: TransactionReceipt) {
  return { transaction: transactionHash, gas: gasUsed };
}

/** Unix seconds as ISO 8601. */
function at(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString();
}
