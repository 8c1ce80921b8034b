import { sampleChain } from "../../src/market/sample.ts";
import { policyElements, presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot, encodeSnapshot, type Snapshot, tableElements } from "../../src/risk/snapshot.ts";
import { inputHashOf, policyHashOf, snapshotIdOf, tableHashOf } from "../../src/risk/snapshot-id.ts";
import { canonicalText, marketOf, parseInputs } from "../../src/risk/snapshot-inputs.ts";
import { createVectorizer } from "../../src/risk/vector.ts";

/** A snapshot's inputs as JSON, to be bent. */
export interface RawInputs {
  time: string;
  underlyings: { symbol: string; indexPrice: string }[];
  policy: {
    name: string;
    scenarios: { spot: string[]; vol: string[] }[];
    greeks: Record<string, string[]>;
    charges: Record<string, string | string[]>;
    concentration: Record<string, string[]>;
    stressWeight: string;
  };
  instruments: (Record<string, unknown> & { id: number; name: string; kind: string })[];
}

/** What a malicious publisher does: edits the inputs and hashes them as the format says, without a check on the way. */
export function craft(edit: (inputs: RawInputs) => void, rows = 40): string {
  const honest = buildSnapshot(sampleChain(), presetPolicy("les"), { rows });
  const raw = structuredClone(honest.inputs) as unknown as RawInputs;
  edit(raw);
  const inputs = parseInputs(raw);
  const { chain, quotes } = marketOf(inputs);
  const vectorize = createVectorizer(chain, inputs.policy, inputs.shape);
  const built = quotes.map(({ quote, instrumentId }) => ({
    instrument: quote.instrument,
    instrumentId,
    vector: vectorize(quote, instrumentId),
  }));
  const header = {
    time: chain.time / 1000n,
    shape: inputs.shape,
    rowCount: built.length,
    tableHash: tableHashOf(tableElements({ rows: built, shape: inputs.shape })),
    policyHash: policyHashOf(policyElements(inputs.policy, inputs.shape)),
    inputHash: inputHashOf(canonicalText(inputs)),
    oracleRound: inputs.oracleRound,
  };
  return encodeSnapshot({ ...header, snapshotId: snapshotIdOf(header), inputs } as unknown as Snapshot);
}

/** A policy that charges next to nothing, under the name that it has. */
export function gut({ policy }: RawInputs): void {
  const zero = (group: Record<string, string | string[]>) => {
    for (const [key, value] of Object.entries(group)) group[key] = Array.isArray(value) ? ["0", "0"] : "0";
  };
  for (const scenario of policy.scenarios) Object.assign(scenario, { spot: ["0", "0"], vol: ["0", "0"] });
  zero(policy.greeks);
  zero(policy.charges);
  policy.stressWeight = "0";
  policy.concentration["rate"] = ["0", "0"];
}
