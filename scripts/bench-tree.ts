import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reduce } from "../src/math/field.ts";
import type { Account } from "../src/portfolio/merkle.ts";
import { buildTree } from "../src/tree/build.ts";
import { AccountTree } from "../src/tree/tree.ts";
import { updateTree } from "../src/tree/update.ts";

const HELP = `Usage: tsx scripts/bench-tree.ts [--accounts N] [--workers N]

Builds an accounts tree of N accounts (default 100000) in a temporary folder, verifies it and changes ten accounts.
Prints time, rate and peak memory of the whole process with its threads. Progress goes to standard error.`;

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "100000" },
    workers: { type: "string", default: String(Math.min(availableParallelism(), 8)) },
    help: { type: "boolean", default: false },
  },
});
const [count, workers] = [Number(values.accounts), Number(values.workers)];
if (
  values.help ||
  !(Number.isSafeInteger(count) && count > 10 && Number.isSafeInteger(workers) && workers > 0)
) {
  process.stderr.write(`${HELP}\n`);
  process.exit(values.help ? 0 : 2);
}

/** Account number i: spread over the field like hashes, the same on every run. */
const account = (i: number, version = 0n): Account => ({
  accountId: reduce(BigInt(i + 1) ** 17n * 7n ** 80n),
  commitment: reduce(BigInt(i + 1) ** 19n + version),
});
function* accounts(): Generator<Account> {
  for (let i = 0; i < count; i++) yield account(i);
}

const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

async function timed<T>(what: string, work: () => Promise<T> | T): Promise<T> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(
    `${what.padEnd(20)} ${seconds.toFixed(2).padStart(8)} s ${((user + system) / 1e6).toFixed(2).padStart(8)} CPU s, peak RSS so far ${peakMiB()} MiB\n`,
  );
  return result;
}

const folder = mkdtempSync(join(tmpdir(), "ballast-bench-tree-"));
try {
  const path = join(folder, "tree");
  const started = performance.now();
  const { root } = await timed("build", () =>
    buildTree(path, accounts(), {
      workers,
      onProgress: ({ step, done, perSecond, secondsLeft }) => {
        const left = secondsLeft === undefined ? "" : `, ${secondsLeft.toFixed(0)} s left`;
        process.stderr.write(`\r\u001b[2K${step} ${done}, ${perSecond.toFixed(0)}/s${left}`);
      },
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write("\r\u001b[2K");
  const tree = await timed("open", () => new AccountTree(path));
  await timed("path of one account", () => tree.siblings(tree.requireIndex(account(count >> 1).accountId)));
  await timed("verify all", () => tree.verify({ workers }));
  tree.close();
  await timed("change ten accounts", () =>
    updateTree(
      path,
      Array.from({ length: 10 }, (_, i) => account(Math.floor((count * i) / 10), 1n)),
    ),
  );
  process.stdout.write(
    `${count} accounts, ${workers} threads: ${Math.round(count / seconds)} accounts/s, peak RSS ` +
      `${peakMiB()} MiB, file ${Math.round(statSync(path).size / 2 ** 20)} MiB, ` +
      `root 0x${root.toString(16)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
