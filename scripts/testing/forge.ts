import { type Counts, run, total } from "./suites.ts";

/** The Solidity suites by depth: runs of the invariants over both shards, calls of each, cases of each fuzz test. */
const DEPTHS = {
  deep: { runs: 2000, depth: 300, fuzz: 512 },
  ci: { runs: 128, depth: 100, fuzz: 32 },
} as const;
/** What `npm run test:deep` runs of Solidity, by the names of tests: `npm test` has the others too. */
const FUZZ = "^testFuzz";
const INVARIANTS = "^invariant";
/** A run of the invariants has one thread: two with seeds of their own take half the time. */
const SEEDS = ["0xba11a57", "0x7a57a11"] as const;

/**
 * The Solidity suites: as foundry.toml says (`usual`); fuzz and invariants alone and in depth (`deep`); or all, with as much of fuzz and
 * invariants as CI has the time for (`ci`).
 */
export async function solidity(depth: keyof typeof DEPTHS | "usual"): Promise<Counts> {
  // By itself `forge test` asks the compiler for other outputs by each filter, and each question has an answer of its own.
  const built = await run(["npx", "forge", "build"], { quiet: true });
  if (built.code !== 0) throw new Error(built.output);
  if (depth === "usual") return forge("Solidity", []);
  const { runs, depth: calls, fuzz } = DEPTHS[depth];
  const env = {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_INVARIANT_RUNS: String(runs / SEEDS.length),
    FOUNDRY_INVARIANT_DEPTH: String(calls),
    FOUNDRY_FUZZ_RUNS: String(fuzz),
  };
  const invariants = SEEDS.map((seed) =>
    forge(
      `Invariants, ${runs / SEEDS.length} runs of ${calls} calls from seed ${seed}`,
      ["--match-test", INVARIANTS, "--fuzz-seed", seed],
      env,
    ),
  );
  const others = depth === "deep" ? ["--match-test", FUZZ] : ["--no-match-test", INVARIANTS];
  const rest = forge(`Solidity, ${fuzz} cases of fuzz`, others, env);
  return total(await Promise.all([...invariants, rest]));
}

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
  console.log(`${title}: ${line} in ${Math.round((performance.now() - start) / 1000)} s`);
  const bad = Number(failed) + Number(skipped);
  return { passed: Number(passed), failed: code !== 0 && bad === 0 ? 1 : bad, notes: [] };
}
