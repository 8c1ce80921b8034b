import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setLiquidator } from "../../../src/chain/liquidation/auction.ts";
import { challengeAccount } from "../../../src/chain/liquidation/challenges.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import { newDisclosureKey } from "../../../src/liquidation/disclosure-key.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  startLiquidation,
  usd,
} from "../../chain/liquidation/stage.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { FALLEN, fallingInto } from "./falling.ts";
import { idOf, Venue } from "./venue.ts";

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

const onVenue = (work: (venue: Venue) => Promise<void>) =>
  inNewWorld(stage, async (world) => work(new Venue(world, await emptyDatabase())));
const dollars = (lots: bigint) => [{ instrumentId: CASH, quantity: lots }];

describe("keepers of a venue and a liquidator", () => {
  it("walk a case of tier 3 from its disclosure by sealed bids to an award that shows no equity, and the bond comes back", () =>
    onVenue(async (venue) => {
      const { people, system } = stage;
      await venue.market();
      await setLiquidator(people.owner, system, people.alice.account.address, true);
      await venue.own("firm", "alice", dollars(100_000_000n));
      await venue.tell("desk", fallingInto(venue.world, 3));
      const { key: disclosureKey } = await newDisclosureKey();
      const keepers = [
        venue.keeper("venue", { roles: ["anyone", "venue"] }),
        venue.keeper(
          "alice",
          { roles: ["liquidator"], taker: "firm", unshown: true, bondOfStep: usd(900_000n) },
          venue.database,
          { disclosureKey },
        ),
      ];
      await venue.until(
        async () => (await venue.count("proofs", "state = 'attested'")) === 2,
        keepers,
        "alice",
      );
      await venue.market(FALLEN);
      const step = (act: string) => async () =>
        (await venue.count("steps", `act = '${act}' and state = 'done'`)) === 1;
      await venue.until(step("bid"), keepers, "alice");
      for (const act of ["reveal", "settle"]) {
        // Windows pass while prices come in.
        for (let n = 0; n < 3; n++) await venue.market(FALLEN, 300n);
        await venue.until(step(act), keepers, "alice");
      }
      await venue.until(
        async () => (await venue.count("cases", "outcome = 'awarded'")) === 1,
        keepers,
        "alice",
      );
      for (const keeper of keepers) await keeper.idle();
      expect(venue.said().filter((said) => !said.includes("begins"))).toEqual([
        "open: case 1 opened, sealed",
        "case 1: disclose: disclosed",
        "case 1: bid: a sealed bid is in",
        "case 1: reveal: the bid is open",
        expect.stringMatching(/^case 1: settle: taken over whole for \d+ lots$/),
      ]);
      // What the case left to its account, and what the liquidator has, are their newest versions.
      for (const name of ["desk", "firm"]) {
        const { commitment } = await readAccount(people.owner, system, idOf(name));
        await venue.until(
          async () => (await venue.accounts.find(idOf(name)))?.commitment === commitment,
          keepers,
          "alice",
        );
      }
      expect(await venue.count("bids", "true")).toBe(1);
    }));

  it("answer a challenge with what the ledger has, though the account has traded since, and settle it", () =>
    onVenue(async (venue) => {
      const { people, system } = stage;
      await venue.market();
      await venue.tell("desk", dollars(1_000_000n));
      const keeper = venue.keeper("venue", { roles: ["venue"] });
      const onLedger = async () => (await venue.count("ledger", "true")) === 1;
      // Nothing is attested before the challenge: the account is registered by hand of the keeper alone.
      for (let n = 0; n < 20 && !(await onLedger()); n++) {
        await keeper.pass(new AbortController().signal);
        await venue.send("venue");
      }
      for (let n = 0; n < 4; n++) await venue.market(undefined, 300n);
      await challengeAccount(people.alice, system, idOf("desk"));
      await venue.tell("desk", dollars(2_000_000n));
      await venue.until(async () => (await venue.count("challenges", "true")) === 1, [keeper]);
      const settled = async () =>
        (await venue.count("steps", "act = 'settle-challenge' and state = 'done'")) === 1;
      await venue.until(settled, [keeper]);
      expect(venue.said().at(-1)).toBe("settle-challenge: answered");
      // And the trade is on the ledger once the venue's word counts again.
      const traded = (await venue.accounts.find(idOf("desk")))?.commitment;
      const isThere = async () =>
        (await readAccount(people.owner, system, idOf("desk"))).commitment === traded;
      await venue.until(isThere, [keeper]);
      expect(await venue.count("cases", "true")).toBe(0);
    }));
});
