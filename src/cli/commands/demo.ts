import { join } from "node:path";
import { liquidationKeys } from "../../actions/node/keys.ts";
import { saveDeployment } from "../../chain/deploy/deployment-file.ts";
import { planCascade } from "../../demo/cascade/plan.ts";
import { cascadeSummary } from "../../demo/cascade/report.ts";
import { type DemoMarkets, demoMarkets } from "../../demo/markets.ts";
import { demoAccounts } from "../../demo/portfolios.ts";
import { DEMO_ROUNDS, type DemoMoment, type DemoResult, playDemo } from "../../demo/story.ts";
import { duration, usd } from "../../display.ts";
import { liquidationCircuits } from "../../liquidation/circuits.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { formatField } from "../../math/field.ts";
import { makeFolder, writeFileAtomic } from "../../node/files.ts";
import { slotsOf } from "../../portfolio/portfolio.ts";
import { type CircuitInstance, instanceOf } from "../../prover/circuits.ts";
import { setupDev } from "../../prover/keys/setup-dev.ts";
import { circuitInfo } from "../../prover/node/artifacts.ts";
import { createProver } from "../../prover/node/prover.ts";
import { saveProofFile } from "../../prover/proof-file.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { saveSnapshot } from "../../risk/snapshot-file.ts";
import { describeCascade } from "../cascade-text.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { emit, type Io } from "../io.ts";
import { parseBackend } from "../options.ts";
import type { Register } from "../program.ts";
import { checkNoResult, FORCE, type Force } from "../results.ts";

interface Options extends Record<string, unknown>, Force {
  readonly chain?: string[];
  readonly before?: string[];
  readonly instance: string;
  readonly policy: string;
  readonly backend: string;
  readonly out?: string;
  readonly liquidation: boolean;
}

/** `ballast demo`: the main job, end to end, on an embedded default. */
export const demo: Register = (program, run) => {
  program
    .command("demo")
    .description(
      "the whole story on a local chain: hidden portfolios, proofs, attestations, a crash, liquidations by proof",
    )
    .option("--chain <files...>", "a recorded market after the crash (default: the bundled sample)")
    .option(
      "--before <files...>",
      "the market before it (default: a recording of the day before, found beside --chain)",
    )
    .option("--instance <name>", "circuit instance", "64x240")
    .option(
      "--policy <name|file>",
      "les, deribit-pm, span-16, a version such as les/1, or a policy file",
      "les",
    )
    .option("--backend <name>", "auto, snarkjs or rapidsnark", "auto")
    .option(
      "--out <folder>",
      "keep snapshots, proofs, the deployment's addresses and what became of the breaches here",
    )
    .option(...FORCE)
    .option("--no-liquidation", "end with the attestations after the crash")
    .addHelpText(
      "after",
      `
After the crash every breach is liquidated on chain, each step by a proof: a slice cures one account, sealed bids
award another, a public sale ends a third, the clearing house takes the last one over; its funds bear the loss in
their order, and those on the other side close what is left. The table at the end says who paid what; exit code 1
when it doesn't sum to zero. Windows are the shortest that the contracts allow; the local chain's clock is moved.

The first run compiles the circuits and makes development keys (a few minutes; half a minute with
--no-liquidation); later runs reuse them.`,
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options) => {
        const start = performance.now();
        if (options.out !== undefined) checkNoResult(options.out, options);
        const circuit = instanceOf("coverage", options.instance);
        const policy = loadPolicy(options.policy);
        const backend = parseBackend(options.backend);
        const markets = await progress.step("pricing two markets", () =>
          demoMarkets({
            policy,
            rows: circuit.rows,
            ...(options.liquidation ? { oracleRounds: DEMO_ROUNDS } : {}),
            ...(options.chain === undefined ? {} : { chain: options.chain }),
            ...(options.before === undefined ? {} : { before: options.before }),
          }),
        );
        const accounts = demoAccounts(markets);
        for (const { portfolio } of accounts) slotsOf(portfolio.positions, circuit.slots);
        const plan = options.liquidation ? planCascade(markets, accounts) : undefined;
        const circuits = options.liquidation ? liquidationCircuits(circuit.name) : undefined;
        const toMake = circuits === undefined ? [circuit] : Object.values(circuits);
        const keyOf = (wanted: CircuitInstance) => {
          const n = toMake.findIndex(({ name }) => name === wanted.name) + 1;
          return setupDev(wanted, { onProgress: progress.part(n, toMake.length).onProgress });
        };
        const keys = circuits === undefined ? undefined : await liquidationKeys(circuits, keyOf);
        const key = keys?.coverage ?? (await keyOf(circuit));
        for (const used of toMake) {
          const info = await circuitInfo(used);
          progress.note(
            `${used.name}: ${info.constraints.toLocaleString("en-US")} constraints, domain 2^${info.domainPower}, development key`,
          );
        }
        const liquidation =
          circuits === undefined || keys === undefined || plan === undefined
            ? {}
            : { liquidation: { circuits, keys, plan } };
        const prover = createProver({ backend });
        try {
          const result = await playDemo({ markets, circuit, key, prover, progress, ...liquidation });
          if (options.out !== undefined) save(options.out, markets, result);
          const ms = performance.now() - start;
          emit(io, json, summary(markets, result, prover.backend, ms), () =>
            describe(io, markets, result, ms),
          );
          if (result.cascade !== undefined && result.cascade.money.problems.length > 0) fail();
        } finally {
          await prover.close();
        }
      }),
    );
};

function save(
  folder: string,
  { before, after }: DemoMarkets,
  { deployment, accounts, cascade }: DemoResult,
): void {
  makeFolder(folder);
  saveSnapshot(join(folder, "before.snapshot.json"), before);
  saveSnapshot(join(folder, "after.snapshot.json"), after);
  saveDeployment(join(folder, "deployment.json"), deployment);
  if (cascade !== undefined) {
    const text = JSON.stringify(cascadeSummary(cascade), null, 2);
    writeFileAtomic(join(folder, "liquidation.json"), `${text}\n`);
  }
  for (const { account, before: first, after: second } of accounts) {
    saveProofFile(join(folder, `${account.portfolio.account}.before.proof.json`), first.file);
    saveProofFile(join(folder, `${account.portfolio.account}.after.proof.json`), second.file);
  }
}

function moment({ report, file, attestedTier, proveMs }: DemoMoment) {
  return {
    equity: report.equity,
    requirement: report.requirement,
    coverageRatio: report.coverageRatio,
    worstScenario: report.worstScenario,
    tier: report.tier,
    attestedTier,
    commitment: formatField(file.signals.commitment),
    proveMs: Math.round(proveMs),
  };
}

function summary({ before, after, story }: DemoMarkets, result: DemoResult, backend: string, ms: number) {
  return {
    story,
    backend,
    seconds: Math.round(ms / 100) / 10,
    snapshots: [before, after].map(({ snapshotId, time, rows, underlyings }) => ({
      snapshotId: formatField(snapshotId),
      time: time.toString(),
      rows: rows.length,
      underlyings: underlyings.map(({ symbol, indexPrice }) => ({
        symbol,
        indexPrice: formatDecimal(indexPrice, 18),
      })),
    })),
    deployment: result.deployment,
    expiredAttestations: result.expired,
    gas: result.gas.map(({ publish, batch }) => ({
      publish: publish.toString(),
      batch: batch.toString(),
      perAttestation: (batch / BigInt(result.accounts.length)).toString(),
    })),
    accounts: result.accounts.map(({ account, before: first, after: second }) => ({
      account: account.portfolio.account,
      story: account.story,
      positions: account.portfolio.positions.length,
      accountId: formatField(account.portfolio.accountId),
      before: moment(first),
      after: moment(second),
    })),
    ...(result.cascade === undefined ? {} : { liquidation: cascadeSummary(result.cascade) }),
  };
}

function describe(io: Io, { before, after, story }: DemoMarkets, result: DemoResult, ms: number): string {
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
    `${percent(report)}\n${tierText(attestedTier, io.color)}`,
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
