import { type ChainClient, type ChainReader, connectReader } from "../chain/client.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import { loadDeployment } from "../chain/deploy/deployment-file.ts";
import { checkChainId, connectWith } from "./options.ts";

/** The values of the flags of `reader`: where a deployment is. */
export interface ReaderValues {
  readonly rpc: string;
  readonly deployment: string;
}

/** The values of the flags of `sender`. */
export interface SenderValues extends ReaderValues {
  readonly privateKeyFile?: string;
}

/**
 * @param check what the deployment must have, before the node is asked.
 * @throws {BallastError} FILE_ERROR; CHAIN_ERROR; INVALID_INPUT, e.g. where node and deployment are on two chains.
 */
export async function openReader(
  { rpc, deployment: path }: ReaderValues,
  check: (deployment: Deployment) => unknown = () => {},
): Promise<{ readonly reader: ChainReader; readonly deployment: Deployment }> {
  const deployment = loadDeployment(path);
  check(deployment);
  const reader = await connectReader(rpc);
  checkChainId(reader.chainId, deployment);
  return { reader, deployment };
}

/** @throws {BallastError} as {@link openReader}; INVALID_INPUT without a key. */
export async function openSender(
  { rpc, deployment: path, privateKeyFile }: SenderValues,
  check: (deployment: Deployment) => unknown = () => {},
): Promise<{ readonly client: ChainClient; readonly deployment: Deployment }> {
  const deployment = loadDeployment(path);
  check(deployment);
  const client = await connectWith(rpc, privateKeyFile);
  checkChainId(client.chainId, deployment);
  return { client, deployment };
}
