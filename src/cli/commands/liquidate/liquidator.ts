import { award, awardUnshown, leave } from "../../../actions/liquidation/award.ts";
import { bidSealed, reveal } from "../../../actions/liquidation/bid.ts";
import { FileBid, loadBidFor } from "../../../actions/liquidation/bid-file.ts";
import { readDisclosed } from "../../../actions/liquidation/disclose.ts";
import { accountOf } from "../../../chain/client.ts";
import { setDisclosureKey } from "../../../chain/liquidation/sale.ts";
import { timeText } from "../../../display.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { saveAccount } from "../../../liquidation/account-file.ts";
import { createDisclosureKey, loadDisclosureKey } from "../../../liquidation/disclosure-key-file.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { command, group } from "../../command.ts";
import { output, snapshot } from "../../flags.ts";
import { needed, option, saying } from "../../input.ts";
import { caseId, onlyAccount, takerFiles } from "../../liquidation/flags.ts";
import { readingCommand, sendingCommand } from "../../liquidation/kinds.ts";
import { parsePositiveLots } from "../../liquidation/parsers.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";
import { addressOf, privateKey } from "../../options.ts";

const create = command({
  name: "create",
  summary: "make a key, in a file for its owner only",
  flags: { output: output("where the key goes; a file that exists is never overwritten") },
  notes: "X25519. It reads disclosures, and signs nothing. Publish it before cases open.",
  examples: ["ballast liquidate key create -o me.disclosure"],
  async run({ output }, { print }) {
    const { publicKey } = await createDisclosureKey(output);
    print({ file: output, publicKey }, () => `${output}: ${publicKey}`);
  },
});

const publish = sendingCommand({
  name: "publish",
  summary: "set the key on chain, so that venues can disclose to you",
  who: "the liquidator's key",
  flags: {
    key: needed("--key <file>", "from `ballast liquidate key create`; only its public half is sent"),
  },
  examples: ["ballast liquidate key publish --key me.disclosure"],
  load: async ({ key }) => ({ key: await loadDisclosureKey(key) }),
  async act({ client, system, progress }, { key: { publicKey } }) {
    const receipt = await progress.step("setting the key", () => setDisclosureKey(client, system, publicKey));
    const { address } = client.account;
    return { result: { account: address, publicKey }, receipt, text: `${address} reads with ${publicKey}` };
  },
});

const key = group({
  name: "key",
  summary: "a liquidator's key for disclosures",
  commands: [create, publish],
});

const bid = sendingCommand({
  name: "bid",
  summary: "as a listed liquidator: commit to a sealed bid, with a bond",
  who: "the bidder's key",
  arguments: { caseId },
  flags: {
    cash: needed(
      "--cash <lots>",
      "what you leave to the account for all it has, in settlement lots",
      parsePositiveLots,
    ),
    bidFile: needed("--bid-file <file>", "where the bid and its salt go, before anything is sent"),
  },
  notes: `
Keep the file: without it the bid can't be revealed, and its bond is lost. A file that exists is the bid to commit again,
where sending it failed; another --cash than its own is refused. The bond is approved here.`,
  examples: ["ballast liquidate bid 3 --cash 1200000 --bid-file case3.bid"],
  async act(session, { caseId, cash, bidFile }) {
    const done = await bidSealed(session, caseId, cash, new FileBid(bidFile));
    const { revealFrom, revealUntil, receipt } = done;
    const { version, bidder } = done.bid;
    return {
      result: { caseId, version, bidder, bidFile, revealFrom, revealUntil },
      receipt,
      text: `the bid is committed; reveal it from ${timeText(revealFrom)} on, before ${timeText(revealUntil)}: ballast liquidate reveal ${caseId} --bid-file ${bidFile}`,
    };
  },
});

const revealCommand = sendingCommand({
  name: "reveal",
  summary: "open a bid, between the end of bids and that of revealing",
  who: "the bidder's key",
  arguments: { caseId },
  flags: { bidFile: needed("--bid-file <file>", "from `ballast liquidate bid`") },
  notes:
    "From here on the bid is public, and its bond is topped up to its share of the bid, which is approved here. Who doesn't reveal loses the bond.",
  examples: ["ballast liquidate reveal 3 --bid-file case3.bid"],
  load: ({ caseId, bidFile }) => ({ bid: loadBidFor(bidFile, caseId) }),
  async act(session, { caseId, bid }) {
    const receipt = await reveal(session, bid);
    const { cash, bidder } = bid;
    const text = `case ${caseId}: ${bidder} bids ${cash} lots`;
    return { result: { caseId, bidder, cash }, receipt, text };
  },
});

const openDisclosure = readingCommand({
  name: "open-disclosure",
  summary: "as a liquidator: decrypt a case's account, and check it against the ledger",
  arguments: { caseId },
  flags: {
    key: needed("--key <file>", "from `ballast liquidate key create`"),
    snapshot: saying(snapshot, "a snapshot, for the account's instruments"),
    output: output("where the account goes, for its owner only"),
    as: option(
      "--as <address>",
      "to whom it was disclosed (default: the address of $BALLAST_PRIVATE_KEY)",
      addressOf,
    ),
  },
  notes:
    "The newest disclosure is taken. One that doesn't open the ledger's commitment is refused: don't bid on it.",
  examples: ["ballast liquidate open-disclosure 3 --key me.disclosure -o case3.json"],
  load: async ({ as, key, snapshot }) => ({
    key: await loadDisclosureKey(key),
    recipient: as ?? accountOf(privateKey(undefined)).address,
    snapshot: loadSnapshot(snapshot),
  }),
  async act({ reader, system }, { caseId, key, recipient, snapshot, output: file }) {
    const { version, slots, ...account } = await readDisclosed(reader, system, caseId, recipient, key);
    const { accountId } = account;
    saveAccount(file, { name: accountHex(accountId), account }, snapshot);
    const text = `${file}: account ${accountText(accountId)} of case ${caseId}, as the ledger has it`;
    return { result: { caseId, version, accountId: accountHex(accountId), slots, file }, text };
  },
});

const disclosedAccount = needed(
  "--account <file>",
  "the case's account, from `ballast liquidate open-disclosure`",
);

const settle = provingCommand({
  name: "settle",
  summary: "as the leader: take the portfolio over for what you bid",
  who: "the bidder's key",
  arguments: { caseId },
  flags: {
    bidFile: needed("--bid-file <file>", "from `ballast liquidate bid`"),
    account: disclosedAccount,
    taker: needed("--taker <file>", "your account, which takes all of it and pays"),
    max: option(
      "--max <lots>",
      "pay at most this, where the equity's floor is more than the bid (default: the bid)",
      parsePositiveLots,
    ),
    output: output("where your account as it will be goes"),
  },
  notes: `
In your turn only: ballast liquidate show says whose it is. The account's equity in the newest snapshot is shown to everybody;
you pay your bid, or that equity less the largest discount where it is more, and can leave with your bond instead (ballast
liquidate leave). Your account as it will be is attested on the way, in tier 0 or 1; you must own it, and can lock it before
(ballast liquidate lock) so that the venue can't change it while this proves. The fee comes out of your bond; the rest of it
becomes a credit: ballast liquidate withdraw-credit auction.`,
  examples: [
    "ballast liquidate settle 3 --bid-file case3.bid --account case3.json --taker firm.json -o firm.2.json",
  ],
  needs: ["transfer", "coverage", "equity"],
  load(values, snapshot) {
    const { cash: bid } = loadBidFor(values.bidFile, values.caseId);
    return { ...takerFiles(values, snapshot), offer: { bid, atMost: values.max ?? bid } };
  },
  async act(desk, { offer, account, taker, caseId, output: file }) {
    const { cash, tier, receipt } = await award(desk, caseId, { account, taker }, offer);
    const text = `case ${caseId} is yours for ${cash} lots; ${file} opens your account from now on`;
    return { result: { caseId, cash, tier, file }, receipt, text };
  },
});

const settleUnshown = provingCommand({
  name: "settle-unshown",
  summary: "as the leader: take the portfolio over without showing what it is worth",
  who: "the bidder's key",
  arguments: { caseId },
  flags: {
    bidFile: needed("--bid-file <file>", "from `ballast liquidate bid`"),
    account: disclosedAccount,
    taker: needed("--taker <file>", "your account, which takes all of it and pays"),
    pay: option(
      "--pay <lots>",
      "pay this, where the bid is below the equity's floor (default: the bid)",
      parsePositiveLots,
    ),
    output: output("where your account as it will be goes"),
  },
  notes: `
As ballast liquidate settle, by another proof: that the account is in tier 2, 3 or 4 in the newest snapshot, and that what you
pay is no less than its equity less the largest discount. The proof tells neither equity nor tier. The circuit ceiling must
have its point in the snapshot: whoever signs it names that instance too. Where your bid is below the floor, pay a round amount
above it: an amount that just passes tells the equity. Where the account is healthy by now, use settle or leave.`,
  examples: [
    "ballast liquidate settle-unshown 3 --bid-file case3.bid --account case3.json --taker firm.json -o firm.2.json",
  ],
  needs: ["transfer", "coverage", "ceiling"],
  load(values, snapshot) {
    const { cash: bid } = loadBidFor(values.bidFile, values.caseId);
    return { ...takerFiles(values, snapshot), offer: { bid, pay: values.pay ?? bid } };
  },
  async act(desk, { offer, account, taker, caseId, output: file }) {
    const { cash, tier, receipt } = await awardUnshown(desk, caseId, { account, taker }, offer);
    const text = `case ${caseId} is yours for ${cash} lots, its equity unshown; ${file} opens your account from now on`;
    return { result: { caseId, cash, tier, file }, receipt, text };
  },
});

const leaveCommand = provingCommand({
  name: "leave",
  summary: "as the leader: leave with your bond, because the price rose since you bid",
  who: "the bidder's key",
  arguments: { caseId },
  flags: { account: disclosedAccount },
  notes: `
In your turn only, when the account's equity less the largest discount is more than you bid; its equity in the newest snapshot
becomes public. The next bidder's turn begins. Where the account is in tier 0 or 1 its case is cured.`,
  examples: ["ballast liquidate leave 3 --account case3.json"],
  needs: ["equity"],
  load: (values, snapshot) => onlyAccount(values.account, snapshot),
  async act(desk, { account, caseId }) {
    const { case: found, equity, tier, receipt } = await leave(desk, caseId, account);
    const { status } = found;
    const text = `your bond in case ${caseId} is a credit; the case is ${status === "closed" ? "cured" : status}`;
    return { result: { caseId, status, tier, equity }, receipt, text };
  },
});

export const liquidator = [key, bid, revealCommand, openDisclosure, settle, settleUnshown, leaveCommand];
