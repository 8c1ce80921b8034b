import { zeroAddress } from "viem";
import { attestAccount } from "../../../actions/liquidation/attest.ts";
import { registerOnLedger } from "../../../actions/liquidation/register.ts";
import { updateOnLedger } from "../../../actions/liquidation/update.ts";
import {
  emptyAccount,
  ledgerFor,
  type WantedAccount,
  wantedAccount,
} from "../../../actions/liquidation/wanted-file.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { lockAccount, setAccountOwner } from "../../../chain/liquidation/ledger.ts";
import { readMoment } from "../../../chain/liquidation/read-case.ts";
import { liquidationOf } from "../../../chain/liquidation/system.ts";
import { timeText } from "../../../display.ts";
import { BallastError } from "../../../errors.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { formatField } from "../../../math/field.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { circuit, snapshot } from "../../flags.ts";
import { defaulted, needed, option, optional, saying, toggle } from "../../input.ts";
import { accountId, onlyAccount } from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { addressOf, parseCount } from "../../options.ts";

const ACCOUNT_HELP = `
An account's file is {"account": "...", "salt": "0x...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}. One
without a salt gets one: the file with it is written to --output first, and is what opens the account from then on.`;
const names = saying(snapshot, "a snapshot, for its instruments");

const register = sendingCommand({
  name: "register",
  summary: "as the venue: add an account to the ledger",
  who: "the venue's key",
  flags: {
    account: option("--account <file>", "the account"),
    snapshot: optional(names),
    output: option("-o, --output <file>", "where a file without a salt goes with one"),
    owner: option(
      "--owner <address>",
      "who acts for it on chain, e.g. settles an award into it (default: nobody)",
      addressOf,
    ),
    house: toggle(
      "--house",
      "the clearing house's account, which only proofs change; without --account it is empty",
    ),
    circuit,
  },
  notes: ACCOUNT_HELP,
  examples: [
    "ballast liquidate register --account desk.portfolio.json -o desk.json",
    "ballast liquidate register --house -o house.json",
  ],
  load: (values) => ({ wanted: accountToRegister(values), slots: slotsOf(values) }),
  async act(session, { wanted, slots, house: guarded, owner = zeroAddress }) {
    const { account } = wanted;
    const ledger = await ledgerFor(session, slots, wanted);
    const { commitment, receipt } = await registerOnLedger(ledger, { account, guarded, owner });
    const accountId = accountHex(account.accountId);
    return {
      result: { accountId, commitment: formatField(commitment), guarded, owner },
      receipt,
      text: `account ${accountText(account.accountId)} is on the ledger`,
    };
  },
});

const update = sendingCommand({
  name: "update",
  summary: "as the venue: set an account's portfolio after trades of its own",
  who: "the venue's key",
  flags: {
    account: needed("--account <file>", "the account as it is now; give every change a fresh salt"),
    nonce: option(
      "--nonce <count>",
      "how often the ledger's account had changed when the file was made: what came in or out since is not undone (default: by now)",
      parseCount,
    ),
    snapshot: names,
    output: option("-o, --output <file>", "where a file without a salt goes with a fresh one"),
    circuit,
  },
  notes: `${ACCOUNT_HELP}\nNot while the account is under liquidation, challenged, locked by its owner, or empty as its owner opened it.`,
  examples: ["ballast liquidate update --account desk.new.json -o desk.2.json"],
  load: ({ account, snapshot, output, circuit }) => ({
    wanted: wantedAccount(account, loadSnapshot(snapshot), output),
    slots: slotsOf({ circuit }),
  }),
  async act(session, { wanted, slots, nonce }) {
    const { account } = wanted;
    const ledger = await ledgerFor(session, slots, wanted);
    const { commitment, receipt } = await updateOnLedger(ledger, account, nonce);
    return {
      result: { accountId: accountHex(account.accountId), commitment: formatField(commitment) },
      receipt,
      text: `account ${accountText(account.accountId)} is updated`,
    };
  },
});

const attest = provingCommand({
  name: "attest",
  summary: "prove and attest an account's tier, from its file",
  who: "who pays; anyone may",
  flags: {
    account: needed("--account <file>", "the account as the ledger has it"),
  },
  notes: "Tier 2 or worse opens a case, 0 or 1 cures one. The file never leaves this machine.",
  examples: ["ballast liquidate attest --account desk.json"],
  needs: ["coverage"],
  load: (values, snapshot) => onlyAccount(values.account, snapshot),
  async act(desk, { account }) {
    const tier = await attestAccount(desk, account);
    const text = `account ${accountText(account.accountId)} is attested in tier ${tier}`;
    return { result: { accountId: accountHex(account.accountId), tier }, text };
  },
});

const setOwner = sendingCommand({
  name: "set-owner",
  summary: "change who acts for an account on chain",
  who: "its owner's key; the venue's without one",
  arguments: { accountId },
  flags: { owner: needed("--owner <address>", "who from now on", addressOf) },
  examples: ["ballast liquidate set-owner desk --owner ADDRESS"],
  async act({ client, system, progress }, { accountId, owner }) {
    const receipt = await progress.step("changing the owner", () =>
      setAccountOwner(client, system, accountId, owner),
    );
    const text = `${owner} owns account ${accountText(accountId)}`;
    return { result: { accountId: accountHex(accountId), owner }, receipt, text };
  },
});

const lock = sendingCommand({
  name: "lock",
  summary: "as an account's owner: keep the venue from changing it for a while",
  who: "the owner's key",
  arguments: { accountId },
  flags: { for: defaulted("--for <seconds>", "how long, a day at most", "3600", parseCount) },
  notes: "So that a proof made for it stays good. The next lock can begin a day after this one.",
  examples: ["ballast liquidate lock desk --for 3600"],
  async act({ client, system, progress }, { accountId, for: seconds }) {
    const until = (await readMoment(client, system)).time + BigInt(seconds);
    const receipt = await progress.step("locking the account", () =>
      lockAccount(client, system, accountId, until),
    );
    const text = `account ${accountText(accountId)} is locked until ${timeText(until)}`;
    return { result: { accountId: accountHex(accountId), until }, receipt, text };
  },
});

export const accounts = [register, update, attest, setOwner, lock];

interface Registering {
  readonly account?: string;
  readonly snapshot?: string;
  readonly output?: string;
  readonly house: boolean;
  readonly deployment: string;
}

/** @throws {BallastError} as the files do; INVALID_INPUT. */
function accountToRegister({ account, snapshot, output, house, deployment }: Registering): WantedAccount {
  const { houseAccount } = liquidationOf(loadDeployment(deployment));
  if (account === undefined) {
    if (house) return emptyAccount(houseAccount, output);
    throw new BallastError("INVALID_INPUT", "No account was given.", {
      hint: "Give --account FILE; only the clearing house's, --house, may begin empty.",
    });
  }
  if (snapshot === undefined)
    throw new BallastError("INVALID_INPUT", "The account's instruments are known by a snapshot only.", {
      hint: "Give --snapshot.",
    });
  const wanted = wantedAccount(account, loadSnapshot(snapshot), output);
  if ((wanted.account.accountId === houseAccount) === house) return wanted;
  throw new BallastError(
    "INVALID_INPUT",
    house
      ? "The file is not the clearing house's account."
      : "This is the clearing house's account: only proofs may change it.",
    { hint: `--house goes with account ${accountHex(houseAccount)}, and with no other.` },
  );
}

function slotsOf({ circuit }: { readonly circuit: string }): number {
  return liquidationCircuits(circuit).coverage.slots;
}
