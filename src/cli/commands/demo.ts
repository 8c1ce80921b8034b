import { type PlayedDemo, runDemo } from "../../demo/run.ts";
import { saveDemo } from "../../demo/save.ts";
import type { DemoMoment } from "../../demo/story.ts";
import { demoSummary } from "../../demo/summary.ts";
import { duration, usd } from "../../display.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { instanceOf } from "../../prover/circuits.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { describeCascade } from "../cascade-text.ts";
import { command } from "../command.ts";
import { backend, force } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { defaulted, option, toggle } from "../input.ts";
import { checkNoResult } from "../results.ts";
import { named } from "../summaries.ts";

/** `ballast demo`: the main job, end to end, on an embedded default. */
export const demo = command({
  ...named("demo"),
  flags: {
    chain: option("--chain <files...>", "a recorded market after the crash (default: the bundled sample)"),
    before: option(
      "--before <files...>",
      "the market before it (default: a recording of the day before, found beside --chain)",
    ),
    circuit: defaulted("--instance <name>", "circuit instance", "64x240", (name) =>
      instanceOf("coverage", name),
    ),
    policy: defaulted(
      "--policy <name|file>",
      "les, deribit-pm, span-16, a version such as les/1, or a policy file",
      "les",
      (text) => loadPolicy(text),
    ),
    backend,
    out: option(
      "--out <folder>",
      "keep snapshots, proofs, the deployment's addresses and what became of the breaches here",
    ),
    force,
    isLiquidated: toggle("--no-liquidation", "end with the attestations after the crash"),
  },
  notes: `
After the crash every breach is liquidated on chain, each step by a proof: a slice cures one account, sealed bids
award another, a public sale ends a third, the clearing house takes the last one over; its funds bear the loss in
their order, and those on the other side close what is left. The table at the end says who paid what; exit code 1
when it doesn't sum to zero. Windows are the shortest that the contracts allow; the local chain's clock is moved.

The first run compiles the circuits and makes development keys (a few minutes; half a minute with
--no-liquidation); later runs reuse them.`,
  examples: [
    "ballast demo --no-liquidation --out demo",
    "ballast demo --chain btc.csv.gz --before btc-before.csv.gz",
  ],
  async run({ out, force, ...options }, { io, print, progress, fail }) {
    if (out !== undefined) checkNoResult(out, { force });
    const played = await runDemo({ ...options, progress });
    if (out !== undefined) saveDemo(out, played);
    print(demoSummary(played), () => describe(played, io.color));
    const problems = played.result.cascade?.money.problems ?? [];
    if (problems.length > 0) fail();
  },
});

function describe({ markets, result, ms }: PlayedDemo, color: boolean): string {
  const { before, after, story } = markets;
  const move = after.underlyings.map(({ symbol, indexPrice }) => {
    const old =
      before.underlyings.find((underlying) => underlying.symbol === symbol)?.indexPrice ?? indexPrice;
    const percent = Number(((indexPrice - old) * 1000n) / old) / 10;
    return `${foreign(symbol)} ${usd(formatDecimal(old, 18))} → ${usd(formatDecimal(indexPrice, 18))} (${percent.toFixed(1)} %)`;
  });
  const percent = ({ coverageRatio }: DemoMoment["report"]): string =>
    coverageRatio === null ? "–" : `${(Number(coverageRatio) * 100).toFixed(0)} %`;
  const standing = ({ report, attestedTier }: DemoMoment): string[] => [
    usd(report.equity),
    `${percent(report)}, ${tierText(attestedTier, color)}`,
  ];
  const rows = result.accounts.map(({ account, before: first, after: second }) => [
    account.portfolio.account,
    `${account.story}, ${account.portfolio.positions.length} positions`,
    ...standing(first),
    ...standing(second),
  ]);
  const proofs = result.accounts.flatMap(({ before: first, after: second }) => [
    first.proveMs,
    second.proveMs,
  ]);
  const median = [...proofs].sort((a, b) => a - b)[Math.floor(proofs.length / 2)] ?? 0;
  const [, last] = result.gas;
  const each = last === undefined ? 0n : last.batch / BigInt(result.accounts.length);
  const time = ({ time: seconds }: Snapshot): string =>
    new Date(Number(seconds) * 1000).toISOString().slice(0, 16);
  return [
    "",
    `${story}`,
    `${time(before)}Z to ${time(after)}Z: ${move.join(", ")}`,
    "",
    table(
      ["account", "who", "equity before", "cover and tier", "equity after", "cover and tier"],
      rows,
      [2, 4],
    ),
    ...(result.cascade === undefined ? [] : ["", describeCascade(result.cascade)]),
    "",
    "The chain knows account, commitment and tier. Equity and cover are shown here because the demo made the portfolios.",
    `${proofs.length} proofs, median ${duration(median)}; ${each.toLocaleString("en-US")} gas an attestation in batches of ${result.accounts.length}; ` +
      `${result.expired} attestations had expired when the market fell; ${duration(ms)} in all.`,
  ].join("\n");
}
