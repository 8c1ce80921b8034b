import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { violations } from "../../helpers/r1cs.ts";

const gadget = openTemplate(
  "bind",
  ["math/bind.circom"],
  "signal input context; component bound = Bind(); bound.context <== context;",
  ["context"],
);

describe("Bind", () => {
  it.each([0n, 1n, 2n, 1n << 253n, P - 1n])("takes the context %d", (context) => {
    const { caught, assignment } = gadget.run({ context });
    expect(caught).toEqual([]);
    expect(assignment.value("main.bound.squared")).toBe((context * context) % P);
  });

  it("keeps the context in a constraint of the simplified circuit: no other goes with the same witness", () => {
    const { witness } = gadget.run({ context: 5n });
    expect(gadget.real.constraints).toHaveLength(1);
    for (const other of [0n, 4n, 6n, P - 6n]) {
      const moved = [...witness];
      moved[Number(gadget.real.wireOf.get("main.context"))] = other;
      expect(violations(gadget.real, moved)).toEqual([0]);
    }
    for (const squared of [0n, 24n, P - 25n])
      expect(gadget.run({ context: 5n }, { "main.bound.squared": squared }).caught).toEqual([
        "law bound.context bound.squared",
      ]);
  });
});
