import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveSnapshot } from "../../../src/risk/snapshot-file.ts";
import { marketAt, UNITS } from "../../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { w } from "../../risk/fixtures.ts";
import { cli, cliJson } from "../harness.ts";
import { CliStage, PUT } from "./stage.ts";

/** 2026-03-27T08:00Z */
const EXPIRY = 1_774_598_400n;
const DELIVERIES = new Map([["BTC-27MAR26", w("58765.43")]]);

useSimulatedProofs(SMALL);

let stage: CliStage;
beforeAll(async () => {
  stage = await CliStage.start();
  await cliJson(...stage.deployArguments());
  const asset = ["1", "--token", stage.token, "--units-per-lot", String(UNITS)];
  await cliJson("vault", "add", ...asset, ...stage.as("venue"));
  await stage.registerHouse();
  await stage.at(EXPIRY - 1_800n);
  await stage.market("-0.09");
  await stage.register("trader", stage.funded({ [PUT]: -20n }, 3_000_000n), "bob");
  await stage.register("maker", stage.funded({ [PUT]: 20n }, 3_000_000n), "alice");
  await stage.begin("trader", "maker");
});
afterAll(() => stage.stop());

/** The next snapshot of the market, by the one before. */
async function publish(time: bigint, held?: readonly string[]): Promise<void> {
  const before = {
    snapshot: stage.snapshot,
    deliveries: DELIVERIES,
    ...(held === undefined ? {} : { held }),
  };
  saveSnapshot(stage.file("snapshot.json"), marketAt(time, "-0.09", before));
  await stage.publish();
}

describe("an expiry by the command line", () => {
  it("is shown to the delivery book, and closed on one side, then on the other", async () => {
    const about = ["-s", stage.file("snapshot.json")];
    const none = await cli("snapshot", "deliver", ...about, ...stage.as("carol"));
    expect(none).toMatchObject({ code: 2, err: expect.stringMatching(/no row of an expired instrument/) });
    await publish(EXPIRY + 120n);
    const shown = await cliJson<{ transactions: unknown[] }>(
      "snapshot",
      "deliver",
      ...about,
      ...stage.as("carol"),
    );
    expect(shown.transactions).toHaveLength(1);
    const closing = [
      "close-expired",
      "--account",
      stage.file("trader.json"),
      "-o",
      stage.file("trader.2.json"),
    ];
    const early = await cli("liquidate", ...closing, ...stage.as("carol"), ...stage.proving());
    expect(early.err).toMatch(/nothing that has expired for good/);

    await stage.at(EXPIRY + 3_800n);
    await publish(EXPIRY + 3_801n);
    const reading = ["liquidate", "delivered", ...about, ...stage.on()];
    expect((await cli(...reading)).out).toMatch(/nothing: both sides are closed/);
    expect(await stage.prove("carol", ...closing)).toMatchObject({ closed: [PUT] });
    expect(await stage.opens("trader.2")).toBe(true);
    // Its owner derives the same from what it had.
    const derive = ["liquidate", "after-expiry", "--account", stage.file("trader.json"), ...about];
    const derived = ["-o", stage.file("trader.3.json"), "--circuit", "4x8", ...stage.on()];
    await cliJson(...derive, ...derived);
    expect(stage.open("trader.3")).toEqual(stage.open("trader.2"));
    const { positions } = await cliJson<{ positions: unknown[] }>(...reading);
    expect(positions).toEqual([
      { instrument: "USDC", lots: "246920", quantity: "2469.2" },
      { instrument: PUT, lots: "-20", quantity: "-2" },
    ]);
    expect((await cli(...reading)).out).toMatch(new RegExp(`${PUT} +-20 +-2$`, "m"));

    // The row is gone from the tables: an older snapshot has its name.
    saveSnapshot(stage.file("old.json"), stage.snapshot);
    await publish(EXPIRY + 3_802n, []);
    // Signers who compare with what they signed before sign it only where they are told that nobody holds it.
    const signing = ["sign", ...about, "--deployment", stage.deploymentPath, "--instance", "4x8"];
    const key = ["--private-key-file", stage.file("oracle.key"), "--previous", stage.file("old.json")];
    const unsigned = await cli(...signing, ...key, "-o", stage.file("late.json"));
    expect(unsigned).toMatchObject({ code: 2, err: expect.stringMatching(/has no row for BTC-27MAR26/) });
    await cliJson(...signing, ...key, "--held", "ETH-27MAR26", "-o", stage.file("late.json"));
    const other = ["close-expired", "--account", stage.file("maker.json"), "-o", stage.file("maker.2.json")];
    const unknown = await cli("liquidate", ...other, ...stage.as("alice"), ...stage.proving());
    expect(unknown.err).toMatch(/Unknown|no instrument/i);
    const rows = ["--rows-of", stage.file("old.json")];
    expect(await stage.prove("alice", ...other, ...rows)).toMatchObject({ closed: [PUT] });
    expect(await stage.opens("maker.2")).toBe(true);
    expect((await cli(...reading)).out).toMatch(/nothing: both sides are closed/);
  });
});
