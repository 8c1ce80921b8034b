import { type AttestedVenue, readAttestedVenue } from "../../actions/solvency/read-attested.ts";
import { type ChainReader, connectReader, isLocalChain } from "../../chain/client.ts";
import { type Deployment, deployedSolvency, parseDeployment } from "../../chain/deploy/deployment.ts";
import { guarded } from "../../chain/guarded.ts";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { differences } from "./compare.ts";

/** What the user gave: texts of files as they are. */
export interface Source {
  readonly rpcUrl: string;
  /** A second node, asked the same. */
  readonly secondUrl?: string;
  readonly deployment: string;
  /** The published snapshot's inputs. */
  readonly snapshot?: string;
}

/** A venue as nodes told it. Times are Unix seconds. */
export interface VenueRead {
  readonly deployment: Deployment;
  readonly chainId: number;
  readonly isLocal: boolean;
  /** By this device's clock. */
  readonly now: bigint;
  /** Of the first node's newest block. */
  readonly blockNumber: bigint;
  readonly blockTime: bigint;
  /** Undefined where the venue never closed a run. */
  readonly attested?: AttestedVenue;
  readonly snapshot?: Snapshot;
  /** What the second node says otherwise, in words; undefined where none was asked. */
  readonly disagreements?: readonly string[];
}

/** @throws {BallastError} INVALID_INPUT for what is no deployment file, of another chain; CHAIN_ERROR; INVALID_SNAPSHOT. */
export async function readSource(source: Source): Promise<VenueRead> {
  const deployment = parseDeployment(parseJson(source.deployment, "deployment file"));
  deployedSolvency(deployment);
  const snapshot = source.snapshot === undefined ? undefined : await snapshotOf(source.snapshot);
  const reader = await readerOf(source.rpcUrl, deployment);
  const second = source.secondUrl === undefined ? undefined : await readerOf(source.secondUrl, deployment);
  const question = { deployment, ...(snapshot === undefined ? {} : { snapshot }) };
  const [block, attested, other] = await Promise.all([
    guarded("reading the newest block", () => reader.public.getBlock()),
    readAttestedVenue(reader, question),
    second === undefined ? undefined : readAttestedVenue(second, question),
  ]);
  return {
    deployment,
    chainId: reader.chainId,
    isLocal: isLocalChain(reader.chainId),
    now: BigInt(Math.floor(Date.now() / 1_000)),
    blockNumber: block.number,
    blockTime: block.timestamp,
    ...(attested === undefined ? {} : { attested }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(second === undefined ? {} : { disagreements: differences(attested, other) }),
  };
}

/** @throws {BallastError} CHAIN_ERROR, INVALID_INPUT for a node of another chain than the file's. */
async function readerOf(url: string, { chainId }: Deployment): Promise<ChainReader> {
  const reader = await connectReader(url);
  if (reader.chainId === chainId) return reader;
  throw new BallastError(
    "INVALID_INPUT",
    `The node is of chain ${reader.chainId}; the deployment file is of chain ${chainId}.`,
    { hint: "Choose a node of the file's chain, or the file of the node's." },
  );
}

/** Derives every row again from the inputs: what was changed is no snapshot. */
async function snapshotOf(text: string): Promise<Snapshot> {
  const { decodeSnapshot } = await import("../../risk/snapshot.ts");
  return decodeSnapshot(text);
}
