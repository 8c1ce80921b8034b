import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  commitBid,
  passOver,
  reclaimBond,
  revealBid,
  setLiquidator,
  settleBid,
  sweepUnrevealed,
} from "../../src/chain/liquidation/auction.ts";
import { cureByTransfer, cureCase, openCase, reduceCase } from "../../src/chain/liquidation/cases.ts";
import { challengeAccount, readChallenges, settleChallenge } from "../../src/chain/liquidation/challenges.ts";
import { withdrawCredit } from "../../src/chain/liquidation/credits.ts";
import { readDisclosures, readTimeline } from "../../src/chain/liquidation/events.ts";
import { bondOf, feeOf } from "../../src/chain/liquidation/fees.ts";
import { depositFund, requestFundWithdrawal, withdrawFund } from "../../src/chain/liquidation/funds.ts";
import {
  absorbLoss,
  clearResidual,
  deleverageHolder,
  openRound,
  releaseLots,
  takeOver,
} from "../../src/chain/liquidation/house.ts";
import { tradeHouse } from "../../src/chain/liquidation/house-accounts.ts";
import { readCaseView } from "../../src/chain/liquidation/read-case.ts";
import { absorbableLots, readFunds, readRound, readShares } from "../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../src/chain/liquidation/read-ledger.ts";
import { readDisclosureKey } from "../../src/chain/liquidation/read-parties.ts";
import {
  buyPortfolio,
  disclose,
  recordMove,
  releaseHold,
  setDisclosureKey,
  showEquity,
} from "../../src/chain/liquidation/sale.ts";
import { CADENCE } from "../../src/demo/cascade/parameters.ts";
import { commitmentOf, type OpenAccount } from "../../src/liquidation/account.ts";
import { type Bid, randomBidSalt } from "../../src/liquidation/bid.ts";
import { loadBid, saveBid } from "../../src/liquidation/bid-file.ts";
import { proveDeleverage, proveReduction } from "../../src/liquidation/claims.ts";
import { closingTerms, holdingTerms, planRound } from "../../src/liquidation/deleveraging.ts";
import { openDisclosure, sealDisclosure } from "../../src/liquidation/disclosure.ts";
import { createDisclosureKey } from "../../src/liquidation/disclosure-key-file.ts";
import {
  absorbPurpose,
  deleveragePurpose,
  factContext,
  HOUSE_PURPOSE,
  RELEASE_PURPOSE,
  transferContext,
} from "../../src/liquidation/purpose.ts";
import { deriveOpening } from "../../src/liquidation/transfers.ts";
import { derivedSalt } from "../../src/portfolio/commitment.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import { balancesOf, expectConserved } from "../chain/liquidation/money.ts";
import { BONDED, reportRound, startOracle } from "../chain/liquidation/oracle.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  MICROS,
  PARAMETERS,
  type Person,
  SLOTS,
  startLiquidation,
  UNITS,
  usd,
  type World,
} from "../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";

const PUT = "BTC-27MAR26-60000-P";
const MAKER = 1n;
const TRADER = 2n;
const { auction: AUCTION, challenges: CHALLENGES, engine: ENGINE, sale: SALE } = PARAMETERS;

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
let oracle: Address;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ballast-liquidation-"));
  stage = await startLiquidation({
    oracle: async (people, token) => {
      oracle = await startOracle(people, token);
      return oracle;
    },
  });
});
afterAll(async () => {
  await stage.stop();
  rmSync(folder, { recursive: true });
});

/** Lots of cash, of 1,000 USD each. */
const grand = (amount: bigint) => amount * 100_000n;
const equityOf = ({ snapshot }: World, { positions }: OpenAccount) =>
  portfolioSums(snapshot.rows, positions, snapshot.shape).equity;
const view = (world: World, caseId: bigint) => readCaseView(stage.people.dave, world.stage.system, caseId);
const names = async (caseId: bigint) =>
  (await readTimeline(stage.people.dave, stage.system, caseId)).map(({ name }) => name);

/** A trader short of puts with equity of `coverage` ppm of its requirement, and who holds them. */
async function cast(world: World, puts: bigint, coverage: bigint): Promise<void> {
  await world.register(TRADER, world.funded({ [PUT]: -puts }, coverage));
  await world.register(MAKER, world.funded({ [PUT]: puts }, 3_000_000n));
}

/** Attests the trader's tier, and opens its case. */
async function opened(world: World, tier: number): Promise<bigint> {
  const claim = await world.attest(world.get(TRADER));
  expect(claim.tier).toBe(tier);
  const { caseId } = await openCase(stage.people.dave, stage.system, TRADER);
  expect((await view(world, caseId)).account).toMatchObject({ frozen: true, guarded: false });
  return caseId;
}

/** An account with cash, whose owner can take portfolios over. */
const firm = (world: World, id: bigint, owner: Person) =>
  world.register(id, [{ instrumentId: CASH, quantity: grand(50n) }], owner);

describe("a liquidation", () => {
  it("ends in the soft window: a slice goes to somebody else, and the rest is healthy", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 4n, 1_050_000n);
      const taker = await firm(world, 3n, "alice");
      await world.begin();
      const caseId = await opened(world, 2);
      const before = await view(world, caseId);
      expect(before).toMatchObject({
        case: { status: "soft", tier: 2 },
        attestation: { tier: 2 },
        auction: undefined,
      });
      await expect(cureCase(people.dave, system, caseId)).rejects.toMatchObject({
        details: { error: "WrongTier" },
      });

      const trader = world.get(TRADER);
      const put = world.idOf(PUT);
      const price = equityOf(world, { ...trader, positions: [{ instrumentId: put, quantity: 2n }] }) / MICROS;
      const purpose = world.purpose("reduce", caseId, before.case.version, "venue");
      const moved = [{ instrumentId: put, quantity: -2n }];
      const paid = -price - 1_000n;
      const sold = await world.transfer(purpose, { a: trader, b: taker, moved, cash: paid, rest: "kept" });
      const penalty = BigInt(ENGINE.maxPenalty);
      const reduction = await proveReduction(
        ...[stage.kits.reduction, world.snapshot, trader, sold.a, penalty, world.place()],
      );
      await expect(reduceCase(people.alice, system, caseId, sold.claim, reduction)).rejects.toMatchObject({
        details: { error: "NotAllowed" },
      });
      await expect(reduceCase(people.venue, system, caseId, sold.claim, reduction)).rejects.toMatchObject({
        details: { error: "NoCurrentAttestation" },
      });
      expect((await world.attest(sold.a)).tier).toBe(0);
      await reduceCase(people.venue, system, caseId, sold.claim, reduction);
      world.keep(sold.a, sold.b);
      await expect(reduceCase(people.venue, system, caseId, sold.claim, reduction)).rejects.toMatchObject({
        code: "CHAIN_ERROR",
      });
      await cureCase(people.dave, system, caseId);
      expect(await view(world, caseId)).toMatchObject({
        case: { status: "closed", outcome: "cured", version: before.case.version + 2 },
        account: { frozen: false },
      });
      expect(await names(caseId)).toEqual(["CaseOpened", "CaseAdvanced", "CaseReduced", "CaseClosed"]);
      await expectConserved(world, BONDED);
    }));

  it("goes to the second best bidder when the best doesn't settle", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 2n, 900_000n);
      await firm(world, 3n, "alice");
      await world.begin();
      const start = await expectConserved(world, BONDED);
      for (const bidder of ["alice", "bob", "carol"] as const)
        await setLiquidator(people.owner, system, people[bidder].account.address, true);
      const caseId = await opened(world, 3);
      const { case: found, auction, account } = await view(world, caseId);
      expect(found.status).toBe("sealed");
      const equity = equityOf(world, world.get(TRADER)) / MICROS;

      const recipient = people.alice.account.address;
      const key = await createDisclosureKey(join(folder, "alice.key"));
      await setDisclosureKey(people.alice, system, key.publicKey);
      const place = {
        chainId: system.chainId,
        auction: system.auction,
        caseId,
        version: found.version,
        recipient,
      };
      const opening = { ...world.get(TRADER), slots: SLOTS };
      const published = (await readDisclosureKey(people.venue, system, recipient)) ?? "0x";
      const sealed = await sealDisclosure(published, place, opening, account);
      await disclose(people.venue, system, caseId, recipient, sealed);
      const [shown] = await readDisclosures(people.alice, system, caseId, recipient);
      const disclosed = await openDisclosure(key, place, shown?.ciphertext ?? "0x", account);
      expect(disclosed).toEqual(opening);

      const bids = { alice: (equity * 8n) / 10n, bob: (equity * 9n) / 10n, carol: (equity * 19n) / 20n };
      for (const [bidder, cash] of Object.entries(bids) as [Person, bigint][]) {
        const bid: Bid = {
          ...{
            chainId: BigInt(system.chainId),
            auction: system.auction,
            caseId,
            cash,
            salt: randomBidSalt(),
          },
          version: auction?.version ?? 0,
          bidder: people[bidder].account.address,
        };
        saveBid(join(folder, `${bidder}.bid`), bid);
        await commitBid(people[bidder], system, bid);
      }
      await world.serveTo(auction?.commitUntil ?? 0n);
      for (const bidder of ["alice", "bob"] as const)
        await revealBid(people[bidder], system, loadBid(join(folder, `${bidder}.bid`)));
      await world.serveTo(auction?.revealUntil ?? 0n);
      expect((await view(world, caseId)).auction).toMatchObject({
        leader: { bidder: people.bob.account.address, cash: bids.bob },
        bids: [{ status: "revealed" }, { status: "revealed" }, { status: "committed" }],
      });

      const purpose = world.purpose("award", caseId, found.version, "alice");
      const plan = { a: disclosed, b: world.get(3n), cash: bids.alice, rest: "whole" } as const;
      const won = await world.transfer(purpose, plan);
      expect((await world.attest(won.b ?? plan.b)).tier).toBe(0);
      const early = await world.equity(disclosed);
      await expect(settleBid(people.alice, system, caseId, won.claim, early)).rejects.toMatchObject({
        details: { error: "NotLeader" },
      });
      await world.serveTo((auction?.revealUntil ?? 0n) + AUCTION.settleWindow);
      expect((await view(world, caseId)).auction?.leader?.bidder).toBe(people.alice.account.address);
      await world.attest(won.b ?? plan.b);
      await settleBid(people.alice, system, caseId, won.claim, await world.equity(disclosed));
      world.keep(won.a, won.b);
      await sweepUnrevealed(people.dave, system, caseId, people.carol.account.address);
      await withdrawCredit(people.alice, system, "auction");

      const after = await view(world, caseId);
      expect(after).toMatchObject({
        case: { status: "closed", outcome: "awarded" },
        auction: {
          settled: true,
          bids: [{ status: "settled" }, { status: "defaulted" }, { status: "forfeited" }],
        },
      });
      expect(world.get(TRADER).positions).toEqual([{ instrumentId: CASH, quantity: bids.alice }]);
      const end = await expectConserved(world, BONDED);
      const fee = feeOf(bids.alice, UNITS, AUCTION);
      expect(end.alice - start.alice).toBe(-fee);
      const lost = bondOf(bids.bob, UNITS, AUCTION);
      expect([end.bob - start.bob, end.carol - start.carol]).toEqual([-lost, -AUCTION.bidBond]);
      const funds = await readFunds(people.dave, system);
      const toGamma = (fee * BigInt(PARAMETERS.funds.gammaShare)) / 1_000_000n;
      expect(funds.gamma.assets).toBe(toGamma);
      expect(funds.insurance.assets).toBe(fee - toGamma + lost + AUCTION.bidBond);
    }));

  it("goes to a buyer in public, whose hold-back is taxed by how far the market moved", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 2n, 900_000n);
      const buyer = await firm(world, 3n, "carol");
      await world.begin();
      const start = await expectConserved(world, BONDED);
      await setLiquidator(people.owner, system, people.bob.account.address, true);
      const caseId = await opened(world, 3);
      const { case: found, auction } = await view(world, caseId);
      const bid: Bid = {
        ...{
          chainId: BigInt(system.chainId),
          auction: system.auction,
          caseId,
          cash: 1n,
          salt: randomBidSalt(),
        },
        version: found.version,
        bidder: people.bob.account.address,
      };
      await commitBid(people.bob, system, bid);
      await world.serveTo(auction?.commitUntil ?? 0n);
      await revealBid(people.bob, system, bid);
      await world.serveTo((auction?.revealUntil ?? 0n) + AUCTION.settleWindow);
      await passOver(people.dave, system, caseId);

      const trader = world.get(TRADER);
      await showEquity(people.dave, system, caseId, await world.equity(trader));
      const opening = await view(world, caseId);
      expect(opening).toMatchObject({ case: { status: "sale" }, sale: { elapsed: 0n } });
      await world.serveTo(opening.case.phaseServed + SALE.duration / 2n);
      // Of the equity by the newest prices, less the discount by now; blocks take seconds, in which it grows.
      const equity = await world.equity(trader);
      const equityLots = equityOf(world, trader) / MICROS;
      const { discount } = (await view(world, caseId)).sale;
      expect(discount >= 150_000n && discount < 160_000n).toBe(true);
      const price = (equityLots * (1_000_000n - discount) + 999_999n) / 1_000_000n;

      const { version } = opening.case;
      const purpose = world.purpose("award", caseId, version, "carol");
      const bought = await world.transfer(purpose, { a: trader, b: buyer, cash: price, rest: "whole" });
      const buy = () => buyPortfolio(people.carol, system, caseId, version, bought.claim, equity);
      await expect(buy()).rejects.toMatchObject({ details: { error: "NotHealthy" } });
      await world.attest(bought.b ?? buyer);
      await buy();
      world.keep(bought.a, bought.b);
      const heldBack = ((equityLots - price) * UNITS) / 2n;
      expect(await view(world, caseId)).toMatchObject({
        case: { status: "closed", outcome: "sold" },
        sale: { hold: { buyer: people.carol.account.address, amount: heldBack, move: 0n } },
      });
      await expectConserved(world, BONDED);

      // 64,000 to 62,080 is 3 %: half way from the bound of 1 % to the cap of 5 %.
      await reportRound(people, oracle, 2, [62_080n, 1_900n]);
      await expect(releaseHold(people.dave, system, caseId)).rejects.toMatchObject({
        details: { error: "HoldRuns" },
      });
      await recordMove(people.dave, system, caseId);
      expect((await view(world, caseId)).sale.hold?.move).toBe(30_000n);
      await expect(recordMove(people.dave, system, caseId)).rejects.toMatchObject({
        details: { error: "NoLargerMove" },
      });
      await world.at((await world.now()) + SALE.holdPeriod);
      await releaseHold(people.dave, system, caseId);
      await withdrawCredit(people.carol, system, "sale");
      const end = await expectConserved(world, BONDED);
      const fee = feeOf(price, UNITS, AUCTION);
      expect(end.carol - start.carol).toBe(-fee - heldBack / 2n);
      expect(end.bob - start.bob).toBe(-AUCTION.bidBond);
      const funds = await readFunds(people.dave, system);
      expect(funds.insurance.assets + funds.gamma.assets).toBe(fee + AUCTION.bidBond + heldBack / 2n);
      expect(await names(caseId)).toEqual([
        ...["CaseOpened", "CaseAdvanced", "SealedOpened", "BidCommitted", "BidRevealed", "PassedOver"],
        ...["SealedFailed", "EquityShown", "CaseAdvanced", "EquityShown", "Bought", "CaseClosed"],
        ...["MoveRecorded", "HoldReleased"],
      ]);
    }));

  it("ends with the clearing house, whose funds bear the loss in their order; later the house gives back", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 3n, -50_000n);
      const taker = await firm(world, 3n, "alice");
      await world.begin();
      const caseId = await opened(world, 4);
      await world.serve(PARAMETERS.engine.takeoverNotice + CADENCE);
      const lacking = (-equityOf(world, world.get(TRADER)) + MICROS - 1n) / MICROS;
      const insured = (lacking * 6n) / 10n;
      const { shares } = await depositFund(people.carol, system, "insurance", insured * UNITS + 7n);
      await depositFund(people.dave, system, "gamma", lacking * UNITS);
      const { id, readyAt } = await requestFundWithdrawal(people.carol, system, "insurance", shares / 2n);

      const { case: found } = await view(world, caseId);
      expect(found.status).toBe("takeover");
      const purpose = world.purpose("takeover", caseId, found.version, system.clearingHouse);
      const house = () => world.get(system.houseAccount);
      const taken = await world.transfer(purpose, { a: world.get(TRADER), b: house(), rest: "whole" });
      const trader = await world.equity(world.get(TRADER));
      await expect(takeOver(people.dave, system, caseId, taken.claim, trader)).rejects.toMatchObject({
        details: { error: "OnlyOperator" },
      });
      await world.anchor(TRADER);
      await takeOver(people.owner, system, caseId, taken.claim, trader);
      world.keep(taken.a, taken.b);
      expect(world.get(TRADER).positions).toEqual([]);
      // Booked by the takeover's proof, before anybody proves what the house lacks.
      expect(await readFunds(people.dave, system)).toMatchObject({
        ...{ locked: true, residual: 0n },
        insurance: { assets: insured * UNITS + 7n, reserved: insured * UNITS },
        gamma: { reserved: (lacking - insured) * UNITS },
      });

      const equity = await world.equity(house());
      expect(equity).toMatchObject({ tier: 4, equity: equityOf(world, house()) });
      const draw = absorbableLots(await readFunds(people.dave, system), system, equity.equity);
      expect(draw).toMatchObject({ most: lacking, fromInsuranceFund: insured });
      const filled = await world.transfer(absorbPurpose(world.snapshot.snapshotId), {
        a: house(),
        funding: draw.most,
        rest: "kept",
      });
      expect(await absorbLoss(people.dave, system, equity, filled.claim)).toMatchObject({
        loss: lacking,
        fromInsuranceFund: insured,
        fromGammaReserve: lacking - insured,
        ...{ reserved: 0n, residual: 0n },
      });
      world.keep(filled.a);
      await expectConserved(world, BONDED);
      expect(await readFunds(people.dave, system)).toMatchObject({
        residual: 0n,
        locked: false,
        insurance: { assets: 7n },
        gamma: { assets: insured * UNITS },
      });

      // An hour later puts are cheap: the house sells its risk, and what is left goes to the insurance fund.
      await world.publish(readyAt, "0.08");
      const before = house();
      const put = world.idOf(PUT);
      const price = equityOf(world, { ...before, positions: [{ instrumentId: put, quantity: 3n }] }) / MICROS;
      const moved = [{ instrumentId: put, quantity: -3n }];
      const traded = await world.transfer(HOUSE_PURPOSE, { a: before, b: taker, moved, cash: -price });
      const penalty = BigInt(PARAMETERS.funds.maxPenalty);
      const reduction = await proveReduction(
        ...[stage.kits.reduction, world.snapshot, before, traded.a, penalty, world.place()],
      );
      await tradeHouse(people.owner, system, traded.claim, reduction);
      world.keep(traded.a, traded.b);
      const surplus = house().positions[0]?.quantity ?? 0n;
      expect(house().positions).toEqual([{ instrumentId: CASH, quantity: surplus }]);
      expect(surplus > 0n).toBe(true);
      const released = await world.transfer(RELEASE_PURPOSE, { a: house(), funding: -surplus, rest: "kept" });
      expect((await world.attest(released.a)).tier).toBe(0);
      await releaseLots(people.owner, system, released.claim);
      world.keep(released.a);
      // What the house gave back vests before anybody leaves with it.
      expect((await readFunds(people.dave, system)).insurance.unvested).toBe(surplus * UNITS);
      await world.at((await world.now()) + 2n * PARAMETERS.funds.vestingPeriod);
      const { amount } = await withdrawFund(people.carol, system, id);
      // Half of the pool's shares: they bore what came after the request, and gained nothing from it.
      expect(amount).toBe((insured * UNITS + 7n) / 2n);
      const end = await expectConserved(world, BONDED);
      expect(end.clearingHouse).toBe(7n + insured * UNITS + surplus * UNITS - amount);
      expect((await readShares(people.dave, system, people.carol.account.address)).insurance.worth > 0n).toBe(
        true,
      );
    }));

  it("closes the opposite side pro rata where the funds don't suffice", () =>
    inNewWorld(stage, async (world) => {
      const { people, system, kits } = stage;
      await world.register(TRADER, world.funded({ [PUT]: -7n }, -200_000n));
      await world.register(MAKER, world.funded({ [PUT]: 5n }, 3_000_000n));
      await world.register(3n, world.funded({ [PUT]: 2n }, 3_000_000n));
      await world.begin();
      const caseId = await opened(world, 4);
      await world.serve(PARAMETERS.engine.takeoverNotice + CADENCE);
      const lacking = (-equityOf(world, world.get(TRADER)) + MICROS - 1n) / MICROS;
      const insured = lacking / 5n;
      await depositFund(people.carol, system, "insurance", insured * UNITS);
      const { version } = (await view(world, caseId)).case;
      const house = () => world.get(system.houseAccount);
      const purpose = world.purpose("takeover", caseId, version, system.clearingHouse);
      const taken = await world.transfer(purpose, { a: world.get(TRADER), b: house(), rest: "whole" });
      const trader = await world.equity(world.get(TRADER));
      await world.anchor(TRADER);
      await takeOver(people.owner, system, caseId, taken.claim, trader);
      world.keep(taken.a, taken.b);
      const short = await world.equity(house());
      const filled = await world.transfer(absorbPurpose(world.snapshot.snapshotId), {
        a: house(),
        funding: insured,
        rest: "kept",
      });
      const absorbed = await absorbLoss(people.dave, system, short, filled.claim);
      expect(absorbed).toMatchObject({ fromInsuranceFund: insured, residual: lacking - insured });
      world.keep(filled.a);
      await expectConserved(world, BONDED);

      const holders = [world.get(MAKER), world.get(3n)];
      const worth = new Map(holders.map((holder) => [holder.accountId, equityOf(world, holder)]));
      const round = { snapshot: world.snapshot, settlementId: CASH, house: house().positions, holders };
      const plan = planRound(round);
      expect(plan.terms).toMatchObject({ holdersShort: false, closing: 7n, open: 7n });
      const holding = await proveDeleverage(
        ...[kits.deleverage, house(), holdingTerms(plan.terms, CASH), world.place()],
      );
      expect(holding.claim.closed).toBe(7n);
      const { roundId } = await openRound(
        people.owner,
        system,
        plan.terms,
        holding,
        await world.equity(house()),
      );
      let residual = absorbed.residual;
      for (const part of plan.parts) {
        const holder = world.get(part.accountId);
        const moved = [{ instrumentId: plan.terms.instrumentId, quantity: part.closed }];
        const salts = { a: derivedSalt(holder.salt, factContext("delever", world.place())) };
        const to = { a: holder, b: house(), moved, cash: part.payment, salts };
        const closed = await world.transfer(deleveragePurpose(roundId), to);
        const terms = closingTerms(plan.terms, CASH);
        const proof = await proveDeleverage(kits.deleverage, holder, terms, world.place());
        expect(proof).toMatchObject({ newCommitment: closed.claim.newA, payment: part.payment });
        const after = await world.equity(closed.b ?? house());
        const own = await world.equity(closed.a);
        const done = await deleverageHolder(
          people.owner,
          system,
          roundId,
          closed.claim,
          proof.claim,
          after,
          own,
        );
        expect(done.residual).toBe((-after.equity + MICROS - 1n) / MICROS);
        residual = done.residual;
        world.keep(closed.a, closed.b);
        expect(house().positions).toEqual(part.house);
      }
      expect(await readRound(people.dave, system, roundId)).toMatchObject({
        terms: plan.terms,
        closedTotal: 7n,
        lossEpoch: (await readFunds(people.dave, system)).lossEpoch,
        ...{ startEquity: -plan.deficit, reserved: 0n },
        lastEquity: -plan.remaining,
      });
      // Each holder bore its part of what the funds could not, to the cent.
      const losses = holders.map(
        ({ accountId }) => (worth.get(accountId) ?? 0n) - equityOf(world, world.get(accountId)),
      );
      expect(losses).toEqual(plan.parts.map(({ gain }) => gain));
      const cents = plan.parts.map(({ gain, closed }) => ((plan.deficit * closed) / 7n - gain) / MICROS);
      expect(cents).toEqual([0n, 0n]);
      expect(residual <= 2n).toBe(true);

      // What rounding left is borne by whoever pays into the fund next.
      if (residual > 0n) {
        await depositFund(people.dave, system, "insurance", residual * UNITS);
        const rest = await world.equity(house());
        const draw = await world.transfer(absorbPurpose(world.snapshot.snapshotId), {
          a: house(),
          funding: residual,
          rest: "kept",
        });
        await absorbLoss(people.dave, system, rest, draw.claim);
        world.keep(draw.a);
      } else {
        await clearResidual(people.dave, system, await world.equity(house()));
      }
      expect(await readFunds(people.dave, system)).toMatchObject({ residual: 0n, locked: false });
      await expectConserved(world, BONDED);
    }));

  it("of an account that doesn't attest begins with a challenge, whose bond comes back", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 1n, 2_000_000n);
      await world.begin();
      const start = await expectConserved(world, BONDED);
      // Whoever has just registered has the time to attest unasked.
      await expect(challengeAccount(people.dave, system, TRADER)).rejects.toMatchObject({
        details: { error: "TooEarly" },
      });
      await world.serve(CHALLENGES.answerTime);
      const { index, askedTime, deadline } = await challengeAccount(people.dave, system, TRADER);
      const { bond } = CHALLENGES;
      const commitment = commitmentOf(world.get(TRADER), SLOTS);
      expect(await readChallenges(people.dave, system, TRADER)).toMatchObject([
        {
          ...{ index, challenger: people.dave.account.address, bond, askedTime, deadline, commitment },
          ...{ verdict: "pending", reward: 0n, returned: 0n },
        },
      ]);
      await expect(settleChallenge(people.bob, system, TRADER, index)).rejects.toMatchObject({
        details: { error: "TooEarly" },
      });
      await world.serveTo(deadline);
      expect(await readChallenges(people.dave, system, TRADER)).toMatchObject([
        { verdict: "silence", reward: 0n, returned: bond },
      ]);
      const { caseId = 0n } = await settleChallenge(people.bob, system, TRADER, index);
      expect(await view(world, caseId)).toMatchObject({
        case: { status: "soft", tier: 2, proven: false, snapshotTime: askedTime },
      });
      await withdrawCredit(people.dave, system, "challenges");
      await world.attest(world.get(TRADER));
      await cureCase(people.bob, system, caseId);
      expect(await expectConserved(world, BONDED)).toEqual(start);

      // The next one is answered: a tenth of its bond is for who settles it, the rest for the insurance fund.
      await world.attest(world.get(MAKER));
      await expect(challengeAccount(people.dave, system, MAKER)).rejects.toMatchObject({
        details: { error: "AttestationIsCurrent" },
      });
      await world.at((await world.now()) + BigInt(stage.deployment.maxAge) + 1n);
      await world.publish((await world.now()) + 1n);
      const asked = await challengeAccount(people.dave, system, MAKER);
      await expect(challengeAccount(people.dave, system, MAKER)).rejects.toMatchObject({
        details: { error: "NothingNewToAsk" },
      });
      await world.attest(world.get(MAKER));
      const reward = bond / 10n;
      expect(await readChallenges(people.dave, system, MAKER)).toMatchObject([
        { verdict: "answered", reward, returned: 0n },
      ]);
      expect(await settleChallenge(people.bob, system, MAKER, asked.index)).not.toHaveProperty("caseId");
      await withdrawCredit(people.bob, system, "challenges");
      const end = await expectConserved(world, BONDED);
      expect(end.clearingHouse).toBe(bond - reward);
      expect(end.bob).toBe(start.bob + reward);
      expect(end.dave).toBe(start.dave - bond);
    }));

  it("is stopped by a deposit, at whatever stage; bidders get their bonds back", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await cast(world, 2n, 900_000n);
      await world.begin();
      const start = await expectConserved(world, BONDED);
      await setLiquidator(people.owner, system, people.alice.account.address, true);
      const caseId = await opened(world, 3);
      const { case: found } = await view(world, caseId);
      const bid: Bid = {
        ...{
          chainId: BigInt(system.chainId),
          auction: system.auction,
          caseId,
          cash: 5n,
          salt: randomBidSalt(),
        },
        version: found.version,
        bidder: people.alice.account.address,
      };
      await commitBid(people.alice, system, bid);

      const purpose = world.purpose("cure", caseId, found.version, "bob");
      const funding = grand(1n);
      const trader = world.get(TRADER);
      const paid = await world.transfer(purpose, { a: trader, funding, rest: "kept" });
      await world.attest(paid.a);
      await expect(cureByTransfer(people.carol, system, caseId, paid.claim)).rejects.toMatchObject({
        details: { error: "InvalidTransferProof" },
      });
      await cureByTransfer(people.bob, system, caseId, paid.claim);
      // Its owner derives the new opening from the old one and the call: bob never tells it.
      const { deadline } = paid.claim;
      const { chainId, ledger } = system;
      const nonceA = (await readAccount(people.carol, system, TRADER)).nonce - 1;
      const context = transferContext({ chainId, ledger, purpose, nonceA, nonceB: 0, deadline });
      const derived = deriveOpening(trader, [{ instrumentId: CASH, quantity: paid.claim.funding }], context);
      world.keep(derived);
      expect(commitmentOf(world.get(TRADER), SLOTS)).toBe(paid.claim.newA);
      await reclaimBond(people.dave, system, caseId, people.alice.account.address);
      await withdrawCredit(people.alice, system, "auction");
      expect(await view(world, caseId)).toMatchObject({
        case: { status: "closed", outcome: "cured" },
        auction: { bids: [{ status: "returned" }] },
      });
      const end = await expectConserved(world, BONDED);
      expect(end.alice).toBe(start.alice);
      expect(end.vault - start.vault).toBe(funding * UNITS);
      expect(end.bob - start.bob).toBe(-funding * UNITS);
      expect(usd(1_000n)).toBe(funding * UNITS);
      expect((await balancesOf(world)).auction).toBe(0n);
    }));
});
