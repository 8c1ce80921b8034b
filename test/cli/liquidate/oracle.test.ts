import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf, type ChainClient, connect } from "../../../src/chain/client.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { deployDollar } from "../../../src/demo/venue.ts";
import { atTheMoneyVolatility } from "../../../src/market/at-the-money.ts";
import { instance } from "../../../src/prover/circuits.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { saveSnapshot } from "../../../src/risk/snapshot-file.ts";
import { marketOf } from "../../../src/risk/snapshot-inputs.ts";
import { marketAt, START, usd } from "../../chain/liquidation/stage.ts";
import { cli, cliJson, type Folder, temporaryFolder } from "../harness.ts";

const KEYS = anvilKeys(4);
const FEEDERS = [1, 2, 3] as const;
const BOND = usd(1_000n);

let anvil: Anvil;
let client: ChainClient;
let folder: Folder;
let oracle: string;
const feederAddress = (i: number) => accountOf(KEYS[i] ?? "0x").address;
const as = (i: number) => ["--rpc", anvil.rpcUrl, "--private-key-file", folder.file(`${i}.key`)];
const on = (i: number) => ["--oracle", oracle, ...as(i)];

async function at(time: bigint): Promise<void> {
  const params = [`0x${time.toString(16)}`];
  await client.public.request({ method: "evm_setNextBlockTimestamp", params } as never);
  await client.public.request({ method: "evm_mine" } as never);
}
const now = async () => (await client.public.getBlock()).timestamp;

beforeAll(async () => {
  folder = temporaryFolder();
  for (const [i, key] of KEYS.entries()) folder.write(`${i}.key`, key);
  anvil = await startAnvil({ timestamp: START });
  client = await connect(anvil.rpcUrl, KEYS[0] ?? "0x");
  const feeders = FEEDERS.map(feederAddress);
  const token = await deployDollar(
    client,
    feeders,
    feeders.map(() => BOND),
  );
  saveSnapshot(folder.file("market.json"), marketAt(START));
  folder.writeJson("liquidity.json", {
    format: "ballast.liquidity/1",
    underlyings: {
      BTC: { depth: "5000000", volume: "12000000000.5" },
    },
  });
  const parameters = folder.writeJson("parameters.json", {
    format: "ballast.oracle-parameters/1",
    ...{ interval: 60, reportWindow: 30, maxAge: 600, feederBond: BOND.toString(), slashAmount: "1" },
  });
  const deployed = await cliJson<{ oracle: string }>(
    ...["oracle", "deploy", "--token", token, "--underlyings", "BTC", "--parameters", parameters],
    ...["--feeders", ...FEEDERS.map(feederAddress), ...as(0)],
  );
  oracle = deployed.oracle;
});
afterAll(async () => {
  await anvil.stop();
  folder.remove();
});

const report = (i: number) =>
  cliJson<{ round: number; readings: Record<string, string>[] }>(
    ...["oracle", "report", "--snapshot", folder.file("market.json"), ...on(i)],
    ...["--liquidity", folder.file("liquidity.json")],
  );

describe("ballast oracle", () => {
  it("says that nothing is fresh before there was a round", async () => {
    const { code, out } = await cli("oracle", "show", "--oracle", oracle, "--rpc", anvil.rpcUrl);
    expect(code).toBe(1);
    expect(out).toMatch(/no round was final yet/);
    expect(out).toMatch(/reports go to round 1/);
  });

  it("takes bonds and reports of the market's own volatility, and makes a round of them", async () => {
    for (const i of FEEDERS)
      expect(await cliJson("oracle", "bond", "--amount", String(BOND), ...on(i))).toMatchObject({
        feeder: feederAddress(i),
        amount: BOND.toString(),
      });
    const { chain } = marketOf(marketAt(START).inputs);
    const btc = chain.underlyings.filter(({ symbol }) => symbol === "BTC");
    const readings = btc.map(({ symbol, indexPrice }) => ({
      symbol,
      price: (indexPrice / 10n ** 12n).toString(),
      impliedVol: (atTheMoneyVolatility(chain, symbol) / 10n ** 12n).toString(),
    }));
    const none = folder.writeJson("none.json", { format: "ballast.liquidity/1", underlyings: {} });
    const bare = ["oracle", "report", "--snapshot", folder.file("market.json"), "--liquidity", none];
    const refused = await cli(...bare, ...on(1));
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/liquidity of BTC is not given/) });
    const first = await report(1);
    expect(first.round).toBe(1);
    expect(first.readings).toMatchObject(readings);
    expect(first.readings[0]).toMatchObject({ depth: "5000000000000", volume: "12000000000500000" });
    const open = await cli("oracle", "finalize", ...on(0), "--json");
    expect(JSON.parse(open.out).error.details.error).toBe("WindowOpen");
    await report(2);
    await report(3);
    expect(await cliJson("oracle", "finalize", ...on(0))).toMatchObject({ state: "final", slashed: [] });
    const shown = await cliJson("oracle", "show", "--oracle", oracle, "--rpc", anvil.rpcUrl, "--round", "1");
    expect(shown).toMatchObject({
      nextRound: 2,
      volatility: {
        round: 1,
        fresh: true,
        underlyings: readings.map(({ symbol, price }) => ({ symbol, price })),
      },
      round: { state: "final", electorate: 3, reported: 3, medians: readings },
      feeders: FEEDERS.map((i) => ({ address: feederAddress(i), active: true, lastRound: 1 })),
    });
    const { out } = await cli("oracle", "show", "--oracle", oracle, "--rpc", anvil.rpcUrl);
    expect(out).toMatch(/round 1 of /);
    for (const { symbol } of readings) expect(out).toContain(symbol);
  });

  it("is named by the snapshots of a deployment that asks for its rounds", async () => {
    const file = folder.file("deployment.json");
    const argv = ["deploy", "4x8", "--oracle", feederAddress(1), "-o", file, ...as(0)];
    await setupDev(instance("4x8"));
    const deployment = await cliJson(...argv, "--volatility-oracle", oracle);
    expect(deployment).toMatchObject({ volatilityOracle: oracle });
    const build = ["snapshot", "build", "--rows", "120", "--force", "-o", folder.file("named.json")];
    const named = await cliJson(...build, "--oracle-round", "1");
    expect(named).toMatchObject({ oracleRound: 1 });
    const nameless = await cliJson(...build);
    expect(nameless).not.toHaveProperty("oracleRound");
    expect(nameless["snapshotId"]).not.toBe(named["snapshotId"]);
    const wrong = await cli(...build, "--oracle-round", "-1");
    expect(wrong).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--oracle-round takes a whole number/),
    });
  });

  it("exits 1 for a void round, and for volatilities that are stale", async () => {
    await at((await now()) + 61n);
    await report(1);
    await at((await now()) + 31n);
    const { code, out } = await cli("oracle", "finalize", ...on(0), "--json");
    expect({ code, result: JSON.parse(out) }).toMatchObject({
      code: 1,
      result: { state: "void", reason: "too few reports" },
    });
    await at((await now()) + 601n);
    const shown = await cli("oracle", "show", "--oracle", oracle, "--rpc", anvil.rpcUrl);
    expect(shown.code).toBe(1);
    expect(shown.out).toContain("STALE");
  });

  it("pays a bond back seven days after the exit", async () => {
    await cliJson("oracle", "exit", ...on(3));
    const early = await cli("oracle", "withdraw", ...on(3), "--json");
    expect(JSON.parse(early.out).error.details.error).toBe("ExitNotReady");
    await at((await now()) + 7n * 86_400n);
    await cliJson("oracle", "withdraw", ...on(3));
    const { out } = await cli("oracle", "show", "--oracle", oracle, "--rpc", anvil.rpcUrl, "--json");
    const { feeders } = JSON.parse(out) as { feeders: { bond: string; active: boolean }[] };
    expect(feeders[2]).toMatchObject({ bond: "0", active: false });
    const none = await cli("oracle", "sweep", ...on(0), "--json");
    expect(JSON.parse(none.out).error.code).toBe("CHAIN_ERROR");
  });

  it("refuses an address that is no oracle", async () => {
    const { code, out } = await cli("oracle", "exit", "--oracle", feederAddress(1), ...as(1), "--json");
    expect({ code, error: JSON.parse(out).error }).toMatchObject({
      code: 2,
      error: { code: "INVALID_INPUT", hint: expect.stringMatching(/oracle deploy/) },
    });
  });
});
