import { statSync } from "node:fs";
import { readEvents } from "../../chain/liquidation/events.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { loadAccount } from "../../liquidation/account-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Session } from "./session.ts";

/** Accounts that an interrupted run of the same command wrote and never sent, by the files' paths: their salts are used again. */
export type UnsentOutputs = ReadonlyMap<string, OpenAccount>;

export interface OutputQuestion {
  /** Where the command is to write accounts as they will be. */
  readonly paths: readonly string[];
  /** The files that the command was given; an output that is one of them is nobody's leftover. */
  readonly inputs: readonly string[];
  readonly snapshot: Pick<Snapshot, "rows">;
  /** Of accounts' commitments. */
  readonly slots: number;
}

/**
 * Asks the ledger what became of outputs that are there already. A command that is interrupted between writing an account's file and
 * sending leaves one: either the transaction was mined, or the command goes on with the same salt.
 *
 * @returns those that were never sent.
 * @throws {BallastError} ALREADY_SENT when the ledger has one of them; FILE_ERROR when one is another file; CHAIN_ERROR.
 */
export async function unsentOutputs(session: Session, question: OutputQuestion): Promise<UnsentOutputs> {
  const unsent = new Map<string, OpenAccount>();
  const paths = question.paths.filter(isFile);
  if (paths.length === 0) return unsent;
  const inputs = question.inputs.map((path) => loadAccount(path, question.snapshot).account);
  for (const path of paths) {
    const account = accountIn(path, question.snapshot);
    const commitment = commitmentOf(account, question.slots);
    if (inputs.some((input) => commitmentOf(input, question.slots) === commitment)) throw taken(path);
    const state = await stateOf(session, account.accountId, commitment);
    if (state === "current")
      throw new BallastError("ALREADY_SENT", `${path} opens the account as the ledger has it: it was sent.`, {
        hint: `Nothing is left to send: go on with ${path}.`,
        details: { file: path },
      });
    if (state === "past") throw taken(path);
    unsent.set(path, account);
  }
  return unsent;
}

/** What the ledger says of an account's commitment. */
async function stateOf(
  { client, system }: Session,
  accountId: bigint,
  commitment: bigint,
): Promise<"current" | "past" | "never"> {
  const current = await commitmentNow({ client, system }, accountId);
  if (current === undefined) return "never";
  if (current === commitment) return "current";
  const { events } = await readEvents(client, system, { fromBlock: system.block, sources: ["ledger"] });
  const isPast = events.some(
    ({ args }) => args["accountId"] === accountId && args["commitment"] === commitment,
  );
  return isPast ? "past" : "never";
}

/** @returns undefined for an account that the ledger doesn't know. */
async function commitmentNow(
  { client, system }: Pick<Session, "client" | "system">,
  accountId: bigint,
): Promise<bigint | undefined> {
  try {
    return (await readAccount(client, system, accountId)).commitment;
  } catch (error) {
    if (error instanceof BallastError && error.details["error"] === "UnknownAccount") return undefined;
    throw error;
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

function taken(path: string, cause?: unknown): BallastError {
  return new BallastError("FILE_ERROR", `${path} exists already.`, {
    hint: "It is not overwritten: choose another name.",
    ...(cause === undefined ? {} : { cause }),
  });
}
