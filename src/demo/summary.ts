import { formatDecimal } from "../math/decimal.ts";
import { formatField } from "../math/field.ts";
import { cascadeSummary } from "./cascade/report.ts";
import type { PlayedDemo } from "./run.ts";
import type { DemoMoment } from "./story.ts";

/** The demo as JSON: amounts are USD in decimal. */
export function demoSummary({ markets, result, backend, ms }: PlayedDemo) {
  const { before, after, story } = markets;
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
