/**
 * The test runner. The Solidity and the TypeScript suites run at the same time; one line counts both.
 *
 *   npm test                     everything that fits into minutes
 *   npm run test:deep            what takes longer: production instances, more fuzz, invariants of 2,000 runs of 300 calls
 *   npm run test:postgres        what needs a PostgreSQL server, which it starts itself
 *   npm run test:recorded        what needs recorded market data, where it is there
 *   npm run test:browser         the page in a real browser; `npm test` has these too, where there is a browser
 *   npm run test:ci              all of these in one run, with fewer runs of fuzz and invariants: what CI has the time for
 *   npm test -- test/math        one folder of TypeScript suites: arguments go to vitest
 *
 * `--solidity` and `--typescript` run one half of them. test/README.md says what is where.
 */
import { type Browser, planBrowser } from "./testing/browser.ts";
import { solidity } from "./testing/forge.ts";
import { planRecorded, type Recorded } from "./testing/recorded.ts";
import { type Counts, total, vitest } from "./testing/suites.ts";

/** vitest's projects, and how deep Solidity's suites go (undefined: they don't run). */
const KINDS = {
  "--deep": { command: "npm run test:deep", projects: ["deep"], depth: "deep" },
  "--postgres": { command: "npm run test:postgres", projects: ["postgres"], depth: undefined },
  "--recorded": { command: "npm run test:recorded", projects: ["recorded"], depth: undefined },
  "--browser": { command: "npm run test:browser", projects: ["browser"], depth: undefined },
  "--ci": {
    command: "npm run test:ci",
    projects: ["shared", "alone", "deep", "postgres", "recorded", "browser"],
    depth: "ci",
  },
} as const;
const USUAL = { command: "npm test", projects: ["shared", "alone", "browser"], depth: "usual" } as const;
const HALVES = ["--solidity", "--typescript"];
const REPORT = "build/test/vitest.json";
/** A run without the recorded suites. */
const NONE: Recorded = { present: 0, absent: [], counts: total([]) };

process.exitCode = await main(process.argv.slice(2));

/** The exit code. */
async function main(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const flag = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((name) => args.includes(name));
  const { command, projects, depth } = flag === undefined ? USUAL : KINDS[flag];
  const filters = args.filter((arg) => arg !== flag && !HALVES.includes(arg));
  const runs = (half: string): boolean =>
    args.includes(half) || !HALVES.some((other) => args.includes(other));

  const recorded =
    runs("--typescript") && projects.some((project) => project === "recorded") ? planRecorded() : undefined;
  const browser =
    runs("--typescript") && projects.some((project) => project === "browser") ? planBrowser() : undefined;
  const parts: Promise<Counts>[] = [];
  if (runs("--solidity") && filters.length === 0 && depth !== undefined) parts.push(solidity(depth));
  if (runs("--typescript")) parts.push(typescript(projects, { recorded, browser }, filters));
  const { passed, failed, notes } = total(await Promise.all(parts));
  console.log(`\n${command} took ${Math.round((performance.now() - start) / 1000)} s.`);
  for (const note of notes) console.log(note);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** One run of vitest over all projects, without the recorded suites whose data is absent, and without a browser's where there is none. */
async function typescript(
  projects: readonly string[],
  found: { readonly recorded: Recorded | undefined; readonly browser: Browser | undefined },
  filters: readonly string[],
): Promise<Counts> {
  const { present, absent, counts } = found.recorded ?? NONE;
  const otherwise = total([counts, ...(found.browser === undefined ? [] : [found.browser.counts])]);
  const ready = projects.filter(
    (project) =>
      (project !== "recorded" || present > 0) && (project !== "browser" || found.browser?.isThere === true),
  );
  if (ready.length === 0) return otherwise;
  const named = ready.map((project) => `--project=${project}`);
  const without = absent.map((path) => `--exclude=${path}`);
  return total([await vitest([...named, ...without, ...filters], REPORT), otherwise]);
}
