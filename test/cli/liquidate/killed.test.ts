import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDecimal } from "../../../src/math/decimal.ts";
import { rowByName } from "../../../src/risk/snapshot.ts";
import { CASH, MICROS } from "../../chain/liquidation/stage.ts";
import { NodeProxy } from "../../helpers/node-proxy.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { dyingOptions, simulatingOptions } from "../../helpers/simulating-process.ts";
import { expectKilled, killAt, type Moment, sending } from "../killed.ts";
import { CliStage, PUT } from "./stage.ts";

useSimulatedProofs(SMALL);

let stage: CliStage;
let proxy: NodeProxy;
let simulating: readonly string[];
beforeAll(async () => {
  stage = await CliStage.deployed();
  proxy = await NodeProxy.before(stage.anvil.rpcUrl);
  simulating = await simulatingOptions(stage.file("simulating.mjs"));
  await stage.register("soft", stage.funded({ [PUT]: -4n }, 1_050_000n));
  await stage.register("firm", [{ instrumentId: CASH, quantity: 5_000_000n }], "alice");
  await stage.register("long", stage.funded({ [PUT]: 4n }, 3_000_000n));
  await stage.begin("soft", "firm", "long");
});
afterAll(async () => {
  proxy.close();
  await stage.stop();
});

describe("`liquidate reduce`, killed and given again", () => {
  const files = ["soft-2", "firm-2"];
  const written = () => files.map((name) => existsSync(stage.file(`${name}.json`)));
  const opens = async (...names: string[]) => {
    for (const name of names) expect(await stage.opens(name), name).toBe(true);
  };

  it("loses nothing in any phase, and moves the slice once", async () => {
    await stage.prove("bob", "attest", "--account", stage.file("soft.json"));
    const { caseId } = await stage.liquidate<{ caseId: string }>("bob", "open", "soft");
    const { vector, instrument } = rowByName(stage.snapshot, PUT);
    const reduce = [
      ...["reduce", caseId, "--account", stage.file("soft.json"), "--taker", stage.file("firm.json")],
      ...["--legs", `${PUT}=${formatDecimal(-2n * instrument.lotSize, 18)}`],
      ...["--cash", String((-2n * vector.mark) / MICROS - 1_000n)],
      ...["--account-output", stage.file("soft-2.json"), "--taker-output", stage.file("firm-2.json")],
      ...stage.proving(),
    ];
    const here = ["liquidate", ...reduce, ...stage.as("venue"), "--json"];
    const argv = here.map((text) => (text === stage.anvil.rpcUrl ? proxy.url : text));
    const killed = (moment: Moment) => killAt(proxy, moment, argv, simulating);

    await killed({ method: "eth_call", nth: 1, when: "after" }); // while it reads
    expect(written()).toEqual([false, false]);

    const proving = (nth: number) => dyingOptions(stage.file(`dying-${nth}.mjs`), nth);
    await expectKilled(argv, await proving(1)); // while it proves what is left
    expect(written()).toEqual([false, false]);
    await expectKilled(argv, await proving(2));
    await opens("soft", "firm");

    await killed(sending(1, "before")); // what is left is proven, its attestation isn't sent
    expect(written()).toEqual([true, true]);
    await opens("soft", "firm");
    const kept = files.map((name) => readFileSync(stage.file(`${name}.json`), "utf8"));

    await killed(sending(1, "after")); // it is attested, which nobody was told
    await opens("soft", "firm");
    await killed(sending(1, "before")); // the attestation stands already; the reduction is not sent
    await opens("soft", "firm");
    for (const name of files) copyFileSync(stage.file(`${name}.json`), stage.file(`${name}.copy`));

    await killed(sending(1, "after")); // it is on chain, which nobody was told
    expect(files.map((name) => readFileSync(stage.file(`${name}.json`), "utf8"))).toEqual(kept);
    await opens("soft-2", "firm-2");
    const version = (await stage.show(caseId)).case?.version;

    // Given once more it says so, and moves nothing again.
    const again = await stage.live("venue", ...reduce);
    expect(again.code, again.err).toBe(2);
    await opens("soft-2", "firm-2");
    expect((await stage.show(caseId)).case?.version).toBe(version);
    expect(await stage.liquidate("bob", "cure", caseId)).toMatchObject({
      status: "closed",
      outcome: "cured",
    });
  });
});
