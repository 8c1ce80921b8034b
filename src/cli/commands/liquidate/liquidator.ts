import type { Command } from "commander";
import type { Address } from "viem";
import { accountOf } from "../../../chain/client.ts";
import { commitBid, revealBid, setDisclosureKey, settleBid } from "../../../chain/liquidation/auction.ts";
import { readDisclosures } from "../../../chain/liquidation/events.ts";
import { readAuction, readCaseView } from "../../../chain/liquidation/read-case.ts";
import { readAccount } from "../../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../../errors.ts";
import { loadAccount, saveAccount } from "../../../liquidation/account-file.ts";
import { type Bid, randomBidSalt } from "../../../liquidation/bid.ts";
import { loadBid, saveBid } from "../../../liquidation/bid-file.ts";
import { type Disclosure, openDisclosure } from "../../../liquidation/disclosure.ts";
import { createDisclosureKey, loadDisclosureKey } from "../../../liquidation/disclosure-key-file.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { emit } from "../../io.ts";
import {
  atDesk,
  attestAt,
  caseWith,
  checkOnLedger,
  counterparty,
  type DeskOptions,
  provesAndSends,
  purposeIn,
  transferAt,
} from "../../liquidation/desk.ts";
import { keepThenSend } from "../../liquidation/keep.ts";
import {
  accountHex,
  accountText,
  type ChainOptions,
  caseOf,
  openReader,
  openSession,
  positiveLots,
  reads,
  same,
  sends,
  sent,
  timeText,
} from "../../liquidation/session.ts";
import { addressOf, privateKey } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface KeyOptions extends Record<string, unknown> {
  readonly output: string;
}
interface PublishOptions extends ChainOptions {
  readonly key: string;
}
interface BidOptions extends ChainOptions {
  readonly cash: string;
  readonly bidFile: string;
}
interface RevealOptions extends ChainOptions {
  readonly bidFile: string;
}
interface OpenOptions extends ChainOptions {
  readonly key: string;
  readonly as?: string;
  readonly snapshot: string;
  readonly output: string;
}
interface SettleOptions extends DeskOptions {
  readonly bidFile: string;
  readonly account: string;
  readonly taker: string;
  readonly output: string;
}

/** `ballast liquidate key|bid|reveal|open-disclosure|settle` */
export function registerLiquidator(group: Command, run: Runner): void {
  registerKey(group.command("key").description("a liquidator's key for disclosures"), run);
  registerBids(group, run);
  registerOpenDisclosure(group, run);
  registerSettle(group, run);
}

function registerKey(group: Command, run: Runner): void {
  group
    .command("create")
    .description("make a key, in a file for its owner only")
    .requiredOption("-o, --output <file>", "where the key goes; a file that exists is never overwritten")
    .addHelpText("after", "\nX25519. It reads disclosures, and signs nothing. Publish it before cases open.")
    .action(
      run<KeyOptions>(async ({ io, json }, { output }) => {
        const { publicKey } = await createDisclosureKey(output);
        emit(io, json, { file: output, publicKey }, () => `${output}: ${publicKey}`);
      }),
    );
  sends(group, "publish", "set the key on chain, so that venues can disclose to you", "the liquidator's key")
    .requiredOption("--key <file>", "from `ballast liquidate key create`; only its public half is sent")
    .action(
      run<PublishOptions>(async ({ io, json, progress }, options) => {
        const { publicKey } = await loadDisclosureKey(options.key);
        const { client, system } = await openSession(options);
        const receipt = await progress.step("setting the key", () =>
          setDisclosureKey(client, system, publicKey),
        );
        const { address } = client.account;
        emit(
          io,
          json,
          { account: address, publicKey, ...sent(receipt) },
          () => `${address} reads with ${publicKey}`,
        );
      }),
    );
}

function registerBids(group: Command, run: Runner): void {
  sends(group, "bid", "as a listed liquidator: commit to a sealed bid, with a bond", "the bidder's key")
    .argument("<case>", "the case's number")
    .requiredOption("--cash <lots>", "what you leave to the account for all it has, in settlement lots")
    .requiredOption("--bid-file <file>", "where the bid and its salt go, before anything is sent")
    .addHelpText(
      "after",
      `
Keep the file: without it the bid can't be revealed, and its bond is lost. A file that exists is the bid to commit again,
where sending it failed; another --cash than its own is refused. The bond is approved here.`,
    )
    .action(
      run<BidOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const caseId = caseOf(text);
        const cash = positiveLots(options.cash, "--cash");
        const { client, system } = await openSession(options);
        const auction = await readAuction(client, system, caseId);
        if (auction === undefined)
          throw new BallastError("INVALID_INPUT", `Case ${caseId} has no auction.`, {
            hint: "Bids are made in the sealed phase: look at it with `ballast liquidate show`.",
          });
        const { chainId, auction: address } = system;
        const { version, commitUntil, revealUntil } = auction;
        const bidder = client.account.address;
        const place = { chainId: BigInt(chainId), auction: address, caseId, version, bidder };
        const bid = keptBid(options.bidFile, { ...place, cash, salt: randomBidSalt() });
        const receipt = await progress.step("committing the bid", () => commitBid(client, system, bid));
        emit(
          io,
          json,
          { caseId, version, bidder, bidFile: options.bidFile, commitUntil, revealUntil, ...sent(receipt) },
          () =>
            `the bid is committed; reveal it from ${timeText(commitUntil)} on, before ${timeText(revealUntil)}: ballast liquidate reveal ${caseId} --bid-file ${options.bidFile}`,
        );
      }),
    );
  sends(group, "reveal", "open a bid, between the end of bids and that of revealing", "the bidder's key")
    .argument("<case>", "the case's number")
    .requiredOption("--bid-file <file>", "from `ballast liquidate bid`")
    .addHelpText("after", "\nFrom here on the bid is public. Who doesn't reveal loses the bond.")
    .action(
      run<RevealOptions>(async ({ io, json, progress }, options, [text = ""]) => {
        const caseId = caseOf(text);
        const bid = bidFor(options.bidFile, caseId);
        const { client, system } = await openSession(options);
        const receipt = await progress.step("revealing the bid", () => revealBid(client, system, bid));
        const { cash, bidder } = bid;
        emit(
          io,
          json,
          { caseId, bidder, cash, ...sent(receipt) },
          () => `case ${caseId}: ${bidder} bids ${cash} lots`,
        );
      }),
    );
}

/** Saves the bid; where the file exists already, it is that one, if it is for the same. */
function keptBid(path: string, bid: Bid): Bid {
  try {
    saveBid(path, bid);
    return bid;
  } catch (error) {
    const found = savedBid(path);
    if (found === undefined) throw error;
    const { salt: _, ...terms } = bid;
    const isSame = (Object.keys(terms) as (keyof typeof terms)[]).every((key) => found[key] === bid[key]);
    if (isSame) return found;
    throw new BallastError("BID_MISMATCH", `${path} is another bid.`, {
      hint: "It is not overwritten: choose another file, or bid as it says.",
    });
  }
}

function savedBid(path: string): Bid | undefined {
  try {
    return loadBid(path);
  } catch {
    return undefined;
  }
}

function bidFor(path: string, caseId: bigint): Bid {
  const bid = loadBid(path);
  if (bid.caseId === caseId) return bid;
  throw new BallastError("BID_MISMATCH", `${path} is a bid for case ${bid.caseId}, not for case ${caseId}.`, {
    hint: "Give the file that was written when this case's bid was committed.",
  });
}

function registerOpenDisclosure(group: Command, run: Runner): void {
  reads(
    group,
    "open-disclosure",
    "as a liquidator: decrypt a case's account, and check it against the ledger",
  )
    .argument("<case>", "the case's number")
    .requiredOption("--key <file>", "from `ballast liquidate key create`")
    .requiredOption("-s, --snapshot <file>", "a snapshot, for the account's instruments")
    .requiredOption("-o, --output <file>", "where the account goes, for its owner only")
    .option("--as <address>", "to whom it was disclosed (default: the address of $BALLAST_PRIVATE_KEY)")
    .addHelpText(
      "after",
      "\nThe newest disclosure is taken. One that doesn't open the ledger's commitment is refused: don't bid on it.",
    )
    .action(
      run<OpenOptions>(async ({ io, json }, options, [text = ""]) => {
        const caseId = caseOf(text);
        const key = await loadDisclosureKey(options.key);
        const recipient = recipientOf(options.as);
        const snapshot = loadSnapshot(options.snapshot);
        const { reader, system } = await openReader(options);
        const { case: found } = await readCaseView(reader, system, caseId);
        const account = await readAccount(reader, system, found.accountId);
        const [newest] = (await readDisclosures(reader, system, caseId, recipient)).slice(-1);
        if (newest === undefined)
          throw new BallastError(
            "DISCLOSURE_UNREADABLE",
            `Case ${caseId} is not disclosed to ${recipient} yet.`,
            {
              hint: "Publish your key with `ballast liquidate key publish`, and ask the venue to disclose.",
            },
          );
        const { chainId, auction } = system;
        const { version, ciphertext } = newest;
        const place = { chainId, auction, caseId, version, recipient };
        const opened: Disclosure = await openDisclosure(key, place, ciphertext, account);
        const { slots, ...opening } = opened;
        saveAccount(options.output, { name: accountHex(opening.accountId), account: opening }, snapshot);
        emit(
          io,
          json,
          { caseId, version, accountId: accountHex(found.accountId), slots, file: options.output },
          () =>
            `${options.output}: account ${accountText(found.accountId)} of case ${caseId}, as the ledger has it`,
        );
      }),
    );
}

function recipientOf(as: string | undefined): Address {
  return as === undefined ? accountOf(privateKey(undefined)).address : addressOf(as, "--as");
}

function registerSettle(group: Command, run: Runner): void {
  provesAndSends(
    group,
    "settle",
    "as the leader: take the portfolio over for what you bid",
    "the bidder's key",
  )
    .argument("<case>", "the case's number")
    .requiredOption("--bid-file <file>", "from `ballast liquidate bid`")
    .requiredOption("--account <file>", "the case's account, from `ballast liquidate open-disclosure`")
    .requiredOption("--taker <file>", "your account, which takes all of it and pays the bid")
    .requiredOption("-o, --output <file>", "where your account as it will be goes")
    .addHelpText(
      "after",
      `
In your turn only: ballast liquidate show says whose it is. Your account as it will be is attested on the way, in tier 0 or
1; you must own it, and can lock it before (ballast liquidate lock) so that the venue can't change it while this proves.
The fee is approved here. Pots of lost bonds and your own bond become a credit: ballast liquidate withdraw-credit auction.`,
    )
    .action(
      run<SettleOptions>((context, options, [text = ""]) => {
        const caseId = caseOf(text);
        const bid = bidFor(options.bidFile, caseId);
        return atDesk(
          context,
          options,
          ["transfer", "coverage"],
          (snapshot) => ({
            account: loadAccount(options.account, snapshot),
            taker: loadAccount(options.taker, snapshot),
          }),
          async (desk, { account, taker }) => {
            const { client, system, snapshot } = desk;
            const view = await caseWith(desk, caseId, account);
            checkTurn(view.auction?.leader, client.account.address, caseId);
            await checkOnLedger(desk, [account, taker]);
            const purpose = purposeIn(view, "award", client.account.address);
            const plan = { a: account.account, b: taker.account, cash: bid.cash, whole: true };
            const done = await transferAt(desk, purpose, plan, { b: options.output });
            const files = [{ ...taker, account: counterparty(done), path: options.output }];
            const { tier, receipt } = await keepThenSend(files, snapshot, async () => {
              const attested = await attestAt(desk, counterparty(done), 1);
              const settled = await context.progress.step("settling the bid", () =>
                settleBid(client, system, caseId, done.claim),
              );
              return { tier: attested, receipt: settled };
            });
            emit(
              context.io,
              context.json,
              { caseId, cash: bid.cash, tier, file: options.output, ...sent(receipt) },
              () =>
                `case ${caseId} is yours for ${bid.cash} lots; ${options.output} opens your account from now on`,
            );
          },
        );
      }),
    );
}

/** @throws {BallastError} INVALID_INPUT. */
function checkTurn(
  leader: { readonly bidder: Address; readonly until: bigint } | undefined,
  client: Address,
  caseId: bigint,
): void {
  if (leader !== undefined && same(leader.bidder, client)) return;
  const whose = leader === undefined ? "nobody's" : `${leader.bidder}'s until ${timeText(leader.until)}`;
  throw new BallastError("INVALID_INPUT", `It is ${whose} turn to settle case ${caseId}.`, {
    hint: "Look at `ballast liquidate show`: turns follow from the bids and the clock.",
  });
}
