import type { Command } from "commander";
import type { Address, TransactionReceipt } from "viem";
import { type ChainClient, type ChainReader, connectReader } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import { shortHex } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { type Field, formatField, parseField, toField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { checkChainId, connectWith } from "../options.ts";

/** Options of every command about a liquidation. */
export interface ChainOptions extends Record<string, unknown> {
  readonly deployment: string;
  readonly rpc: string;
  readonly privateKeyFile?: string;
}

/** A venue's liquidation, for reading. */
export interface ReadSession {
  readonly reader: ChainReader;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
}

/** The same with an account that sends. */
export interface Session {
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
}

/** A command that reads. */
export function reads(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .requiredOption("--deployment <file>", "from `ballast deploy --liquidation`")
    .requiredOption("--rpc <url>", "the chain's node");
}

/** A command that sends. @param who whose key it takes, e.g. "the venue's key". */
export function sends(group: Command, name: string, description: string, who: string): Command {
  return reads(group, name, description).option(
    "--private-key-file <file>",
    `${who} (default: $BALLAST_PRIVATE_KEY)`,
  );
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openReader(options: ChainOptions): Promise<ReadSession> {
  const deployment = loadDeployment(options.deployment);
  const system = liquidationOf(deployment);
  const reader = await connectReader(options.rpc);
  checkChainId(reader.chainId, deployment);
  return { reader, deployment, system };
}

/** @throws {BallastError} INVALID_INPUT, FILE_ERROR, CHAIN_ERROR. */
export async function openSession(options: ChainOptions): Promise<Session> {
  const deployment = loadDeployment(options.deployment);
  const system = liquidationOf(deployment);
  const client = await connectWith(options.rpc, options.privateKeyFile);
  checkChainId(client.chainId, deployment);
  return { client, deployment, system };
}

/** A case's number from the command line. @throws {BallastError} INVALID_INPUT. */
export function caseOf(text: string): bigint {
  if (isCase(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "A case is named by its number.", {
    hint: "`ballast watch --once` lists the open ones.",
  });
}

/** Whether a text names a case, where an account may stand too. */
export function isCase(text: string): boolean {
  return /^[1-9][0-9]{0,18}$/.test(text);
}

/** An account as its file names it: `0x…`, or any other text, which is hashed. @throws {BallastError} OUT_OF_RANGE. */
export function accountOfText(text: string): Field {
  return accountIdOf(text);
}

/** A field element option. @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE. */
export function fieldOf(text: string, option: string): Field {
  try {
    return parseField(text, option);
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    throw new BallastError(cause.code, `${option} takes a field element: decimal, or 0x and hex digits.`, {
      hint: "It must be below the order of the BN254 scalar field.",
    });
  }
}

/** Lots from the command line, signed. @throws {BallastError} INVALID_INPUT. */
export function lotsOf(text: string, option: string): bigint {
  if (/^(0|-?[1-9][0-9]{0,13})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", `${option} takes a whole number of lots.`, {
    hint: "Write digits and nothing else, e.g. 250000.",
  });
}

/** Lots that can't be negative. @throws {BallastError} INVALID_INPUT. */
export function positiveLots(text: string, option: string): bigint {
  const lots = lotsOf(text, option);
  if (lots >= 0n) return lots;
  throw new BallastError("INVALID_INPUT", `${option} can't be negative.`, { hint: "Give 0 lots or more." });
}

/** `0x0000…0002` */
export function accountText(accountId: bigint): string {
  return shortHex(formatField(toField(accountId)));
}

/** As every file has it. */
export function accountHex(accountId: bigint): `0x${string}` {
  return formatField(toField(accountId));
}

/** Unix seconds as ISO 8601, without milliseconds. */
export function timeText(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z");
}

/** What a transaction left, for `--json`. */
export function sent({ transactionHash, gasUsed }: TransactionReceipt) {
  return { transaction: transactionHash, gas: gasUsed };
}

/** Whether an address is one of somebody. */
export function same(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
