import type { AttestedVenue } from "../../actions/solvency/read-attested.ts";
import { TIER_NAMES } from "../../display.ts";
import { formatDecimal } from "../../math/decimal.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { disclosures, dollars, stateName } from "../../solvency/disclosures.ts";
import { Bars } from "../parts/bars.tsx";
import { Table } from "../parts/table.tsx";

/** From this tier on an account is being liquidated. */
const ENGAGED_TIER = 2;

/** What the attestation opens: tiers, losses against funds, demand, reserves, disclosure standards. */
export function Figures(props: {
  readonly attested: AttestedVenue;
  readonly snapshot: Snapshot | undefined;
}) {
  const { attested, snapshot } = props;
  const { result, funds, reserves } = attested.attestation;
  const named = (label: string, state: number): string => `${label}: ${stateName(state, snapshot)}`;
  const total = funds.insuranceFund + funds.gammaReserve;
  const losses = [
    ["All accounts, now", result.currentShortfall],
    [named("Worst scenario, all accounts", result.worstScenario), result.worstShortfall],
    [named("Cover 1, the largest account", result.cover1Scenario), result.cover1Shortfall],
    [named("Cover 2, the two largest", result.cover2Scenario), result.cover2Shortfall],
  ] as const;
  return (
    <>
      <div class="columns">
        <Bars
          caption="Accounts by margin tier"
          heads={["tier", "accounts"]}
          bars={result.tiers.map((count, tier) => ({
            label: TIER_NAMES[tier] ?? String(tier),
            size: BigInt(count),
            text: count.toLocaleString("en"),
            isMarked: tier >= ENGAGED_TIER,
          }))}
        />
        <Bars
          caption="Losses beyond the accounts' own equity, and the funds that would absorb them"
          heads={["what", "amount"]}
          bars={[
            ...losses.map(([label, size]) => ({ label, size, text: dollars(size), isMarked: true })),
            { label: "Insurance fund", size: funds.insuranceFund, text: dollars(funds.insuranceFund) },
            { label: "Gamma Reserve", size: funds.gammaReserve, text: dollars(funds.gammaReserve) },
            { label: "Funds together", size: total, text: dollars(total) },
          ]}
        />
      </div>
      <Table
        caption="Reserves, asset by asset"
        heads={["asset", "accounts hold, proven", "vault held at closing", "beyond"]}
        numbers={[1, 2, 3]}
        rows={reserves.map(({ instrumentId, proven, held }) => {
          const asset = snapshot?.rows.find((row) => row.instrumentId === instrumentId)?.instrument;
          const amount = (lots: bigint): string =>
            asset === undefined
              ? `${lots.toLocaleString("en")} lots`
              : formatDecimal(lots * asset.lotSize, 18);
          return [
            asset?.name ?? `asset ${instrumentId}`,
            amount(proven),
            amount(held),
            amount(held - proven),
          ];
        })}
      />
      <Table
        caption="To be hedged at once if every account in tier 2 or worse were liquidated"
        heads={["underlying", "dollar delta, +1 %", "short dollar gamma", "dollar vega, +1 point"]}
        numbers={[1, 2, 3]}
        rows={Array.from({ length: result.demand.length / 3 }, (_, u) => [
          snapshot?.policy.underlyings[u] ?? `underlying ${u + 1}`,
          ...result.demand.slice(3 * u, 3 * u + 3).map(dollars),
        ])}
      />
      <Table
        caption="Disclosure standards (CPMI-IOSCO, February 2015)"
        heads={["field", "asks", "answer", "not covered"]}
        rows={disclosures({ result, funds, reserves, ...(snapshot === undefined ? {} : { snapshot }) }).map(
          ({ field, asks, answer, notCovered }) => [field, asks, answer, notCovered],
        )}
      />
    </>
  );
}
