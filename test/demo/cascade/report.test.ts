import { describe, expect, it } from "vitest";
import { describeCascade } from "../../../src/cli/cascade-text.ts";
import type { MoneyTable } from "../../../src/demo/cascade/money.ts";
import type { CascadeResult } from "../../../src/demo/cascade/play.ts";
import { cascadeSummary } from "../../../src/demo/cascade/report.ts";

const EFFORT = { proofs: 3, proveMs: 1_234.5, transactions: 4, gas: 1_234_567n };

function resultWith(money: Partial<MoneyTable>): CascadeResult {
  const absorbed = { loss: 300n, fromInsuranceFund: 200n, fromGammaReserve: 50n, residual: 50n };
  return {
    paths: [
      {
        ...{ path: "soft liquidation", account: "birch", caseId: 1n, outcome: "cured" },
        story:
          "takes the cheapest path, one trade with ibis for 354.64 USDC, is in tier 0 again, in more than one line",
        ...{ events: ["CaseOpened"], effort: EFFORT },
      },
    ],
    absorbed: absorbed as CascadeResult["absorbed"],
    deleveraging: {
      ...{ roundId: 1n, before: 50n, after: 1n, instrument: "BTC-27FEB26-85000-P", effort: EFFORT },
      ...{ holders: [{ name: "fjord", closed: 200n, lost: 490_000n }], story: "fjord closes" },
    },
    money: {
      rows: [
        { kind: "account", name: "birch", before: 5_000_000n, after: 4_000_000n, change: -1_000_000n },
        { kind: "wallet", name: "heron", before: 0n, after: 1_000_000n, change: 1_000_000n },
        { kind: "fund", name: "insurance fund", before: 7n, after: 7n, change: 0n },
      ],
      ...{ sum: 0n, intoVault: 0n, problems: [], ...money },
    },
    funds: { locked: false } as CascadeResult["funds"],
  };
}

describe("the cascade for people", () => {
  it("shows who paid whom, and nobody who didn't", () => {
    const lines = describeCascade(resultWith({})).split("\n");
    const line = (name: string) => lines.find((text) => text.includes(name)) ?? "";
    expect(line("equity of birch")).toMatch(/5\.00 +4\.00 +-1\.00/);
    expect(line("wallet of heron")).toMatch(/0\.00 +1\.00 +\+1\.00/);
    expect(lines.join()).not.toContain("insurance fund");
    expect(lines.at(-1)).toMatch(/sum to zero/);
    expect(line("soft liquidation")).toMatch(/birch +cured +takes the/);
    // A line break in a cell would be written out.
    expect(lines.join()).not.toContain("\\u000a");
  });

  it("says what doesn't add up", () => {
    const text = describeCascade(resultWith({ sum: 5n, problems: ["all changes come to 5 micro-USD"] }));
    expect(text).toMatch(/It does not add up: all changes come to 5 micro-USD\.$/);
    expect(text).not.toContain("sum to zero");
  });
});

describe("the cascade as JSON", () => {
  it("has amounts in USD, and no number that JSON can't hold", () => {
    const summary = cascadeSummary(resultWith({}));
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(summary.waterfall).toEqual({
      ...{ loss: "3", insuranceFund: "2", gammaReserve: "0.5", residual: "0.5", leftByRounding: "0.01" },
    });
    expect(summary.paths.map(({ path, proofs, gas }) => ({ path, proofs, gas }))).toEqual([
      { path: "soft liquidation", proofs: 3, gas: "1234567" },
      { path: "auto-deleveraging", proofs: 3, gas: "1234567" },
    ]);
    expect(summary.money.rows[0]).toEqual({
      ...{ kind: "account", name: "birch", before: "5", after: "4", change: "-1" },
    });
  });
});
