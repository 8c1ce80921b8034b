import { rmSync } from "node:fs";
import { BallastError, type ErrorCode } from "../../errors.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { type Field, formatField } from "../../math/field.ts";
import { Meter, type OnTreeProgress } from "../../meter.ts";
import { type HeldLock, type LockOptions, withLock } from "../../node/lock.ts";
import { randomSalt } from "../../portfolio/commitment.ts";
import { NetPositions, nettingChallenge, reservesHash } from "../../portfolio/netting.ts";
import { slotsOf } from "../../portfolio/portfolio.ts";
import type { VenueAccount } from "../../portfolio/stream-file.ts";
import { type BatchCircuit, instancesOf, type ReportCircuit, shortName } from "../../prover/circuits.ts";
import { type Holding, portfolioSums, type VectorIndex, vectorIndex } from "../../risk/requirement.ts";
import type { Snapshot, SnapshotRow } from "../../risk/snapshot.ts";
import { type AccountStress, accountStress, SolvencySums } from "../../risk/solvency.ts";
import { buildTree } from "../../tree/build.ts";
import { putElement } from "../../tree/element.ts";
import { IdIndex } from "../../tree/id-index.ts";
import { AccountTree } from "../../tree/tree.ts";
import { planRun } from "../../witness/solvency.ts";
import { initialState, stateHash } from "../../witness/solvency-state.ts";
import { cachedSignals } from "../../witness/table.ts";
import type { RunFile } from "../run-format.ts";
import { type RunTarget, runIdOf } from "../run-id.ts";
import { Book, BookWriter } from "./book.ts";
import type { RunFolder } from "./folder.ts";

/** A circuit with the id of the key that a run uses. */
export interface KeyedCircuit<Circuit> {
  readonly circuit: Circuit;
  readonly circuitId: `0x${string}`;
}

export interface BeginOptions extends LockOptions {
  readonly snapshot: Snapshot;
  readonly batch: KeyedCircuit<BatchCircuit>;
  readonly report: KeyedCircuit<ReportCircuit>;
  readonly accounts: AsyncIterable<VenueAccount> | Iterable<VenueAccount>;
  /** Identifies where the accounts came from, so that a resumed run is the same one. */
  readonly source: string;
  readonly target: RunTarget;
  readonly venue: `0x${string}`;
  /** Unix seconds. */
  readonly deadline: bigint;
  /** What the venue says it holds; refused when accounts hold more. Lots. */
  readonly reserves?: readonly Holding[];
  readonly onProgress?: OnTreeProgress;
}

const MAX_LISTED = 8;
/** A run is proven for hours: whoever meets it waits no longer than a lock from elsewhere may be silent. */
export const RUN_LIMIT_MS = 30_000;

/**
 * Begins a run: reads all accounts once, checks them and that they net, writes the book and the accounts tree, and
 * fixes the run's header. Nothing is proven yet. Memory: about 80 bytes an account.
 *
 * @throws {BallastError} with the place of the account: INVALID_PORTFOLIO and the like, DUPLICATE_ACCOUNT,
 *   PORTFOLIO_TOO_LARGE (naming the instance that takes it), ACCOUNT_TOO_LARGE; NOT_NETTED and RESERVES_SHORT with
 *   instruments and amounts; INVALID_SNAPSHOT, FILE_ERROR; LOCKED while another process works in the folder, RUN_CONFLICT when a run has begun
 *   there.
 */
export async function beginRun(folder: RunFolder, options: BeginOptions): Promise<RunFile> {
  cachedSignals(options.batch.circuit, options.snapshot); // refuses a snapshot that doesn't fit
  return withLock(folder.lock, (lock) => begin(folder, options, lock), { limit: RUN_LIMIT_MS, ...options });
}

async function begin(folder: RunFolder, options: BeginOptions, lock: HeldLock): Promise<RunFile> {
  const { snapshot, batch, report, target, venue, deadline } = options;
  if (folder.hasBegun) {
    throw new BallastError("RUN_CONFLICT", `A run has begun in ${folder.path} already.`, {
      hint: "Give the same command again to go on with it, or begin another one in another folder.",
    });
  }
  folder.create();
  folder.removeUnfinished();
  const { sums, net } = await writeBook(folder.book, options);
  let reserves: Holding[];
  try {
    reserves = checkNetting(snapshot, net, options.reserves);
  } catch (error) {
    rmSync(folder.book, { force: true }); // it opens commitments of a run that never was
    throw error;
  }
  const book = new Book(folder.book);
  let root: Field;
  try {
    const { depth } = batch.circuit;
    const progress = options.onProgress === undefined ? {} : { onProgress: options.onProgress };
    ({ root } = await buildTree(folder.tree, book.commitments(), { depth, ...progress }));
  } finally {
    book.close();
  }
  const tree = treeDigest(folder.tree);
  const held = reservesHash(reserves);
  const zeta = nettingChallenge(root, snapshot.snapshotId, held);
  const plan = planRun(sums, root, zeta, randomSalt(), batch.circuit.accounts);
  const header = {
    venue,
    batchCircuit: batch.circuitId,
    reportCircuit: report.circuitId,
    snapshotId: snapshot.snapshotId,
    accountsRoot: root,
    reservesHash: held,
    initialState: stateHash(plan, initialState(snapshot.shape)),
    deadline,
  };
  const run: RunFile = {
    ...header,
    ...target,
    runId: runIdOf(target, header),
    batchInstance: batch.circuit.name,
    reportInstance: report.circuit.name,
    batches: sums.places / batch.circuit.accounts,
  };
  lock.check();
  folder.writeSecret({ plan, source: options.source, reserves, book: book.digest, tree });
  folder.writeRun(run);
  return run;
}

function treeDigest(path: string): string {
  const tree = new AccountTree(path);
  try {
    return tree.digest();
  } finally {
    tree.close();
  }
}

async function writeBook(
  path: string,
  { snapshot, batch, accounts, onProgress }: BeginOptions,
): Promise<{ sums: SolvencySums; net: NetPositions }> {
  const { slots, accounts: size, depth } = batch.circuit;
  const vectors = vectorIndex(snapshot.rows);
  const sums = new SolvencySums(snapshot.shape);
  const net = new NetPositions();
  const ids = new IdIndex();
  const id = Buffer.alloc(32);
  const meter = new Meter("reading", undefined, onProgress);
  const book = new BookWriter(path, slots);
  try {
    for await (const { portfolio, salt = randomSalt(), where } of accounts) {
      const { accountId, positions } = portfolio;
      putElement(id, 0, accountId);
      if (ids.add(id) !== undefined) {
        throw new BallastError("DUPLICATE_ACCOUNT", `${where}: account ${portfolio.account} stands twice.`, {
          hint: "Give one portfolio for each account.",
          details: { accountId: formatField(accountId) },
        });
      }
      const stress = located(where, () => stressOf(vectors, positions, snapshot, batch.circuit));
      if (book.count === 2 ** depth) {
        throw new BallastError(
          "INVALID_INPUT",
          `${where}: a tree of depth ${depth} has room for ${2 ** depth}.`,
          { hint: "Use an instance with a deeper tree." },
        );
      }
      book.add({ accountId, salt, positions });
      sums.add(stress);
      net.add(positions);
      meter.add(1);
    }
    if (book.count === 0) {
      throw new BallastError("INVALID_INPUT", "There are no accounts.", {
        hint: "A run has at least one account.",
      });
    }
    while (sums.places % size !== 0) sums.add(null);
    book.finish();
    return { sums, net };
  } catch (error) {
    book.abandon();
    throw error;
  }
}

function stressOf(
  vectors: VectorIndex,
  positions: readonly Holding[],
  snapshot: Snapshot,
  circuit: BatchCircuit,
): AccountStress {
  if (positions.length > circuit.slots) throw tooLarge(positions.length, circuit);
  slotsOf(positions, circuit.slots);
  return accountStress(
    portfolioSums(vectors, positions, snapshot.shape),
    snapshot.policyElements,
    snapshot.shape,
  );
}

function tooLarge(positions: number, circuit: BatchCircuit): BallastError {
  const larger = instancesOf("solvency")
    .filter(({ slots, rows, shape, purpose }) => {
      const sameShape =
        shape.scenarios === circuit.shape.scenarios && shape.underlyings === circuit.shape.underlyings;
      return slots >= positions && rows >= circuit.rows && sameShape && purpose !== "tests only";
    })
    .sort((a, b) => a.slots - b.slots)[0];
  return new BallastError(
    "PORTFOLIO_TOO_LARGE",
    `an account has ${positions} positions; ${shortName(circuit)} has ${circuit.slots} slots.`,
    {
      hint:
        larger === undefined
          ? "No instance takes it: net positions, or split the account."
          : `Begin the run with ${shortName(larger)}.`,
      ...(larger === undefined ? {} : { inputs: ["run.circuit"] }),
      details: { slots: circuit.slots },
    },
  );
}

/** Runs `check`; what it throws says where the account stands. */
function located<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    const { code, shortMessage, hint, inputs, details } = error;
    throw new BallastError(code, `${where}: ${shortMessage}`, {
      details,
      inputs,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/**
 * Every derivative must net to zero; what remains are the reserves of collateral assets.
 * @throws {BallastError} NOT_NETTED, RESERVES_SHORT.
 */
function checkNetting(snapshot: Snapshot, net: NetPositions, claimed?: readonly Holding[]): Holding[] {
  const rows = new Map(snapshot.rows.map((row) => [row.instrumentId, row]));
  const isReserve = ({ instrumentId, quantity }: Holding): boolean =>
    rows.get(instrumentId)?.instrument.kind === "collateral" && quantity > 0n;
  const amount = ({ instrumentId, quantity }: Holding): string => describe(rows.get(instrumentId), quantity);
  const open = net.open.filter((holding) => !isReserve(holding));
  if (open.length > 0) {
    throw listed("NOT_NETTED", "The accounts' positions do not net to zero", open.map(amount), {
      hint: "Every derivative needs its counterparty among the accounts, the venue's own included, and no asset can be owed in total.",
    });
  }
  const reserves = net.open;
  if (claimed === undefined) return reserves;
  const held = new Map(claimed.map(({ instrumentId, quantity }) => [instrumentId, quantity]));
  const short = reserves
    .map(({ instrumentId, quantity }) => ({
      instrumentId,
      quantity: quantity - (held.get(instrumentId) ?? 0n),
    }))
    .filter(({ quantity }) => quantity > 0n);
  if (short.length > 0) {
    throw listed("RESERVES_SHORT", "The reserves are short", short.map(amount), {
      hint: "Accounts hold more of these assets than the venue has.",
    });
  }
  return reserves;
}

function listed(code: ErrorCode, what: string, items: readonly string[], options: { hint: string }) {
  const more = items.length > MAX_LISTED ? ` and ${items.length - MAX_LISTED} more` : "";
  return new BallastError(code, `${what}: ${items.slice(0, MAX_LISTED).join(", ")}${more}.`, {
    ...options,
    details: { instruments: items.length },
  });
}

function describe(row: SnapshotRow | undefined, lots: bigint): string {
  if (row === undefined) return `${lots} lots`;
  return `${formatDecimal(lots * row.instrument.lotSize, 18)} ${row.instrument.name}`;
}
