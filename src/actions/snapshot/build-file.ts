import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { MarketChain } from "../../market/chain.ts";
import { loadChain } from "../../market/chain-file.ts";
import { type Stablecoin, withStablecoins } from "../../market/collateral.ts";
import type { LotLookup } from "../../market/lots.ts";
import { updateRegistry } from "../../market/registry-file.ts";
import { rollOver } from "../../market/roll-over.ts";
import { type SampleShock, sampleChain } from "../../market/sample.ts";
import { selectQuotes } from "../../market/select.ts";
import { checkUnderlyings, chosenUnderlyings } from "../../market/underlyings.ts";
import type { Wad } from "../../math/wad.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import type { Policy } from "../../risk/policy.ts";
import { quotesOf, registryOf } from "../../risk/roll-over.ts";
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
  /** The snapshot before: what it has that expired since is in, settled. */
  readonly previous?: Snapshot;
  /** Delivery prices of what expired since, USD: `BTC-6FEB26`. */
  readonly deliveries?: ReadonlyMap<string, Wad>;
  /** Of what was settled before, what somebody may hold still. Default: all. */
  readonly held?: readonly string[];
}

/**
 * Derives a snapshot from a market and a policy.
 * @throws {BallastError} INVALID_INPUT, INVALID_MARKET, INVALID_SNAPSHOT, FILE_ERROR; as `loadChain`, `selectQuotes`, `buildSnapshot`.
 */
export async function buildSnapshotOf(
  options: BuildOptions,
  progress: Progress = SILENT,
): Promise<{ readonly snapshot: Snapshot; readonly market: MarketChain }> {
  const { policy, circuit, rows, include = [], registry: path, oracleRound, ...source } = options;
  const underlyings = chosenUnderlyings(policy, source.underlyings);
  const market = await progress.step("reading the market", () =>
    rolledOver(
      withStablecoins(marketOf(source, underlyings), source.stablecoins ?? [], source.lots),
      options,
    ),
  );
  checkUnderlyings(market, policy);
  const selected = selectQuotes(market, rows ?? circuit?.rows ?? 240, include);
  const instruments = selected.quotes.map(({ instrument }) => instrument);
  const before = options.previous === undefined ? undefined : registryOf(options.previous);
  const registry = path === undefined ? before : updateRegistry(path, instruments, { onWait: progress.note });
  const snapshot = await progress.step(`pricing ${instruments.length} instruments`, () =>
    buildSnapshot(selected, policy, given({ registry, shape: circuit?.shape, oracleRound })),
  );
  return { snapshot, market };
}

/** @throws {BallastError} INVALID_INPUT, INVALID_MARKET as `rollOver`. */
function rolledOver(market: MarketChain, { previous, deliveries, held }: BuildOptions): MarketChain {
  if (previous !== undefined) return rollOver(quotesOf(previous), market, given({ deliveries, held }));
  if (deliveries === undefined && held === undefined) return market;
  throw new BallastError("INVALID_INPUT", "Delivery prices, and what is held, go with the snapshot before.", {
    hint: "Give that too, or leave them out.",
    inputs: ["snapshot.previous", "snapshot.delivery", "snapshot.held"],
  });
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
