import type { Command } from "commander";
import { BallastError } from "../../errors.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { type Field, formatField, parseField } from "../../math/field.ts";
import { commit } from "../../portfolio/commitment.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import {
  encodeInclusion,
  type InclusionProof,
  MAX_SLOTS,
  openInclusion,
  wrongNames,
} from "../../portfolio/inclusion.ts";
import { loadInclusion, saveInclusion } from "../../portfolio/inclusion-file.ts";
import { DEFAULT_DEPTH } from "../../portfolio/merkle.ts";
import type { Opening } from "../../portfolio/opening.ts";
import { loadOpening } from "../../portfolio/opening-file.ts";
import { type Portfolio, slotsOf } from "../../portfolio/portfolio.ts";
import { loadPortfolio } from "../../portfolio/portfolio-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { Book } from "../../solvency/node/book.ts";
import { damagedFile } from "../../solvency/node/damage.ts";
import { RunFolder } from "../../solvency/node/folder.ts";
import { readAccounts } from "../../tree/accounts-file.ts";
import { buildTree } from "../../tree/build.ts";
import { proveInclusion } from "../../tree/inclusion.ts";
import type { TreeHeader } from "../../tree/layout.ts";
import { AccountTree } from "../../tree/tree.ts";
import { updateTree } from "../../tree/update.ts";
import type { SolvencyAccount } from "../../witness/solvency.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { parseCount } from "../options.ts";
import type { Register, Runner } from "../program.ts";
import { meterNotes } from "../progress.ts";
import { checkNoResult, checkSameResult, FORCE, type Force } from "../results.ts";

/** `ballast inclusion`: the tree of all accounts, and a customer's proof of being in it. */
export const inclusion: Register = (program, run) => {
  const group = program
    .command("inclusion")
    .description("the tree of all accounts, and a customer's own proof of being in it");
  registerBuild(group, run);
  registerUpdate(group, run);
  registerVerify(group, run);
  registerProve(group, run);
  registerCheck(group, run);
};

const ACCOUNTS_HELP = `
An accounts file has one account a line:
  {"accountId": "0x…", "commitment": "0x…"}`;

interface BuildOptions extends Record<string, unknown>, Force {
  readonly accounts: string;
  readonly output: string;
  readonly depth: string;
}

function registerBuild(group: Command, run: Runner): void {
  group
    .command("build")
    .description("build the tree of all accounts, for its root")
    .requiredOption("-a, --accounts <file>", "accounts, JSON Lines")
    .requiredOption("-o, --output <file>", "the tree's file")
    .option(...FORCE)
    .option("--depth <levels>", "room for 2^levels accounts", String(DEFAULT_DEPTH))
    .addHelpText("after", ACCOUNTS_HELP)
    .action(
      run<BuildOptions>(async ({ io, json, progress }, { accounts, output, depth, ...force }) => {
        checkNoResult(output, force);
        const header = await progress.step("building the tree", () =>
          buildTree(output, readAccounts(accounts), {
            depth: parseCount(depth, "--depth", 2),
            onWait: progress.note,
            onProgress: meterNotes(progress, "accounts"),
          }),
        );
        emit(io, json, { output, ...summary(header) }, () => describe(output, header));
      }),
    );
}

interface UpdateOptions extends Record<string, unknown> {
  readonly tree: string;
  readonly accounts: string;
}

function registerUpdate(group: Command, run: Runner): void {
  group
    .command("update")
    .description("give accounts new commitments, or add accounts: only their paths are hashed")
    .requiredOption("-t, --tree <file>", "the tree's file")
    .requiredOption("-a, --accounts <file>", "the accounts that change, JSON Lines")
    .addHelpText("after", ACCOUNTS_HELP)
    .action(
      run<UpdateOptions>(async ({ io, json, progress }, { tree, accounts }) => {
        const { header, changed, added } = await progress.step("updating the tree", () =>
          updateTree(tree, readAccounts(accounts), { onWait: progress.note }),
        );
        emit(io, json, { tree, changed, added, ...summary(header) }, () =>
          [describe(tree, header), `  ${changed} changed, ${added} added`].join("\n"),
        );
      }),
    );
}

function registerVerify(group: Command, run: Runner): void {
  group
    .command("verify")
    .description("recompute the whole tree from its accounts")
    .argument("<tree>", "the tree's file")
    .action(
      run<Record<string, unknown>>(async ({ io, json, progress }, _options, [path = ""]) => {
        const tree = new AccountTree(path);
        try {
          await progress.step("verifying the tree", () =>
            tree.verify({ onProgress: meterNotes(progress, "accounts") }),
          );
          emit(io, json, { tree: path, valid: true, ...summary(tree.header) }, () =>
            describe(path, tree.header),
          );
        } finally {
          tree.close();
        }
      }),
    );
}

interface ProveOptions extends Record<string, unknown>, Force {
  readonly run?: string;
  readonly tree?: string;
  readonly account: string;
  readonly opening?: string;
  readonly portfolio?: string;
  readonly snapshot: string;
  readonly slots?: string;
  readonly output: string;
}

function registerProve(group: Command, run: Runner): void {
  group
    .command("prove")
    .description("a customer's proof that their account is in the tree")
    .requiredOption("--account <name>", "the account, as its portfolio names it")
    .option("--run <folder>", "a solvency run: it has the tree, the opening and the portfolio")
    .option("-t, --tree <file>", "the tree's file")
    .option("--opening <file>", "the opening of the account's commitment")
    .option("-p, --portfolio <file>", "its portfolio")
    .requiredOption("-s, --snapshot <file>", "snapshot file, for names and lots of instruments")
    .option("--slots <count>", "slots of the commitment: 16, 64 or 128 (default: whichever is the tree's)")
    .requiredOption("-o, --output <file>", "the proof; for the customer's eyes only")
    .option(...FORCE)
    .addHelpText(
      "after",
      "\nGive --run, or --tree with --opening and --portfolio." +
        "\nThe proof opens the commitment: it has salt and positions. Give it to nobody but the customer.",
    )
    .action(
      run<ProveOptions>(({ io, json }, options) => {
        const snapshot = loadSnapshot(options.snapshot);
        const slots = options.slots === undefined ? undefined : parseSlots(options.slots);
        const source =
          options.run === undefined ? fromFiles(options, snapshot) : fromRun(options.run, options);
        const { tree, portfolio, opening } = source;
        try {
          const proof = proveInclusion(tree, portfolio, opening, snapshot, slots ?? source.slots);
          checkSameResult(options.output, encodeInclusion(proof), options);
          saveInclusion(options.output, proof);
          const result = {
            output: options.output,
            index: proof.index,
            slots: proof.slots,
            root: formatField(tree.root),
          };
          emit(io, json, result, () =>
            [
              `${options.output}: account ${foreign(portfolio.account)} is number ${proof.index + 1} of ${tree.count}`,
              `  root ${formatField(tree.root)}`,
              "  for the customer only; they check it with: ballast inclusion check PROOF --root 0x…",
            ].join("\n"),
          );
        } finally {
          tree.close();
        }
      }),
    );
}

/** What an account's proof is made of. */
interface InclusionSource {
  readonly tree: AccountTree;
  readonly portfolio: Portfolio;
  readonly opening: Opening;
  readonly slots?: number;
}

function fromFiles({ account, tree, opening, portfolio }: ProveOptions, snapshot: Snapshot): InclusionSource {
  if (tree === undefined || opening === undefined || portfolio === undefined) {
    throw new BallastError("INVALID_INPUT", "The account's files are missing.", {
      hint: "Give --run, or --tree with --opening and --portfolio.",
    });
  }
  const loaded = loadPortfolio(portfolio, snapshot);
  if (accountIdOf(account) !== loaded.accountId) {
    throw new BallastError("INVALID_INPUT", "The portfolio is of another account than --account.", {
      hint: "Give the portfolio and the opening of the account itself.",
    });
  }
  const opened = new AccountTree(tree);
  try {
    const committed = opened.account(opened.requireIndex(loaded.accountId))?.commitment;
    return { portfolio: loaded, opening: loadOpening(opening, committed), tree: opened };
  } catch (error) {
    opened.close();
    throw error;
  }
}

function fromRun(path: string, { account, tree, opening, portfolio }: ProveOptions): InclusionSource {
  if (tree !== undefined || opening !== undefined || portfolio !== undefined) {
    throw new BallastError("INVALID_INPUT", "--run already has the account's tree, opening and portfolio.", {
      hint: "Leave out --tree, --opening and --portfolio.",
    });
  }
  const accountId = accountIdOf(account);
  const folder = new RunFolder(path);
  const opened = new AccountTree(folder.tree);
  const book = new Book(folder.book);
  try {
    const index = opened.requireIndex(accountId);
    opened.siblings(index); // the tree's own path is right: where the two differ, it is the book that was changed
    const { positions, salt } = inBook(book, index, opened.account(index)?.commitment);
    return {
      tree: opened,
      portfolio: { account, accountId, positions },
      opening: { accountId, salt },
      slots: book.slots,
    };
  } catch (error) {
    opened.close();
    throw error;
  } finally {
    book.close();
  }
}

/** The account at a place, checked to be that of the tree. @throws {BallastError} RUN_DAMAGED. */
function inBook(book: Book, index: number, committed: Field | undefined): SolvencyAccount {
  try {
    const found = book.account(index);
    if (found !== null) {
      const { accountId, salt, positions } = found;
      if (commit(accountId, salt, slotsOf(positions, book.slots)) === committed) return found;
    }
  } catch (error) {
    if (!(error instanceof BallastError)) throw error; // no account at all
  }
  throw damagedFile(book.path, "it has another account, position or salt than the tree");
}

interface CheckOptions extends Record<string, unknown> {
  readonly root: string;
  readonly account?: string;
  readonly snapshot?: string;
}

function registerCheck(group: Command, run: Runner): void {
  group
    .command("check")
    .description("check your proof against the published root: is your account in, and with what?")
    .argument("<proof>", "your proof file")
    .requiredOption("--root <hex>", "the root, read from the chain yourself")
    .option("--account <name>", "your account: is the proof about it?")
    .option("-s, --snapshot <file>", "the published snapshot, to check the instruments' names as well")
    .addHelpText("after", "\nExit code 1 says that the proof does not hold.")
    .action(
      run<CheckOptions>(({ io, json, fail }, options, [path = ""]) => {
        const root = parseField(options.root, "root");
        const proof = loadInclusion(path);
        const proven = openInclusion(proof);
        const checks = [
          { name: "account and positions lead to the root", ok: proven.root === root },
          { name: "the account's name gives its id", ok: proven.isNamed },
        ];
        if (options.account !== undefined) {
          const ok = accountIdOf(options.account) === proof.accountId;
          checks.push({ name: "the proof is about your account", ok });
        }
        const wrong =
          options.snapshot === undefined ? undefined : wrongNames(proof, loadSnapshot(options.snapshot));
        if (wrong !== undefined) {
          checks.push({
            name: "names and lots of the instruments are the snapshot's",
            ok: wrong.length === 0,
          });
        }
        const valid = checks.every(({ ok }) => ok);
        if (!valid) fail();
        const result = {
          valid,
          checks,
          account: proof.account,
          accountId: formatField(proof.accountId),
          commitment: formatField(proven.commitment),
          root: formatField(proven.root),
          index: proof.index,
          namesChecked: wrong !== undefined,
          positions: holdings(proof),
        };
        emit(io, json, result, () =>
          [
            ...checks.map(({ name, ok }) => `  ${ok ? "✓" : "✗"} ${name}`),
            ...(valid
              ? report(proof, wrong !== undefined)
              : ["DOES NOT HOLD: the file proves nothing about this root"]),
          ].join("\n"),
        );
      }),
    );
}

function report(proof: InclusionProof, namesChecked: boolean): string[] {
  const rows = holdings(proof).map(({ instrument, instrumentId, side, quantity, lots }) => [
    instrument,
    side,
    quantity,
    lots,
    String(instrumentId),
  ]);
  const names = namesChecked
    ? "names and quantities: those of the snapshot you gave"
    : "NOT proven without --snapshot: which instrument an id is, and how much a lot is";
  return [
    `holds: account ${foreign(proof.account)} is in, at place ${proof.index}, with exactly`,
    rows.length === 0
      ? "  no positions"
      : table(["instrument", "side", "quantity", "lots", "id"], rows, [2, 3, 4]),
    "  proven by the root: the account, the ids, sides and lots, and that nothing else is held in it",
    `  ${names}`,
  ];
}

function holdings({ positions, instruments }: InclusionProof) {
  const byId = new Map(instruments.map((instrument) => [instrument.instrumentId, instrument]));
  return positions.map(({ instrumentId, quantity }) => ({
    instrumentId,
    instrument: byId.get(instrumentId)?.name ?? "",
    side: quantity < 0n ? "short" : "long",
    quantity: formatDecimal(quantity * (byId.get(instrumentId)?.lotSize ?? 0n), 18),
    lots: String(quantity),
  }));
}

function parseSlots(text: string): number {
  const slots = parseCount(text, "--slots", 3);
  if (slots <= MAX_SLOTS) return slots;
  throw new BallastError("INVALID_INPUT", `No instance has more than ${MAX_SLOTS} slots.`, {
    hint: "--slots is 16, 64 or 128.",
  });
}

function summary({ count, depth, root }: TreeHeader) {
  return { accounts: count, depth, root: formatField(root) };
}

function describe(path: string, { count, depth, root }: TreeHeader): string {
  return `${path}: ${count} accounts in ${depth} levels\n  root ${formatField(root)}`;
}
