import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { absorbHouseLoss } from "../../src/actions/liquidation/absorb.ts";
import { FileAccounts } from "../../src/actions/liquidation/accounts-file.ts";
import { openAttestedCase, stepCase } from "../../src/actions/liquidation/anyone.ts";
import { attestAccount } from "../../src/actions/liquidation/attest.ts";
import { award, awardUnshown, leave } from "../../src/actions/liquidation/award.ts";
import { bidSealed, reveal } from "../../src/actions/liquidation/bid.ts";
import { depositCash, withdrawCash } from "../../src/actions/liquidation/cash.ts";
import { type Desk, deadlineFor } from "../../src/actions/liquidation/context.ts";
import { cureByDeposit } from "../../src/actions/liquidation/cure.ts";
import { deleverage } from "../../src/actions/liquidation/deleverage.ts";
import { reduceBySlice } from "../../src/actions/liquidation/reduce.ts";
import { registerOnLedger } from "../../src/actions/liquidation/register.ts";
import { provenEquity } from "../../src/actions/liquidation/sale.ts";
import { takeOverCase } from "../../src/actions/liquidation/take-over.ts";
import { tradeBetween } from "../../src/actions/liquidation/trade.ts";
import { updateOnLedger } from "../../src/actions/liquidation/update.ts";
import { setLiquidator } from "../../src/chain/liquidation/auction.ts";
import { readEvents } from "../../src/chain/liquidation/events.ts";
import { discounted } from "../../src/chain/liquidation/fees.ts";
import { readAuction } from "../../src/chain/liquidation/read-auction.ts";
import { readFunds } from "../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../src/chain/liquidation/read-ledger.ts";
import {
  cancelWithdrawal,
  completeWithdrawal,
  readAssets,
  readWithdrawals,
} from "../../src/chain/solvency/vault.ts";
import { moveTo } from "../../src/demo/cascade/clock.ts";
import { CADENCE } from "../../src/demo/cascade/parameters.ts";
import { BallastError } from "../../src/errors.ts";
import { accountHex, commitmentOf, type OpenAccount } from "../../src/liquidation/account.ts";
import { saveAccount } from "../../src/liquidation/account-file.ts";
import type { LiquidationStatement } from "../../src/liquidation/circuits.ts";
import { toField } from "../../src/math/field.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  MICROS,
  marketAt,
  PARAMETERS,
  type Person,
  SLOTS,
  START,
  startLiquidation,
  type World,
} from "../chain/liquidation/stage.ts";
import { contentsOf, type Folder, temporaryFolder } from "../cli/harness.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";

/** Acts as their callers drive them: no flags, no files, no output. */
const PUT = "BTC-27MAR26-60000-P";
const [TRADER, MAKER, FIRM] = [1n, 2n, 3n];
useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

const world = (work: (world: World) => Promise<void>) => inNewWorld(stage, work);
const refusal = (code: string, says: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(says) });
const contractRefusal = (error: string) =>
  expect.objectContaining({ details: expect.objectContaining({ error }) });

/** A trader short of puts with equity of `coverage` ppm of its requirement, who holds them, and a firm of alice's with cash. */
async function cast(world: World, coverage: bigint): Promise<void> {
  await world.register(TRADER, world.funded({ [PUT]: -4n }, coverage));
  await world.register(MAKER, world.funded({ [PUT]: 4n }, 3_000_000n));
  await world.register(FIRM, [{ instrumentId: CASH, quantity: 5_000_000n }], "alice");
  await world.begin();
}

/** The ledger has exactly what the store says, for every account. */
async function expectOpen({ accounts }: World): Promise<void> {
  for (const account of accounts.all) {
    const { commitment } = await readAccount(stage.people.dave, stage.system, account.accountId);
    expect(commitmentOf(account, SLOTS)).toBe(commitment);
  }
}

/** A desk whose node loses what it sends, or its answer. */
function failing(
  desk: Desk<LiquidationStatement>,
  when: "before sending" | "after sending",
): Desk<LiquidationStatement> {
  const wallet = Object.create(desk.client.wallet, {
    sendRawTransaction: {
      value: async (request: never) => {
        if (when === "after sending") {
          const hash = await desk.client.wallet.sendRawTransaction(request);
          await desk.client.public.waitForTransactionReceipt({ hash });
        }
        throw new Error("socket hang up");
      },
    },
  });
  const lost = () => Promise.reject(new Error("socket hang up"));
  const reader = Object.create(desk.client.public, { getTransaction: { value: lost } });
  return { ...desk, client: { ...desk.client, wallet, public: reader } };
}

describe("a case, driven by actions alone", () => {
  it("is opened, reduced by a slice and cured; the store has every opening", () =>
    world(async (world) => {
      await cast(world, 1_050_000n);
      const [venue, dave] = [world.desk("venue"), world.desk("dave")];
      expect(await attestAccount(dave, world.get(TRADER))).toBe(2);
      const { case: opened } = await openAttestedCase(dave, TRADER);
      expect(opened).toMatchObject({ status: "soft", accountId: TRADER });
      const moved = [{ instrumentId: world.idOf(PUT), quantity: -2n }];
      const { rows, shape } = world.snapshot;
      const cash = portfolioSums(rows, moved, shape).equity / MICROS - 1_000n;
      const slice = { account: world.get(TRADER), taker: world.get(FIRM), moved, cash };
      const { tier } = await reduceBySlice(venue, opened.caseId, slice);
      expect(tier).toBeLessThan(2);
      await expectOpen(world);
      expect((await stepCase(dave, "cure", opened.caseId)).case).toMatchObject({ outcome: "cured" });
    }));

  it("has cash paid in by its owner, and out to whom it says, an hour later", () =>
    world(async (world) => {
      await cast(world, 3_000_000n);
      const [alice, dave] = [world.desk("alice"), world.desk("dave")];
      const { desk: at, settlementId } = stage.system;
      await expect(depositCash(dave, world.get(FIRM), 5n)).rejects.toEqual(contractRefusal("NotAllowed"));
      // The venue's deposit leaves what its owner can derive.
      await depositCash(world.desk("venue"), world.get(FIRM), 5n);
      await expectOpen(world);
      await depositCash(alice, world.get(FIRM), 50_000n);
      await expectOpen(world);
      const to = dave.client.account.address;
      const { withdrawalId } = await withdrawCash(alice, world.get(FIRM), 20_000n, to);
      await expectOpen(world);
      const [waiting] = await readWithdrawals(dave.client, stage.system);
      expect(waiting).toMatchObject({ id: withdrawalId, lots: 20_000n, to, proven: true });
      const { events } = await readEvents(dave.client, stage.system, {
        fromBlock: stage.system.block,
        sources: ["desk"],
      });
      expect(events.map(({ name }) => name)).toEqual([
        "AccountDeposited",
        "AccountDeposited",
        "AccountWithdrawn",
      ]);
      const back = cancelWithdrawal(stage.people.venue, stage.system, withdrawalId);
      await expect(back).rejects.toEqual(contractRefusal("WithdrawalProven"));
      await moveTo(stage.people.owner, (waiting?.readyAt ?? 0n) + 1n);
      await completeWithdrawal(dave.client, stage.system, withdrawalId);
      expect(at).toBe(stage.deployment.liquidation?.desk);
      const held = (await readAssets(dave.client, stage.system)).find(
        ({ instrumentId }) => instrumentId === settlementId,
      );
      expect(held).toMatchObject({ fenced: 0n, requested: 0n });
      // What was paid in by proof, less what was paid out: all of it stays the account's for a week.
      expect(held?.settling).toBe(30_005n);
    }));

  /** What an account is worth now, in lots. */
  const lotsOf = ({ snapshot }: World, { positions }: OpenAccount) =>
    portfolioSums(snapshot.rows, positions, snapshot.shape).equity / MICROS;

  it("is bid for and awarded; who is not the leader proves nothing", () =>
    world(async (world) => {
      await cast(world, 900_000n);
      const alice = world.desk("alice");
      await attestAccount(world.desk("dave"), world.get(TRADER));
      await setLiquidator(stage.people.owner, stage.system, stage.people.alice.account.address, true);
      const { caseId } = (await openAttestedCase(world.desk("dave"), TRADER)).case;
      const kept: unknown[] = [];
      const cash = (lotsOf(world, world.get(TRADER)) * 9n) / 10n;
      const done = await bidSealed(alice, caseId, cash, {
        keep: (bid) => {
          kept.push(bid);
          return bid;
        },
      });
      expect(kept).toEqual([done.bid]);
      const { commitWindow, revealWindow } = PARAMETERS.auction;
      expect(done.revealUntil - done.revealFrom).toBe(revealWindow);
      await world.serve(commitWindow);
      await reveal(world.desk("alice"), done.bid);
      const takers = { account: world.get(TRADER), taker: world.get(FIRM) };
      const early = award(world.desk("alice"), caseId, takers, { bid: cash });
      await expect(early).rejects.toThrow(refusal("INVALID_INPUT", /nobody's turn/));
      await world.serve(revealWindow);
      const other = award(world.desk("bob"), caseId, takers, { bid: cash });
      await expect(other).rejects.toThrow(refusal("INVALID_INPUT", /turn to settle/));
      await expect(leave(world.desk("alice"), caseId, takers.account)).rejects.toThrow(
        contractRefusal("BidIsEnough"),
      );
      const won = await award(world.desk("alice"), caseId, takers, { bid: cash });
      world.keep(won.account);
      expect(won.account.positions).toEqual([{ instrumentId: CASH, quantity: cash }]);
      await expectOpen(world);
      expect((await readAuction(stage.people.dave, stage.system, caseId))?.settled).toBe(true);
    }));

  it("is awarded without showing what it is worth: by a ceiling of it, for the bid or a round amount above", () =>
    world(async (world) => {
      await cast(world, 900_000n);
      const { alice } = stage.people;
      await attestAccount(world.desk("dave"), world.get(TRADER));
      await setLiquidator(stage.people.owner, stage.system, alice.account.address, true);
      const { caseId } = (await openAttestedCase(world.desk("dave"), TRADER)).case;
      const { commitWindow, revealWindow, maxDiscount } = PARAMETERS.auction;
      const keep = { keep: <Kept>(bid: Kept) => bid };
      const { bid } = await bidSealed(world.desk("alice"), caseId, 1_000n, keep);
      await world.serve(commitWindow);
      await reveal(world.desk("alice"), bid);
      await world.serve(revealWindow);
      const takers = { account: world.get(TRADER), taker: world.get(FIRM) };
      const worth = portfolioSums(
        world.snapshot.rows,
        world.get(TRADER).positions,
        world.snapshot.shape,
      ).equity;
      const floor = discounted(worth / MICROS, BigInt(maxDiscount));
      // A lot below the floor: no witness, so no proof.
      const pay = (lots: bigint) =>
        awardUnshown(world.desk("alice"), caseId, takers, { bid: bid.cash, pay: lots });
      await expect(pay(floor - 1n)).rejects.toThrow(
        refusal("INVALID_INPUT", /it is worth more than the ceiling/),
      );
      const less = pay(bid.cash - 1n);
      await expect(less).rejects.toThrow(refusal("INVALID_INPUT", /more than is offered/));
      const won = await pay(floor);
      world.keep(won.account);
      expect(won.account.positions).toEqual([{ instrumentId: CASH, quantity: floor }]);
      await expectOpen(world);
      expect((await readAuction(stage.people.dave, stage.system, caseId))?.settled).toBe(true);
      // What the chain was told has the ceiling of the cash in it, and the equity nowhere.
      const { transactionHash: hash, logs } = won.receipt;
      const { input } = await alice.public.getTransaction({ hash });
      const said = [input, ...logs.flatMap(({ data, topics }) => [data, ...topics])].join();
      const word = (value: bigint) => value.toString(16).padStart(64, "0");
      expect(said).toContain(word(floor));
      for (const secret of [worth, worth / MICROS]) expect(said).not.toContain(word(secret));
    }));

  it("costs a leader the equity's floor where it bid less, or it leaves with its bond; healthy, it is cured", () =>
    world(async (world) => {
      await cast(world, 900_000n);
      await attestAccount(world.desk("dave"), world.get(TRADER));
      const { caseId } = (await openAttestedCase(world.desk("dave"), TRADER)).case;
      const { commitWindow, revealWindow, maxDiscount } = PARAMETERS.auction;
      // Listed too late for this case: bob; nobody else was.
      await setLiquidator(stage.people.owner, stage.system, stage.people.bob.account.address, true);
      const keep = { keep: <Kept>(bid: Kept) => bid };
      await expect(bidSealed(world.desk("bob"), caseId, 1n, keep)).rejects.toThrow(
        contractRefusal("NotALiquidator"),
      );
      await world.serve(commitWindow + revealWindow);
      const shown = await provenEquity(world.desk("dave"), caseId, world.get(TRADER));
      expect(shown).toMatchObject({ tier: 3, view: { case: { status: "sale" } } });
      await expect(provenEquity(world.desk("dave"), caseId, world.get(TRADER))).rejects.toThrow(
        contractRefusal("NothingChanges"),
      );
      // The market recovers: the sale's case is cured by the same act.
      await world.publish((await world.now()) + 60n, "0.08");
      const cured = await provenEquity(world.desk("dave"), caseId, world.get(TRADER));
      expect(cured.view.case).toMatchObject({ status: "closed", outcome: "cured" });
      expect(cured.tier).toBeLessThan(2);

      // Another case, in which bob may bid: far too little.
      await world.publish((await world.now()) + 60n);
      await attestAccount(world.desk("dave"), world.get(TRADER));
      const again = (await openAttestedCase(world.desk("dave"), TRADER)).case.caseId;
      const { bid } = await bidSealed(world.desk("bob"), again, 1n, keep);
      await world.serve(commitWindow);
      await reveal(world.desk("bob"), bid);
      await world.serve(revealWindow);
      const takers = { account: world.get(TRADER), taker: world.get(FIRM) };
      const floor = discounted(lotsOf(world, takers.account), BigInt(maxDiscount));
      await expect(award(world.desk("bob"), again, takers, { bid: 1n })).rejects.toThrow(
        refusal("INVALID_INPUT", new RegExp(`costs ${floor} lots now`)),
      );
      const left = await leave(world.desk("bob"), again, takers.account);
      expect(left).toMatchObject({ tier: 3, case: { status: "sealed" } });
      await expectOpen(world);
    }));
});

describe("a loss that no fund bears", () => {
  it("is borne by holders, one with a case in Soft among them; a case beyond Soft keeps one out", () =>
    world(async (world) => {
      const [inSoft, beyond] = [4n, 5n];
      await world.register(TRADER, world.funded({ [PUT]: -9n }, -10_000n));
      await world.register(MAKER, world.funded({ [PUT]: 4n }, 3_000_000n));
      await world.register(inSoft, world.funded({ [PUT]: 3n }, 1_050_000n));
      await world.register(beyond, world.funded({ [PUT]: 2n }, 900_000n));
      await world.begin();
      const dave = world.desk("dave");
      const caseOf = async (accountId: bigint) => {
        await attestAccount(dave, world.get(accountId));
        return (await openAttestedCase(dave, accountId)).case;
      };
      const { caseId } = await caseOf(TRADER);
      expect(await caseOf(inSoft)).toMatchObject({ status: "soft" });
      expect(await caseOf(beyond)).toMatchObject({ status: "sealed" });
      await world.serve(PARAMETERS.engine.takeoverNotice + CADENCE);

      const owner = world.desk("owner");
      const house = world.get(stage.system.houseAccount);
      const unanchored = takeOverCase(owner, caseId, { account: world.get(TRADER), house });
      await expect(unanchored).rejects.toThrow(contractRefusal("NotAnchored"));
      await world.anchor(TRADER);
      const taken = await takeOverCase(owner, caseId, { account: world.get(TRADER), house });
      const absorbed = await absorbHouseLoss(world.desk("dave"), taken.house);
      expect(absorbed).toMatchObject({ isDrawn: false, reserved: 0n, residual: absorbed.loss });
      const holders = [MAKER, inSoft, beyond].map((accountId) => world.get(accountId));
      const round = await deleverage(owner, { house: taken.house, holders });
      expect(round.parts.map(({ accountId }) => accountId)).toEqual([MAKER, inSoft]);
      expect(round.spared).toEqual([beyond]);
      const { residual } = await readFunds(stage.people.dave, stage.system);
      expect(residual).toBe(round.parts.at(-1)?.residual);
      // Two ninths are left, but for what rounding left of the others' parts.
      const left = (absorbed.loss * 2n) / 9n;
      expect(residual >= left && residual <= left + 4n).toBe(true);
      const { frozen } = await readAccount(stage.people.dave, stage.system, inSoft);
      expect(frozen).toBe(true);
    }));
});

describe("an act that is refused", () => {
  it("before anything is sent leaves the store as it was, and can be done again", () =>
    world(async (world) => {
      await cast(world, 1_050_000n);
      await attestAccount(world.desk("dave"), world.get(TRADER));
      const { caseId } = (await openAttestedCase(world.desk("dave"), TRADER)).case;
      const before = world.accounts.all;
      const { accountId } = world.get(TRADER);
      // Far too little, a stranger's takeover, another case's account.
      const poor = cureByDeposit(world.desk("bob"), caseId, world.get(TRADER), 1n);
      await expect(poor).rejects.toThrow(refusal("INVALID_INPUT", /would be in tier 2: 1 at most/));
      const house = world.get(stage.system.houseAccount);
      const taken = takeOverCase(world.desk("bob"), caseId, { account: world.get(TRADER), house });
      await expect(taken).rejects.toThrow(contractRefusal("OnlyOperator"));
      const wrong = cureByDeposit(world.desk("bob"), caseId, world.get(MAKER), 1n);
      await expect(wrong).rejects.toThrow(refusal("INVALID_INPUT", /another account/));
      expect(world.accounts.all).toEqual(before);
      expect(world.accounts.saltOf(accountId)).toBeUndefined();
      const { tier } = await cureByDeposit(world.desk("bob"), caseId, world.get(TRADER), 2_000_000n);
      expect(tier).toBeLessThan(2);
      await expectOpen(world);
    }));

  it("for an opening that is not the ledger's says so, and proves nothing", () =>
    world(async (world) => {
      await cast(world, 1_050_000n);
      const stale: OpenAccount = { ...world.get(TRADER), salt: toField(7n) };
      await expect(attestAccount(world.desk("dave"), stale)).rejects.toThrow(
        refusal("COMMITMENT_MISMATCH", /does not open/),
      );
      const moved = [{ instrumentId: world.idOf(PUT), quantity: 1n }];
      const trade = { account: stale, taker: world.get(MAKER), moved, cash: 0n };
      await expect(tradeBetween(world.desk("venue"), trade)).rejects.toThrow(
        refusal("COMMITMENT_MISMATCH", /the first account/),
      );
      await expectOpen(world);
    }));

  it("for a snapshot that is stale says so before anything is proven", async () => {
    const old = { time: START - 100_000n };
    const { owner } = stage.people;
    await expect(deadlineFor(owner, stage.deployment, old, 3_000n)).rejects.toThrow(
      refusal("INVALID_SNAPSHOT", /too old/),
    );
  });

  it("for a snapshot that nobody published is the registry's refusal", () =>
    world(async (world) => {
      await cast(world, 1_050_000n);
      const desk = { ...world.desk("dave"), snapshot: marketAt(START + 10n, "-0.3") };
      await expect(attestAccount(desk, world.get(TRADER))).rejects.toThrow(
        expect.objectContaining({ code: "CHAIN_ERROR" }),
      );
      expect(await attestAccount(world.desk("dave"), world.get(TRADER))).toBe(2);
    }));
});

describe("an act that is interrupted", () => {
  const trade = (world: World, quantity: bigint) => ({
    ...{ account: world.get(TRADER), taker: world.get(MAKER), cash: 0n },
    moved: [{ instrumentId: world.idOf(PUT), quantity }],
  });

  it.each(["before sending", "after sending"] as const)("%s loses no opening", (when) =>
    world(async (world) => {
      await cast(world, 3_000_000n);
      const plan = trade(world, -1n);
      const desk = world.desk("venue");
      await expect(tradeBetween(failing(desk, when), plan)).rejects.toThrow(BallastError);
      const salt = world.accounts.saltOf(world.get(TRADER).accountId);
      expect(salt).toBeDefined();
      if (when === "before sending") {
        // The same trade keeps its salts; another one is not written over it.
        await expect(tradeBetween(desk, trade(world, -2n))).rejects.toThrow(
          refusal("ALREADY_SENT", /may be on the ledger/),
        );
        await tradeBetween(desk, plan);
        expect(world.get(TRADER).salt).toBe(salt);
        return expectOpen(world);
      }
      // What was mined is what was kept: done again, it is no longer the ledger's account that begins.
      await expect(tradeBetween(desk, plan)).rejects.toThrow(refusal("COMMITMENT_MISMATCH", /first account/));
      expect(world.accounts.saltOf(world.get(TRADER).accountId)).toBe(salt);
    }),
  );

  it("registers and updates with the salt that was kept, and once", () =>
    world(async (world) => {
      const account = { accountId: toField(77n), salt: toField(1n), positions: [] };
      const venue = world.desk("venue");
      await expect(registerOnLedger(failing(venue, "after sending"), { account })).rejects.toThrow();
      const again = await registerOnLedger(venue, { account: { ...account, salt: toField(2n) } });
      expect(again).toMatchObject({ receipt: undefined, account: { salt: 1n } });
      world.accounts.set(again.account);
      const changed = { ...account, salt: toField(3n), positions: [{ instrumentId: CASH, quantity: 5n }] };
      await expect(updateOnLedger(failing(venue, "before sending"), changed)).rejects.toThrow();
      const updated = await updateOnLedger(venue, { ...changed, salt: toField(4n) });
      expect(updated).toMatchObject({ account: { salt: 3n }, receipt: { status: "success" } });
      expect(await updateOnLedger(venue, updated.account)).toMatchObject({ receipt: undefined });
      // Computed before that one: what has changed since is not undone.
      await expect(updateOnLedger(venue, { ...changed, salt: toField(5n) }, 0)).rejects.toMatchObject({
        details: { error: "UpdateSkipped", refusal: "changed" },
      });
    }));

  it("is refused to whoever is not the venue, for other content than the ledger's", () =>
    world(async (world) => {
      const account = await world.register(77n, []);
      const stranger: Person = "carol";
      const same = await registerOnLedger(world.desk(stranger), { account });
      expect(same.receipt).toBeUndefined();
      const other = { ...account, salt: toField(9n) };
      await expect(updateOnLedger(world.desk(stranger), other)).rejects.toThrow(contractRefusal("OnlyVenue"));
      await expectOpen(world);
    }));
});

describe("accounts in files", () => {
  let folder: Folder;
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => folder.remove());

  it("are taken back where the chain refuses, kept where it may have not, and said to be sent", () =>
    world(async (world) => {
      await cast(world, 3_000_000n);
      const [trader, maker] = [world.get(TRADER), world.get(MAKER)];
      const { snapshot } = world;
      const paths = [folder.file("trader.json"), folder.file("maker.json")];
      const places = [trader, maker].map((account, i) => ({
        file: { name: accountHex(account.accountId), account },
        path: paths[i] ?? "",
      }));
      const open = (person: Person) =>
        FileAccounts.open(world.desk(person), { places, inputs: [trader, maker], snapshot, slots: SLOTS });
      const moved = [{ instrumentId: world.idOf(PUT), quantity: -1n }];
      const plan = { account: trader, taker: maker, moved, cash: 0n };

      const stranger = { ...world.desk("bob"), store: await open("bob") };
      await expect(tradeBetween(stranger, plan)).rejects.toThrow(contractRefusal("OnlyVenue"));
      expect(contentsOf(folder.path)).toEqual({});

      const cut = failing({ ...world.desk("venue"), store: await open("venue") }, "before sending");
      await expect(tradeBetween(cut, plan)).rejects.toThrow(
        /maker\.json is kept: if the transaction was mined/,
      );
      const kept = contentsOf(folder.path);
      expect(Object.keys(kept)).toHaveLength(2);

      const again = await open("venue");
      expect(again.known).toEqual(paths);
      const done = await tradeBetween({ ...world.desk("venue"), store: again }, plan);
      expect(contentsOf(folder.path)).toEqual(kept);
      world.keep(done.account, done.taker);
      await expectOpen(world);
      await expect(open("venue")).rejects.toThrow(refusal("ALREADY_SENT", /it was sent/));
      // The ledger has it just so, and it is another account's: nothing of this one was sent.
      const firm = world.get(FIRM);
      const path = folder.file("firm.json");
      saveAccount(path, { name: accountHex(firm.accountId), account: firm }, snapshot);
      const elsewhere = FileAccounts.open(world.desk("venue"), {
        places: places.slice(0, 1).map((place) => ({ ...place, path })),
        ...{ inputs: [trader, maker], snapshot, slots: SLOTS },
      });
      await expect(elsewhere).rejects.toThrow(refusal("FILE_ERROR", /exists already/));
    }));
});
