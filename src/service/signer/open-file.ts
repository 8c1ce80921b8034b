import { privateKeyToAccount } from "viem/accounts";
import type { ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { snapshotPoint } from "../../chain/snapshot/publish.ts";
import type { Clock } from "../../clock.ts";
import { type CircuitInstance, instance, instanceOf, type TableCircuit } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { openExchange } from "../../venues/ccxt/exchange.ts";
import { ccxtMarketSource } from "../../venues/ccxt/market.ts";
import { deribitMarketSource } from "../../venues/deribit/market.ts";
import { DERIBIT_LIMIT } from "../../venues/deribit/options.ts";
import { fileMarketSource } from "../../venues/files/market.ts";
import { RateLimit } from "../../venues/rpc/rate.ts";
import type { MarketSource } from "../../venues/venue.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Config } from "../config/config.ts";
import { type Environment, signerKeyOf } from "../config/config-file.ts";
import type { MarketConfig } from "../config/snapshot-schemas.ts";
import type { OnEvent } from "../events.ts";
import type { SnapshotSource } from "../feed.ts";
import type { SignerPart } from "../loops.ts";
import { Snapshots } from "../snapshots/snapshots.ts";
import type { Database } from "../store/database.ts";
import { MarketView } from "./market-view.ts";
import { signedSnapshots } from "./source.ts";

/** The live market of a configuration. @param name stands in messages. */
export function marketSourceOf(config: MarketConfig, name: string, clock: Clock): MarketSource {
  const common = { name, clock, random: Math.random };
  switch (config.kind) {
    case "file":
      return fileMarketSource({ name, clock, path: config.path });
    case "deribit": {
      const limit = new RateLimit(clock, DERIBIT_LIMIT);
      const { network, currencies, every } = config;
      return deribitMarketSource({ ...common, network, currencies, limit, interval: every * 1_000 });
    }
    case "ccxt": {
      const { exchange, network, currencies, every } = config;
      const open = () => openExchange(exchange, { network });
      return ccxtMarketSource({ ...common, currencies, open, interval: every * 1_000 });
    }
  }
}

/**
 * Makes the points of snapshots for all circuits of a deployment that take a table, by the keys of this machine, each loaded once.
 * @throws what it returns throws {BallastError} INVALID_KEY, KEY_MISMATCH; INVALID_SNAPSHOT for an instance that can't hold it.
 */
export function pointsHere(
  deployment: () => Pick<Deployment, "verifiers">,
): (snapshot: Snapshot) => Promise<readonly TablePoint[]> {
  const keys = new Map<string, Promise<LoadedKey>>();
  return async (snapshot) => {
    const points: TablePoint[] = [];
    for (const { circuit: name } of deployment().verifiers) {
      const circuit: CircuitInstance = instance(name);
      if (!isOverTable(circuit)) continue;
      const key = keys.get(name) ?? loadKey(circuit);
      keys.set(name, key);
      points.push(await snapshotPoint(circuit, (await key).verifyingKey, snapshot));
    }
    return points;
  };
}

function isOverTable(circuit: CircuitInstance): circuit is TableCircuit {
  return circuit.cachedInputs > 0;
}

/** The one signer of a configuration. @throws {BallastError} INVALID_INPUT, FILE_ERROR, INVALID_POLICY. */
export function signersOf(
  { signer }: Pick<Config, "signer">,
  environment: Environment,
  deployment: Deployment,
  clock: Clock,
  onEvent: OnEvent,
): readonly SignerPart[] {
  if (signer === undefined) return [];
  const { pricePpm, volatilityPpm, ageSeconds: age, missingPpm } = signer;
  return [
    {
      account: privateKeyToAccount(signerKeyOf(environment)),
      market: new MarketView(marketSourceOf(signer.market, "signer's market", clock), "signer", onEvent),
      policy: loadPolicy(signer.policy),
      tolerances: { pricePpm, volatilityPpm, age, missingPpm },
      points: pointsHere(() => deployment),
    },
  ];
}

export interface ProposingParts {
  readonly database: Database;
  readonly accounts: Accounts;
  readonly reader: ChainReader;
  readonly deployment: Deployment;
  readonly sender: `0x${string}`;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}

/** Snapshots that a configuration's feed proposes. @throws {BallastError} FILE_ERROR, INVALID_POLICY. */
export function proposedSnapshots(
  { circuit: name }: Pick<Config, "circuit">,
  propose: NonNullable<Config["snapshots"]["propose"]>,
  { database, accounts, reader, deployment, sender, clock, onEvent }: ProposingParts,
): SnapshotSource {
  const policy = loadPolicy(propose.policy);
  const circuit = instanceOf("coverage", name);
  const { every, least, movePpm, publishWithin } = propose;
  return signedSnapshots({
    ...{
      database,
      reader,
      sender,
      onEvent,
      deployment: () => deployment,
      snapshots: new Snapshots(database),
    },
    market: new MarketView(marketSourceOf(propose.market, "market", clock), "feed", onEvent),
    terms: async () => ({ policy, circuit, held: await heldBy(accounts) }),
    points: pointsHere(() => deployment),
    rules: {
      ...{ every: BigInt(every), least: BigInt(least) },
      ...{ movePpm: BigInt(movePpm), publishWithin: BigInt(publishWithin) },
    },
  });
}

/** Names of all instruments that any account holds. */
async function heldBy(accounts: Accounts): Promise<readonly string[]> {
  return [...new Set((await accounts.open()).flatMap(({ opening }) => opening.instruments))];
}
