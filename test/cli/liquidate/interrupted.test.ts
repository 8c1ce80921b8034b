import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASH } from "../../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { cli, contentsOf } from "../harness.ts";
import { CliStage, PUT } from "./stage.ts";

useSimulatedProofs(SMALL);

let stage: CliStage;
beforeAll(async () => {
  stage = await CliStage.deployed();
  await stage.register("seller", stage.funded({ [PUT]: -2n }, 3_000_000n));
  await stage.register("taker", stage.funded({ [PUT]: 2n }, 3_000_000n));
  await stage.begin("seller", "taker");
});
afterAll(() => stage.stop());

const request = (method: string, ...params: unknown[]) =>
  stage.client.public.request({ method, params } as never) as Promise<unknown>;

/** Runs a command and takes the chain back: its files are there, as after a kill just before it sent. */
async function interrupted(run: () => Promise<unknown>): Promise<void> {
  const before = await request("evm_snapshot");
  await run();
  await request("evm_revert", before);
}

async function refusal(...argv: string[]) {
  const before = contentsOf(stage.folder.path);
  const { out } = await cli("liquidate", ...argv, ...stage.as("venue"), "--json");
  expect(contentsOf(stage.folder.path)).toEqual(before);
  return JSON.parse(out).error as {
    code: string;
    message: string;
    hint: string;
    details: Record<string, unknown>;
  };
}

describe("a command that was killed between writing and sending", () => {
  it("registers with the salt that it wrote, and says when the ledger has it", async () => {
    const path = stage.folder.writeJson("late.portfolio.json", { account: "late", positions: [] });
    const output = stage.file("late.json");
    const argv = ["register", "--account", path, "-o", output, "--circuit", "4x8"];
    argv.push("--snapshot", stage.file("snapshot.json"));
    await interrupted(() => stage.liquidate("venue", ...argv));
    const written = readFileSync(output, "utf8");
    await stage.liquidate("venue", ...argv);
    expect(readFileSync(output, "utf8")).toBe(written);
    expect(await stage.opens("late")).toBe(true);
    const before = contentsOf(stage.folder.path);
    expect(await stage.liquidate("venue", ...argv)).toMatchObject({ transaction: null, gas: null });
    expect(contentsOf(stage.folder.path)).toEqual(before);
  });

  it("updates with the salt that it wrote, says when the ledger has it, and takes no other content for it", async () => {
    const of = (quantity: string) =>
      stage.folder.writeJson(`mover-${quantity}.json`, {
        account: "mover",
        positions: [{ instrument: "USDC", quantity }],
      });
    await stage.register("mover", [{ instrumentId: CASH, quantity: 100n }]);
    const output = stage.file("mover.2.json");
    const about = ["-o", output, "--circuit", "4x8", "--snapshot", stage.file("snapshot.json")];
    const update = ["update", "--account", of("5"), ...about];
    await interrupted(() => stage.liquidate("venue", ...update));
    const written = readFileSync(output, "utf8");
    expect(await stage.liquidate("venue", ...update)).toMatchObject({
      transaction: expect.stringMatching(/^0x/),
    });
    expect(readFileSync(output, "utf8")).toBe(written);
    expect(await stage.opens("mover.2")).toBe(true);
    expect(await stage.liquidate("venue", ...update)).toMatchObject({ transaction: null, gas: null });
    const shown = await cli("liquidate", "show", "mover", ...stage.on());
    expect(shown.out).toMatch(/changed (once|[02-9] times), last/);
    // The file with its salt is what the ledger has; other content is another file's.
    const salted = ["update", "--account", output, ...about.slice(2)];
    expect(await stage.liquidate("venue", ...salted)).toMatchObject({ transaction: null });
    expect(await refusal("update", "--account", of("6"), ...about)).toMatchObject({
      code: "FILE_ERROR",
      message: `${output} exists already.`,
    });
    expect(await stage.opens("mover.2")).toBe(true);
  });

  it("registers nobody twice for another owner", async () => {
    const about = ["--circuit", "4x8", "--snapshot", stage.file("snapshot.json")];
    const argv = ["register", "--account", stage.file("mover.2.json"), ...about];
    expect(await stage.liquidate("venue", ...argv)).toMatchObject({ transaction: null });
    expect(await refusal(...argv, "--owner", stage.addresses.alice)).toMatchObject({
      code: "CHAIN_ERROR",
      details: { error: "AccountExists" },
    });
  });

  it("trades with the salts that it wrote, and never with other positions under them", async () => {
    const [a, b] = [stage.file("seller-2.json"), stage.file("taker-2.json")];
    const from = ["--account", stage.file("seller.json"), "--taker", stage.file("taker.json")];
    const to = ["--account-output", a, "--taker-output", b];
    const trade = ["trade", ...from, "--legs", `${PUT}=-1`, ...to, ...stage.proving()];
    await interrupted(() => stage.liquidate("venue", ...trade));
    const written = [readFileSync(a, "utf8"), readFileSync(b, "utf8")];

    const other = ["trade", ...from, "--legs", `${PUT}=-2`, ...to, ...stage.proving()];
    expect(await refusal(...other)).toMatchObject({
      code: "FILE_ERROR",
      message: `${a} exists already.`,
      hint: "It is not overwritten: choose another name.",
    });
    expect(await stage.opens("seller")).toBe(true);

    rmSync(b); // as if it had been killed between the two files
    await stage.liquidate("venue", ...trade);
    expect(readFileSync(a, "utf8")).toBe(written[0]);
    expect(readFileSync(b, "utf8")).not.toBe(written[1]);
    expect([await stage.opens("seller-2"), await stage.opens("taker-2")]).toEqual([true, true]);
    expect(await refusal(...trade)).toMatchObject({ code: "ALREADY_SENT" });
  });

  it("takes no file of the account's past for its own", async () => {
    const [old, now] = [stage.file("seller.json"), stage.file("seller-2.json")];
    const from = ["--account", now, "--taker", stage.file("taker-2.json")];
    const to = ["--account-output", old, "--taker-output", stage.file("taker-3.json")];
    const back = ["trade", ...from, "--legs", `${PUT}=1`, ...to, ...stage.proving()];
    expect(await refusal(...back)).toMatchObject({ code: "FILE_ERROR", message: `${old} exists already.` });
    const same = back.map((text) => (text === old ? now : text));
    expect(await refusal(...same)).toMatchObject({ code: "FILE_ERROR", message: `${now} exists already.` });
  });
});
