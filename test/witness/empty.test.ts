import { expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instancesOf } from "../../src/prover/circuits.ts";
import { emptyWitness } from "../../src/witness/empty.ts";

it.each(instancesOf("empty").map((circuit) => [circuit.slots, circuit] as const))(
  "an empty portfolio of %d slots commits as every witness commits it",
  (slots, circuit) => {
    const request = { accountId: toField(7n), salt: toField(11n), context: toField(99n) };
    const { inputs, signals, publicSignals } = emptyWitness(circuit, request);
    expect(Object.keys(signals)).toEqual([...circuit.signals]);
    expect(publicSignals).toEqual([7n, commit(request.accountId, request.salt, slotsOf([], slots)), 99n]);
    expect(inputs).toEqual({ ...signals, salt: 11n });
  },
);
