import type { Progress } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import { deployBallast } from "../../chain/deploy/node/deploy.ts";
import { type Anvil, anvilBinary, startAnvil } from "../../chain/node/anvil.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { snapshotPoint } from "../../chain/snapshot/publish.ts";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { SAMPLE_TIME } from "../../market/sample.ts";
import { createRandom } from "../../math/random.ts";
import type { CoverageCircuit, TableCircuit } from "../../prover/circuits.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import { presetPolicy } from "../../risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { Accounts } from "../../service/accounts/accounts.ts";
import type { OnEvent } from "../../service/events.ts";
import { KEEPER_RULES } from "../../service/keeper/rules.ts";
import { rest } from "../../service/leader.ts";
import type { Keyring } from "../../service/secrets/keyring.ts";
import { SENDER_RULES, type SenderRules } from "../../service/sender/outbox.ts";
import { ROLES, runService, type ServiceParts } from "../../service/serve.ts";
import { TOLERANCES } from "../../service/signer/compare.ts";
import { MarketView } from "../../service/signer/market-view.ts";
import type { ProposingRules } from "../../service/signer/propose.ts";
import { signedSnapshots } from "../../service/signer/source.ts";
import { Snapshots } from "../../service/snapshots/snapshots.ts";
import type { Database } from "../../service/store/database.ts";
import { migrate } from "../../service/store/migrate.ts";
import { openDatabase, type StorePlace } from "../../service/store/open.ts";
import { LIVE_CADENCE } from "../cascade/parameters.ts";
import { smallPolicy } from "../devnet/files.ts";
import { connectAll } from "../people.ts";
import { liveBook } from "./book.ts";
import { liquidationKits, openCases } from "./cases.ts";
import { fastClock } from "./clock.ts";
import { chainAt, LiveMarket } from "./market.ts";
import { MAKER, stillAccounts } from "./still.ts";

export interface SampleOptions {
  readonly circuit: CoverageCircuit;
  readonly accounts: number;
  /** How many times as fast as the world the chain's clock runs. */
  readonly speed: number;
  readonly seed: number;
  /** Served milliseconds between two trades. Default: ten minutes. */
  readonly tradeEvery?: number;
  readonly store: StorePlace;
  readonly keyring: Keyring;
  readonly name: string;
  readonly onEvent: OnEvent;
  readonly progress: Progress;
}

/** A service over a made-up market, on a local chain whose clock runs fast. */
export interface Sample {
  readonly parts: ServiceParts;
  readonly anvil: Anvil;
  readonly clock: Clock;
  readonly database: Database;
  /** Keeps the chain's clock at the service's, until the signal. */
  readonly driveChain: (signal: AbortSignal) => Promise<void>;
  /**
   * Deploys a venue's liquidation while the service runs, waits until all accounts are on its ledger, and lets the market fall: one account is
   * in breach then.
   * @returns once the signal is aborted.
   */
  readonly playCases: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Served times: the oldest snapshot that attests, seconds; between steps, readings and trades, milliseconds. */
const MAX_AGE = 21_600;
const STEP_EVERY = 900_000;
const READ_EVERY = 60_000;
const TRADE_EVERY = 600_000;
/** Seconds within which a change is to be proven, and before its end at which an attestation is renewed. */
const RULES = { within: 1_800n, renewBefore: 7_200n, breachesAnew: true };
const PROPOSING: ProposingRules = {
  every: LIVE_CADENCE,
  least: 300n,
  movePpm: 20_000n,
  publishWithin: 3_600n,
};
/** Three signers, of whom two must agree, who see prices a little differently, in basis points; their tolerances are a fast clock's. */
const SIGNERS = ["signer 1", "signer 2", "signer 3"] as const;
const NOISE = [0, 8, -8] as const;
const AGE = 900;
/** Basis points of the market's beginning to which it falls. */
const FALL = -800;
/** Nothing is undone on this chain. */
const SENDER: SenderRules = { ...SENDER_RULES, confirmations: 1, spendADay: 10n ** 20n };
/** Real milliseconds between two blocks. */
const BLOCK = 1_000;
/** Scenarios of a real policy; circuits with fewer take a small one. */
const SCENARIOS = 35;

/** @throws {BallastError} CHAIN_ERROR without a node's program; what any part throws. */
export async function startSample(options: SampleOptions): Promise<Sample> {
  const { circuit, accounts, speed, seed, name, onEvent, progress } = options;
  anvilBinary(); // A key can take minutes: without a node it would be for nothing.
  const key = await setupDev(circuit, { onProgress: progress.onProgress });
  const anvil = await progress.step("starting a local chain", () =>
    startAnvil({ timestamp: SAMPLE_TIME / 1_000n }),
  );
  const database = await openDatabase(options.store).catch(async (error: unknown) => {
    await anvil.stop();
    throw error;
  });
  const prover = createProver();
  const close = async (): Promise<void> => {
    await Promise.allSettled([prover.close(), database.close(), anvil.stop()]);
  };
  try {
    await migrate(database);
    await checkEmpty(database);
    const clients = await connectAll(anvil.rpcUrl, ["owner", "venue", "sender", ...SIGNERS]);
    const verifiers = [{ circuit, verifyingKey: key.verifyingKey, dev: true }];
    const oracleSigners = SIGNERS.map((one) => clients[one].account.address);
    let deployment = await progress.step("deploying the contracts", () =>
      deployBallast(clients.owner, { verifiers, oracleSigners, maxAge: MAX_AGE, slots: circuit.slots }),
    );
    const policy = circuit.shape.scenarios < SCENARIOS ? smallPolicy() : presetPolicy("les");
    const { timestamp } = await clients.owner.public.getBlock();
    const clock = fastClock(timestamp * 1_000n, speed);
    const random = createRandom(seed);
    const market = new LiveMarket({ clock, random, step: STEP_EVERY, every: READ_EVERY });
    const tableAt = (basisPoints: number): Snapshot =>
      buildSnapshot(chainAt(timestamp * 1_000n, basisPoints), policy, {
        rows: circuit.rows,
        shape: circuit.shape,
      });
    const snapshot = tableAt(0);
    const still = stillAccounts(snapshot, tableAt(FALL));
    // Of every circuit that takes a table: there are more of them once cases can be.
    let tables: readonly { readonly circuit: TableCircuit; readonly key: LoadedKey }[] = [{ circuit, key }];
    const points = (of: Snapshot): Promise<readonly TablePoint[]> =>
      Promise.all(tables.map((one) => snapshotPoint(one.circuit, one.key.verifyingKey, of)));
    const instruments = snapshot.rows.map(({ instrument }) => instrument.name);
    const parts: ServiceParts = {
      ...{ database, clock, deployment, name, onEvent, roles: ROLES, kits: [{ circuit, key }] },
      keyring: options.keyring,
      feed: {
        venues: [
          liveBook({ snapshot, accounts, clock, random, every: options.tradeEvery ?? TRADE_EVERY, still }),
        ],
        snapshots: signedSnapshots({
          ...{ database, points, onEvent, rules: PROPOSING, reader: clients.sender },
          ...{ deployment: () => deployment, sender: clients.sender.account.address },
          snapshots: new Snapshots(database),
          market: new MarketView(market.source("made-up market"), "feed", onEvent),
          terms: async () => ({ policy, circuit, held: instruments }),
        }),
        rules: RULES,
      },
      prover: { prover, atOnce: 1 },
      senders: [{ client: clients.sender, rules: SENDER }],
      signers: SIGNERS.map((one, i) => ({
        ...{ account: clients[one].account, policy, points, tolerances: { ...TOLERANCES, age: AGE } },
        market: new MarketView(market.source(one, NOISE[i]), "signer", onEvent),
      })),
    };
    const known = new Accounts(database, options.keyring, circuit.slots);
    const playCases = async (signal: AbortSignal): Promise<void> => {
      const { owner, venue } = clients;
      const tell = (message: string): void => onEvent({ role: "service", level: "info", message });
      tell("making the keys of a venue's liquidation");
      const kits = await liquidationKits({ circuit, key });
      if (signal.aborted) return;
      const opened = await openCases(
        { owner, venue, circuit, key, deployment, accounts: () => known.current() },
        kits,
      );
      ({ deployment } = opened);
      tables = [kits.coverage, kits.equity, kits.reduction];
      tell("the venue's liquidation is on chain: its accounts go on the ledger");
      const rules = { ...KEEPER_RULES, roles: ["anyone", "venue"], takers: [MAKER] } as const;
      const running = runService(
        {
          ...{
            database,
            clock,
            onEvent,
            keyring: options.keyring,
            kits: parts.kits,
            prover: { prover, atOnce: 1 },
          },
          ...{ deployment, liquidation: opened.liquidation, name: `${name}/cases` },
          roles: ["prover", "sender", "keeper"],
          senders: [{ client: venue, rules: SENDER, attests: false }],
          keepers: [{ client: venue, rules }],
        },
        signal,
      );
      await Promise.race([running, registered(database, accounts + still.length, signal)]);
      if (!signal.aborted) {
        tell(`the made-up market falls by ${-FALL / 100} %`);
        market.fallTo(FALL);
      }
      await running;
    };
    const driveChain = (signal: AbortSignal) => drive(clients.owner, clock, signal);
    return { parts, anvil, clock, database, driveChain, playCases, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is there belongs to another chain and another key. @throws {BallastError} INVALID_INPUT. */
async function checkEmpty(database: Database): Promise<void> {
  if ((await database.query("select id from ballast.accounts limit 1")).length === 0) return;
  throw new BallastError("INVALID_INPUT", "The database has accounts already.", {
    hint: "The sample begins anew: give it an empty database, or another folder.",
  });
}

/** Until so many accounts are on the ledger. */
async function registered(database: Database, accounts: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const rows = await database.query("select 1 from ballast.ledger");
    if (rows.length >= accounts) return;
    await rest(BLOCK, signal);
  }
}

/** A block a second, at the service's time. */
async function drive({ public: client }: ChainClient, clock: Clock, signal: AbortSignal): Promise<void> {
  const request = client.request as (call: { method: string; params?: unknown[] }) => Promise<unknown>;
  while (!signal.aborted) {
    const time = clock.now() / 1_000n;
    if (time > (await client.getBlock()).timestamp)
      await request({ method: "evm_setNextBlockTimestamp", params: [`0x${time.toString(16)}`] });
    await request({ method: "evm_mine" });
    await rest(BLOCK, signal);
  }
}
