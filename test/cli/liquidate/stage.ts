import { expect } from "vitest";
import { accountOf, type ChainClient, connect } from "../../../src/chain/client.ts";
import { loadDeployment } from "../../../src/chain/deploy/deployment-file.ts";
import { readMoment } from "../../../src/chain/liquidation/read-case.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import { type LiquidationSystem, liquidationOf } from "../../../src/chain/liquidation/system.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { moveTo } from "../../../src/demo/cascade/clock.ts";
import { CADENCE } from "../../../src/demo/cascade/parameters.ts";
import { otherSide } from "../../../src/demo/other-side.ts";
import { deployDollar } from "../../../src/demo/venue.ts";
import { accountHex, commitmentOf, type OpenAccount } from "../../../src/liquidation/account.ts";
import { loadAccount } from "../../../src/liquidation/account-file.ts";
import { LIQUIDATION_STATEMENTS, liquidationCircuits } from "../../../src/liquidation/circuits.ts";
import { formatField } from "../../../src/math/field.ts";
import { portfolioFormatter } from "../../../src/portfolio/format.ts";
import { cashFinder } from "../../../src/portfolio/funding.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { type Holding, portfolioSums } from "../../../src/risk/requirement.ts";
import { rowByName, type Snapshot } from "../../../src/risk/snapshot.ts";
import { loadSnapshot, saveSnapshot } from "../../../src/risk/snapshot-file.ts";
import { netPositions } from "../../../src/risk/transfer.ts";
import { runCircuits } from "../../../src/solvency/circuits.ts";
import {
  CASH,
  MICROS,
  marketAt,
  PARAMETERS,
  SLOTS,
  START,
  UNITS,
  usd,
} from "../../chain/liquidation/stage.ts";
import { cli, cliJson, cliLive, type Folder, type Run, temporaryFolder } from "../harness.ts";

export const PUT = "BTC-27MAR26-60000-P";
/** `owner` deploys, owns, guards and acts for the house; `oracle` signs snapshots. */
export const PEOPLE = ["owner", "venue", "alice", "bob", "carol", "oracle"] as const;
export type Person = (typeof PEOPLE)[number];
const KEYS = anvilKeys(PEOPLE.length);
const INSTANCE = "4x8";
const BATCH = "solvency_2x4x8_s5k2_d4";
/** Seconds between two snapshots, less than one serves. */
const STEP = PARAMETERS.clock.serveGap - 60n;

/** A venue's liquidation, deployed and driven by the command line alone. */
export class CliStage {
  readonly folder: Folder;
  readonly anvil: Anvil;
  readonly client: ChainClient;
  readonly token: `0x${string}`;
  readonly addresses: Readonly<Record<Person, `0x${string}`>>;
  /** All that `ballast liquidate` said to anybody. */
  readonly said: (Run & { readonly argv: readonly string[] })[] = [];

  private constructor(folder: Folder, anvil: Anvil, client: ChainClient, token: `0x${string}`) {
    this.folder = folder;
    this.anvil = anvil;
    this.client = client;
    this.token = token;
    const entries = PEOPLE.map((name, i) => [name, accountOf(KEYS[i] ?? "0x").address]);
    this.addresses = Object.fromEntries(entries) as Record<Person, `0x${string}`>;
  }

  /** A node with a token of which everybody has a million, keys, and everybody's key file. */
  static async start(): Promise<CliStage> {
    const folder = temporaryFolder();
    const circuits = liquidationCircuits(INSTANCE);
    for (const statement of LIQUIDATION_STATEMENTS) await setupDev(circuits[statement]);
    for (const circuit of Object.values(runCircuits(circuits.coverage))) await setupDev(circuit);
    const anvil = await startAnvil({ timestamp: START });
    const client = await connect(anvil.rpcUrl, KEYS[0] ?? "0x");
    const holders = KEYS.map((key) => accountOf(key).address);
    const token = await deployDollar(
      client,
      holders,
      holders.map(() => usd(1_000_000n)),
    );
    const stage = new CliStage(folder, anvil, client, token);
    for (const [i, name] of PEOPLE.entries()) folder.write(`${name}.key`, KEYS[i] ?? "");
    return stage;
  }

  /** The same with a venue: everything deployed, an asset in the vault, a market, the house's account. */
  static async deployed(): Promise<CliStage> {
    const stage = await CliStage.start();
    await cliJson(...stage.deployArguments());
    await cliJson(
      ...["vault", "add", String(CASH), "--token", stage.token, "--units-per-lot", String(UNITS)],
      ...stage.as("venue"),
    );
    await stage.market();
    await stage.registerHouse();
    return stage;
  }

  async stop(): Promise<void> {
    await this.anvil.stop();
    this.folder.remove();
  }

  file(name: string): string {
    return this.folder.file(name);
  }

  get deploymentPath(): string {
    return this.file("deployment.json");
  }

  get system(): LiquidationSystem {
    return liquidationOf(loadDeployment(this.deploymentPath));
  }

  get snapshot(): Snapshot {
    return loadSnapshot(this.file("snapshot.json"));
  }

  /** The arguments of `ballast deploy` with everything. */
  deployArguments(output = this.deploymentPath): string[] {
    const { addresses } = this;
    this.folder.write(
      "parameters.json",
      JSON.stringify({ format: "ballast.liquidation-parameters/2", ...PARAMETERS }, (_, value) =>
        typeof value === "bigint" ? value.toString() : value,
      ),
    );
    return [
      ...["deploy", INSTANCE, "--rpc", this.anvil.rpcUrl, "--private-key-file", this.file("owner.key")],
      ...["--oracle", addresses.oracle, "--venue", addresses.venue, "--liquidation", "-o", output],
      ...["--settlement", this.token, "--units-per-lot", String(UNITS), "--micros-per-lot", String(MICROS)],
      ...[
        "--house-account",
        "900",
        "--parameters",
        this.file("parameters.json"),
        "--cadence",
        String(CADENCE),
      ],
    ];
  }

  on(): string[] {
    return ["--deployment", this.deploymentPath, "--rpc", this.anvil.rpcUrl];
  }

  as(person: Person): string[] {
    return [...this.on(), "--private-key-file", this.file(`${person}.key`)];
  }

  /** What proving commands take beside their files. */
  proving(): string[] {
    return ["--snapshot", this.file("snapshot.json"), "--circuit", INSTANCE, "--backend", "snarkjs"];
  }

  /** Runs `ballast liquidate …` as somebody and expects success. */
  async liquidate<Result = Record<string, unknown>>(person: Person, ...argv: string[]): Promise<Result> {
    const run = await cli("liquidate", ...argv, ...this.as(person), "--json");
    this.said.push({ argv, ...run });
    expect({ argv, code: run.code, err: run.err, failure: run.code === 0 ? "" : run.out }).toEqual({
      ...{ argv, code: 0, err: "", failure: "" },
    });
    return JSON.parse(run.out) as Result;
  }

  /** The same as people see it on a terminal, whatever comes of it. */
  async live(person: Person, ...argv: string[]): Promise<Run> {
    const run = await cliLive("liquidate", ...argv, ...this.as(person));
    this.said.push({ argv, ...run });
    return run;
  }

  /** {@link live} for a command that only reads. */
  async liveReading(...argv: string[]): Promise<Run> {
    const run = await cliLive("liquidate", ...argv, ...this.on());
    this.said.push({ argv, ...run });
    return run;
  }

  /** The same for one that proves. */
  prove<Result = Record<string, unknown>>(person: Person, ...argv: string[]): Promise<Result> {
    return this.liquidate<Result>(person, ...argv, ...this.proving());
  }

  show(subject: string): Promise<Shown> {
    return cliJson<Shown>("liquidate", "show", subject, ...this.on());
  }

  /** Makes a block with this time, if it isn't past. */
  at(time: bigint | string): Promise<void> {
    return moveTo(this.client, BigInt(time));
  }

  /** The market now, in a file. */
  async market(spot?: string): Promise<Snapshot> {
    const { timestamp: time } = await this.client.public.getBlock();
    const snapshot = marketAt(time + 1n, spot);
    saveSnapshot(this.file("snapshot.json"), snapshot);
    return snapshot;
  }

  /** Signs and publishes the snapshot. */
  async publish(): Promise<void> {
    const instances = [INSTANCE, `equity_${INSTANCE}`, `ceiling_${INSTANCE}`, `reduction_${INSTANCE}`, BATCH];
    const about = ["-s", this.file("snapshot.json"), "--deployment", this.deploymentPath];
    await this.at(this.snapshot.time + 1n);
    await cliJson(
      ...["sign", ...about, "--instance", ...instances, "-o", this.file("signature.json")],
      ...["--force", "--private-key-file", this.file("oracle.key")],
    );
    await cliJson(
      ...["publish", ...about, "--instance", ...instances, "--rpc", this.anvil.rpcUrl],
      ...["--signatures", this.file("signature.json"), "--private-key-file", this.file("owner.key")],
    );
  }

  /** Lets so many seconds be served. */
  async serve(seconds: bigint): Promise<void> {
    const { served } = await readMoment(this.client, this.system);
    await this.serveTo(served + seconds);
  }

  /** The same until so many were: the same market is published again before the last snapshot serves no more. */
  async serveTo(until: bigint | string): Promise<void> {
    for (;;) {
      const { time, served } = await readMoment(this.client, this.system);
      const left = BigInt(until) - served;
      if (left <= 0n) return;
      await this.at(time + (left < STEP ? left : STEP));
      await this.market();
      await this.publish();
    }
  }

  /** Positions with as much cash as makes equity `coverage` ppm of the maintenance requirement. */
  funded(positions: Readonly<Record<string, bigint>>, coverage: bigint): Holding[] {
    const { snapshot } = this;
    const held = Object.entries(positions).map(([name, quantity]) => ({
      instrumentId: rowByName(snapshot, name).instrumentId,
      quantity,
    }));
    return netPositions(held, [cashFinder(snapshot)(held, coverage)]);
  }

  /** Writes a portfolio and registers it: `<account>.json` opens it from then on. */
  async register(account: string, positions: readonly Holding[], owner?: Person): Promise<void> {
    const { positions: written } = portfolioFormatter(this.snapshot)({ account, positions });
    const path = this.folder.writeJson(`${account}.portfolio.json`, { account, positions: written });
    await this.liquidate(
      ...(["venue", "register", "--account", path, "-o", this.file(`${account}.json`)] as const),
      ...["--snapshot", this.file("snapshot.json"), "--circuit", INSTANCE],
      ...(owner === undefined ? [] : ["--owner", this.addresses[owner]]),
    );
  }

  async registerHouse(): Promise<void> {
    await this.liquidate(
      "venue",
      "register",
      "--house",
      "-o",
      this.file("house.json"),
      "--circuit",
      INSTANCE,
    );
  }

  /** Once all accounts are registered: deposits what they hold in cash together, and publishes the market. */
  async begin(...names: string[]): Promise<void> {
    const all = netPositions(names.flatMap((name) => this.open(name).positions));
    const lots = all.find(({ instrumentId }) => instrumentId === CASH)?.quantity ?? 0n;
    await cliJson("vault", "deposit", String(CASH), "--lots", String(lots), ...this.as("venue"));
    await this.market();
    await this.publish();
  }

  /** The venue closes a solvency run of the newest snapshot over these accounts, and the first one is anchored by it. */
  async anchor(...names: string[]): Promise<void> {
    const format = portfolioFormatter(this.snapshot);
    const accounts = names.map((name) => this.open(name)).filter(({ positions }) => positions.length > 0);
    const others = otherSide(
      accounts.map(({ positions }) => positions),
      CASH,
      SLOTS,
    );
    const lines = [
      ...accounts.map(({ accountId, positions, salt }) => ({
        ...format({ account: accountHex(accountId), positions }),
        salt: formatField(salt),
      })),
      ...others.map(({ portfolio }) => format(portfolio)),
    ];
    const about = ["--snapshot", this.file("snapshot.json"), "--deployment", this.deploymentPath];
    const path = this.folder.write("run.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const run = this.file(`run-${this.snapshot.time}`);
    const how = ["--instance", BATCH, "--backend", "snarkjs", "-o", run];
    await cliJson("solvency", "run", "--portfolios", path, ...about, ...how);
    await cliJson("solvency", "post", run, ...this.as("venue"));
    const [{ accountId } = { accountId: 0n }] = accounts;
    await this.liquidate("carol", "anchor", accountHex(accountId), "--run", run, "--backend", "snarkjs");
  }

  /** An account as its file has it. */
  open(name: string): OpenAccount {
    return loadAccount(this.file(`${name}.json`), this.snapshot).account;
  }

  /** Whether an account's file opens what the ledger has. */
  async opens(name: string): Promise<boolean> {
    const account = this.open(name);
    const { commitment } = await readAccount(this.client, this.system, account.accountId);
    return commitmentOf(account, SLOTS) === commitment;
  }

  /** Micro-USD. */
  equityOf(name: string): bigint {
    const { rows, shape } = this.snapshot;
    return portfolioSums(rows, this.open(name).positions, shape).equity;
  }
}

/** What `ballast liquidate show --json` says. */
export interface Shown {
  readonly case: null | {
    readonly caseId: string;
    readonly status: string;
    readonly outcome: string;
    readonly version: number;
    readonly until: string;
    readonly phaseServed: string;
  };
  readonly account: { readonly accountId: string; readonly frozen: boolean };
  readonly challenges?: unknown;
  readonly auction: null | {
    readonly commitUntil: string;
    readonly revealUntil: string;
    readonly bids: readonly { readonly status: string; readonly cash: string }[];
    readonly leader?: { readonly bidder: string };
  };
  readonly sale: {
    readonly discount: string;
    readonly startsUntil: string;
    readonly hold?: { readonly releaseAt: string; readonly amount: string };
  };
  readonly next: readonly { readonly action: string; readonly who: string }[];
}
