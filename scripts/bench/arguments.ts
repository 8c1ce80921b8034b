import { parseArgs } from "node:util";
import { BallastError } from "../../src/errors.ts";
import { type CoverageCircuit, instanceOf, instancesOf, shortName } from "../../src/prover/circuits.ts";
import { FLAGSHIP_SHAPE } from "../../src/risk/shape.ts";

export const HELP = `Usage: npm run bench -- [options]

Compiles, makes a fresh dev key, proves, verifies and attests on a local chain, in a cache of its own that is
removed afterwards. Takes a few minutes an instance. Proves with snarkjs, and with rapidsnark where it is
installed: the executable that RAPIDSNARK names, else rapidsnark on the PATH.

  --instance NAME   e.g. 64x240; repeatable (default: every instance of the flagship shape)
  --runs N          cold proofs, warm proofs and verifications of each backend (default 5)
  --seed N          seed of the portfolios (default 1)
  --chain FILE      a recorded option chain; repeatable for one in several files (default: the bundled sample)
  --skip-chain      no gas
  --cached          use circuits that are compiled already; compilation is then not measured
  --json            machine-readable (ballast.bench/1), nothing else on standard output
  --write           also put the tables into docs/reference/benchmarks.md; needs --date
  --date YYYY-MM-DD the day to write there
  --help            this text`;

export interface BenchArguments {
  readonly help: boolean;
  readonly circuits: readonly CoverageCircuit[];
  readonly runs: number;
  readonly seed: number;
  /** Files of a recorded chain; none for the bundled sample. */
  readonly chain: readonly string[];
  readonly withChain: boolean;
  readonly cached: boolean;
  readonly json: boolean;
  /** The date to write into the page with, when it is to be written. */
  readonly write: string | undefined;
}

/** @throws {BallastError} INVALID_INPUT for options that are unknown or malformed, UNKNOWN_CIRCUIT. */
export function parseArguments(args: readonly string[]): BenchArguments {
  const values = parse(args);
  const { date } = values;
  if (date !== undefined && !isDate(date)) {
    throw new BallastError("INVALID_INPUT", "--date must be a day, as in 2026-11-23.");
  }
  if (values.write && date === undefined) {
    throw new BallastError("INVALID_INPUT", "--write needs --date, the day to write into the page.");
  }
  return {
    help: values.help,
    circuits: values.instance === undefined ? flagships() : values.instance.map((name) => flagship(name)),
    runs: wholeNumber(values.runs, "--runs", 1),
    seed: wholeNumber(values.seed, "--seed", 0),
    chain: values.chain,
    withChain: !values["skip-chain"],
    cached: values.cached,
    json: values.json,
    write: values.write ? date : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        instance: { type: "string", multiple: true },
        runs: { type: "string", default: "5" },
        seed: { type: "string", default: "1" },
        chain: { type: "string", multiple: true, default: [] },
        "skip-chain": { type: "boolean", default: false },
        cached: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        date: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : "The options can't be read.";
    throw new BallastError("INVALID_INPUT", text, { hint: "--help lists the options.", cause });
  }
}

function flagships(): CoverageCircuit[] {
  return instancesOf("coverage").filter(isFlagship);
}

/** The preset policies have the flagship's 35 scenarios. */
function flagship(name: string): CoverageCircuit {
  const found = instanceOf("coverage", name);
  if (isFlagship(found)) return found;
  throw new BallastError("INVALID_INPUT", `${found.name} has too few scenarios for the policy \`les\`.`, {
    hint: `Measure one of: ${flagships().map(shortName).join(", ")}.`,
  });
}

function isFlagship({ shape }: CoverageCircuit): boolean {
  return shape.scenarios === FLAGSHIP_SHAPE.scenarios && shape.underlyings === FLAGSHIP_SHAPE.underlyings;
}

function wholeNumber(text: string, option: string, least: number): number {
  const value = Number(text);
  if (/^[0-9]{1,6}$/.test(text) && value >= least) return value;
  throw new BallastError("INVALID_INPUT", `${option} must be a whole number of at least ${least}.`);
}

function isDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
