import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  claimExit,
  fixExit,
  giveSignOfLife,
  readExitMarks,
  resumeByRun,
  stopSilentVenue,
  takeExit,
} from "../../src/actions/exit/exit.ts";
import type { PlaceInRun } from "../../src/actions/liquidation/anchor.ts";
import { anchorByInclusion } from "../../src/actions/node/anchor-in-run.ts";
import { readExit, readExitClaim, readPart } from "../../src/chain/exit/read-exit.ts";
import { solvencyRegistryAbi } from "../../src/chain/generated/solvency-registry.ts";
import { completeWithdrawal, readAssets, requestWithdrawal } from "../../src/chain/solvency/vault.ts";
import { readBalance } from "../../src/chain/token.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  MICROS,
  type Person,
  refused,
  SLOTS,
  startLiquidation,
  UNITS,
  type World,
} from "../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";

const PUT = "BTC-27MAR26-60000-P";
const SHORT = 2n;
const LONG = 3n;
const SAVER = 4n;
const LATE = 5n;
const HOUR = 3_600n;

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

/** One is short of puts that another holds, a third has cash alone; a run has counted them. */
async function begin(world: World): Promise<PlaceInRun | undefined> {
  await world.register(SHORT, world.funded({ [PUT]: -2n }, 1_200_000n), "bob");
  await world.register(LONG, world.funded({ [PUT]: 2n }, 3_000_000n), "alice");
  await world.register(SAVER, [{ instrumentId: CASH, quantity: 1_000_000n }], "carol");
  await world.begin();
  const places = await world.anchor(SHORT, LONG);
  return places.find(({ accountId }) => accountId === SAVER);
}

/** The saver's own proof of inclusion, which needs no file of the venue's, shows that the run counted it. */
async function anchorSaver(world: World, place: PlaceInRun | undefined): Promise<void> {
  if (place === undefined) throw new Error("the run has no saver");
  const { accountId, index, path, runId } = place;
  const { salt, positions } = world.get(SAVER);
  const instruments = [{ instrumentId: CASH, name: "USDC", lotSize: 10n ** 16n }];
  const proof = { account: "saver", accountId, index, path, salt, slots: SLOTS, positions, instruments };
  const options = { proof, runId, backend: "snarkjs", validFor: 3_000 } as const;
  await anchorByInclusion(world.desk("carol"), options);
}

const reserves = async ({ stage: { people, system } }: World): Promise<bigint> => {
  const [cash] = await readAssets(people.owner, system);
  return (cash?.lots ?? 0n) + (cash?.requested ?? 0n);
};

const balance = ({ stage: { people, token } }: World, person: Person): Promise<bigint> =>
  readBalance(people.owner, token, people[person].account.address);

/** Nobody hears of the venue any more. */
async function fallSilent(world: World): Promise<void> {
  const { aliveUntil } = await readExit(stage.people.owner, stage.system);
  await expect(stopSilentVenue(world.desk("dave"))).rejects.toEqual(refused("VenueAlive"));
  await world.at(aliveUntil + 1n);
}

const claim = (world: World, accountId: bigint, person: Person) =>
  claimExit(world.desk(person), world.get(accountId), stage.people[person].account.address);

describe("a venue that stops", () => {
  it("is left by its customers with what reserves hold", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      const place = await begin(world);
      expect((await giveSignOfLife(world.desk("venue"))).exit.phase).toBe("running");

      // It takes a third of all that is there, and announces more.
      const third = (await reserves(world)) / 3n;
      const { address: to } = people.venue.account;
      const { withdrawal } = await requestWithdrawal(people.venue, system, {
        instrumentId: CASH,
        lots: third,
        to,
      });
      await world.at((await world.now()) + HOUR);
      await completeWithdrawal(people.dave, system, withdrawal.id);
      // Somebody whom it registers as rich: no run counts the account.
      await world.register(LATE, [{ instrumentId: CASH, quantity: 900_000_000n }], "dave");

      await fallSilent(world);
      const { withdrawal: last } = await requestWithdrawal(people.venue, system, {
        instrumentId: CASH,
        lots: third,
        to,
      });
      expect((await stopSilentVenue(world.desk("dave"))).exit.phase).toBe("stopped");
      await world.at((await world.now()) + HOUR);
      await expect(completeWithdrawal(people.dave, system, last.id)).rejects.toEqual(refused("VenueStopped"));
      await expect(world.register(6n, [], "dave")).rejects.toEqual(refused("VenueStopped"));
      await expect(fixExit(world.desk("dave"))).rejects.toEqual(refused("WaitsForPrices"));

      // The first snapshot of after the stop is the one; the market has fallen, and who was short lacks something.
      await world.publish((await world.now()) + 1n, "-0.6");
      const { snapshot } = world;
      const { exit } = await fixExit(world.desk("dave"));
      expect(exit).toMatchObject({ phase: "claiming", snapshotId: snapshot.snapshotId, hasMarks: false });
      expect((await readExitMarks(world.desk("dave"), snapshot)).exit.hasMarks).toBe(true);

      const long = await claim(world, LONG, "alice");
      await expect(claim(world, SAVER, "carol")).rejects.toEqual(refused("NotCounted"));
      await anchorSaver(world, place);
      await expect(claim(world, SAVER, "alice")).rejects.toEqual(refused("NotOwner"));
      const saver = await claim(world, SAVER, "carol");
      await expect(claim(world, SHORT, "bob")).rejects.toMatchObject({ code: "INVALID_INPUT" });
      await expect(claim(world, LATE, "dave")).rejects.toEqual(refused("NotCounted"));
      await expect(claim(world, SAVER, "carol")).rejects.toEqual(refused("AlreadyClaimed"));
      expect(await readExitClaim(people.owner, system, SAVER)).toEqual({
        to: people.carol.account.address,
        equity: 1_000_000n * MICROS,
        isAnchored: true,
      });

      await expect(takeExit(world.desk("dave"), LONG)).rejects.toEqual(refused("ClaimsRun"));
      await world.at(exit.claimsUntil + 1n);
      const held = await reserves(world);
      const claimed = long.equity + saver.equity;
      expect(claimed).toBeGreaterThan(held * MICROS);
      const before = { alice: await balance(world, "alice"), carol: await balance(world, "carol") };
      // Anyone has them paid: each its part of all that there is.
      for (const accountId of [LONG, SAVER]) await takeExit(world.desk("dave"), accountId);
      const lots = { alice: (held * long.equity) / claimed, carol: (held * saver.equity) / claimed };
      expect(await readPart(people.owner, system, LONG, CASH)).toBe(lots.alice);
      expect(await balance(world, "alice")).toBe(before.alice + lots.alice * UNITS);
      expect(await balance(world, "carol")).toBe(before.carol + lots.carol * UNITS);
      expect(held - lots.alice - lots.carol).toBeLessThan(2n);
      const left = await readBalance(people.owner, stage.token, system.vault);
      expect(left).toBe((held - lots.alice - lots.carol) * UNITS);
      await expect(takeExit(world.desk("dave"), SHORT)).rejects.toEqual(refused("NothingToTake"));
    }));

  it("comes back by a closed run, until somebody has claimed", () =>
    inNewWorld(stage, async (world) => {
      await anchorSaver(world, await begin(world));
      await fallSilent(world);
      await stopSilentVenue(world.desk("dave"));
      await world.publish((await world.now()) + 1n);
      await fixExit(world.desk("dave"));
      await world.anchor();
      const [attested] = await stage.people.owner.public.readContract({
        address: stage.system.runs,
        abi: solvencyRegistryAbi,
        functionName: "latestRun",
      });
      await expect(claim(world, SAVER, "carol")).rejects.toEqual(refused("VenueIsBack"));
      expect((await resumeByRun(world.desk("dave"), attested)).exit.phase).toBe("running");

      await fallSilent(world);
      await stopSilentVenue(world.desk("dave"));
      await world.publish((await world.now()) + 1n);
      await fixExit(world.desk("dave"));
      await claim(world, SAVER, "carol");
      await expect(world.anchor()).rejects.toEqual(refused("VenueLeft"));
      await expect(resumeByRun(world.desk("dave"), attested)).rejects.toEqual(refused("VenueLeft"));
    }));
});
