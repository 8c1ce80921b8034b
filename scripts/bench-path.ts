/**
 * Liquidation paths of made-up breached accounts: their cost against equal slicing and a greedy choice, how near they are to the lower
 * bound, and how long they take.
 *
 *   npm run bench:path [-- --accounts 1000 --seed 16]
 */
import { parseArgs } from "node:util";
import { prepareTask } from "../src/risk/path/exact.ts";
import { loadHighs } from "../src/risk/path/highs.ts";
import { liquidationPath } from "../src/risk/path/path.ts";
import { breachedTasks, sampleMarket } from "../test/risk/path/accounts.ts";
import { equalSlice, greedyChoice } from "../test/risk/path/rivals.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1000" },
    seed: { type: "string", default: "16" },
    policy: { type: "string", default: "les" },
  },
});
const snapshot = sampleMarket(values.policy);
const solve = await loadHighs();
const tasks = breachedTasks(snapshot, Number(values.accounts), Number(values.seed));

/** Costs are the same within one part of this: where the search for whole lots stops. */
const SAME = 10_000n;
const times: number[] = [];
const gaps: number[] = [];
const against = { equal: [] as number[], greedy: [] as number[] };
const legs: number[] = [];
let cured = 0;
let dearer = 0;
for (const [at, task] of tasks.entries()) {
  const start = performance.now();
  const path = liquidationPath(task, solve);
  times.push(performance.now() - start);
  if (process.stderr.isTTY && at % 20 === 0) process.stderr.write(`\r${at} of ${tasks.length}`);
  if (!path.found) continue;
  cured++;
  gaps.push(path.cost === 0n ? 0 : 1 - Number(path.bound) / Number(path.cost));
  legs.push(path.slices.at(-1)?.after.trades.length ?? 0);
  const prepared = prepareTask(task);
  for (const [name, rival] of [
    ["equal", equalSlice(prepared)],
    ["greedy", greedyChoice(prepared)],
  ] as const) {
    if (rival === undefined) continue;
    if (rival.cost + rival.cost / SAME < path.cost) dearer++;
    against[name].push(Number(path.cost) / Number(rival.cost));
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const quantile = (list: readonly number[], share: number): number =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))] ?? Number.NaN;
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const spread = (list: readonly number[], text: (value: number) => string): string =>
  `median ${text(quantile(list, 0.5))}, 90 % below ${text(quantile(list, 0.9))}, at most ${text(quantile(list, 1))}`;

console.log(
  `accounts            ${tasks.length}, of ${snapshot.rows.length} instruments, policy ${snapshot.policy.name}`,
);
console.log(`with a path         ${cured}`);
console.log(
  `cost / equal slice  ${spread(against.equal, percent)} (${against.equal.length} accounts that it cures)`,
);
console.log(
  `cost / greedy       ${spread(against.greedy, percent)} (${against.greedy.length} accounts that it cures)`,
);
console.log(`dearer than either  ${dearer}`);
console.log(`gap to the bound    ${spread(gaps, percent)}`);
console.log(`instruments traded  ${spread(legs, String)}`);
console.log(`time                ${spread(times, ms)}`);
