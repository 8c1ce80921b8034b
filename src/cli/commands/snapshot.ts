import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import type { MarketChain } from "../../market/chain.ts";
import { loadChain } from "../../market/chain-file.ts";
import { parseStablecoin, withStablecoins } from "../../market/collateral.ts";
import type { LotLookup } from "../../market/lots.ts";
import { updateRegistry } from "../../market/registry-file.ts";
import { type SampleShock, sampleChain } from "../../market/sample.ts";
import { selectQuotes } from "../../market/select.ts";
import { checkUnderlyings, chosenUnderlyings } from "../../market/underlyings.ts";
import { formatDecimal, parseDecimal } from "../../math/decimal.ts";
import { formatField } from "../../math/field.ts";
import { wad } from "../../math/wad.ts";
import { tableInstance } from "../../prover/circuits.ts";
import { type Policy, policyDigest, policyOrigin } from "../../risk/policy.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import { buildSnapshot, encodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot, saveSnapshot } from "../../risk/snapshot-file.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { addLotOptions, type LotOptions, lotsOf } from "../lots.ts";
import { parseCount } from "../options.ts";
import { describeRules } from "../policy-text.ts";
import type { Register } from "../program.ts";
import { checkSameResult, FORCE, type Force } from "../results.ts";

interface BuildOptions extends LotOptions, Force {
  readonly output: string;
  readonly chain?: string[];
  readonly perpetuals?: string;
  readonly policy: string;
  readonly rows?: string;
  readonly instance?: string;
  readonly include: string[];
  readonly underlying?: string[];
  readonly stablecoin?: string[];
  readonly registry?: string;
  readonly maxAge?: string;
  readonly oracleRound?: string;
  readonly strict?: boolean;
  readonly sampleShock?: string;
}

/** `ballast snapshot build | show | verify`. */
export const snapshot: Register = (program, run) => {
  const group = program
    .command("snapshot")
    .description("build and check snapshots: the public table of risk vectors");
  addLotOptions(group.command("build"))
    .description("derive a snapshot from a market and a policy")
    .requiredOption("-o, --output <file>", "where to write the snapshot")
    .option(...FORCE)
    .option(
      "--chain <files...>",
      "option chain: a CSV, Deribit book summaries, or ballast.chain/1 (default: the bundled sample)",
    )
    .option("--perpetuals <file>", "prices of the perpetuals, for a CSV chain")
    .option(
      "--policy <name|file>",
      "les, deribit-pm, span-16, a version such as les/1, or a policy file",
      "les",
    )
    .option("--rows <n>", "at most so many instruments, the most traded first (default: 240)")
    .option("--instance <name>", "for this circuit: its scenarios, and as many rows as it has")
    .option("--include <instruments...>", "instruments that must be in", [])
    .option(
      "--underlying <assets...>",
      "keep these two alone; they must be the policy's (default: the policy's)",
    )
    .option("--stablecoin <assets...>", "further collateral: USDT at 1 USD, USDT=0.9993 at a price")
    .option("--registry <file>", "instrument ids that stay the same from snapshot to snapshot; appended to")
    .option("--max-age <seconds>", "refuse a market older than this")
    .option(
      "--oracle-round <n>",
      "the volatility oracle's final round that it names, where the chain's oracle wants one",
    )
    .option("--strict", "a quote that can't be used is an error (default: left out, and listed)")
    .option("--sample-shock <spot,vol>", "move the bundled sample, e.g. -0.15,0.6")
    .addHelpText(
      "after",
      "\nThe same market and policy give the same snapshotId on every machine.\nExample: ballast snapshot build --chain btc.json eth.json --rows 120 -o snapshot.json",
    )
    .action(
      run<BuildOptions>(async ({ io, json, progress }, options) => {
        const policy = loadPolicy(options.policy);
        const chain = await progress.step("reading the market", () => chainOf(options, policy));
        checkUnderlyings(chain, policy);
        const circuit = options.instance === undefined ? undefined : tableInstance(options.instance);
        const rows = parseCount(options.rows ?? String(circuit?.rows ?? 240), "--rows");
        const oracleRound =
          options.oracleRound === undefined ? undefined : parseCount(options.oracleRound, "--oracle-round");
        const selected = selectQuotes(chain, rows, options.include);
        const registry =
          options.registry === undefined
            ? undefined
            : updateRegistry(
                options.registry,
                selected.quotes.map(({ instrument }) => instrument),
                { onWait: progress.note },
              );
        const built = await progress.step(`pricing ${selected.quotes.length} instruments`, () =>
          buildSnapshot(selected, policy, {
            ...(registry === undefined ? {} : { registry }),
            ...(circuit === undefined ? {} : { shape: circuit.shape }),
            ...(oracleRound === undefined ? {} : { oracleRound }),
          }),
        );
        checkSameResult(options.output, encodeSnapshot(built), options);
        saveSnapshot(options.output, built);
        const notes = chain.notes ?? [];
        const summary = { file: options.output, ...summaryOf(built), excluded: chain.excluded, notes };
        emit(io, json, summary, () => {
          const left = chain.excluded
            .slice(0, 5)
            .map(({ name, reason }) => `  left out  ${foreign(name)}: ${foreign(reason)}`);
          const more =
            chain.excluded.length > 5 ? [`  … and ${chain.excluded.length - 5} more (--json lists all)`] : [];
          return [
            `${options.output}`,
            ...describe(built),
            ...notes.map((note) => `  note      ${foreign(note)}`),
            ...left,
            ...more,
          ].join("\n");
        });
      }),
    );
  group
    .command("verify")
    .description("derive every row of a snapshot file again and compare all hashes")
    .argument("<file>")
    .action(
      run(({ io, json }, _, [file = ""]) => {
        const loaded = loadSnapshot(file);
        emit(io, json, { valid: true, file, ...summaryOf(loaded) }, () =>
          ["valid: every row follows from the inputs", ...describe(loaded)].join("\n"),
        );
      }),
    );
  group
    .command("show")
    .description("list a snapshot's instruments with lot, value and charges")
    .argument("<file>")
    .action(
      run(({ io, json }, _, [file = ""]) => {
        const loaded = loadSnapshot(file);
        const rows = loaded.rows.map(({ instrument, instrumentId, vector }) => ({
          instrument: instrument.name,
          id: instrumentId,
          kind: instrument.kind,
          lot: formatDecimal(instrument.lotSize, 18),
          markPerLot: formatDecimal(vector.mark, 6),
          worstPerLot: formatDecimal(
            vector.pnl.reduce((worst, pnl) => (pnl < worst ? pnl : worst), 0n),
            6,
          ),
          longCharge: formatDecimal(vector.longCharge, 6),
          shortCharge: formatDecimal(vector.shortCharge, 6),
        }));
        emit(io, json, { ...summaryOf(loaded), rows }, () =>
          [
            ...describe(loaded),
            table(
              ["instrument", "id", "lot", "value/lot", "worst/lot", "long charge", "short charge"],
              rows.map((row) => [
                row.instrument,
                String(row.id),
                row.lot,
                usd(row.markPerLot, 2),
                usd(row.worstPerLot, 2),
                usd(row.longCharge, 2),
                usd(row.shortCharge, 2),
              ]),
              [1, 2, 3, 4, 5, 6],
            ),
          ].join("\n"),
        );
      }),
    );
};

function chainOf(options: BuildOptions, policy: Policy): MarketChain {
  const lots = lotsOf(options);
  const stablecoins = (options.stablecoin ?? []).map(parseStablecoin);
  const underlyings = chosenUnderlyings(policy, options.underlying);
  return withStablecoins(marketOf(options, underlyings, lots), stablecoins, lots);
}

function marketOf(
  options: BuildOptions,
  underlyings: readonly string[],
  lots: LotLookup | undefined,
): MarketChain {
  const age =
    options.maxAge === undefined
      ? {}
      : { maxAge: BigInt(parseCount(options.maxAge, "--max-age")) * 1000n, now: BigInt(Date.now()) };
  if (options.chain === undefined) {
    const { maxAge, strict, perpetuals } = options;
    if (maxAge !== undefined || strict === true || perpetuals !== undefined || lots !== undefined) {
      throw new BallastError("INVALID_INPUT", "--max-age, --strict, --perpetuals and lots go with --chain.", {
        hint: "The bundled sample has one time and no bad quotes: give a --chain, or leave them out.",
      });
    }
    const shock = options.sampleShock === undefined ? undefined : parseShock(options.sampleShock);
    return sampleChain(undefined, shock);
  }
  if (options.sampleShock !== undefined) {
    throw new BallastError("INVALID_INPUT", "--sample-shock moves the bundled sample only.", {
      hint: "Leave out --chain, or leave out --sample-shock.",
    });
  }
  return loadChain(options.chain, {
    ...age,
    onBadQuote: options.strict === true ? "error" : "exclude",
    // Strictly, a quote that the snapshot has no room for is left out only where it was asked for.
    ...(options.strict === true && options.underlying === undefined ? {} : { underlyings }),
    ...(lots === undefined ? {} : { lots }),
    ...(options.perpetuals === undefined ? {} : { perpetuals: options.perpetuals }),
  });
}

/** `-0.15,0.6` as relative moves of spot and volatility. */
export function parseShock(text: string): SampleShock {
  const [spot, vol, extra] = text.split(",");
  if (spot === undefined || vol === undefined || extra !== undefined) {
    throw new BallastError("INVALID_INPUT", "A shock is two relative moves, spot and volatility.", {
      hint: "For example -0.15,0.6 for a fall of 15 % with volatility up 60 %.",
    });
  }
  return {
    spot: wad(parseDecimal(spot, 18, "spot shock")),
    vol: wad(parseDecimal(vol, 18, "volatility shock")),
  };
}

function summaryOf(built: Snapshot) {
  return {
    snapshotId: formatField(built.snapshotId),
    time: new Date(Number(built.time) * 1000).toISOString(),
    policy: built.policy.name,
    policyDigest: policyDigest(built.policy),
    policyOrigin: policyOrigin(built.policy),
    rows: built.rows.length,
    scenarios: built.policy.scenarios.length,
    tableHash: built.tableHash,
    policyHash: built.policyHash,
    inputHash: built.inputHash,
    ...(built.oracleRound === 0 ? {} : { oracleRound: built.oracleRound }),
    underlyings: built.underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: formatDecimal(indexPrice, 18),
    })),
  };
}

function describe(built: Snapshot): string[] {
  const { snapshotId, time, policy, rows, scenarios, underlyings } = summaryOf(built);
  const prices = underlyings
    .map(({ symbol, indexPrice }) => `${foreign(symbol)} ${usd(indexPrice, 2)}`)
    .join(", ");
  return [
    `  snapshot ${snapshotId}`,
    `  ${time}  ${prices}`,
    `  policy ${policy}, ${scenarios} scenarios, ${rows} instruments`,
    ...describeRules(built.policy),
  ];
}
