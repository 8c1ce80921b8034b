import { statSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { commitmentOf, hasSamePositions, type OpenAccount } from "../../liquidation/account.ts";
import { type AccountFile, loadAccount } from "../../liquidation/account-file.ts";
import type { Field } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { LiquidationContext } from "./context.ts";
import { keepThenSend } from "./keep-file.ts";
import { commitmentState } from "./ledger-state.ts";
import type { AccountStore } from "./store.ts";

/** Where an account's next file goes. */
export interface AccountPlace {
  readonly file: AccountFile;
  readonly path: string;
  /** Whether the file is what the ledger is to have, but for its salt, and not what it had before. */
  readonly isWanted?: boolean;
}

export interface FileQuestion {
  readonly places: readonly AccountPlace[];
  /** The accounts that the act begins with; a file that opens one of them is nobody's leftover. */
  readonly inputs: readonly OpenAccount[];
  readonly snapshot: Pick<Snapshot, "rows">;
  /** Of accounts' commitments. */
  readonly slots: number;
}

/** Keeps accounts in files, for their owner only, never over another file. */
export class FileAccounts implements AccountStore {
  readonly #places: readonly AccountPlace[];
  readonly #snapshot: Pick<Snapshot, "rows">;
  readonly #known: ReadonlyMap<string, OpenAccount>;

  /** @param known accounts that files at some places hold already. */
  constructor(
    places: readonly AccountPlace[],
    snapshot: Pick<Snapshot, "rows">,
    known: ReadonlyMap<string, OpenAccount> = new Map(),
  ) {
    this.#places = places;
    this.#snapshot = snapshot;
    this.#known = known;
  }

  /**
   * Asks the ledger what became of files that are there already. An act that is interrupted between writing an account's file and
   * sending leaves one: either the transaction was mined, or the act goes on with the same salt.
   * @throws {BallastError} ALREADY_SENT when the ledger has one of them, unless it is what is wanted; FILE_ERROR when one is another
   *   file, or another account's; CHAIN_ERROR.
   */
  static async open(
    ledger: Pick<LiquidationContext, "client" | "system">,
    { places, inputs, snapshot, slots }: FileQuestion,
  ): Promise<FileAccounts> {
    const known = new Map<string, OpenAccount>();
    for (const { path, file, isWanted = false } of places) {
      if (!isFile(path)) continue;
      const account = accountIn(path, snapshot);
      if (account.accountId !== file.account.accountId) throw taken(path);
      const commitment = commitmentOf(account, slots);
      if (inputs.some((input) => commitmentOf(input, slots) === commitment)) throw taken(path);
      const state = await commitmentState(ledger, account.accountId, commitment);
      if (state === "past") throw taken(path);
      if (state === "current") {
        if (!isWanted) throw sentAlready(path);
        if (!hasSamePositions(account, file.account)) throw taken(path);
      }
      known.set(path, account);
    }
    return new FileAccounts(places, snapshot, known);
  }

  /** The files that were there already. */
  get known(): readonly string[] {
    return [...this.#known.keys()];
  }

  saltOf(accountId: Field): Field | undefined {
    const path = this.#places.find(({ file }) => file.account.accountId === accountId)?.path;
    const known = path === undefined ? undefined : this.#known.get(path);
    return known?.accountId === accountId ? known.salt : undefined;
  }

  keepThenSend<Result>(accounts: readonly OpenAccount[], send: () => Promise<Result>): Promise<Result> {
    const files = accounts.map((account) => {
      const place = this.#places.find(({ file }) => file.account.accountId === account.accountId);
      if (place === undefined)
        throw new BallastError("INTERNAL", "An account that changes has nowhere to be kept.");
      return { ...place.file, account, path: place.path };
    });
    return keepThenSend(files, this.#snapshot, send);
  }
}

function accountIn(path: string, snapshot: Pick<Snapshot, "rows">): OpenAccount {
  try {
    return loadAccount(path, snapshot).account;
  } catch (cause) {
    throw taken(path, cause);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function sentAlready(path: string): BallastError {
  return new BallastError("ALREADY_SENT", `${path} opens the account as the ledger has it: it was sent.`, {
    hint: `Nothing is left to send of the change that wrote it: go on with ${path}. Another change begins with that file, and has files of its own.`,
    details: { file: path },
  });
}

function taken(path: string, cause?: unknown): BallastError {
  return new BallastError("FILE_ERROR", `${path} exists already.`, {
    hint: "It is not overwritten: choose another name.",
    ...(cause === undefined ? {} : { cause }),
  });
}
