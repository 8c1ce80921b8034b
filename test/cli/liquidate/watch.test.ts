import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Follower } from "../../../src/actions/liquidation/follow.ts";
import { connectReader } from "../../../src/chain/client.ts";
import { saveDeployment } from "../../../src/chain/deploy/deployment-file.ts";
import { setLiquidator } from "../../../src/chain/liquidation/auction.ts";
import { openCase } from "../../../src/chain/liquidation/cases.ts";
import { readMoment } from "../../../src/chain/liquidation/read-case.ts";
import { formatField, toField } from "../../../src/math/field.ts";
import {
  inNewWorld,
  type LiquidationStage,
  startLiquidation,
  type World,
} from "../../chain/liquidation/stage.ts";
import { MAIN } from "../../helpers/built.ts";
import { NodeProxy } from "../../helpers/node-proxy.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { cli, cliJson, type Folder, temporaryFolder } from "../harness.ts";
import { PUT } from "./stage.ts";

const TRADER = 2n;
const ACCOUNT = formatField(toField(TRADER));

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
let folder: Folder;
let proxy: NodeProxy;
beforeAll(async () => {
  folder = temporaryFolder();
  stage = await startLiquidation();
  saveDeployment(folder.file("deployment.json"), stage.deployment);
  proxy = await NodeProxy.before(stage.anvil.rpcUrl);
});
afterAll(async () => {
  proxy.close();
  await stage.stop();
  folder.remove();
});

const on = (rpc = stage.anvil.rpcUrl) => ["--deployment", folder.file("deployment.json"), "--rpc", rpc];

/** `ballast watch` as a process of its own. */
class Watching {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly exited: Promise<number | null>;
  #wake: () => void = () => {};

  constructor(...argv: string[]) {
    const args = [MAIN, "watch", ...argv];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = "";
      stream?.on("data", (chunk: Buffer) => {
        const parts = (rest + chunk.toString()).split("\n");
        rest = parts.pop() ?? "";
        this.#lines.push(...parts);
        this.#wake();
      });
    }
    this.exited = new Promise((resolve) => this.#child.once("exit", (code) => resolve(code)));
  }

  /** Waits for a line, from the first that was not waited for yet. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const index = this.#lines.findIndex((line) => pattern.test(line));
      if (index >= 0) return this.#lines.splice(0, index + 1).at(-1) ?? "";
      if (this.#child.exitCode !== null) throw new Error(`it ended without ${pattern}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}

/** A trader that is under water, attested. */
async function trader(world: World, coverage: bigint): Promise<void> {
  await world.register(TRADER, world.funded({ [PUT]: -2n }, coverage));
  await world.begin();
  await world.attest(world.get(TRADER));
}

describe("ballast watch", () => {
  it("goes on where a node drops, and ends cleanly on an interrupt", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await trader(world, 1_050_000n);
      const { block } = await readMoment(people.dave, system);
      const watching = new Watching(
        ...[...on(proxy.url), "--json", "--interval", "1", "--from-block", String(block + 1n)],
      );
      await openCase(people.dave, system, TRADER);
      const opened = JSON.parse(await watching.line(/"CaseOpened"/));
      expect(opened).toMatchObject({
        ...{ type: "event", source: "engine", caseId: "1", accountId: ACCOUNT, text: "opened: soft" },
        args: { accountId: "2", status: 1 },
      });
      const cases = JSON.parse(await watching.line(/"cases"/));
      expect(cases).toMatchObject({ type: "cases", cases: [{ caseId: "1", status: "soft", tier: 2 }] });

      proxy.admits = () => false;
      expect(JSON.parse(await watching.line(/"node"/))).toMatchObject({ type: "node", answers: false });
      await setLiquidator(people.owner, system, people.alice.account.address, true);
      proxy.behave();
      expect(JSON.parse(await watching.line(/"node"/))).toMatchObject({ answers: true });
      const next = JSON.parse(await watching.line(/"event"/));
      expect(next).toMatchObject({ name: "LiquidatorSet", caseId: null, accountId: null });
      watching.interrupt();
      expect(await watching.exited).toBe(0);
    }));

  it("prints a line an event for people, and a table of what is open", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await trader(world, 900_000n);
      const { block } = await readMoment(people.dave, system);
      await openCase(people.dave, system, TRADER);
      const watch = ["watch", "--once", "--from-block", String(block + 1n), ...on()];
      const { code, out, err } = await cli(...watch);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const lines = out.split("\n");
      expect(lines[0]).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}case 1 0x000000…0002 +opened: sealed$/);
      expect(lines[1]).toMatch(/sealed, version 1/);
      expect(lines[2]).toMatch(/sealed bids for version 1$/);
      expect(out).toMatch(/case +account +status +version +attested +ends +next/);
      expect(out).toMatch(/1 +0x000000…0002 +sealed +1 +tier 3 +1[01] min( \d+ s)? left +bid/);
      const other = await cli(...watch, "--case", "7");
      expect(other).toEqual({ code: 0, out: "no open case\n", err: "" });
      const shown = await cli("liquidate", "show", "1", ...on());
      expect(shown.out).toMatch(/case 1 of account 0x000000…0002: sealed/);
      expect(shown.out).toMatch(/next: bid, by who was listed when the case opened; before .*left\); a bond/);
      const account = await cli("liquidate", "show", "0x384", ...on());
      expect(account.out).toMatch(/account 0x000000…0384: no open case; guarded/);
    }));

  it("tells each event once, from look to look", () =>
    inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await trader(world, 900_000n);
      const reader = await connectReader(stage.anvil.rpcUrl);
      const { block } = await readMoment(reader, system);
      const follower = new Follower(reader, system, { fromBlock: block + 1n });
      expect(await follower.look()).toMatchObject({ events: [], cases: [] });
      await openCase(people.dave, system, TRADER);
      const look = await follower.look();
      expect(look.events.map(({ name }) => name)).toEqual(["CaseOpened", "CaseAdvanced", "SealedOpened"]);
      expect(look.events.map(({ accountId }) => accountId)).toEqual([TRADER, TRADER, TRADER]);
      expect(look.cases).toMatchObject([{ case: { caseId: 1n, status: "sealed" } }]);
      expect(await follower.look()).toMatchObject({ events: [], cases: [{ case: { caseId: 1n } }] });
    }));

  it("fails with --once when the node drops", async () => {
    proxy.admits = () => false;
    const { code, out } = await cli("watch", "--once", "--json", ...on(proxy.url));
    proxy.behave();
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "CHAIN_ERROR" } });
    expect(await cliJson("liquidate", "fund", "show", ...on(proxy.url))).toMatchObject({ locked: false });
  });
});
