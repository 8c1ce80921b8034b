import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { accountOf, type ChainClient, type ChainReader, connect, connectReader } from "../chain/client.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import { loadDeployment } from "../chain/deploy/deployment-file.ts";
import { systemClock } from "../clock.ts";
import { BallastError } from "../errors.ts";
import { given } from "../given.ts";
import { makeFolder } from "../node/files.ts";
import { instanceOf } from "../prover/circuits.ts";
import { loadKey } from "../prover/keys/load-key.ts";
import { createProver } from "../prover/node/prover.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { Accounts } from "./accounts/accounts.ts";
import type { Config } from "./config/config.ts";
import { type Environment, keyringOf, neededSecret, secretOf, senderKeyOf } from "./config/config-file.ts";
import { venuesOf } from "./config/venues.ts";
import type { OnEvent } from "./events.ts";
import type { SnapshotSource } from "./feed.ts";
import { keepersOf, liquidationOfConfig } from "./keeper/open-file.ts";
import type { SenderPart, SignerPart } from "./loops.ts";
import { Keyring, newMasterKey } from "./secrets/keyring.ts";
import { relayOf } from "./sender/relay.ts";
import type { Role, ServiceParts } from "./serve.ts";
import { proposedSnapshots, signersOf } from "./signer/open-file.ts";
import { snapshotFile } from "./snapshots/file-source.ts";
import { solvencyOf } from "./solvency/open-file.ts";
import type { Database } from "./store/database.ts";
import { checkSchema, migrate } from "./store/migrate.ts";
import { openDatabase } from "./store/open.ts";

/** A service that is ready to run. */
export interface OpenService {
  readonly parts: ServiceParts;
  readonly close: () => Promise<void>;
}

/** The database of a configuration. @throws {BallastError} STORE_ERROR, LOCKED, FILE_ERROR, BACKEND_UNAVAILABLE. */
export function databaseOf({ data }: Config, environment: Environment): Promise<Database> {
  return openDatabase({ folder: data, ...given({ url: secretOf(environment, "DATABASE_URL") }) });
}

/**
 * Opens all that some roles of a configuration need. The schema is brought up to date by a process that feeds or sends, never by a mere
 * prover or API: of another version it is refused there.
 * @throws {BallastError} INVALID_INPUT for what is missing in configuration or environment; what any part throws.
 */
export async function openService(
  config: Config,
  environment: Environment,
  roles: readonly Role[],
  onEvent: OnEvent,
): Promise<OpenService> {
  // A mere signer opens nothing that is sealed.
  const isSigner = roles.length === 1 && roles[0] === "signer";
  const keyring = isSigner ? new Keyring(newMasterKey()) : keyringOf(environment);
  const deployment = loadDeployment(config.deployment);
  const circuit = instanceOf("coverage", config.circuit);
  const key = await loadKey(circuit);
  const verifier = deployment.verifiers.find(({ circuitId }) => circuitId === key.circuitId);
  if (verifier === undefined)
    throw new BallastError(
      "KEY_MISMATCH",
      `The deployment has no verifier for this machine's key of ${circuit.name}.`,
      {
        hint: "Use the key that it was deployed with, or the deployment of this key.",
      },
    );
  const needsChain = roles.some((role) => ["feed", "sender", "keeper", "solvency"].includes(role));
  const liquidation = await liquidationOfConfig(config, deployment, roles);
  const solvency = await solvencyOf(config, environment, deployment, roles);
  makeFolder(config.data, 0o700);
  const database = await databaseOf(config, environment);
  const prover = createProver({ backend: config.prover.backend });
  const close = async (): Promise<void> => {
    await Promise.allSettled([prover.close(), database.close()]);
  };
  try {
    if (needsChain) await migrate(database);
    else await checkSchema(database);
    const clock = systemClock;
    const parts: ServiceParts = {
      ...{ database, keyring, clock, deployment, roles, onEvent, kits: [{ circuit, key }] },
      name: `${hostname()}/${process.pid}-${randomBytes(2).toString("hex")}`,
      ...(database.kind === "embedded" ? { statusFolder: config.data } : {}),
      prover: { prover, atOnce: config.prover.atOnce, lease: config.prover.lease * 1_000 },
      ...given({ api: apiOf(config, roles), liquidation, solvency }),
      ...(roles.includes("signer")
        ? { signers: signersIn(config, environment, deployment, isSigner, onEvent) }
        : {}),
    };
    if (!needsChain) return { parts, close };
    return { parts: { ...parts, ...(await chainParts(config, environment, parts)) }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns undefined where nothing is to listen. @throws {BallastError} INVALID_INPUT where nothing else was asked for. */
function apiOf({ api }: Config, roles: readonly Role[]): ServiceParts["api"] {
  if (api === undefined && roles.length === 1 && roles[0] === "api")
    throw new BallastError("INVALID_INPUT", "The configuration has no api.", {
      hint: 'Give it one, e.g. "api": {"port": 8080}.',
    });
  if (api === undefined) return undefined;
  const { host, port, perSecond, burst, atOnce } = api;
  return { host, port, rules: { perSecond, burst, atOnce } };
}

/** @throws {BallastError} INVALID_INPUT where nothing else was asked for. */
function signersIn(
  config: Config,
  environment: Environment,
  deployment: Deployment,
  isAlone: boolean,
  onEvent: OnEvent,
): readonly SignerPart[] {
  if (isAlone && config.signer === undefined)
    throw new BallastError("INVALID_INPUT", "The configuration has no signer.", {
      hint: "Give it one with a market of its own: `ballast init` writes what it looks like.",
    });
  return signersOf(config, environment, deployment, systemClock, onEvent);
}

/** What the roles beside the prover's need: a node, and the sender's key. */
async function chainParts(
  config: Config,
  environment: Environment,
  parts: ServiceParts,
): Promise<Pick<ServiceParts, "feed" | "senders" | "keepers">> {
  const { deployment, roles } = parts;
  const clock = systemClock;
  const rpc = neededSecret(environment, "BALLAST_RPC");
  const reader = await connectReader(rpc);
  if (reader.chainId !== deployment.chainId)
    throw new BallastError(
      "INVALID_INPUT",
      `The node is on chain ${reader.chainId}, the deployment on chain ${deployment.chainId}.`,
      {
        hint: "Set BALLAST_RPC to a node of the deployment's chain.",
      },
    );
  let newest: Snapshot | undefined;
  const source = snapshotsOf(config, environment, reader, parts);
  const snapshots: SnapshotSource = {
    name: source.name,
    async *snapshots(signal) {
      for await (const report of source.snapshots(signal)) {
        if ("reading" in report) newest = report.reading;
        yield report;
      }
    },
  };
  const { within, renewBefore, capacity } = config.plan;
  const rules = {
    within: BigInt(within),
    renewBefore: BigInt(renewBefore),
    breachesAnew: config.keeper !== undefined,
    ...given({ rate: capacity === undefined ? undefined : capacity / 3_600 }),
  };
  const keep = {
    snapshots: BigInt(config.keep.snapshotHours) * 3_600n,
    history: BigInt(config.keep.historyDays) * 86_400n,
  };
  const feed = { venues: venuesOf(config, clock, () => newest), snapshots, rules, keep };
  if (!roles.some((role) => ["sender", "keeper", "solvency"].includes(role))) return { feed };
  const client = await connect(rpc, senderKeyOf(environment));
  const keepers = await keepersOf(config, client);
  return { feed, senders: [senderOf(config, client)], keepers };
}

/** The file that is published by hand, or what signers sign: that needs to know whose sender publishes. */
function snapshotsOf(
  config: Config,
  environment: Environment,
  reader: ChainReader,
  { database, keyring, deployment, clock, onEvent, kits }: ServiceParts,
): SnapshotSource {
  const { file, propose } = config.snapshots;
  if (propose === undefined) return snapshotFile(file ?? "", reader, deployment, clock);
  const accounts = new Accounts(database, keyring, kits[0].circuit.slots);
  const sender = accountOf(senderKeyOf(environment)).address;
  return proposedSnapshots(config, propose, {
    database,
    accounts,
    reader,
    deployment,
    sender,
    clock,
    onEvent,
  });
}

function senderOf({ sender }: Config, client: ChainClient): SenderPart {
  const { confirmations, maxFeeGwei, spendADayEther, bumpAfter, batch, dryRun, relay } = sender;
  return {
    client,
    rules: {
      ...{ confirmations, batch, dryRun, maxFee: maxFeeGwei, spendADay: spendADayEther },
      bumpAfter: bumpAfter * 1_000,
    },
    ...given({ submit: relay === undefined ? undefined : relayOf(relay) }),
  };
}
