import { join } from "node:path";
import { openAttestedCase, stepBond } from "../../actions/liquidation/anyone.ts";
import { award } from "../../actions/liquidation/award.ts";
import { bidSealed, type CommittedBid, reveal as revealBid } from "../../actions/liquidation/bid.ts";
import { discloseTo, readDisclosed } from "../../actions/liquidation/disclose.ts";
import { readAuction } from "../../chain/liquidation/read-auction.ts";
import { setDisclosureKey } from "../../chain/liquidation/sale.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { createDisclosureKey } from "../../liquidation/disclosure-key-file.ts";
import { removeNow, temporaryFolder } from "../../node/ending.ts";
import { closeExpired } from "./expiry.ts";
import type { Told } from "./path.ts";
import { type PlannedBid, ROLES } from "./plan.ts";
import { serveUntil } from "./serve.ts";
import type { Person } from "./stage.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** A case whose bids are in. Times are served seconds. */
export interface Bidding {
  readonly caseId: bigint;
  readonly bids: readonly (Pick<CommittedBid, "bid"> & {
    readonly liquidator: Person;
    readonly reveals: boolean;
  })[];
  readonly commitUntil: bigint;
  readonly revealUntil: bigint;
}

/** Opens a case of tier 3, discloses the account to whoever is to bid, and commits the bids. */
export async function openBidding(
  world: World,
  account: string,
  planned: readonly PlannedBid[],
): Promise<Bidding> {
  const { people, system } = world.stage;
  const { caseId } = (await openAttestedCase(world.desk("venue"), world.get(account).accountId)).case;
  const bids = [];
  for (const { liquidator: name, cash, reveals } of planned) {
    const liquidator = name as Person;
    const opened = await disclosed(world, account, caseId, liquidator);
    if (world.commitmentOf(opened) !== world.commitmentOf(world.get(account)))
      throw new BallastError("INTERNAL", `What ${liquidator} was shown is not ${account}.`);
    const { bid } = await bidSealed(world.desk(liquidator), caseId, cash, { keep: (kept) => kept });
    bids.push({ liquidator, bid, reveals });
  }
  const auction = await readAuction(people.owner, system, caseId);
  if (auction === undefined) throw new BallastError("INTERNAL", `The case of ${account} has no auction.`);
  return { caseId, bids, commitUntil: auction.commitUntil, revealUntil: auction.revealUntil };
}

/** Opens the bids of those who mean to. */
export async function reveal(world: World, { bids, commitUntil }: Bidding): Promise<void> {
  await serveUntil(world, commitUntil);
  for (const { liquidator, reveals, bid } of bids) if (reveals) await revealBid(world.desk(liquidator), bid);
}

/** The best bidder takes the whole portfolio for what it bid; who didn't reveal loses its bond. */
export async function playAward(world: World, bidding: Bidding): Promise<Told> {
  const { people, system } = world.stage;
  const { caseId, bids, revealUntil } = bidding;
  await serveUntil(world, revealUntil);
  const auction = await readAuction(people.owner, system, caseId);
  const winner = bids.find(({ bid }) => bid.bidder === auction?.leader?.bidder);
  if (winner === undefined) throw new BallastError("INTERNAL", "The sealed auction has no leader.");
  const { liquidator } = winner;
  const expired = await closeExpired(world);
  // The winner, to whom the opening was disclosed, derives the one that the closing left.
  const takers = { account: world.get(ROLES.sealed), taker: world.get(liquidator) };
  const won = await award(world.desk(liquidator), caseId, takers, { bid: winner.bid.cash });
  world.left(won.account);
  for (const { liquidator: name, bid, reveals } of bids) {
    if (name === liquidator) continue;
    if (reveals) await stepBond(world.desk(name), "reclaim", caseId, bid.bidder);
    else await stepBond(world.desk("owner"), "sweep", caseId, bid.bidder);
  }
  const story = `all of it goes to ${liquidator}, the best of ${bids.length} sealed bids, for ${lots(won.cash)}${expired}`;
  return { caseId, story };
}

/** The venue seals the account's opening to one liquidator, who reads and checks it as it would in life. */
async function disclosed(
  world: World,
  account: string,
  caseId: bigint,
  liquidator: Person,
): Promise<OpenAccount> {
  const { people, system } = world.stage;
  const client = people[liquidator];
  const folder = temporaryFolder();
  try {
    const key = await createDisclosureKey(join(folder, "key.json"));
    await world.send(liquidator, "setting its disclosure key", () =>
      setDisclosureKey(client, system, key.publicKey),
    );
    const recipient = client.account.address;
    await discloseTo(world.desk("venue"), caseId, world.get(account), [recipient]);
    return await readDisclosed(client, system, caseId, recipient, key);
  } finally {
    removeNow(folder);
  }
}
