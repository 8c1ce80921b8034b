import { zeroAddress } from "viem";
import { type AccountPlace, FileAccounts } from "../../../actions/liquidation/accounts-file.ts";
import { attestAccount } from "../../../actions/liquidation/attest.ts";
import type { LedgerContext } from "../../../actions/liquidation/context.ts";
import { registerOnLedger } from "../../../actions/liquidation/register.ts";
import { KEPT_ALREADY } from "../../../actions/liquidation/store.ts";
import { updateOnLedger } from "../../../actions/liquidation/update.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { lockAccount, setAccountOwner } from "../../../chain/liquidation/ledger.ts";
import { readMoment } from "../../../chain/liquidation/read-case.ts";
import { liquidationOf } from "../../../chain/liquidation/system.ts";
import { timeText } from "../../../display.ts";
import { BallastError } from "../../../errors.ts";
import { accountHex, accountText, type OpenAccount } from "../../../liquidation/account.ts";
import { loadOrSaltAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { formatField } from "../../../math/field.ts";
import { randomSalt } from "../../../portfolio/commitment.ts";
import { accountIdOf } from "../../../portfolio/format.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { command } from "../../command.ts";
import type { Context } from "../../context.ts";
import { circuit, snapshot } from "../../flags.ts";
import { sent } from "../../format.ts";
import { defaulted, needed, option, optional, saying, toggle } from "../../input.ts";
import { accountId, onlyAccount, type SendingValues, sending } from "../../liquidation/flags.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { openSession } from "../../liquidation/session.ts";
import { addressOf, parseCount } from "../../options.ts";

interface AccountValues extends SendingValues {
  readonly circuit: string;
}

/** An account to set, where its file goes if its salt is fresh, and what names its instruments. */
interface Wanted {
  readonly account: OpenAccount;
  readonly place: AccountPlace | undefined;
  readonly names: Pick<Snapshot, "rows">;
}

const ACCOUNT_HELP = `
An account's file is {"account": "...", "salt": "0x...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}. One
without a salt gets one: the file with it is written to --output first, and is what opens the account from then on.`;
const names = saying(snapshot, "a snapshot, for its instruments");

const register = command({
  name: "register",
  summary: "as the venue: add an account to the ledger",
  flags: {
    ...sending("the venue's key"),
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
  async run({ account: path, snapshot, output, owner, house: guarded, ...on }, context) {
    const { houseAccount } = liquidationOf(loadDeployment(on.deployment));
    const wanted =
      path === undefined ? emptyHouse(guarded, houseAccount, output) : wantedIn(path, snapshot, output);
    const { accountId } = wanted.account;
    if ((accountId === houseAccount) !== guarded)
      throw new BallastError(
        "INVALID_INPUT",
        guarded
          ? "The file is not the clearing house's account."
          : "This is the clearing house's account: only proofs may change it.",
        { hint: `--house goes with account ${accountHex(houseAccount)}, and with no other.` },
      );
    const { commitment, receipt } = await registerOnLedger(await ledgerFor(on, context, wanted), {
      account: wanted.account,
      guarded,
      ...(owner === undefined ? {} : { owner }),
    });
    const result = { accountId: accountHex(accountId), commitment: formatField(commitment), guarded };
    context.print(
      { ...result, owner: owner ?? zeroAddress, ...sent(receipt) },
      () => `account ${accountText(accountId)} is on the ledger`,
    );
  },
});

const update = command({
  name: "update",
  summary: "as the venue: set an account's portfolio after trades of its own",
  flags: {
    ...sending("the venue's key"),
    account: needed("--account <file>", "the account as it is now; give every change a fresh salt"),
    snapshot: names,
    output: option("-o, --output <file>", "where a file without a salt goes with a fresh one"),
    circuit,
  },
  notes: `${ACCOUNT_HELP}\nNot while the account is under liquidation, or locked by its owner.`,
  examples: ["ballast liquidate update --account desk.new.json -o desk.2.json"],
  async run({ account: path, snapshot, output, ...on }, context) {
    const wanted = wantedIn(path, snapshot, output);
    const { accountId } = wanted.account;
    const ledger = await ledgerFor(on, context, wanted);
    const { commitment, receipt } = await updateOnLedger(ledger, wanted.account);
    context.print(
      { accountId: accountHex(accountId), commitment: formatField(commitment), ...sent(receipt) },
      () => `account ${accountText(accountId)} is updated`,
    );
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
  async act(desk, { account }, _, context) {
    const tier = await attestAccount(desk, account);
    const { accountId } = account;
    context.print(
      { accountId: accountHex(accountId), tier },
      () => `account ${accountText(accountId)} is attested in tier ${tier}`,
    );
  },
});

const setOwner = command({
  name: "set-owner",
  summary: "change who acts for an account on chain",
  arguments: { accountId },
  flags: {
    ...sending("its owner's key; the venue's without one"),
    owner: needed("--owner <address>", "who from now on", addressOf),
  },
  examples: ["ballast liquidate set-owner desk --owner ADDRESS"],
  async run({ accountId, owner, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const receipt = await context.progress.step("changing the owner", () =>
      setAccountOwner(client, system, accountId, owner),
    );
    context.print(
      { accountId: accountHex(accountId), owner, ...sent(receipt) },
      () => `${owner} owns account ${accountText(accountId)}`,
    );
  },
});

const lock = command({
  name: "lock",
  summary: "as an account's owner: keep the venue from changing it for a while",
  arguments: { accountId },
  flags: {
    ...sending("the owner's key"),
    for: defaulted("--for <seconds>", "how long, a day at most", "3600", parseCount),
  },
  notes: "So that a proof made for it stays good. The next lock can begin a day after this one.",
  examples: ["ballast liquidate lock desk --for 3600"],
  async run({ accountId, for: seconds, ...on }, context) {
    const { client, system } = await openSession(on, context);
    const until = (await readMoment(client)).time + BigInt(seconds);
    const receipt = await context.progress.step("locking the account", () =>
      lockAccount(client, system, accountId, until),
    );
    context.print(
      { accountId: accountHex(accountId), until, ...sent(receipt) },
      () => `account ${accountText(accountId)} is locked until ${timeText(until)}`,
    );
  },
});

export const accounts = [register, update, attest, setOwner, lock];

/** The account of a file. @throws {BallastError} as the files do; INVALID_INPUT. */
function wantedIn(path: string, snapshotPath: string | undefined, output: string | undefined): Wanted {
  if (snapshotPath === undefined)
    throw new BallastError("INVALID_INPUT", "The account's instruments are known by a snapshot only.", {
      hint: "Give --snapshot.",
    });
  const names = loadSnapshot(snapshotPath);
  const { fresh, ...file } = loadOrSaltAccount(path, names);
  const place = fresh ? { file, path: outputOf(output), isWanted: true } : undefined;
  return { account: file.account, place, names };
}

/** The clearing house's account before it holds anything. @throws {BallastError} INVALID_INPUT. */
function emptyHouse(isHouse: boolean, houseAccount: bigint, output: string | undefined): Wanted {
  if (!isHouse)
    throw new BallastError("INVALID_INPUT", "No account was given.", {
      hint: "Give --account FILE; only the clearing house's, --house, may begin empty.",
    });
  const name = accountHex(houseAccount);
  const account = { accountId: accountIdOf(name), positions: [], salt: randomSalt() };
  const place = { file: { name, account }, path: outputOf(output), isWanted: true };
  return { account, place, names: { rows: [] } };
}

function outputOf(output: string | undefined): string {
  if (output !== undefined) return output;
  throw new BallastError("INVALID_INPUT", "The account has no salt yet, and nowhere to keep one.", {
    hint: "Give --output FILE: without the salt nobody can open the account again.",
  });
}

/** Where an account with a fresh salt is kept in its file first. */
async function ledgerFor(
  values: AccountValues,
  context: Context,
  { place, names }: Wanted,
): Promise<LedgerContext> {
  const { slots } = liquidationCircuits(values.circuit).coverage;
  const session = await openSession(values, context);
  const question = { inputs: [], snapshot: names, slots };
  const store =
    place === undefined ? KEPT_ALREADY : await FileAccounts.open(session, { ...question, places: [place] });
  return { ...session, slots, store };
}
