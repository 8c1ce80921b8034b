import { dirname, resolve } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { builtFile } from "./scripts/testing/built.ts";
import { LongestFirst } from "./scripts/testing/longest-first.ts";

/** Takes long: production instances, more fuzz, every hint of every instance. `npm run test:deep`. */
const DEEP = "test/**/*.deep.test.ts";
/** Change the environment of their process, so each file has one of its own. */
const ALONE = ["test/prover/**/*.test.ts"];
/** Read recorded market data, which is not part of the project. `npm run test:recorded` runs those whose data is there. */
const RECORDED = "test/recorded/**/*.recorded.test.ts";
/** Start a PostgreSQL server of their own. `npm run test:postgres`. */
const POSTGRES = "test/**/*.postgres.test.ts";
/** Open the page in a real browser. `npm test` runs them where there is one, and says so where there is none. */
const BROWSER = "test/**/*.browser.test.ts";

/**
 * Tests get `src/` as it is published: compiled before they run, and loaded by Node itself. Its processes then start as a user's do,
 * which takes a fifth of what compiling them at each start took.
 */
const fromBuild = {
  name: "ballast:from-build",
  enforce: "pre" as const,
  resolveId(source: string, importer: string | undefined) {
    if (importer === undefined || !source.startsWith(".")) return undefined;
    return builtFile(resolve(dirname(importer), source));
  },
};

const common = {
  testTimeout: 300_000,
  hookTimeout: 600_000,
  pool: "forks" as const,
  // What vitest shows in colour is its own matter: commands that tests start write as into a file.
  env: { FORCE_COLOR: "0" },
  execArgv: ["--enable-source-maps"],
  server: { deps: { external: [/\/build\/test\/built\//] } },
};

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // They leave the process as they found it and share a worker's modules: importing them anew for each file takes
        // longer than most of these tests.
        plugins: [fromBuild],
        test: {
          ...common,
          name: "shared",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, DEEP, RECORDED, POSTGRES, BROWSER, ...ALONE],
          isolate: false,
          setupFiles: ["test/helpers/left-as-found.ts"],
        },
      },
      {
        plugins: [fromBuild],
        test: { ...common, name: "alone", include: ALONE, exclude: [...configDefaults.exclude, DEEP] },
      },
      {
        // Production instances, beside everything else that CI runs: they have the time of a busy machine.
        plugins: [fromBuild],
        test: { ...common, testTimeout: 900_000, name: "deep", include: [DEEP], isolate: false },
      },
      { plugins: [fromBuild], test: { ...common, name: "recorded", include: [RECORDED], isolate: false } },
      { plugins: [fromBuild], test: { ...common, name: "postgres", include: [POSTGRES], isolate: false } },
      { plugins: [fromBuild], test: { ...common, name: "browser", include: [BROWSER], isolate: false } },
    ],
  },
});
