import { getAddress, stringToHex, zeroAddress } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDeployment } from "../../../src/chain/deploy/deployment.ts";
import { deploySolvency } from "../../../src/chain/deploy/node/deploy.ts";
import { clearingHouseAbi } from "../../../src/chain/generated/clearing-house.ts";
import { liquidationEngineAbi } from "../../../src/chain/generated/liquidation-engine.ts";
import { portfolioLedgerAbi } from "../../../src/chain/generated/portfolio-ledger.ts";
import { sealedAuctionAbi } from "../../../src/chain/generated/sealed-auction.ts";
import { commitBid, revealBid, setLiquidator } from "../../../src/chain/liquidation/auction.ts";
import {
  abandonCase,
  escalateCase,
  openCase,
  reduceCase,
  setPaused,
} from "../../../src/chain/liquidation/cases.ts";
import { readChallenges } from "../../../src/chain/liquidation/challenges.ts";
import { checkLiquidation } from "../../../src/chain/liquidation/check.ts";
import { addCredit, readCredits, remit, withdrawCredit } from "../../../src/chain/liquidation/credits.ts";
import { readEvents, readTimeline } from "../../../src/chain/liquidation/events.ts";
import { bondOf, discounted, feeOf, holdBackOf, lotsOf } from "../../../src/chain/liquidation/fees.ts";
import {
  cancelFundWithdrawal,
  depositFund,
  requestFundWithdrawal,
  withdrawFund,
} from "../../../src/chain/liquidation/funds.ts";
import {
  lockAccount,
  setAccountOwner,
  tradeAccounts,
  updateAccounts,
} from "../../../src/chain/liquidation/ledger.ts";
import { deployLiquidation } from "../../../src/chain/liquidation/node/deploy.ts";
import { standardParameters } from "../../../src/chain/liquidation/parameters.ts";
import { readAuction } from "../../../src/chain/liquidation/read-auction.ts";
import {
  readCase,
  readCaseCount,
  readCaseView,
  readMoment,
  readOpenCase,
} from "../../../src/chain/liquidation/read-case.ts";
import {
  absorbableLots,
  readFunds,
  readFundWithdrawal,
  readRound,
  readShares,
} from "../../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import {
  readDisclosureKey,
  readIsLiquidator,
  readParameters,
} from "../../../src/chain/liquidation/read-parties.ts";
import { setDisclosureKey } from "../../../src/chain/liquidation/sale.ts";
import { liquidationOf } from "../../../src/chain/liquidation/system.ts";
import { readBalance } from "../../../src/chain/token.ts";
import { transact } from "../../../src/chain/transact.ts";
import { CADENCE } from "../../../src/demo/cascade/parameters.ts";
import { commitmentOf } from "../../../src/liquidation/account.ts";
import { type Bid, bidHash, randomBidSalt } from "../../../src/liquidation/bid.ts";
import { proveReduction } from "../../../src/liquidation/claims.ts";
import {
  absorbPurpose,
  casePurpose,
  deleveragePurpose,
  HOUSE_PURPOSE,
  RELEASE_PURPOSE,
  TRADE_PURPOSE,
  transferContext,
} from "../../../src/liquidation/purpose.ts";
import { toField } from "../../../src/math/field.ts";
import { portfolioSums } from "../../../src/risk/requirement.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { expectConserved } from "./money.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  MICROS,
  PARAMETERS,
  refused,
  SLOTS,
  startLiquidation,
  UNITS,
  usd,
  type World,
} from "./stage.ts";

const PUT = "BTC-27MAR26-60000-P";
const TRADER = 2n;
const MAKER = 3n;
const DAY = 86_400n;

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

/** A trader short of puts, and who holds them. */
async function begin(world: World, coverage: bigint): Promise<void> {
  await world.register(TRADER, world.funded({ [PUT]: -2n }, coverage), "bob");
  await world.register(MAKER, world.funded({ [PUT]: 2n }, 3_000_000n), "alice");
  await world.begin();
}

function bidOf(caseId: bigint, changes: Partial<Bid> = {}): Bid {
  const { system, people } = stage;
  const place = { chainId: BigInt(system.chainId), auction: system.auction, caseId, version: 1 };
  return { ...place, bidder: people.alice.account.address, cash: 7n, salt: randomBidSalt(), ...changes };
}

describe("purposes, contexts and bids", () => {
  it("are the contracts'", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      const { public: client } = people.dave;
      await begin(world, 2_000_000n);
      const actor = people.alice.account.address;
      for (const action of ["cure", "reduce", "award", "takeover"] as const) {
        const args = [stringToHex(action, { size: 32 }), 7n, 3, actor] as const;
        const engine = {
          address: system.engine,
          abi: liquidationEngineAbi,
          functionName: "purposeOf",
        } as const;
        expect(casePurpose({ action, caseId: 7n, version: 3, actor })).toBe(
          await client.readContract({ ...engine, args }),
        );
      }
      const house = {
        address: system.clearingHouse,
        abi: clearingHouseAbi,
        functionName: "purposeOf",
      } as const;
      for (const [action, subject, purpose] of [
        ["absorb", 99n, absorbPurpose(99n)],
        ["deleverage", 2n, deleveragePurpose(2n)],
        ["release", 0n, RELEASE_PURPOSE],
        ["house", 0n, HOUSE_PURPOSE],
      ] as const) {
        const args = [stringToHex(action, { size: 32 }), subject] as const;
        expect(await client.readContract({ ...house, args })).toBe(purpose);
      }
      const ledger = { address: system.ledger, abi: portfolioLedgerAbi } as const;
      expect(await client.readContract({ ...ledger, functionName: "TRADE" })).toBe(TRADE_PURPOSE);
      const deadline = 1_800_000_000n;
      for (const [accountB, nonceB] of [
        [MAKER, 0],
        [0n, 0],
      ] as const) {
        const args = [TRADER, accountB, TRADE_PURPOSE, deadline] as const;
        const { chainId, ledger: address } = system;
        const place = { chainId, ledger: address, purpose: TRADE_PURPOSE, nonceA: 0, nonceB, deadline };
        expect(await client.readContract({ ...ledger, functionName: "contextOf", args })).toBe(
          transferContext(place),
        );
      }
      const bid = bidOf(5n, { version: 9, cash: (1n << 36n) - 1n });
      const args = [5n, 9, bid.bidder, bid.cash, bid.salt] as const;
      const auction = {
        address: system.auction,
        abi: sealedAuctionAbi,
        functionName: "bidHashOf",
      } as const;
      expect(await client.readContract({ ...auction, args })).toBe(bidHash(bid));
    });
  });
});

describe("deployLiquidation", () => {
  it("leaves a deployment that says where everything is, and is checked", async () => {
    const { deployment, people } = stage;
    expect(parseDeployment(JSON.parse(JSON.stringify(deployment)))).toEqual(deployment);
    expect(deployment.solvency).toMatchObject({ clearingHouse: deployment.liquidation?.clearingHouse });
    await checkLiquidation(people.dave, deployment);
    expect(liquidationOf(deployment)).toMatchObject({
      houseAccount: 900n,
      microsPerLot: MICROS,
      settlementId: CASH,
    });
    expect(await readParameters(people.dave, stage.system)).toEqual(PARAMETERS);
  });

  it("is not believed where a contract says otherwise", async () => {
    const { deployment, people } = stage;
    const { liquidation, solvency } = deployment;
    if (liquidation === undefined || solvency === undefined) throw new Error("nothing deployed");
    const stranger = getAddress(people.dave.account.address);
    for (const changes of [
      { liquidation: { ...liquidation, microsPerLot: "1" } },
      { liquidation: { ...liquidation, houseAccount: `0x${"01".repeat(32)}` as const } },
      { liquidation: { ...liquidation, volatilityOracle: stranger } },
      { liquidation: { ...liquidation, auction: liquidation.engine } },
      { liquidation: { ...liquidation, clock: liquidation.sale } },
      { liquidation: { ...liquidation, challenges: stranger } },
      { solvency: { ...solvency, registry: solvency.vault } },
      { verifierRegistry: stranger },
    ])
      await expect(checkLiquidation(people.dave, { ...deployment, ...changes })).rejects.toMatchObject({
        code: "CHAIN_ERROR",
      });
    const { liquidation: _, ...without } = deployment;
    expect(() => liquidationOf(without)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
  });

  it("deploys nothing beside a vault that knows no clearing house, nor with a parameter out of bounds", async () => {
    await inNewWorld(stage, async () => {
      const { people, deployment } = stage;
      const { solvency: _, liquidation: __, ...bare } = deployment;
      const options = {
        venue: people.venue.account.address,
        houseAccount: toField(5n),
        settlementId: CASH,
        microsPerLot: MICROS,
        parameters: standardParameters(UNITS, MICROS),
      };
      const solvency = await deploySolvency(people.owner, bare, { venue: options.venue });
      await expect(deployLiquidation(people.owner, { ...bare, solvency }, options)).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
      const engine = { ...options.parameters.engine, maxPenalty: 100_001 };
      const parameters = { ...options.parameters, engine };
      await expect(deployLiquidation(people.owner, bare, { ...options, parameters })).rejects.toMatchObject({
        details: { error: "InvalidParameter", arguments: "maxPenalty, 100001" },
      });
      // Snapshots too rare for the clock: nothing is sent.
      const read = { address: people.owner.account.address } as const;
      const sent = await people.owner.public.getTransactionCount(read);
      await expect(
        deployLiquidation(people.owner, bare, { ...options, cadence: 600n }),
      ).rejects.toMatchObject({
        code: "INVALID_INPUT",
        shortMessage: expect.stringContaining("clock.serveGap"),
      });
      expect(await people.owner.public.getTransactionCount(read)).toBe(sent);
      // With the standard parameters, and other people in charge.
      const [guardian, operator] = [people.alice.account.address, people.bob.account.address];
      const owner = people.carol.account.address;
      const steps: string[] = [];
      const done = await deployLiquidation(people.owner, bare, {
        ...{ ...options, guardian, operator, owner },
        onStep: (step) => steps.push(step),
      });
      expect(done.liquidation).toMatchObject({ guardian, operator, owner });
      expect(steps).toHaveLength(13);
      const system = liquidationOf(done);
      await expect(setPaused(people.owner, system, true)).rejects.toEqual(refused("OnlyGuardian"));
      await setPaused(people.alice, system, true);
      expect((await readParameters(people.dave, system)).auction.bidBond).toBe(usd(1_000n));
    });
  });

  it("notices another transaction that comes between", async () => {
    await inNewWorld(stage, async () => {
      const { people, deployment } = stage;
      const { solvency: _, liquidation: __, ...bare } = deployment;
      const options = {
        venue: people.venue.account.address,
        houseAccount: toField(5n),
        settlementId: CASH,
        microsPerLot: MICROS,
        parameters: PARAMETERS,
        cadence: CADENCE,
      };
      const { owner, dave } = people;
      let isSent = false;
      // Right after the deployer has asked for its nonce, from which all addresses follow.
      const nonceThenSend = async (about: Parameters<typeof owner.public.getTransactionCount>[0]) => {
        const nonce = await owner.public.getTransactionCount(about);
        if (!isSent) {
          isSent = true;
          await transact(owner, { to: dave.account.address, data: "0x", doing: "sending" });
        }
        return nonce;
      };
      const busy = { ...owner, public: { ...owner.public, getTransactionCount: nonceThenSend } };
      await expect(deployLiquidation(busy, bare, options)).rejects.toMatchObject({
        code: "CHAIN_ERROR",
        shortMessage: expect.stringContaining("another address"),
      });
    });
  });
});

describe("the ledger", () => {
  it("is kept by the venue; proofs trade, owners lock", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await begin(world, 2_000_000n);
      const start = await readAccount(people.dave, system, TRADER);
      expect(start).toMatchObject({ accountId: TRADER, nonce: 0, frozen: false, guarded: false });
      expect(await readAccount(people.dave, system, system.houseAccount)).toMatchObject({
        guarded: true,
        owner: zeroAddress,
      });
      const [a, b] = [world.get(TRADER), world.get(MAKER)];
      const moved = [{ instrumentId: world.idOf(PUT), quantity: -2n }];
      const traded = await world.transfer(TRADE_PURPOSE, { a, b, moved, cash: -5n });
      await expect(tradeAccounts(people.alice, system, traded.claim)).rejects.toEqual(refused("OnlyVenue"));
      await tradeAccounts(people.venue, system, traded.claim);
      world.keep(traded.a, traded.b);
      expect(await readAccount(people.dave, system, TRADER)).toMatchObject({ nonce: 1 });
      await expect(tradeAccounts(people.venue, system, traded.claim)).rejects.toEqual(
        refused("InvalidTransferProof"),
      );
      const again = { ...world.get(TRADER), salt: toField(8n) };
      const update = { accountId: TRADER, commitment: commitmentOf(again, SLOTS), nonce: 1 };
      const stale = { ...update, nonce: 0 };
      await setAccountOwner(people.bob, system, TRADER, people.carol.account.address);
      await expect(lockAccount(people.bob, system, TRADER, await world.now())).rejects.toEqual(
        refused("OnlyOwner"),
      );
      await lockAccount(people.carol, system, TRADER, (await world.now()) + 600n);
      expect(await updateAccounts(people.venue, system, [[stale], [update]])).toMatchObject({
        skipped: [
          { group: 0, accountId: TRADER, refusal: "changed" },
          { group: 1, accountId: TRADER, refusal: "locked" },
        ],
      });
      await world.at((await world.now()) + 601n);
      expect(await updateAccounts(people.venue, system, [[update]])).toMatchObject({ skipped: [] });
      world.keep(again);
      await expect(readAccount(people.dave, system, 77n)).rejects.toEqual(refused("UnknownAccount"));
      await expectConserved(world);
    });
  });
});

describe("cases", () => {
  it("are read, refused and told as they are", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await begin(world, 1_050_000n);
      const before = await readMoment(people.dave, system);
      await expect(openCase(people.dave, system, TRADER)).rejects.toEqual(refused("NoCurrentAttestation"));
      await expect(readCase(people.dave, system, 1n)).rejects.toEqual(refused("UnknownCase"));
      expect(await readChallenges(people.dave, system, TRADER)).toEqual([]);
      expect(await readAuction(people.dave, system, 1n)).toBeUndefined();
      await world.attest(world.get(TRADER));
      const { caseId } = await openCase(people.dave, system, TRADER);
      expect([caseId, await readCaseCount(people.dave, system)]).toEqual([1n, 1n]);
      expect(await readOpenCase(people.dave, system, TRADER)).toBe(caseId);
      expect(await readOpenCase(people.dave, system, MAKER)).toBeUndefined();
      await expect(openCase(people.dave, system, TRADER)).rejects.toEqual(refused("CaseIsOpen"));
      await expect(escalateCase(people.dave, system, caseId)).rejects.toEqual(refused("TooEarly"));
      await expect(abandonCase(people.dave, system, caseId)).rejects.toEqual(refused("CaseNotOver"));

      const soft = await readCaseView(people.dave, system, caseId);
      expect(soft.case).toMatchObject({ status: "soft", outcome: "none", accountId: TRADER, tier: 2 });
      expect(soft.case.until - soft.case.phaseServed).toBe(PARAMETERS.engine.softWindow);
      await world.serveTo(soft.case.until);
      await escalateCase(people.dave, system, caseId);
      const sealed = await readCaseView(people.dave, system, caseId);
      expect(sealed).toMatchObject({
        case: { status: "sealed", until: 0n, version: soft.case.version + 1 },
        sale: { discount: BigInt(PARAMETERS.sale.startDiscount), elapsed: 0n, hold: undefined },
        isOver: false,
      });
      expect(sealed.auction).toMatchObject({ bids: [], leader: undefined, failsAt: 0n, settled: false });
      // As it was, at the block of the first look.
      const earlier = await readCaseView(people.dave, system, caseId, {
        ...{ block: soft.block, time: soft.time, served: soft.served },
      });
      expect(earlier).toEqual(soft);

      const told = await readTimeline(people.dave, system, caseId);
      expect(told.map(({ name }) => name)).toEqual([
        "CaseOpened",
        "CaseAdvanced",
        "CaseAdvanced",
        "SealedOpened",
      ]);
      const range = {
        fromBlock: before.block + 1n,
        sources: ["engine", "auction", "sale", "clearingHouse", "ledger"],
      } as const;
      const whole = await readEvents(people.dave, system, range);
      expect(whole.events.some(({ source, name }) => source === "ledger" && name === "FrozenChanged")).toBe(
        true,
      );
      for (const step of [1n, 2n, 7n])
        expect(await readEvents(people.dave, system, { ...range, step })).toEqual(whole);
      const middle = (before.block + 1n + whole.toBlock) / 2n;
      const first = await readEvents(people.dave, system, { ...range, toBlock: middle });
      const second = await readEvents(people.dave, system, { ...range, fromBlock: first.toBlock + 1n });
      expect([...first.events, ...second.events]).toEqual(whole.events);
    });
  });

  it("give a slice to the house, which must not lose by it", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system, kits } = stage;
      await begin(world, 1_050_000n);
      await world.attest(world.get(TRADER));
      const { caseId } = await openCase(people.dave, system, TRADER);
      const { version } = await readCase(people.dave, system, caseId);
      const [trader, house] = [world.get(TRADER), world.get(system.houseAccount)];
      const put = world.idOf(PUT);
      const one = [{ instrumentId: put, quantity: 1n }];
      const worth = portfolioSums(world.snapshot.rows, one, world.snapshot.shape).equity / MICROS;
      const slice = async (cash: bigint) => {
        const purpose = world.purpose("reduce", caseId, version, "owner");
        const moved = [{ instrumentId: put, quantity: -1n }];
        const sold = await world.transfer(purpose, { a: trader, b: house, moved, cash, rest: "kept" });
        const penalty = BigInt(PARAMETERS.engine.maxPenalty);
        const reduction = await proveReduction(
          ...[kits.reduction, world.snapshot, trader, sold.a, penalty, world.place()],
        );
        const equities = [await world.equity(house), await world.equity(sold.b ?? house)];
        return { sold, reduction, equities };
      };
      const bad = await slice(-worth + 1n);
      await expect(
        reduceCase(people.owner, system, caseId, bad.sold.claim, bad.reduction, bad.equities),
      ).rejects.toEqual(refused("HouseWouldLose"));
      const { sold, reduction, equities } = await slice(-worth - 1n);
      await expect(reduceCase(people.owner, system, caseId, sold.claim, reduction)).rejects.toEqual(
        refused("WrongTransfer"),
      );
      await world.attest(sold.a);
      await reduceCase(people.owner, system, caseId, sold.claim, reduction, equities);
      world.keep(sold.a, sold.b);
      await expectConserved(world);
    });
  });
});

describe("bids", () => {
  it("of others, and of those who are not listed, are refused before anything is paid", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system, token } = stage;
      const { alice, bob } = people;
      await begin(world, 900_000n);
      await world.attest(world.get(TRADER));
      const listed = alice.account.address;
      expect(await readIsLiquidator(people.dave, system, listed)).toBe(false);
      await setLiquidator(people.owner, system, listed, true);
      expect(await readIsLiquidator(people.dave, system, listed)).toBe(true);
      const { caseId } = await openCase(people.dave, system, TRADER);
      const { version } = await readCase(people.dave, system, caseId);
      const bid = bidOf(caseId, { version });
      for (const [changes, what] of [
        [{ chainId: 1n }, "chain"],
        [{ auction: system.engine }, "auction"],
        [{ bidder: bob.account.address }, "bidder"],
      ] as const)
        await expect(commitBid(alice, system, { ...bid, ...changes })).rejects.toMatchObject({
          code: "BID_MISMATCH",
          shortMessage: `The bid is of another ${what}.`,
        });
      const late = { ...bid, bidder: bob.account.address };
      await setLiquidator(people.owner, system, late.bidder, true);
      await expect(commitBid(bob, system, late)).rejects.toEqual(refused("NotALiquidator"));
      const before = await readBalance(people.dave, token, bid.bidder);
      await commitBid(alice, system, bid);
      expect(before - (await readBalance(people.dave, token, bid.bidder))).toBe(PARAMETERS.auction.bidBond);
      await expect(commitBid(alice, system, bid)).rejects.toEqual(refused("AlreadyBid"));
      await expect(revealBid(alice, system, bid)).rejects.toEqual(refused("TooEarly"));
      await expect(revealBid(alice, system, { ...bid, cash: 8n })).rejects.toMatchObject({
        code: "BID_MISMATCH",
      });
      const { bidBond: bond } = PARAMETERS.auction;
      expect((await readAuction(people.dave, system, caseId))?.bids).toEqual([
        { bidder: bid.bidder, cash: 0n, status: "committed", bond, bidHash: bidHash(bid) },
      ]);
      await expect(withdrawCredit(alice, system, "auction")).rejects.toEqual(refused("NoCredit"));
      await expect(remit(alice, system, "challenges")).rejects.toEqual(refused("NothingToRemit"));
      const none = { challenges: 0n, auction: 0n, sale: 0n };
      expect(await readCredits(people.dave, system, bid.bidder)).toEqual(none);
      // What is paid ahead is taken first, and goes where its owner wants.
      await addCredit(alice, system, "sale", 7n);
      expect(await readCredits(people.dave, system, bid.bidder)).toEqual({ ...none, sale: 7n });
      const carol = people.carol.account.address;
      const had = await readBalance(people.dave, token, carol);
      await withdrawCredit(alice, system, "sale", carol);
      expect((await readBalance(people.dave, token, carol)) - had).toBe(7n);
      await expectConserved(world);
    });
  });

  it("cost a fee, and a part of the discount for a while", () => {
    expect(feeOf(12_345n, 10_000n, { feeRate: 10_001 })).toBe(1_234_624n);
    expect(feeOf(0n, 10_000n, { feeRate: 10_001 })).toBe(0n);
    expect(holdBackOf(100n, 33n, 3n, { holdBackRate: 333_333 })).toBe(66n);
    expect(holdBackOf(33n, 100n, 3n, { holdBackRate: 333_333 })).toBe(0n);
    const bonds = { bidBond: 1_000n, bondRate: 10_001 };
    expect([bondOf(10n, 10_000n, bonds), bondOf(12_345n, 10_000n, bonds)]).toEqual([1_001n, 1_234_624n]);
    expect(bondOf(9n, 10_000n, bonds)).toBe(1_000n);
    expect([lotsOf(-1n, 100n), lotsOf(99n, 100n), lotsOf(199n, 100n)]).toEqual([0n, 0n, 1n]);
    expect([discounted(100n, 333_333n), discounted(0n, 1n), discounted(7n, 0n)]).toEqual([67n, 0n, 7n]);
  });

  it("have disclosure keys", async () => {
    await inNewWorld(stage, async () => {
      const { people, system } = stage;
      const account = people.alice.account.address;
      expect(await readDisclosureKey(people.dave, system, account)).toBeUndefined();
      const key = `0x${"42".repeat(32)}` as const;
      await setDisclosureKey(people.alice, system, key);
      expect(await readDisclosureKey(people.dave, system, account)).toBe(key);
    });
  });
});

describe("the funds", () => {
  it("bear whole lots, the insurance fund's first, and no more than a day may take", () => {
    const pool = (assets: bigint) => ({ assets, reserved: 0n, unvested: 0n, shares: 0n, epoch: 0 });
    const pools = { insurance: pool(1_050_000n), gamma: pool(99_999n), unitsPerLot: UNITS };
    const funds = { ...pools, drawableToday: { insurance: 105n, gamma: 9n } };
    const system = { microsPerLot: MICROS };
    const all = { borne: 114n, most: 114n, fromInsuranceFund: 105n, fromGammaReserve: 9n };
    expect(absorbableLots(funds, system, -2_000_001n)).toEqual(all);
    const capped = { ...funds, drawableToday: { insurance: 11n, gamma: 2n } };
    expect(absorbableLots(capped, system, -2_000_001n)).toEqual({
      borne: 114n,
      most: 13n,
      fromInsuranceFund: 11n,
      fromGammaReserve: 2n,
    });
    // What the insurance fund may give no more of today is its own all the same.
    const small = { borne: 105n, most: 11n, fromInsuranceFund: 11n, fromGammaReserve: 0n };
    expect(absorbableLots(capped, system, -105n * MICROS)).toEqual(small);
    const one = { borne: 1n, most: 1n, fromInsuranceFund: 1n, fromGammaReserve: 0n };
    expect(absorbableLots(funds, system, -1n)).toEqual(one);
    expect(absorbableLots(funds, system, 0n)).toMatchObject({ borne: 0n, most: 0n });
  });

  it("are empty at first", async () => {
    const { people, system, token } = stage;
    expect(await readFunds(people.dave, system)).toMatchObject({
      ...{ token, unitsPerLot: UNITS, locked: false, residual: 0n, roundCount: 0n, pendingTakeovers: 0n },
      ...{ lossEpoch: 0n, drawableToday: { insurance: 1n, gamma: 1n } },
      insurance: { assets: 0n, reserved: 0n, unvested: 0n, shares: 0n },
      funds: { insuranceFund: 0n, gammaReserve: 0n },
      operator: people.owner.account.address,
    });
    expect(await readFundWithdrawal(people.dave, system, 1n)).toBeUndefined();
    await expect(readRound(people.dave, system, 1n)).rejects.toEqual(refused("UnknownRound"));
  });

  it("are left by requests, which are paid, taken back or lapse", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system, token } = stage;
      const { carol, dave } = people;
      const { shares } = await depositFund(carol, system, "gamma", 5_000n);
      const first = await requestFundWithdrawal(carol, system, "gamma", shares);
      const waiting = await readFundWithdrawal(dave, system, first.id);
      expect(waiting).toEqual({
        ...{ id: first.id, owner: carol.account.address, pool: "gamma", shares, most: 5_000n },
        readyAt: first.readyAt,
        payableAt: first.readyAt + 60n * DAY,
        lapsesAt: first.readyAt + 67n * DAY,
      });
      const own = async () => (await readShares(dave, system, carol.account.address)).gamma.shares;
      expect(await own()).toBe(0n);
      await expect(cancelFundWithdrawal(dave, system, first.id)).rejects.toEqual(
        refused("UnknownWithdrawal"),
      );
      expect((await cancelFundWithdrawal(carol, system, first.id)).shares).toBe(shares);
      expect(await readFundWithdrawal(dave, system, first.id)).toBeUndefined();
      expect(await own()).toBe(shares);

      const paid = await requestFundWithdrawal(carol, system, "gamma", shares / 2n);
      const late = await requestFundWithdrawal(carol, system, "gamma", shares / 2n);
      await expect(withdrawFund(carol, system, paid.id)).rejects.toEqual(refused("WithdrawalNotReady"));
      await world.at(paid.readyAt);
      const [payee, before] = [dave.account.address, await readBalance(dave, token, dave.account.address)];
      expect((await withdrawFund(carol, system, paid.id, payee)).amount).toBe(2_500n);
      expect(await readBalance(dave, token, payee)).toBe(before + 2_500n);
      await world.at(late.readyAt + 67n * DAY);
      await expect(withdrawFund(carol, system, late.id)).rejects.toEqual(refused("WithdrawalLapsed"));
      expect((await cancelFundWithdrawal(carol, system, late.id)).shares).toBe(shares / 2n);
      await expectConserved(world);
    });
  });
});
