import type { Progress } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import { deployBallast } from "../../chain/deploy/node/deploy.ts";
import { type Anvil, anvilBinary, startAnvil } from "../../chain/node/anvil.ts";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { SAMPLE_TIME } from "../../market/sample.ts";
import { createRandom } from "../../math/random.ts";
import type { CoverageCircuit } from "../../prover/circuits.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import { createProver } from "../../prover/node/prover.ts";
import { presetPolicy } from "../../risk/policy.ts";
import type { OnEvent } from "../../service/events.ts";
import { rest } from "../../service/leader.ts";
import type { Keyring } from "../../service/secrets/keyring.ts";
import { SENDER_RULES } from "../../service/sender/outbox.ts";
import { ROLES, type ServiceParts } from "../../service/serve.ts";
import type { Database } from "../../service/store/database.ts";
import { migrate } from "../../service/store/migrate.ts";
import { openDatabase, type StorePlace } from "../../service/store/open.ts";
import { smallPolicy } from "../devnet/files.ts";
import { connectAll } from "../people.ts";
import { liveBook } from "./book.ts";
import { fastClock } from "./clock.ts";
import { liveMarket, snapshotOf } from "./market.ts";

export interface SampleOptions {
  readonly circuit: CoverageCircuit;
  readonly accounts: number;
  /** How many times as fast as the world the chain's clock runs. */
  readonly speed: number;
  readonly seed: number;
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
  readonly close: () => Promise<void>;
}

/** Served times: the oldest snapshot that attests, seconds; between snapshots and between trades, milliseconds. */
const MAX_AGE = 21_600;
const SNAPSHOT_EVERY = 1_800_000;
const TRADE_EVERY = 600_000;
/** Seconds within which a change is to be proven, and before its end at which an attestation is renewed. */
const RULES = { within: 1_800n, renewBefore: 7_200n };
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
    const clients = await connectAll(anvil.rpcUrl, ["owner", "oracle", "sender"]);
    const verifiers = [{ circuit, verifyingKey: key.verifyingKey, dev: true }];
    const oracleSigners = [clients.oracle.account.address];
    const deployment = await progress.step("deploying the contracts", () =>
      deployBallast(clients.owner, { verifiers, oracleSigners, maxAge: MAX_AGE }),
    );
    const policy = circuit.shape.scenarios < SCENARIOS ? smallPolicy() : presetPolicy("les");
    const { timestamp } = await clients.owner.public.getBlock();
    const clock = fastClock(timestamp * 1_000n, speed);
    const random = createRandom(seed);
    const market = {
      oracle: clients.oracle,
      deployment,
      circuit,
      policy,
      clock,
      random,
      every: SNAPSHOT_EVERY,
    };
    const snapshot = snapshotOf(market, timestamp * 1_000n, 0);
    const parts: ServiceParts = {
      ...{ database, clock, deployment, name, onEvent, roles: ROLES, kits: [{ circuit, key }] },
      keyring: options.keyring,
      feed: {
        venues: [liveBook({ snapshot, accounts, clock, random, every: TRADE_EVERY })],
        snapshots: liveMarket(market),
        rules: RULES,
      },
      prover: { prover, atOnce: 1 },
      senders: [{ client: clients.sender, rules: { ...SENDER_RULES, spendADay: 10n ** 20n } }],
    };
    const driveChain = (signal: AbortSignal) => drive(clients.owner, clock, signal);
    return { parts, anvil, clock, database, driveChain, close };
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
