import { formatDecimal } from "../../math/decimal.ts";
import { formatField } from "../../math/field.ts";
import { policyDigest, policyOrigin } from "../../risk/policy.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** A snapshot's public facts, without its table. Prices are decimal texts in USD. */
export function snapshotJson(snapshot: Snapshot) {
  const { policy, oracleRound } = snapshot;
  return {
    snapshotId: formatField(snapshot.snapshotId),
    time: new Date(Number(snapshot.time) * 1000).toISOString(),
    policy: policy.name,
    policyDigest: policyDigest(policy),
    policyOrigin: policyOrigin(policy),
    rows: snapshot.rows.length,
    scenarios: policy.scenarios.length,
    tableHash: snapshot.tableHash,
    policyHash: snapshot.policyHash,
    inputHash: snapshot.inputHash,
    ...(oracleRound === 0 ? {} : { oracleRound }),
    underlyings: snapshot.underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: formatDecimal(indexPrice, 18),
    })),
  };
}

/** Its instruments: lots in their own units, values and charges of one lot in USD, as decimal texts. */
export function rowsJson({ rows }: Snapshot) {
  return rows.map(({ instrument, instrumentId, vector }) => ({
    instrument: instrument.name,
    id: instrumentId,
    kind: instrument.kind,
    lot: formatDecimal(instrument.lotSize, 18),
    markPerLot: formatDecimal(vector.mark, 6),
    worstPerLot: formatDecimal(
      vector.pnl.reduce((worst, pnl) => (pnl < worst ? pnl : worst), 0n),
      6,
    ),
    longCharge: formatDecimal(vector.longCharge, 6),
    shortCharge: formatDecimal(vector.shortCharge, 6),
  }));
}
