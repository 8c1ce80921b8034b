import { checkInclusion } from "../../actions/inclusion/check.ts";
import { holdingsJson, inclusionJson } from "../../actions/inclusion/json.ts";
import { makeInclusion } from "../../actions/node/inclusion-source.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { formatField, parseField } from "../../math/field.ts";
import { encodeInclusion, type InclusionProof, MAX_SLOTS } from "../../portfolio/inclusion.ts";
import { loadInclusion, saveInclusion } from "../../portfolio/inclusion-file.ts";
import { DEFAULT_DEPTH } from "../../portfolio/merkle.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { readAccounts } from "../../tree/accounts-file.ts";
import { buildTree } from "../../tree/build.ts";
import type { TreeHeader } from "../../tree/layout.ts";
import { AccountTree } from "../../tree/tree.ts";
import { updateTree } from "../../tree/update.ts";
import { command, group } from "../command.ts";
import { force, output, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { checkLines, table } from "../format.ts";
import { defaulted, needed, option, optional, saying } from "../input.ts";
import { parseCount } from "../options.ts";
import { checkNoResult, checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";

const ACCOUNTS_HELP = `
An accounts file has one account a line:
  {"accountId": "0x…", "commitment": "0x…"}`;

const build = command({
  name: "build",
  summary: "build the tree of all accounts, for its root",
  flags: {
    accounts: needed("-a, --accounts <file>", "accounts, JSON Lines"),
    output: output("the tree's file"),
    force,
    depth: defaulted("--depth <levels>", "room for 2^levels accounts", String(DEFAULT_DEPTH), (text, name) =>
      parseCount(text, name, 2),
    ),
  },
  notes: ACCOUNTS_HELP,
  examples: ["ballast inclusion build -a accounts.jsonl -o accounts.tree"],
  async run({ accounts, output: path, depth, ...values }, { print, progress }) {
    checkNoResult(path, values);
    const header = await progress.step("building the tree", () =>
      buildTree(path, readAccounts(accounts), {
        depth,
        onWait: progress.note,
        onProgress: progress.meter("accounts"),
      }),
    );
    print({ output: path, ...summary(header) }, () => describe(path, header));
  },
});

const update = command({
  name: "update",
  summary: "give accounts new commitments, or add accounts: only their paths are hashed",
  flags: {
    tree: needed("-t, --tree <file>", "the tree's file"),
    accounts: needed("-a, --accounts <file>", "the accounts that change, JSON Lines"),
  },
  notes: ACCOUNTS_HELP,
  examples: ["ballast inclusion update -t accounts.tree -a changed.jsonl"],
  async run({ tree, accounts }, { print, progress }) {
    const { header, changed, added } = await progress.step("updating the tree", () =>
      updateTree(tree, readAccounts(accounts), { onWait: progress.note }),
    );
    print({ tree, changed, added, ...summary(header) }, () =>
      [describe(tree, header), `  ${changed} changed, ${added} added`].join("\n"),
    );
  },
});

const verify = command({
  name: "verify",
  summary: "recompute the whole tree from its accounts",
  arguments: { path: needed("<tree>", "the tree's file") },
  examples: ["ballast inclusion verify accounts.tree"],
  async run({ path }, { print, progress }) {
    const tree = new AccountTree(path);
    try {
      await progress.step("verifying the tree", () =>
        tree.verify({ onProgress: progress.meter("accounts") }),
      );
      print({ tree: path, valid: true, ...summary(tree.header) }, () => describe(path, tree.header));
    } finally {
      tree.close();
    }
  },
});

const prove = command({
  name: "prove",
  summary: "a customer's proof that their account is in the tree",
  flags: {
    account: needed("--account <name>", "the account, as its portfolio names it"),
    run: option("--run <folder>", "a solvency run: it has the tree, the opening and the portfolio"),
    tree: option("-t, --tree <file>", "the tree's file"),
    opening: option("--opening <file>", "the opening of the account's commitment"),
    portfolio: option("-p, --portfolio <file>", "its portfolio"),
    snapshot: saying(snapshot, "snapshot file, for names and lots of instruments"),
    slots: option(
      "--slots <count>",
      "slots of the commitment: 16, 64 or 128 (default: whichever is the tree's)",
      parseSlots,
    ),
    output: output("the proof; for the customer's eyes only"),
    force,
  },
  notes: `
Give --run, or --tree with --opening and --portfolio.

The proof opens the commitment: it has salt and positions. Give it to nobody but the customer.`,
  examples: ["ballast inclusion prove --run run --account desk -s s.json -o desk.inclusion.json"],
  run({ account, run, tree, opening, portfolio, output: path, ...values }, { print }) {
    const named = [tree, opening, portfolio].filter((file) => file !== undefined);
    if (run !== undefined && named.length > 0)
      throw new BallastError(
        "INVALID_INPUT",
        "--run has the account's tree, opening and portfolio already.",
        {
          hint: "Leave out --tree, --opening and --portfolio.",
        },
      );
    const within = loadSnapshot(values.snapshot);
    const from = run ?? allOf({ tree, opening, portfolio });
    const { proof, accounts, root } = makeInclusion(account, from, within, values.slots);
    checkSameResult(path, encodeInclusion(proof), values);
    saveInclusion(path, proof);
    const { index, slots } = proof;
    print({ output: path, index, slots, root: formatField(root) }, () =>
      [
        `${path}: account ${foreign(account)} is number ${index + 1} of ${accounts}`,
        `  root ${formatField(root)}`,
        "  for the customer only; they check it with: ballast inclusion check PROOF --root 0x…",
      ].join("\n"),
    );
  },
});

/** @throws {BallastError} INVALID_INPUT where a file was not named. */
function allOf<Name extends string>(files: Readonly<Record<Name, string | undefined>>): Record<Name, string> {
  const found = given(files);
  if (Object.keys(found).length === Object.keys(files).length) return found as Record<Name, string>;
  throw new BallastError("INVALID_INPUT", "The account's files are missing.", {
    hint: "Give --run, or --tree with --opening and --portfolio.",
  });
}

const check = command({
  name: "check",
  summary: "check your proof against the published root: is your account in, and with what?",
  arguments: { path: needed("<proof>", "your proof file") },
  flags: {
    root: needed("--root <hex>", "the root, read from the chain yourself", (text) =>
      parseField(text, "root"),
    ),
    account: option("--account <name>", "your account: is the proof about it?"),
    snapshot: optional(snapshot, "the published snapshot, to check the instruments' names as well"),
  },
  notes: "Exit code 1 says that the proof does not hold.",
  examples: ["ballast inclusion check desk.inclusion.json --root 0xROOT"],
  run({ path, root, account, ...values }, { print, fail }) {
    const proof = loadInclusion(path);
    const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const checked = checkInclusion(proof, { root, ...given({ account, snapshot: within }) });
    const { valid, checks, namesChecked } = checked;
    if (!valid) fail();
    print(inclusionJson(proof, checked), () =>
      [
        ...checkLines(checks),
        ...(valid ? report(proof, namesChecked) : ["DOES NOT HOLD: the file proves nothing about this root"]),
      ].join("\n"),
    );
  },
});

export const inclusion = group({
  ...named("inclusion"),
  commands: [build, update, verify, prove, check],
});

function report(proof: InclusionProof, namesChecked: boolean): string[] {
  const rows = holdingsJson(proof).map(({ instrument, instrumentId, side, quantity, lots }) => [
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

/** @throws {BallastError} INVALID_INPUT for more than any instance has. */
function parseSlots(text: string, name: string): number {
  const slots = parseCount(text, name, 3);
  if (slots <= MAX_SLOTS) return slots;
  throw new BallastError("INVALID_INPUT", `No instance has more than ${MAX_SLOTS} slots.`, {
    hint: `${name} is 16, 64 or 128.`,
  });
}

function summary({ count, depth, root }: TreeHeader) {
  return { accounts: count, depth, root: formatField(root) };
}

function describe(path: string, { count, depth, root }: TreeHeader): string {
  return `${path}: ${count} accounts in ${depth} levels\n  root ${formatField(root)}`;
}
