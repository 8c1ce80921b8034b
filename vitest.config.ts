import { configDefaults, defineConfig } from "vitest/config";

/**
 * Tests that leave the process as they found it share a worker's modules: importing them anew for each file takes longer than
 * most of these tests. The others (they change the environment, or run whole commands) have a process each.
 */
const SHARED = [
  "chain",
  "circuits",
  "liquidation",
  "market",
  "math",
  "portfolio",
  "risk",
  "scripts",
  "witness",
];
const shared = SHARED.map((folder) => `test/${folder}/**/*.test.ts`);

/** Read recorded market data, which is not part of the project. `npm run test:recorded` runs those whose data is there. */
const RECORDED = "test/recorded/**/*.recorded.test.ts";

const common = {
  testTimeout: 300_000,
  hookTimeout: 600_000,
  pool: "forks",
} as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...common, name: "shared", include: shared, isolate: false } },
      {
        test: {
          ...common,
          name: "alone",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, RECORDED, ...shared],
        },
      },
      { test: { ...common, name: "recorded", include: [RECORDED] } },
    ],
  },
});
