import type { LiquidationContext } from "../../actions/liquidation/context.ts";
import type { ChainReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import { openReader as openChain, openSender, type ReaderValues, type SenderValues } from "../connect.ts";
import type { Context } from "../context.ts";

/** A venue's liquidation, for reading. */
export interface ReadSession {
  readonly reader: ChainReader;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openReader(values: ReaderValues): Promise<ReadSession> {
  const opened = await openChain(values, liquidationOf);
  return { ...opened, system: liquidationOf(opened.deployment) };
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openSession(
  values: SenderValues,
  { progress }: Pick<Context, "progress">,
): Promise<LiquidationContext> {
  const opened = await openSender(values, liquidationOf);
  return { ...opened, system: liquidationOf(opened.deployment), progress };
}
