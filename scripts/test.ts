/**
 * The test runner. The Solidity and the TypeScript suites run at the same time; one line counts both.
 *
 *   npm test                     everything that fits into minutes
 *   npm run test:deep            what takes longer: production instances, more fuzz, invariants of 2,000 runs of 300 calls
 *   npm run test:deep -- --ci    the same with 256 runs of 100 calls, and fewer cases of fuzz: what CI has the time for
 *   npm test -- --ci             leaves Solidity's fuzz and invariants to the deep run that follows in CI, which has all of them
 *   npm run test:postgres        what needs a PostgreSQL server, which it starts itself
 *   npm test -- test/math        one folder of TypeScript suites: arguments go to vitest
 *
 * test/README.md says what is where.
 */
import { type Counts, run, total, vitest } from "./testing/suites.ts";

const REPORT = "build/test/vitest.json";

const seconds = (start: number): string => `${Math.round((performance.now() - start) / 1000)} s`;

/** One run of forge. Its output waits for its end, so that it doesn't mix with the other suites'. */
async function forge(
  title: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const start = performance.now();
  const { code, output } = await run(["npx", "forge", "test", ...args], { quiet: true, env });
  const summary = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/.exec(output);
  if (summary === null || code !== 0) console.log(output);
  if (summary === null) throw new Error(`forge printed no summary (exit ${code}).`);
  const [line, passed = "0", failed = "0", skipped = "0"] = summary;
  console.log(`${title}: ${line} in ${seconds(start)}`);
  const bad = Number(failed) + Number(skipped);
  return { passed: Number(passed), failed: code !== 0 && bad === 0 ? 1 : bad, notes: [] };
}

/** The deep suite, in full and in CI: runs of the invariants over both shards, calls of each, cases of each fuzz test. */
const DEPTHS = {
  full: { runs: 2000, depth: 300, fuzz: 512 },
  ci: { runs: 256, depth: 100, fuzz: 64 },
} as const;
/** What the deep suite runs of Solidity, by the names of tests: it must have all that `npm test -- --ci` leaves to it. */
const DEEP_TESTS = "^(testFuzz|invariant)";
/** A run of the invariants has one thread: two with seeds of their own take half the time. */
const SEEDS = ["0xba11a57", "0x7a57a11"] as const;

/** The Solidity suites with more fuzz, and the invariants in two shards. */
async function deepSolidity(size: keyof typeof DEPTHS): Promise<Counts> {
  const { runs, depth, fuzz: cases } = DEPTHS[size];
  const env = {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_INVARIANT_RUNS: String(runs / SEEDS.length),
    FOUNDRY_INVARIANT_DEPTH: String(depth),
    FOUNDRY_FUZZ_RUNS: String(cases),
  };
  const built = await run(["npx", "forge", "build"], { quiet: true, env });
  if (built.code !== 0) throw new Error(built.output);
  const invariants = SEEDS.map((seed) =>
    forge(
      `Invariants, ${runs / SEEDS.length} runs of ${depth} calls from seed ${seed}`,
      ["--match-contract", "Invariants", "--fuzz-seed", seed],
      env,
    ),
  );
  const fuzz = ["--match-test", DEEP_TESTS, "--no-match-contract", "Invariants"];
  return total(await Promise.all([...invariants, forge("Solidity, more fuzz", fuzz, env)]));
}

const args = process.argv.slice(2);
const FLAGS = ["--deep", "--ci", "--postgres"];
const [deep, ci, postgres] = FLAGS.map((flag) => args.includes(flag));
const filters = args.filter((arg) => !FLAGS.includes(arg));
const start = performance.now();
const projects = postgres ? ["postgres"] : deep ? ["deep"] : ["shared", "alone"];
const parts = [vitest([...projects.map((project) => `--project=${project}`), ...filters], REPORT)];
if (filters.length === 0 && !postgres)
  parts.push(
    deep ? deepSolidity(ci ? "ci" : "full") : forge("Solidity", ci ? ["--no-match-test", DEEP_TESTS] : []),
  );
const { passed, failed, notes } = total(await Promise.all(parts));
console.log();
for (const note of notes) console.log(note);
console.log(
  `${postgres ? "npm run test:postgres" : deep ? "npm run test:deep" : "npm test"} took ${seconds(start)}.`,
);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
