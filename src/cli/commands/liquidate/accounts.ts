import type { Command } from "commander";
import { zeroAddress } from "viem";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import {
  lockAccount,
  registerAccount,
  setAccountOwner,
  updateAccounts,
} from "../../../chain/liquidation/ledger.ts";
import { readMoment } from "../../../chain/liquidation/read-case.ts";
import { liquidationOf } from "../../../chain/liquidation/system.ts";
import { BallastError } from "../../../errors.ts";
import { commitmentOf } from "../../../liquidation/account.ts";
import { type AccountFile, loadAccount, loadOrSaltAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { formatField } from "../../../math/field.ts";
import { randomSalt } from "../../../portfolio/commitment.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { emit } from "../../io.ts";
import { atDesk, attestAt, checkOnLedger, type DeskOptions, provesAndSends } from "../../liquidation/desk.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import { unsentOutputs } from "../../liquidation/outputs.ts";
import {
  accountHex,
  accountOfText,
  accountText,
  type ChainOptions,
  openSession,
  type Session,
  sends,
  sent,
  timeText,
} from "../../liquidation/session.ts";
import { addressOf, parseCount } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface AccountOptions extends ChainOptions {
  readonly account?: string;
  readonly snapshot?: string;
  readonly circuit: string;
  readonly output?: string;
}
interface RegisterOptions extends AccountOptions {
  readonly owner?: string;
  readonly house?: boolean;
}
interface AttestOptions extends DeskOptions {
  readonly account: string;
}
interface LockOptions extends ChainOptions {
  readonly for: string;
}
interface OwnerOptions extends ChainOptions {
  readonly owner: string;
}

const CIRCUIT = "the coverage instance whose number of slots the venue uses";
const ACCOUNT_HELP = `
An account's file is {"account": "...", "salt": "0x...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}. One
without a salt gets one: the file with it is written to --output first, and is what opens the account from then on.`;

/** `ballast liquidate register|update|attest|set-owner|lock` */
export function registerAccounts(group: Command, run: Runner): void {
  sends(group, "register", "as the venue: add an account to the ledger", "the venue's key")
    .option("--account <file>", "the account")
    .option("-s, --snapshot <file>", "a snapshot, for its instruments")
    .option("-o, --output <file>", "where a file without a salt goes with one")
    .option("--owner <address>", "who acts for it on chain, e.g. settles an award into it (default: nobody)")
    .option(
      "--house",
      "the clearing house's account, which only proofs change; without --account it is empty",
    )
    .option("--circuit <name>", CIRCUIT, "64x240")
    .addHelpText("after", ACCOUNT_HELP)
    .action(
      run<RegisterOptions>(async ({ io, json, progress }, options) => {
        const owner = options.owner === undefined ? undefined : addressOf(options.owner, "--owner");
        const guarded = options.house === true;
        const { slots } = liquidationCircuits(options.circuit).coverage;
        const { houseAccount } = liquidationOf(loadDeployment(options.deployment));
        const { file: given, snapshot } = fileOf(options, guarded ? accountHex(houseAccount) : undefined);
        const { accountId } = given.account;
        if ((accountId === houseAccount) !== guarded)
          throw new BallastError(
            "INVALID_INPUT",
            guarded
              ? "The file is not the clearing house's account."
              : "This is the clearing house's account: only proofs may change it.",
            { hint: `--house goes with account ${accountHex(houseAccount)}, and with no other.` },
          );
        const session = await openSession(options);
        const { client, system } = session;
        const file = await resumed(session, options, given, snapshot, slots);
        const commitment = commitmentOf(file.account, slots);
        const receipt = await progress.step(`registering ${accountText(accountId)}`, () =>
          keepThenSend(outputs(options, file), snapshot, () =>
            registerAccount(client, system, {
              ...{ accountId, commitment, guarded },
              ...(owner === undefined ? {} : { owner }),
            }),
          ),
        );
        const account = { accountId: accountHex(accountId), commitment: formatField(commitment), guarded };
        const result = { ...account, owner: owner ?? zeroAddress, ...sent(receipt) };
        emit(io, json, result, () => `account ${accountText(accountId)} is on the ledger`);
      }),
    );
  sends(
    group,
    "update",
    "as the venue: set an account's portfolio after trades of its own",
    "the venue's key",
  )
    .requiredOption("--account <file>", "the account as it is now; give every change a fresh salt")
    .requiredOption("-s, --snapshot <file>", "a snapshot, for its instruments")
    .option("-o, --output <file>", "where a file without a salt goes with a fresh one")
    .option("--circuit <name>", CIRCUIT, "64x240")
    .addHelpText(
      "after",
      `${ACCOUNT_HELP}\nNot while the account is under liquidation, or locked by its owner.`,
    )
    .action(
      run<AccountOptions>(async ({ io, json, progress }, options) => {
        const { slots } = liquidationCircuits(options.circuit).coverage;
        const { file: given, snapshot } = fileOf(options, undefined);
        const session = await openSession(options);
        const { client, system } = session;
        const file = await resumed(session, options, given, snapshot, slots);
        const { accountId } = file.account;
        const commitment = commitmentOf(file.account, slots);
        const receipt = await progress.step(`updating ${accountText(accountId)}`, () =>
          keepThenSend(outputs(options, file), snapshot, () =>
            updateAccounts(client, system, [{ accountId, commitment }]),
          ),
        );
        emit(
          io,
          json,
          { accountId: accountHex(accountId), commitment: formatField(commitment), ...sent(receipt) },
          () => `account ${accountText(accountId)} is updated`,
        );
      }),
    );
  provesAndSends(group, "attest", "prove and attest an account's tier, from its file", "who pays; anyone may")
    .requiredOption("--account <file>", "the account as the ledger has it")
    .addHelpText(
      "after",
      "\nTier 2 or worse opens a case, 0 or 1 cures one. The file never leaves this machine.",
    )
    .action(
      run<AttestOptions>((context, options) =>
        atDesk(
          context,
          options,
          ["coverage"],
          (snapshot) => loadAccount(options.account, snapshot),
          async (desk, file) => {
            const { accountId } = file.account;
            await checkOnLedger(desk, [file]);
            const tier = await attestAt(desk, file.account);
            emit(
              context.io,
              context.json,
              { accountId: accountHex(accountId), tier },
              () => `account ${accountText(accountId)} is attested in tier ${tier}`,
            );
          },
        ),
      ),
    );
  sends(
    group,
    "set-owner",
    "change who acts for an account on chain",
    "its owner's key; the venue's without one",
  )
    .argument("<account>", "0x…, or its name")
    .requiredOption("--owner <address>", "who from now on")
    .action(
      run<OwnerOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const accountId = accountOfText(text);
        const owner = addressOf(options.owner, "--owner");
        const { client, system } = await openSession(options);
        const receipt = await progress.step("changing the owner", () =>
          setAccountOwner(client, system, accountId, owner),
        );
        emit(
          io,
          json,
          { accountId: accountHex(accountId), owner, ...sent(receipt) },
          () => `${owner} owns account ${accountText(accountId)}`,
        );
      }),
    );
  sends(
    group,
    "lock",
    "as an account's owner: keep the venue from changing it for a while",
    "the owner's key",
  )
    .argument("<account>", "0x…, or its name")
    .option("--for <seconds>", "how long, a day at most", "3600")
    .addHelpText(
      "after",
      "\nSo that a proof made for it stays good. The next lock can begin a day after this one.",
    )
    .action(
      run<LockOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const accountId = accountOfText(text);
        const seconds = BigInt(parseCount(options.for, "--for"));
        const { client, system } = await openSession(options);
        const until = (await readMoment(client)).time + seconds;
        const receipt = await progress.step("locking the account", () =>
          lockAccount(client, system, accountId, until),
        );
        emit(
          io,
          json,
          { accountId: accountHex(accountId), until, ...sent(receipt) },
          () => `account ${accountText(accountId)} is locked until ${timeText(until)}`,
        );
      }),
    );
}

type SaltedFile = AccountFile & { readonly fresh: boolean };

/** The account of the options; an empty one of this name where none is given. */
function fileOf(
  { account, snapshot: path, output }: AccountOptions,
  empty: string | undefined,
): { readonly file: SaltedFile; readonly snapshot: Pick<Snapshot, "rows"> } {
  if (account === undefined) {
    if (empty === undefined)
      throw new BallastError("INVALID_INPUT", "No account was given.", {
        hint: "Give --account FILE; only the clearing house's, --house, may begin empty.",
      });
    const opened = { accountId: accountOfText(empty), positions: [], salt: randomSalt() };
    return {
      file: checkOutput({ name: empty, account: opened, fresh: true }, output),
      snapshot: { rows: [] },
    };
  }
  if (path === undefined)
    throw new BallastError("INVALID_INPUT", "The account's instruments are known by a snapshot only.", {
      hint: "Give --snapshot.",
    });
  const snapshot = loadSnapshot(path);
  return { file: checkOutput(loadOrSaltAccount(account, snapshot), output), snapshot };
}

/**
 * The account with the salt that an interrupted run of the same command has written to its output, and never sent.
 * @throws {BallastError} as {@link unsentOutputs}.
 */
async function resumed(
  session: Session,
  { output }: AccountOptions,
  file: SaltedFile,
  snapshot: Pick<Snapshot, "rows">,
  slots: number,
): Promise<SaltedFile> {
  if (!file.fresh || output === undefined) return file;
  const unsent = await unsentOutputs(session, { paths: [output], inputs: [], snapshot, slots });
  const known = unsent.get(output);
  if (known === undefined || known.accountId !== file.account.accountId) return file;
  return { ...file, account: { ...file.account, salt: known.salt } };
}

function checkOutput(file: SaltedFile, output: string | undefined): SaltedFile {
  if (!file.fresh || output !== undefined) return file;
  throw new BallastError("INVALID_INPUT", "The account has no salt yet, and nowhere to keep one.", {
    hint: "Give --output FILE: without the salt nobody can open the account again.",
  });
}

function outputs({ output }: AccountOptions, { fresh, ...file }: SaltedFile) {
  return fresh && output !== undefined ? [{ ...file, path: output }] : [];
}
