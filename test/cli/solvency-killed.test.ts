import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { saveDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { viemSolvencyReader } from "../../src/chain/solvency/read.ts";
import { PublicRunFolder, RunFolder } from "../../src/solvency/node/folder.ts";
import { proveRun } from "../../src/solvency/node/prove.ts";
import { fill, type SolvencyStage, startSolvency } from "../chain/solvency/stage.ts";
import { NodeProxy } from "../helpers/node-proxy.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { BATCH, begin, proveOptions, REPORT } from "../solvency/small.ts";
import { cli, type Folder, temporaryFolder } from "./harness.ts";
import { killAt, type Moment, sending } from "./killed.ts";

useSimulatedProofs([BATCH, REPORT]);

let stage: SolvencyStage;
let folder: Folder;
let proxy: NodeProxy;
beforeAll(async () => {
  stage = await startSolvency();
  folder = temporaryFolder();
  proxy = await NodeProxy.before(stage.anvil.rpcUrl);
  const { keys, deployment, solvency } = stage;
  const target = { chainId: BigInt(deployment.chainId), registry: solvency.registry };
  await begin(folder.file("run"), keys, undefined, { target, venue: solvency.venue });
  const report = await proveRun(new RunFolder(folder.file("run")), proveOptions(keys));
  await fill(stage, report.reserves);
  saveDeployment(folder.file("deployment.json"), deployment);
  const [payer = ""] = anvilKeys(1);
  folder.write("payer.key", payer);
  folder.write("venue.key", anvilKeys(6)[4] ?? "");
});
afterAll(async () => {
  proxy.close();
  await stage.stop();
  folder.remove();
});

it("`solvency post`, killed in any phase, goes on where the chain is when it is given again", async () => {
  const post = [
    ...[
      "solvency",
      "post",
      join(folder.file("run"), "public"),
      "--deployment",
      folder.file("deployment.json"),
    ],
    ...["--rpc", proxy.url, "--private-key-file", folder.file("payer.key")],
    ...["--venue-key-file", folder.file("venue.key"), "--chunk", "2", "--json"],
  ];
  const { client, solvency } = stage;
  const reader = viemSolvencyReader(client.public, solvency);
  const { runId } = new PublicRunFolder(join(folder.file("run"), "public")).run;
  const sent = () => client.public.getTransactionCount({ address: client.account.address });
  const start = await sent();
  const moments: readonly (readonly [Moment, transactions: number, batches: number | undefined])[] = [
    [{ method: "eth_call", nth: 1, when: "after" }, 0, undefined], // it reads
    [sending(1, "before"), 0, undefined],
    [sending(1, "after"), 1, 0], // open, which nobody was told
    [sending(1, "before"), 1, 0],
    [sending(1, "after"), 2, 2], // two batches are in, which nobody was told
    [sending(1, "before"), 2, 2], // the third isn't sent
    [sending(2, "before"), 3, 3], // the last batch is in, the run isn't closed
    [sending(1, "after"), 4, 3],
  ];
  for (const [moment, transactions, batches] of moments) {
    await killAt(proxy, moment, post);
    expect((await sent()) - start).toBe(transactions);
    expect((await reader.readRun(runId))?.batches).toBe(batches);
  }
  const { code, out } = await cli(...post);
  expect({ code, sent: (await sent()) - start }).toEqual({ code: 0, sent: 4 });
  expect(JSON.parse(out)).toMatchObject({ steps: [], resumedAt: 3 });
  expect(await reader.readAttestation()).toMatchObject({ runId, status: "current", batches: 3 });
});
