import { amountOf, movementOf, unitsPerLotOf } from "../../actions/solvency/vault-amounts.ts";
import { deployedSolvency } from "../../chain/deploy/deployment.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import {
  addAsset,
  cancelWithdrawal,
  completeWithdrawal,
  deposit,
  readAssets,
  readWithdrawals,
  requestWithdrawal,
} from "../../chain/solvency/vault.ts";
import { acceptVenue, proposeVenue, readVenue } from "../../chain/solvency/venue.ts";
import { timeText } from "../../display.ts";
import { given } from "../../given.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { type Asset, assetById, assetOf } from "../../solvency/asset.ts";
import { command, group } from "../command.ts";
import { openReader, openSender, type SenderValues } from "../connect.ts";
import { deployment, privateKeyFile, rpc, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { sent, table } from "../format.ts";
import { needed, option, optional, saying } from "../input.ts";
import { addressOf, parseCount, parseUnits } from "../options.ts";

const where = {
  rpc,
  deployment: saying(deployment, "from `ballast deploy --venue`"),
  snapshot: optional(snapshot, "a snapshot, for names and lot sizes"),
};
const asset = needed("<asset>", "name in the snapshot, or instrument id");
const quantity = {
  lots: option("--lots <n>", "how many lots", parseUnits),
  amount: option("--amount <decimal>", "how much of the asset, in whole lots"),
};
const QUANTITY_NOTES = "Give --lots, or --amount with --snapshot.";
const withdrawal = needed("<id>", "the withdrawal's number", (text) =>
  BigInt(parseCount(text, "the withdrawal's number")),
);

const add = command({
  name: "add",
  summary: "as the venue: give an asset its token, for good",
  arguments: { asset },
  flags: {
    ...where,
    token: needed("--token <address>", "the ERC-20 token", addressOf),
    unitsPerLot: option(
      "--units-per-lot <n>",
      "the token's smallest units in a lot (default: by snapshot and decimals)",
      parseUnits,
    ),
    privateKeyFile: privateKeyFile("the venue's key"),
  },
  examples: ["ballast vault add 1 --token ADDRESS --units-per-lot 10000 --private-key-file venue.key"],
  async run({ asset: text, token, ...values }, { print, progress }) {
    const { client, solvency, within } = await open(values);
    const { name, instrumentId, ...known } = assetOf(text, within);
    const unitsPerLot = await unitsPerLotOf(
      client,
      { name, instrumentId, ...known },
      token,
      values.unitsPerLot,
    );
    const receipt = await progress.step(`adding ${name}`, () =>
      addAsset(client, solvency, { instrumentId, token, unitsPerLot }),
    );
    const result = { asset: name, instrumentId, token, unitsPerLot, ...sent(receipt) };
    print(result, () => `${foreign(name)} is ${token}, ${unitsPerLot} units a lot`);
  },
});

const payIn = command({
  name: "deposit",
  summary: "pay tokens in; anyone may",
  arguments: { asset },
  flags: { ...where, ...quantity, privateKeyFile: privateKeyFile("who pays") },
  notes: QUANTITY_NOTES,
  examples: ["ballast vault deposit USDC --amount 250000 --private-key-file payer.key"],
  async run({ asset: text, ...values }, { print, progress }) {
    const { client, solvency, within } = await open(values);
    const { asset: found, movement } = movementOf(text, values, within);
    const receipt = await progress.step(`depositing ${found.name}`, () =>
      deposit(client, solvency, movement),
    );
    print(
      { asset: found.name, ...movement, ...sent(receipt) },
      () => `deposited ${amountText(found, movement.lots)}`,
    );
  },
});

const announce = command({
  name: "request-withdrawal",
  summary: "as the venue: announce a payment, which can be made in an hour",
  arguments: { asset },
  flags: {
    ...where,
    to: needed("--to <address>", "who gets the tokens", addressOf),
    ...quantity,
    privateKeyFile: privateKeyFile("the venue's key"),
  },
  notes: `${QUANTITY_NOTES} From now on the lots don't count as reserves.`,
  examples: ["ballast vault request-withdrawal USDC --amount 1000 --to ADDRESS --private-key-file venue.key"],
  async run({ asset: text, to, ...values }, { print, progress }) {
    const { client, solvency, within } = await open(values);
    const { asset: found, movement } = movementOf(text, values, within);
    const { withdrawal: made, receipt } = await progress.step(`announcing ${found.name}`, () =>
      requestWithdrawal(client, solvency, { ...movement, to }),
    );
    const { id, readyAt } = made;
    print(
      { asset: found.name, ...movement, to, id, readyAt, ...sent(receipt) },
      () =>
        `withdrawal ${id}: ${amountText(found, movement.lots)} for ${to}, from ${timeText(readyAt)} on: ballast vault complete-withdrawal ${id}`,
    );
  },
});

const complete = command({
  name: "complete-withdrawal",
  summary: "have an announced payment made; anyone may, an hour after it",
  arguments: { id: withdrawal },
  flags: { ...where, privateKeyFile: privateKeyFile("who sends the transaction") },
  examples: ["ballast vault complete-withdrawal 7"],
  async run({ id, ...values }, { print, progress }) {
    const { client, solvency } = await open(values);
    const receipt = await progress.step(`completing withdrawal ${id}`, () =>
      completeWithdrawal(client, solvency, id),
    );
    print({ id, ...sent(receipt) }, () => `withdrawal ${id} is paid`);
  },
});

const cancel = command({
  name: "cancel-withdrawal",
  summary: "as the venue: take an announced payment back",
  arguments: { id: withdrawal },
  flags: { ...where, privateKeyFile: privateKeyFile("the venue's key") },
  examples: ["ballast vault cancel-withdrawal 7 --private-key-file venue.key"],
  async run({ id, ...values }, { print, progress }) {
    const { client, solvency } = await open(values);
    const receipt = await progress.step(`cancelling withdrawal ${id}`, () =>
      cancelWithdrawal(client, solvency, id),
    );
    print({ id, ...sent(receipt) }, () => `withdrawal ${id} is cancelled; its lots count again`);
  },
});

const show = command({
  name: "show",
  summary: "list what the vault holds of each asset, and the payments that wait",
  flags: where,
  examples: ["ballast vault show"],
  async run(values, { print }) {
    const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const { reader, deployment: deployed } = await openReader(values);
    const solvency = deployedSolvency(deployed);
    const named = <Held extends { readonly instrumentId: number; readonly lots: bigint }>(held: Held) => {
      const found = assetById(held.instrumentId, within);
      return { ...held, asset: found.name, amount: amountOf(found, held.lots) ?? null };
    };
    const assets = (await readAssets(reader, solvency)).map(named);
    const withdrawals = (await readWithdrawals(reader, solvency)).map(named);
    const { vault: address } = solvency;
    const { venue, proposed } = await readVenue(reader, solvency);
    print({ vault: address, venue, ...given({ proposed }), assets, withdrawals }, () =>
      [
        `vault ${address} of ${venue}`,
        ...(proposed === undefined ? [] : [`proposed: ${proposed} may take its place`]),
        table(
          ["asset", "id", "token", "units/lot", "lots", "amount"],
          assets.map(({ asset: name, instrumentId, token, unitsPerLot, lots, amount }) => [
            name,
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
                withdrawals.map(({ id, asset: name, lots, amount, to, readyAt }) => [
                  String(id),
                  name,
                  String(lots),
                  amount ?? "",
                  to,
                  timeText(readyAt),
                ]),
                [0, 2, 3],
              ),
            ]),
      ].join("\n"),
    );
  },
});

const propose = command({
  name: "propose-venue",
  summary: "as the venue: name who may take its place; nothing changes until that address accepts",
  arguments: { next: option("[address]", "the successor; left out: nobody", addressOf) },
  flags: { ...where, privateKeyFile: privateKeyFile("the venue's key") },
  examples: ["ballast vault propose-venue ADDRESS --private-key-file venue.key"],
  async run({ next, ...values }, { print, progress }) {
    const { client, solvency } = await open(values);
    const receipt = await progress.step("proposing", () => proposeVenue(client, solvency, next));
    print({ proposed: next ?? null, ...sent(receipt) }, () =>
      next === undefined
        ? "nobody may take the venue's place"
        : `${next} may accept: ballast vault accept-venue`,
    );
  },
});

const accept = command({
  name: "accept-venue",
  summary: "as the proposed venue: take the venue's place in vault, ledger and solvency registry",
  flags: { ...where, privateKeyFile: privateKeyFile("the new venue's key") },
  notes: `
Payments that the former venue announced are made unless the new one cancels them: ballast vault show. Runs that it signed can't be
closed any more. The deployment's file names the new venue from then on.`,
  examples: ["ballast vault accept-venue --private-key-file next.key"],
  async run(values, { print, progress }) {
    const { client, solvency, deployed } = await open(values);
    const receipt = await progress.step("accepting", () => acceptVenue(client, solvency));
    const { address: venue } = client.account;
    saveDeployment(values.deployment, { ...deployed, solvency: { ...solvency, venue } });
    const waiting = await readWithdrawals(client, solvency);
    const ids = waiting.map(({ id }) => id);
    print({ venue, withdrawals: ids, ...sent(receipt) }, () =>
      [
        `${venue} is the venue`,
        ...(ids.length === 0
          ? []
          : [`payments wait that it did not announce: ${ids.join(", ")} (ballast vault show)`]),
      ].join("\n"),
    );
  },
});

export const vault = group({
  name: "vault",
  summary: "the tokens that a venue holds for its accounts, on chain",
  commands: [add, payIn, announce, complete, cancel, show, propose, accept],
});

async function open(values: SenderValues & { readonly snapshot?: string }) {
  const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
  const { client, deployment: deployed } = await openSender(values);
  return { client, deployed, solvency: deployedSolvency(deployed), within };
}

function amountText(asset: Asset, lots: bigint): string {
  const amount = amountOf(asset, lots);
  return amount === undefined ? `${lots} lots of ${foreign(asset.name)}` : `${amount} ${foreign(asset.name)}`;
}
