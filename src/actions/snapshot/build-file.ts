import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { MarketChain } from "../../market/chain.ts";
import { loadChain } from "../../market/chain-file.ts";
import { type Stablecoin, withStablecoins } from "../../market/collateral.ts";
import type { LotLookup } from "../../market/lots.ts";
import { updateRegistry } from "../../market/registry-file.ts";
import { type SampleShock, sampleChain } from "../../market/sample.ts";
import { selectQuotes } from "../../market/select.ts";
import { checkUnderlyings, chosenUnderlyings } from "../../market/underlyings.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import type { Policy } from "../../risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { type Progress, SILENT } from "../progress.ts";

/** Where a market comes from: files of a chain, or the bundled sample. */
export interface MarketSource {
  /** Default: the bundled sample. */
  readonly chain?: readonly string[];
  /** Prices of perpetuals, for a CSV chain. */
  readonly perpetuals?: string;
  /** Keep these alone. Default: the policy's. */
  readonly underlyings?: readonly string[];
  readonly stablecoins?: readonly Stablecoin[];
  readonly lots?: LotLookup;
  /** Seconds that the market may be old. Default: any. */
  readonly maxAge?: number;
  /** Whether a quote that can't be used is an error instead of left out. */
  readonly strict?: boolean;
  /** Moves the bundled sample. */
  readonly sampleShock?: SampleShock;
}

export interface BuildOptions extends MarketSource {
  readonly policy: Policy;
  /** For this circuit: its scenarios and rows. */
  readonly circuit?: TableCircuit;
  /** Most instruments. Default: the circuit's rows, else 240. */
  readonly rows?: number;
  /** Instruments that must be in. */
  readonly include?: readonly string[];
  /** The file of ids that stay the same; appended to. */
  readonly registry?: string;
  readonly oracleRound?: number;
}

/**
 * Derives a snapshot from a market and a policy.
 * @throws {BallastError} INVALID_INPUT, INVALID_MARKET, INVALID_SNAPSHOT, FILE_ERROR; as `loadChain`, `selectQuotes`, `buildSnapshot`.
 */
export async function buildSnapshotOf(
  { policy, circuit, rows, include = [], registry: path, oracleRound, ...source }: BuildOptions,
  progress: Progress = SILENT,
): Promise<{ readonly snapshot: Snapshot; readonly market: MarketChain }> {
  const underlyings = chosenUnderlyings(policy, source.underlyings);
  const market = await progress.step("reading the market", () =>
    withStablecoins(marketOf(source, underlyings), source.stablecoins ?? [], source.lots),
  );
  checkUnderlyings(market, policy);
  const selected = selectQuotes(market, rows ?? circuit?.rows ?? 240, include);
  const instruments = selected.quotes.map(({ instrument }) => instrument);
  const registry =
    path === undefined ? undefined : updateRegistry(path, instruments, { onWait: progress.note });
  const snapshot = await progress.step(`pricing ${instruments.length} instruments`, () =>
    buildSnapshot(selected, policy, given({ registry, shape: circuit?.shape, oracleRound })),
  );
  return { snapshot, market };
}

function marketOf(source: MarketSource, underlyings: readonly string[]): MarketChain {
  const { chain, perpetuals, maxAge, strict = false, sampleShock, lots } = source;
  if (chain === undefined) {
    if (maxAge !== undefined || strict || perpetuals !== undefined || lots !== undefined) {
      throw new BallastError(
        "INVALID_INPUT",
        "Greatest age, strictness, perpetuals and lots go with a chain.",
        {
          hint: "The bundled sample has one time and no bad quotes: give a chain, or leave them out.",
          inputs: [
            "snapshot.chain",
            "snapshot.maxAge",
            "snapshot.strict",
            "snapshot.perpetuals",
            "market.lots",
          ],
        },
      );
    }
    return sampleChain(undefined, sampleShock);
  }
  if (sampleShock !== undefined) {
    throw new BallastError("INVALID_INPUT", "A shock moves the bundled sample only.", {
      hint: "Leave out the chain, or the shock.",
      inputs: ["snapshot.chain", "snapshot.sampleShock"],
    });
  }
  return loadChain(chain, {
    ...(maxAge === undefined ? {} : { maxAge: BigInt(maxAge) * 1000n, now: BigInt(Date.now()) }),
    onBadQuote: strict ? "error" : "exclude",
    // Strictly, a quote that the snapshot has no room for is left out only where it was asked for.
    ...(strict && source.underlyings === undefined ? {} : { underlyings }),
    ...given({ lots, perpetuals }),
  });
}
