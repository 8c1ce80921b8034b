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
  unlockFence,
} from "../../chain/solvency/vault.ts";
import { acceptVenue, proposeVenue, readVenue } from "../../chain/solvency/venue.ts";
import { timeText } from "../../display.ts";
import { given } from "../../given.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { type Asset, assetById, assetOf } from "../../solvency/asset.ts";
import { command, group } from "../command.ts";
import { openReader, openSender } from "../connect.ts";
import { deployment, privateKeyFile, rpc, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { needed, option, optional, saying } from "../input.ts";
import { kindOfCommand } from "../kind.ts";
import { addressOf, parseCount, parseUnits, runIdOf } from "../options.ts";
import { named } from "../summaries.ts";

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

/** A command that sends something to a venue's vault. */
const vaultCommand = kindOfCommand(
  (who) => ({ ...where, privateKeyFile: privateKeyFile(who) }),
  async ({ snapshot: path, ...values }, { progress }) => {
    const within = path === undefined ? undefined : loadSnapshot(path);
    const { client, deployment: deployed } = await openSender(values);
    const solvency = deployedSolvency(deployed);
    return { client, deployed, file: values.deployment, solvency, within, progress };
  },
);

const add = vaultCommand({
  name: "add",
  summary: "as the venue: give an asset its token, for good",
  who: "the venue's key",
  arguments: { asset },
  flags: {
    token: needed("--token <address>", "the ERC-20 token", addressOf),
    unitsPerLot: option(
      "--units-per-lot <n>",
      "the token's smallest units in a lot (default: by snapshot and decimals)",
      parseUnits,
    ),
  },
  examples: ["ballast vault add 1 --token ADDRESS --units-per-lot 10000 --private-key-file venue.key"],
  async act({ client, solvency, within, progress }, { asset: text, token, unitsPerLot: given }) {
    const found = assetOf(text, within);
    const { name, instrumentId } = found;
    const unitsPerLot = await unitsPerLotOf(client, found, token, given);
    const receipt = await progress.step(`adding ${name}`, () =>
      addAsset(client, solvency, { instrumentId, token, unitsPerLot }),
    );
    return {
      result: { asset: name, instrumentId, token, unitsPerLot },
      receipt,
      text: `${foreign(name)} is ${token}, ${unitsPerLot} units a lot`,
    };
  },
});

const payIn = vaultCommand({
  name: "deposit",
  summary: "pay tokens in; anyone may",
  who: "who pays",
  arguments: { asset },
  flags: quantity,
  notes: QUANTITY_NOTES,
  examples: ["ballast vault deposit USDC --amount 250000 --private-key-file payer.key"],
  async act({ client, solvency, within, progress }, { asset: text, ...much }) {
    const { asset: found, movement } = movementOf(text, much, within);
    const receipt = await progress.step(`depositing ${found.name}`, () =>
      deposit(client, solvency, movement),
    );
    const result = { asset: found.name, ...movement };
    return { result, receipt, text: `deposited ${amountText(found, movement.lots)}` };
  },
});

const announce = vaultCommand({
  name: "request-withdrawal",
  summary: "as the venue: announce a payment, which can be made in an hour",
  who: "the venue's key",
  arguments: { asset },
  flags: { to: needed("--to <address>", "who gets the tokens", addressOf), ...quantity },
  notes: `${QUANTITY_NOTES} From now on the lots don't count as reserves.`,
  examples: ["ballast vault request-withdrawal USDC --amount 1000 --to ADDRESS --private-key-file venue.key"],
  async act({ client, solvency, within, progress }, { asset: text, to, ...much }) {
    const { asset: found, movement } = movementOf(text, much, within);
    const { withdrawal: made, receipt } = await progress.step(`announcing ${found.name}`, () =>
      requestWithdrawal(client, solvency, { ...movement, to }),
    );
    const { id, readyAt } = made;
    return {
      result: { asset: found.name, ...movement, to, id, readyAt },
      receipt,
      text: `withdrawal ${id}: ${amountText(found, movement.lots)} for ${to}, from ${timeText(readyAt)} on: ballast vault complete-withdrawal ${id}`,
    };
  },
});

const complete = vaultCommand({
  name: "complete-withdrawal",
  summary: "have an announced payment made; anyone may, an hour after it",
  who: "who sends the transaction",
  arguments: { id: withdrawal },
  examples: ["ballast vault complete-withdrawal 7"],
  async act({ client, solvency, progress }, { id }) {
    const receipt = await progress.step(`completing withdrawal ${id}`, () =>
      completeWithdrawal(client, solvency, id),
    );
    return { result: { id }, receipt, text: `withdrawal ${id} is paid` };
  },
});

const cancel = vaultCommand({
  name: "cancel-withdrawal",
  summary: "as the venue: take an announced payment back",
  who: "the venue's key",
  arguments: { id: withdrawal },
  examples: ["ballast vault cancel-withdrawal 7 --private-key-file venue.key"],
  async act({ client, solvency, progress }, { id }) {
    const receipt = await progress.step(`cancelling withdrawal ${id}`, () =>
      cancelWithdrawal(client, solvency, id),
    );
    return { result: { id }, receipt, text: `withdrawal ${id} is cancelled; its lots count again` };
  },
});

const unlock = vaultCommand({
  name: "unlock",
  summary: "have what the clearing house deposited unlock, over a week; anyone may, with a later closed run",
  who: "who sends the transaction",
  arguments: { asset },
  flags: { run: needed("--run <id>", "a closed run whose snapshot is later than the deposit", runIdOf) },
  notes:
    "Until then these lots leave by the clearing house's release and by proven withdrawals alone: ballast vault show.",
  examples: ["ballast vault unlock USDC --run 0x…"],
  async act({ client, solvency, within, progress }, { asset: text, run }) {
    const { name, instrumentId } = assetOf(text, within);
    const receipt = await progress.step(`unlocking ${name}`, () =>
      unlockFence(client, solvency, instrumentId, run),
    );
    const said = `what is fenced of ${foreign(name)} unlocks from now on, over a week`;
    return { result: { asset: name, instrumentId, run }, receipt, text: said };
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
          ["asset", "id", "token", "units/lot", "lots", "amount", "fenced", "settling"],
          assets.map(({ asset: name, instrumentId, token, unitsPerLot, lots, amount, fenced, settling }) => [
            name,
            String(instrumentId),
            token,
            String(unitsPerLot),
            String(lots),
            amount ?? "",
            String(fenced),
            String(settling),
          ]),
          [1, 3, 4, 5, 6, 7],
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

const propose = vaultCommand({
  name: "propose-venue",
  summary: "as the venue: name who may take its place; nothing changes until that address accepts",
  who: "the venue's key",
  arguments: { next: option("[address]", "the successor; left out: nobody", addressOf) },
  examples: ["ballast vault propose-venue ADDRESS --private-key-file venue.key"],
  async act({ client, solvency, progress }, { next }) {
    const receipt = await progress.step("proposing", () => proposeVenue(client, solvency, next));
    const text =
      next === undefined
        ? "nobody may take the venue's place"
        : `${next} may accept: ballast vault accept-venue`;
    return { result: { proposed: next ?? null }, receipt, text };
  },
});

const accept = vaultCommand({
  name: "accept-venue",
  summary: "as the proposed venue: take the venue's place in vault, ledger and solvency registry",
  who: "the new venue's key",
  notes: `
Payments that the former venue announced are made unless the new one cancels them: ballast vault show. Runs that it signed can't be
closed any more. The deployment's file names the new venue from then on.`,
  examples: ["ballast vault accept-venue --private-key-file next.key"],
  async act({ client, solvency, deployed, file, progress }) {
    const receipt = await progress.step("accepting", () => acceptVenue(client, solvency));
    const { address: venue } = client.account;
    saveDeployment(file, { ...deployed, solvency: { ...solvency, venue } });
    const ids = (await readWithdrawals(client, solvency)).map(({ id }) => id);
    const text = [
      `${venue} is the venue`,
      ...(ids.length === 0
        ? []
        : [`payments wait that it did not announce: ${ids.join(", ")} (ballast vault show)`]),
    ].join("\n");
    return { result: { venue, withdrawals: ids }, receipt, text };
  },
});

export const vault = group({
  ...named("vault"),
  commands: [add, payIn, announce, complete, cancel, unlock, show, propose, accept],
});

function amountText(asset: Asset, lots: bigint): string {
  const amount = amountOf(asset, lots);
  return amount === undefined ? `${lots} lots of ${foreign(asset.name)}` : `${amount} ${foreign(asset.name)}`;
}
