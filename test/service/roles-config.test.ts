import { describe, expect, it } from "vitest";
import { CONFIG_FORMAT, parseConfig } from "../../src/service/config/config.ts";

const base = {
  ...{ format: CONFIG_FORMAT, data: "data", deployment: "d.json", circuit: "4x8", venues: [] },
  snapshots: { file: "s.json" },
};
const market = { kind: "deribit", currencies: ["BTC"] };

describe("a configuration's keeper and signers", () => {
  it("are left out unless they are asked for, and have careful defaults", () => {
    expect(parseConfig(base)).toMatchObject({ keep: { snapshotHours: 24, historyDays: 30 } });
    expect(parseConfig(base).keeper).toBeUndefined();
    expect(parseConfig({ ...base, keeper: {} }).keeper).toMatchObject({
      ...{ roles: ["anyone"], bondUnits: 0n, stepEther: 5n * 10n ** 16n, takers: [], buyPpm: 0 },
    });
    const { signer, snapshots } = parseConfig({
      ...base,
      signer: { market, policy: "les" },
      snapshots: { propose: { market, policy: "les" } },
    });
    expect(signer).toMatchObject({ pricePpm: 5_000, volatilityPpm: 30_000, ageSeconds: 60 });
    expect(snapshots.propose).toMatchObject({ every: 300, least: 60, movePpm: 10_000, publishWithin: 900 });
  });

  it.each<[string, object, RegExp]>([
    ["snapshots from nowhere", { snapshots: {} }, /snapshots: must have file or propose/],
    [
      "snapshots from two places",
      { snapshots: { file: "s", propose: { market, policy: "les" } } },
      /not both/,
    ],
    [
      "signatures for a day",
      { snapshots: { propose: { market, policy: "les", publishWithin: 86_400 } } },
      /publishWithin/,
    ],
    ["a role that there is none of", { keeper: { roles: ["king"] } }, /keeper.roles.0/],
    ["bonds that are no whole number", { keeper: { bondUnits: "1.5" } }, /keeper.bondUnits/],
    ["a market without a kind", { signer: { market: {}, policy: "les" } }, /signer.market/],
  ])("refuse %s", (_, part, message) => {
    expect(() => parseConfig({ ...base, ...part })).toThrow(message);
  });
});
