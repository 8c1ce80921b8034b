import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wtns } from "snarkjs";
import { beforeAll, describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import { ensureArtifacts } from "../../src/prover/node/artifacts.ts";
import type { Artifacts } from "../../src/prover/prover.ts";
import { WitnessCalculator } from "../../src/prover/witness-calculator.ts";
import { errorOf, toy, toyWitness, useTemporaryHome } from "./toy.ts";

const home = await useTemporaryHome();
let artifacts: Artifacts;
beforeAll(async () => {
  artifacts = await ensureArtifacts(toy());
});

describe("the witness", () => {
  it("equals snarkjs' byte for byte, also from an instance that was used before", async () => {
    const calculator = await WitnessCalculator.create(readFileSync(artifacts.wasm));
    for (const seed of [1n, 2n, FIELD_MODULUS - 3n]) {
      const { inputs } = toyWitness(toy(), seed);
      await wtns.calculate(inputs, artifacts.wasm, join(home, "stock.wtns"));
      expect(Buffer.from(calculator.calculate(inputs)).equals(readFileSync(join(home, "stock.wtns")))).toBe(
        true,
      );
    }
  });

  it("takes inputs flat or nested", async () => {
    const calculator = await WitnessCalculator.create(readFileSync(artifacts.wasm));
    const { inputs } = toyWitness(toy());
    const table = (inputs["table"] as bigint[][]).flat();
    expect(calculator.calculate({ ...inputs, table })).toEqual(calculator.calculate(inputs));
  });

  it("needs a generator that circom made", async () => {
    const bytes = readFileSync(artifacts.wasm);
    for (const code of [bytes.subarray(0, 500), Buffer.from([0, 97, 115, 109, 1, 0, 0, 0])]) {
      expect(await errorOf(() => WitnessCalculator.create(code))).toMatchObject({ code: "INVALID_ARTIFACT" });
    }
  });
});
