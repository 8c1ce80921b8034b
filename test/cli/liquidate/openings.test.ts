import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHouseAccounts } from "../../../src/chain/liquidation/house-accounts.ts";
import { readIsEmpty } from "../../../src/chain/liquidation/openings.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { cli } from "../harness.ts";
import { CliStage } from "./stage.ts";

/** Accounts that are opened from the command line: a liquidator's own, and the house's. */
useSimulatedProofs(SMALL);

let stage: CliStage;
beforeAll(async () => {
  stage = await CliStage.deployed();
});
afterAll(() => stage.stop());

const SMALL_CIRCUIT = ["--circuit", "4x8", "--backend", "snarkjs"];

/** What a command that is refused on chain says. */
async function refusedBy(person: "alice" | "owner", ...argv: string[]): Promise<string> {
  const run = await cli("liquidate", ...argv, ...stage.as(person), "--json");
  expect(run.code).toBe(3);
  return run.out + run.err;
}

describe("ballast liquidate open-account", () => {
  it("opens an account that close-account closes; the file opens it", async () => {
    const file = stage.file("fresh.json");
    const argv = ["open-account", "--n", "3", "-o", file, ...SMALL_CIRCUIT];
    const { accountId } = await stage.liquidate<{ accountId: string }>("alice", ...argv);
    expect(await stage.opens("fresh")).toBe(true);
    expect(await readIsEmpty(stage.client, stage.system, BigInt(accountId))).toBe(true);
    const to = ["--n", "3", "--to", stage.addresses.alice];
    expect(await refusedBy("alice", "reclaim-bond", ...to)).toContain("AccountEmpty");
    expect(await refusedBy("owner", "close-account", ...to)).toContain("UnknownAccount");
    await stage.liquidate("alice", "close-account", ...to);
    expect(await readIsEmpty(stage.client, stage.system, BigInt(accountId))).toBe(false);
  });
});

describe("ballast liquidate open-house-account", () => {
  it("is the operator's; cash shifts between the house's accounts, and all of them count", async () => {
    const file = stage.file("house-b.json");
    const argv = ["open-house-account", "-o", file, ...SMALL_CIRCUIT];
    expect(await refusedBy("alice", ...argv)).toContain("OnlyOperator");
    const { accountId } = await stage.liquidate<{ accountId: string }>("owner", ...argv);
    expect((await readHouseAccounts(stage.client, stage.system)).at(-1)).toBe(BigInt(accountId));
    expect(await stage.opens("house-b")).toBe(true);
    await stage.market();
    await stage.publish();
    const [from, to] = [stage.file("house.2.json"), stage.file("house-b.2.json")];
    await stage.prove(
      ...(["owner", "shift-house-cash", "--house", stage.file("house.json"), "--to", file] as const),
      ...["--lots", "700", "-o", from, "--to-output", to],
    );
    for (const name of ["house.2", "house-b.2"]) expect(await stage.opens(name)).toBe(true);
    const clear = ["clear", "--house", from];
    expect(await refusedBy("owner", ...clear, ...stage.proving())).toContain("EquityNotShown");
    const cleared = await stage.prove("owner", ...clear, "--others", to);
    expect(cleared).toMatchObject({ equity: "0" });
  });
});
