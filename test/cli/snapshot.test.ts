import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { shiftChain } from "../../src/market/shift.ts";
import { formatDecimal } from "../../src/math/decimal.ts";
import { wad } from "../../src/math/wad.ts";
import { cli, cliJson, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

interface Input {
  readonly name: string;
  readonly forward: string;
  readonly impliedVolatility?: string;
}

describe("ballast snapshot show --inputs", () => {
  it("shows each quote that the table follows from, as the market has it", async () => {
    const path = folder.file("s.json");
    await cliJson("snapshot", "build", "--rows", "120", "-o", path);
    const { inputs } = await cliJson<{ inputs: readonly Input[] }>("snapshot", "show", path, "--inputs");
    expect(inputs).toHaveLength(120);
    const market = new Map(sampleChain().quotes.map((quote) => [quote.instrument.name, quote]));
    const options = inputs.filter(({ impliedVolatility }) => impliedVolatility !== undefined);
    expect(options.length).toBeGreaterThan(100);
    for (const { name, forward, impliedVolatility } of options) {
      const quote = market.get(name);
      expect(forward).toBe(formatDecimal(quote?.forward ?? 0n, 18));
      expect(impliedVolatility).toBe(formatDecimal(quote?.impliedVolatility ?? 0n, 18));
    }
    const page = (await cli("snapshot", "show", path, "--inputs")).out;
    for (const { name, impliedVolatility = "" } of options)
      expect(page).toMatch(new RegExp(`^${name} .* ${impliedVolatility.replace(".", "\\.")} `, "m"));
  });
});

describe("ballast snapshot build --previous", () => {
  const [before, week, after] = ["before.json", "week.json", "after.json"].map(folder.file) as [
    string,
    string,
    string,
  ];
  const still = { spot: wad(0n), vol: wad(0n) };
  const chain = shiftChain(sampleChain(), still, 7n * 86_400_000n);
  writeFileSync(week, exportBallastChain(chain));
  const build = ["snapshot", "build", "--chain", week, "--rows", "120", "-o", after];
  const deliveries = ["--delivery", "BTC-6FEB26=84310.25", "ETH-6FEB26=2781.4"];
  interface Row {
    readonly instrument: string;
    readonly id: number;
    readonly markPerLot: string;
    readonly shortCharge: string;
  }
  const rowsOf = async (path: string) =>
    (await cliJson<{ rows: readonly Row[] }>("snapshot", "show", path)).rows;

  it("settles what expired since, at the delivery price, under the same ids", async () => {
    await cliJson("snapshot", "build", "--rows", "120", "-o", before);
    await cliJson(...build, "--previous", before, ...deliveries);
    await cliJson("snapshot", "verify", after);
    const ids = new Map((await rowsOf(before)).map(({ instrument, id }) => [instrument, id]));
    const rows = (await rowsOf(after)).filter(({ instrument }) => instrument.includes("-6FEB26"));
    expect(rows.length).toBeGreaterThan(20);
    for (const { instrument, id, shortCharge } of rows) {
      expect([id, Number(shortCharge)]).toEqual([ids.get(instrument), 0]);
    }
    const call = rows.find(({ instrument }) => instrument === "BTC-6FEB26-84000-C");
    expect(Number(call?.markPerLot)).toBe(31.03);
    expect((await cli("snapshot", "show", after, "--inputs")).out).toMatch(
      /^BTC-6FEB26-84000-C .* 84310.25 +settled/m,
    );
  });

  it("asks for what it lacks, and lets go only what nobody holds", async () => {
    const refused = async (...argv: string[]) => (await cli(...build, "--force", ...argv)).err;
    expect(await refused("--previous", before)).toMatch(/no delivery price for BTC-6FEB26, ETH-6FEB26/);
    expect(await refused(...deliveries)).toMatch(/go with the snapshot before/);
    expect(await refused("--previous", before, "--delivery", "BTC-6FEB26")).toMatch(
      /For example BTC-6FEB26=84310.25/,
    );
    const later = folder.file("later.json");
    await cliJson(
      "snapshot",
      "build",
      "--chain",
      week,
      "--previous",
      after,
      "--held",
      "BTC-6FEB26-84000-C",
      "-o",
      later,
    );
    const settled = (await rowsOf(later)).filter(({ instrument }) => instrument.includes("-6FEB26"));
    expect(settled.map(({ instrument }) => instrument)).toEqual(["BTC-6FEB26-84000-C"]);
  });
});
