import { afterAll, describe, expect, it } from "vitest";
import { sampleChain } from "../../src/market/sample.ts";
import { formatDecimal } from "../../src/math/decimal.ts";
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
