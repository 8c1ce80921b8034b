import type { Hex } from "viem";
import { getAddress } from "viem/utils";
import * as z from "zod";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import { FIELD_MODULUS, type Field, formatField } from "../math/field.ts";
import type { Groth16Proof } from "../prover/proof.ts";
import { groth16Schema, proofJson } from "../prover/proof-format.ts";
import type { Holding } from "../risk/requirement.ts";
import type { SolvencyResult } from "../risk/solvency.ts";
import type { RunHeader, RunTarget } from "./run-id.ts";

/** A run's public facts: `run.json`. */
export interface RunFile extends RunHeader, RunTarget {
  readonly runId: Hex;
  /** Names of the instances. */
  readonly batchInstance: string;
  readonly reportInstance: string;
  readonly batches: number;
}

/** One proven batch: `proofs/00000000.json`. */
export interface BatchFile {
  readonly index: number;
  readonly stateOut: Field;
  readonly proof: Groth16Proof;
}

/** What a run opens at its end: `report.json`. */
export interface ReportFile {
  readonly result: SolvencyResult;
  readonly netting: Field;
  /** Proven holdings of every collateral asset, by ascending id: what the reserves must be. Lots. */
  readonly reserves: readonly Holding[];
  readonly proof: Groth16Proof;
}

const field = z
  .templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)])
  .transform((text) => BigInt(text))
  .refine((value) => value < FIELD_MODULUS, "not in the scalar field")
  .transform((value) => value as Field);
const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
const decimal = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/)
  .transform(BigInt);
/** As the registry stores them. */
const lots = decimal.refine((value) => value < 1n << 64n, "more than 2^64 lots");
const address = z
  .templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{40}$/)])
  .transform((text) => getAddress(text));
const count = z.int().nonnegative();

export const runFileSchema = z.strictObject({
  format: z.literal("ballast.run/1"),
  runId: hash,
  chainId: decimal.refine((value) => value < 1n << 256n, "not a chain id"),
  registry: address,
  venue: address,
  batchInstance: z.string(),
  batchCircuit: hash,
  reportInstance: z.string(),
  reportCircuit: hash,
  snapshotId: field,
  accountsRoot: field,
  reservesHash: hash,
  initialState: field,
  deadline: decimal.refine((value) => value < 1n << 64n, "not a 64-bit time"),
  batches: z.int().positive(),
});
export const batchFileSchema = z.strictObject({
  format: z.literal("ballast.batch/1"),
  index: count,
  stateOut: field,
  proof: groth16Schema,
});
export const reportFileSchema = z.strictObject({
  format: z.literal("ballast.report/1"),
  result: z.strictObject({
    accounts: count,
    tiers: z.array(count).length(5),
    currentShortfall: decimal,
    worstScenario: count,
    worstShortfall: decimal,
    cover1Scenario: count,
    cover1Shortfall: decimal,
    cover2Scenario: count,
    cover2Shortfall: decimal,
    demand: z.array(decimal),
  }),
  netting: field,
  reserves: z.array(
    z.strictObject({
      instrumentId: z
        .int()
        .positive()
        .max(INSTRUMENT_ID_LIMIT - 1),
      lots,
    }),
  ),
  proof: groth16Schema,
});
const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const runSecretFileSchema = z.strictObject({
  format: z.literal("ballast.run-secret/2"),
  digest,
  book: digest,
  tree: digest,
  salt: field,
  zeta: field,
  second: z.array(decimal),
  largestPlace: z.array(z.int()),
  secondBatch: z.array(z.int()),
  source: z.string(),
  reserves: z.array(
    z.strictObject({
      instrumentId: z
        .int()
        .positive()
        .max(INSTRUMENT_ID_LIMIT - 1),
      lots,
    }),
  ),
});

/** The public half of a run: all that a verifier has, wherever it comes from. */
export interface PublicRun {
  readonly run: RunFile;
  hasBatch(index: number): boolean;
  /** @throws {BallastError} FILE_ERROR when it is missing, INVALID_INPUT when it is damaged or another batch's. */
  batch(index: number): BatchFile;
  readonly hasReport: boolean;
  /** @throws {BallastError} FILE_ERROR when there is none, INVALID_INPUT when it is damaged. */
  report(): ReportFile;
}

/** `run.json`. */
export function runJson(run: RunFile): Record<string, unknown> {
  return {
    format: "ballast.run/1",
    ...run,
    chainId: run.chainId.toString(),
    snapshotId: formatField(run.snapshotId),
    accountsRoot: formatField(run.accountsRoot),
    initialState: formatField(run.initialState),
    deadline: run.deadline.toString(),
  };
}

/** A batch's file. */
export function batchJson({ index, stateOut, proof }: BatchFile) {
  return { format: "ballast.batch/1", index, stateOut: formatField(stateOut), proof: proofJson(proof) };
}

/** `report.json`. */
export function reportJson({ result, netting, reserves, proof }: ReportFile) {
  const amounts = Object.entries(result).map(([key, value]) => [key, decimalTexts(value)]);
  return {
    format: "ballast.report/1",
    result: Object.fromEntries(amounts),
    netting: formatField(netting),
    reserves: reservesJson(reserves),
    proof: proofJson(proof),
  };
}

/** Reserves by id, in lots. */
export function reservesJson(reserves: readonly Holding[]) {
  return reserves.map(({ instrumentId, quantity }) => ({ instrumentId, lots: quantity.toString() }));
}

function decimalTexts(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return Array.isArray(value) ? value.map(decimalTexts) : value;
}
