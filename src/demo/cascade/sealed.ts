import { join } from "node:path";
import {
  commitBid,
  disclose,
  reclaimBond,
  revealBid,
  setDisclosureKey,
  settleBid,
  sweepUnrevealed,
} from "../../chain/liquidation/auction.ts";
import { openCase } from "../../chain/liquidation/cases.ts";
import { readDisclosures } from "../../chain/liquidation/events.ts";
import { readAuction } from "../../chain/liquidation/read-case.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { readDisclosureKey } from "../../chain/liquidation/read-parties.ts";
import { BallastError } from "../../errors.ts";
import { type Bid, randomBidSalt } from "../../liquidation/bid.ts";
import { type Disclosure, openDisclosure, sealDisclosure } from "../../liquidation/disclosure.ts";
import { createDisclosureKey } from "../../liquidation/disclosure-key-file.ts";
import { removeNow, temporaryFolder } from "../../node/ending.ts";
import { moveTo } from "./clock.ts";
import type { Told } from "./path.ts";
import { type PlannedBid, ROLES } from "./plan.ts";
import type { Person } from "./stage.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** A case whose bids are in. */
export interface Bidding {
  readonly caseId: bigint;
  readonly bids: readonly (Bid & { readonly liquidator: Person; readonly reveals: boolean })[];
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
  const { accountId } = world.get(account);
  const { caseId } = await world.send(`opening a case of ${account}`, () =>
    openCase(people.venue, system, accountId),
  );
  const version = await world.versionOf(caseId);
  const bids = planned.map(({ liquidator, cash, reveals }) => ({
    chainId: BigInt(system.chainId),
    ...{ auction: system.auction, caseId, version, cash, reveals },
    liquidator: liquidator as Person,
    bidder: people[liquidator as Person].account.address,
    salt: randomBidSalt(),
  }));
  for (const { liquidator, reveals: _, ...bid } of bids) {
    const opened = await discloseTo(world, account, caseId, liquidator);
    if (world.commitmentOf(opened) !== world.commitmentOf(world.get(account)))
      throw new BallastError("INTERNAL", `What ${liquidator} was shown is not ${account}.`);
    await world.send(`${liquidator} bids, sealed`, () => commitBid(people[liquidator], system, bid));
  }
  const auction = await readAuction(people.owner, system, caseId);
  if (auction === undefined) throw new BallastError("INTERNAL", `The case of ${account} has no auction.`);
  return { caseId, bids, commitUntil: auction.commitUntil, revealUntil: auction.revealUntil };
}

/** Opens the bids of those who mean to. */
export async function reveal(world: World, { bids, commitUntil }: Bidding): Promise<void> {
  const { people, system } = world.stage;
  await moveTo(people.owner, commitUntil);
  for (const { liquidator, reveals, ...bid } of bids)
    if (reveals)
      await world.send(`${liquidator} reveals ${lots(bid.cash)}`, () =>
        revealBid(people[liquidator], system, bid),
      );
}

/** The best bidder takes the whole portfolio for what it bid; who didn't reveal loses its bond. */
export async function playAward(world: World, bidding: Bidding): Promise<Told> {
  const { people, system } = world.stage;
  const { caseId, bids, revealUntil } = bidding;
  await moveTo(people.owner, revealUntil);
  const auction = await readAuction(people.owner, system, caseId);
  const winner = bids.find(({ bidder }) => bidder === auction?.leader?.bidder);
  if (winner === undefined) throw new BallastError("INTERNAL", "The sealed auction has no leader.");
  const { liquidator, cash } = winner;
  const purpose = await world.purpose("award", caseId, liquidator);
  const won = await world.transfer(`all of ${ROLES.sealed} to ${liquidator}`, purpose, {
    a: world.get(ROLES.sealed),
    b: world.get(liquidator),
    cash,
    whole: true,
  });
  if (won.b !== undefined) await world.attest(liquidator, won.b);
  await world.send(`${liquidator} settles`, () => settleBid(people[liquidator], system, caseId, won.claim));
  world.keep(won.a, won.b);
  for (const { liquidator: name, bidder, reveals } of bids) {
    if (name === liquidator) continue;
    if (reveals)
      await world.send(`${name} gets its bond back`, () => reclaimBond(people[name], system, caseId, bidder));
    else
      await world.send(`the bond of ${name}, who did not reveal, is forfeit`, () =>
        sweepUnrevealed(people.owner, system, caseId, bidder),
      );
  }
  const others = bids.length - 1;
  return {
    caseId,
    story: `all of it goes to ${liquidator}, the best of ${others + 1} sealed bids, for ${lots(cash)}`,
  };
}

/** The venue seals the account's opening to one liquidator, who reads and checks it as it would in life. */
async function discloseTo(
  world: World,
  account: string,
  caseId: bigint,
  liquidator: Person,
): Promise<Disclosure> {
  const { people, system } = world.stage;
  const client = people[liquidator];
  const folder = temporaryFolder();
  try {
    const key = await createDisclosureKey(join(folder, "key.json"));
    await world.send(`${liquidator} sets its disclosure key`, () =>
      setDisclosureKey(client, system, key.publicKey),
    );
    const version = await world.versionOf(caseId);
    const recipient = client.account.address;
    const place = { chainId: system.chainId, auction: system.auction, caseId, version, recipient };
    const opening = { ...world.get(account), slots: world.slots };
    const onChain = await readAccount(client, system, opening.accountId);
    const published = await readDisclosureKey(people.venue, system, recipient);
    if (published === undefined) throw new BallastError("INTERNAL", "A disclosure key is not on chain.");
    const sealed = await sealDisclosure(published, place, opening, onChain);
    await world.send(`the venue discloses ${account} to ${liquidator}, encrypted`, () =>
      disclose(people.venue, system, caseId, recipient, sealed),
    );
    const shown = (await readDisclosures(client, system, caseId, recipient)).at(-1);
    if (shown === undefined) throw new BallastError("INTERNAL", "A disclosure is not on chain.");
    return await openDisclosure(key, place, shown.ciphertext, onChain);
  } finally {
    removeNow(folder);
  }
}
