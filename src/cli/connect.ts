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

/** @throws {BallastError} FILE_ERROR; CHAIN_ERROR; INVALID_INPUT, e.g. where node and deployment are on two chains. */
export async function openReader({
  rpc,
  deployment: path,
}: ReaderValues): Promise<{ readonly reader: ChainReader; readonly deployment: Deployment }> {
  const deployment = loadDeployment(path);
  const reader = await connectReader(rpc);
  checkChainId(reader.chainId, deployment);
  return { reader, deployment };
}

/** @throws {BallastError} as {@link openReader}; INVALID_INPUT without a key. */
export async function openSender({
  rpc,
  deployment: path,
  privateKeyFile,
}: SenderValues): Promise<{ readonly client: ChainClient; readonly deployment: Deployment }> {
  const deployment = loadDeployment(path);
  const client = await connectWith(rpc, privateKeyFile);
  checkChainId(client.chainId, deployment);
  return { client, deployment };
}
