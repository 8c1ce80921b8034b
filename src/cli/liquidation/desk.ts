import type { Command } from "commander";
import type { Address, Hex } from "viem";
import { attest } from "../../chain/coverage/attest.ts";
import { coverageContext } from "../../chain/coverage/context.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { type CaseView, readCaseView, readMoment } from "../../chain/liquidation/read-case.ts";
import { readAccount, readTransferTarget } from "../../chain/liquidation/read-ledger.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { checkOpening, commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import type { AccountFile } from "../../liquidation/account-file.ts";
import { type LiquidationStatement, liquidationCircuits } from "../../liquidation/circuits.ts";
import {
  type EquityClaim,
  type ProvenTransfer,
  proveEquity,
  proveReduction,
  proveTier,
  proveTransfer,
  type ReductionClaim,
} from "../../liquidation/claims.ts";
import { type CaseAction, casePurpose, type FactPlace } from "../../liquidation/purpose.ts";
import type { TransferPlan } from "../../liquidation/transfers.ts";
import { parsePortfolio } from "../../portfolio/format.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import type { Context } from "../context.ts";
import { parseCount } from "../options.ts";
import { type UnsentOutputs, unsentOutputs } from "./outputs.ts";
import { type Kits, type ProvingOptions, proves, withKits } from "./proving.ts";
import { accountText, type ChainOptions, openSession, type Session, sends } from "./session.ts";

/** Options of every command that reads accounts and proves about them. */
export interface DeskOptions extends ChainOptions, ProvingOptions {
  readonly snapshot: string;
  readonly validFor: string;
}

/** All that a proving command works with: chain, newest snapshot, provers, and until when its proofs hold. */
export interface Desk<Needed extends LiquidationStatement> extends Session {
  readonly context: Context;
  readonly snapshot: Snapshot;
  readonly kits: Kits<Needed>;
  /** Of accounts' commitments. */
  readonly slots: number;
  /** Unix seconds, by the chain's clock. */
  readonly deadline: bigint;
  /** Left by an interrupted run of the same command. */
  readonly unsent: UnsentOutputs;
}
type Any = Desk<never>;

/** A command that proves and sends. */
export function provesAndSends(group: Command, name: string, description: string, who: string): Command {
  return proves(sends(group, name, description, who))
    .requiredOption("-s, --snapshot <file>", "the newest published snapshot")
    .option("--valid-for <seconds>", "how long the proofs hold, at most until the snapshot is stale", "3000");
}

/**
 * Opens chain, snapshot and provers of a command, and closes what must be closed.
 * @param check reads the command's files before anything is asked or loaded: what is wrong with them is said at once.
 * @throws {BallastError} what any part throws.
 */
export async function atDesk<Needed extends LiquidationStatement, Files, Result>(
  context: Context,
  options: DeskOptions,
  needed: readonly Needed[],
  check: (snapshot: Snapshot) => Files,
  work: (desk: Desk<Needed>, files: Files) => Promise<Result>,
): Promise<Result> {
  const { progress } = context;
  const validFor = BigInt(parseCount(options.validFor, "--valid-for"));
  const { slots } = liquidationCircuits(options.circuit).coverage;
  liquidationOf(loadDeployment(options.deployment));
  const snapshot = await progress.step("checking the snapshot", () => loadSnapshot(options.snapshot));
  const files = check(snapshot);
  const session = await openSession(options);
  const unsent = await unsentOutputs(session, {
    paths: namedFiles(options, ["output", "accountOutput", "takerOutput"]),
    inputs: namedFiles(options, ["account", "taker", "house"]),
    ...{ snapshot, slots },
  });
  for (const path of unsent.keys())
    progress.note(`${path} was written before, and never sent: its salt stays`);
  const { time } = await readMoment(session.client);
  const stale = snapshot.time + BigInt(session.deployment.maxAge);
  if (stale <= time)
    throw new BallastError("INVALID_SNAPSHOT", "The snapshot is too old: nothing proven in it is taken.", {
      hint: "Give the newest one; oracles publish it with `ballast publish`.",
    });
  const deadline = time + validFor < stale ? time + validFor : stale;
  return withKits(options, progress, needed, (kits) =>
    work({ ...session, context, snapshot, kits, slots, deadline, unsent }, files),
  );
}

/** The files that some of a command's options name. */
function namedFiles(options: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.map((name) => options[name]).filter((path) => typeof path === "string");
}

/**
 * Checks files against the ledger before anything is proven with them.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. UnknownAccount.
 */
export async function checkOnLedger(
  { client, system, slots }: Any,
  files: readonly AccountFile[],
): Promise<void> {
  for (const { account } of files) {
    const { commitment } = await readAccount(client, system, account.accountId);
    checkOpening(account, slots, commitment, `account ${accountText(account.accountId)}`);
  }
}

/** Where facts about accounts are proven for. */
export function placeOf({ system, deadline }: Any): FactPlace {
  const { chainId, ledger } = system;
  return { chainId, ledger, deadline };
}

/** A case, checked to be about the account that was given. @throws {BallastError} INVALID_INPUT; CHAIN_ERROR. */
export async function caseWith(
  { client, system }: Session,
  caseId: bigint,
  { account }: AccountFile,
): Promise<CaseView> {
  const view = await readCaseView(client, system, caseId);
  if (view.case.accountId === account.accountId) return view;
  throw new BallastError("INVALID_INPUT", `Case ${caseId} is about another account than the file's.`, {
    hint: `Give the file of account ${accountText(view.case.accountId)}.`,
  });
}

/** For which act in a case a transfer is made. */
export function purposeIn(view: CaseView, action: CaseAction, actor: Address): Hex {
  const { caseId, version } = view.case;
  return casePurpose({ action, caseId, version, actor });
}

/** What moves, where no part of it is the rule. */
export type Moves = Pick<TransferPlan, "a"> & Partial<TransferPlan>;

/** Where the accounts of a transfer go as they will be. */
export interface TransferOutputs {
  readonly a?: string;
  readonly b?: string;
}

/**
 * Proves a transfer between the accounts as the ledger has them.
 * @param outputs an account that an interrupted run left there unsent keeps its salt: whichever transaction is mined, its file opens it.
 * @throws {BallastError} as `proveTransfer`.
 */
export async function transferAt(
  desk: Desk<"transfer">,
  purpose: Hex,
  plan: Moves,
  outputs: TransferOutputs = {},
): Promise<ProvenTransfer> {
  const { client, system, kits, deadline, context, unsent } = desk;
  const { a, b } = plan;
  const target = await readTransferTarget(client, system, {
    accountA: a.accountId,
    ...(b === undefined ? {} : { accountB: b.accountId }),
    purpose,
    deadline,
  });
  const terms = { settlementId: system.settlementId, cash: 0n, funding: 0n, whole: false };
  context.progress.note("transfer");
  const saltOf = (path: string | undefined, account: OpenAccount | undefined) => {
    const known = path === undefined ? undefined : unsent.get(path);
    return known !== undefined && known.accountId === account?.accountId ? known.salt : undefined;
  };
  const salts = { a: saltOf(outputs.a, a), b: saltOf(outputs.b, b) };
  return proveTransfer(kits.transfer, { ...terms, ...plan, salts }, target);
}

/** Proves an account's equity in the snapshot. @throws {BallastError} as `proveEquity`. */
export function equityAt(desk: Desk<"equity">, account: OpenAccount): Promise<EquityClaim> {
  desk.context.progress.note(`equity of ${accountText(account.accountId)}`);
  return proveEquity(desk.kits.equity, desk.snapshot, account, placeOf(desk));
}

/** Proves that an account is no riskier after than before. @throws {BallastError} as `proveReduction`. */
export function reductionAt(
  desk: Desk<"reduction">,
  before: OpenAccount,
  after: OpenAccount,
  maxPenalty: number,
): Promise<ReductionClaim> {
  desk.context.progress.note(`reduction of ${accountText(before.accountId)}`);
  const { kits, snapshot } = desk;
  return proveReduction(kits.reduction, snapshot, before, after, BigInt(maxPenalty), placeOf(desk));
}

/**
 * Proves an account's tier, of what it holds or will hold, and attests it.
 * @param worst the worst tier that is of use: what is worse is not attested.
 * @returns the tier.
 * @throws {BallastError} INVALID_INPUT for a worse tier; CHAIN_ERROR; as `proveTier`.
 */
export async function attestAt(desk: Desk<"coverage">, account: OpenAccount, worst = 4): Promise<number> {
  const { client, deployment, system, kits, snapshot, deadline, context, slots } = desk;
  const registry = system.coverageRegistry;
  const commitment = commitmentOf(account, slots);
  const stored = await viemReader(client.public, deployment).readAttestation(account.accountId, commitment);
  if (stored?.snapshotId === snapshot.snapshotId && stored.isCurrent && stored.tier <= worst) {
    context.progress.note(`${accountText(account.accountId)} is attested already, in tier ${stored.tier}`);
    return stored.tier;
  }
  context.progress.note(`tier of ${accountText(account.accountId)}`);
  const place = { context: coverageContext({ chainId: system.chainId, registry, deadline }), deadline };
  const claim = await proveTier(kits.coverage, snapshot, account, place);
  if (claim.tier > worst)
    throw new BallastError(
      "INVALID_INPUT",
      `Account ${accountText(account.accountId)} would be in tier ${claim.tier}: ${worst} at most is allowed.`,
      { hint: "Bring in more collateral, or move other positions, and try again." },
    );
  await context.progress.step(`attesting tier ${claim.tier} of ${accountText(account.accountId)}`, () =>
    attest(client, deployment, claim),
  );
  return claim.tier;
}

/**
 * Legs from the command line, `BTC-27MAR26-60000-P=-2` each, in the instrument's own unit: what the account gives away; negative
 * ones it gets.
 * @throws {BallastError} INVALID_INPUT; as `parsePortfolio`.
 */
export function legsOf(texts: readonly string[], snapshot: Snapshot): readonly Holding[] {
  const positions = texts.map((text) => {
    const [, instrument, quantity] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
    if (instrument !== undefined && quantity !== undefined) return { instrument, quantity };
    throw new BallastError("INVALID_INPUT", "A leg is an instrument and how much of it.", {
      hint: "For example BTC-27MAR26-60000-P=-2: the account hands a short of 2 over.",
    });
  });
  return parsePortfolio({ account: "legs", positions }, snapshot).positions;
}

/** The other side's account, there where the plan names one. */
export function counterparty({ b }: ProvenTransfer): OpenAccount {
  if (b !== undefined) return b;
  throw new BallastError("INTERNAL", "The transfer has no counterparty.");
}
