import type { LiquidationContext } from "../../actions/liquidation/context.ts";
import { type ChainReader, connectReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import type { Context } from "../context.ts";
import { checkChainId, connectWith } from "../options.ts";
import type { ReadingValues, SendingValues } from "./flags.ts";

/** A venue's liquidation, for reading. */
export interface ReadSession {
  readonly reader: ChainReader;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openReader(values: ReadingValues): Promise<ReadSession> {
  const deployment = loadDeployment(values.deployment);
  const system = liquidationOf(deployment);
  const reader = await connectReader(values.rpc);
  checkChainId(reader.chainId, deployment);
  return { reader, deployment, system };
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openSession(
  values: SendingValues,
  { progress }: Pick<Context, "progress">,
): Promise<LiquidationContext> {
  const deployment = loadDeployment(values.deployment);
  const system = liquidationOf(deployment);
  const client = await connectWith(values.rpc, values.privateKeyFile);
  checkChainId(client.chainId, deployment);
  return { client, deployment, system, progress };
}
