import { encodeErrorResult, RawContractError } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChainClient, connect } from "../../../src/chain/client.ts";
import { verifierCode } from "../../../src/chain/deploy/node/verifier-code.ts";
import { contractErrorsAbi } from "../../../src/chain/generated/contract-errors.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { checkKey } from "../../../src/prover/check-key.ts";
import { instance as instanceNamed } from "../../../src/prover/circuits.ts";
import type { VerifyingKey } from "../../../src/prover/verifying-key.ts";
import { badKeys } from "../../helpers/bad-keys.ts";
import { g2, madeUpKey } from "../../helpers/key-points.ts";
import { errorOf } from "../../prover/toy.ts";

// One list of keys under which anybody could forge, held against both who judge: TypeScript and the constructor of every verifier.

let anvil: Anvil;
let client: ChainClient;
beforeAll(async () => {
  const [deployer = "0x"] = anvilKeys(1);
  anvil = await startAnvil();
  client = await connect(anvil.rpcUrl, deployer);
}, 60_000);
afterAll(() => anvil.stop());

const INVALID_KEY = encodeErrorResult({ abi: contractErrorsAbi, errorName: "InvalidKey" });

describe.each([
  "coverage_4x8_s5k2",
  "equity_4x8_s5k2",
  "ceiling_4x8_s5k2",
  "reduction_4x8_s5k2",
  "solvency_2x4x8_s5k2_d4",
  "report_s5k2",
  "transfer_4",
  "deleverage_4",
])("the constructor for %s", (name) => {
  const circuit = instanceNamed(name);
  const key = madeUpKey(circuit);
  const onChain = 1 + circuit.cachedInputs;
  const withIc0 = circuit.cachedInputs === 0 ? 0 : onChain;
  const at = [withIc0, withIc0 + 1, withIc0 + 2, key.ic.length - 1] as const;

  /** What the constructor reverts with, or nothing; no transaction is sent. */
  async function refusalOf(verifyingKey: VerifyingKey): Promise<unknown> {
    const data = verifierCode({ circuit, verifyingKey, dev: true });
    const call = client.public.call({ data });
    return call.then(
      () => undefined,
      (error) => error.walk((cause: unknown) => cause instanceof RawContractError)?.data ?? error,
    );
  }

  it("takes an honest key, whichever generator its ceremony began with", async () => {
    for (const honest of [key, { ...key, gamma2: g2(11n) }]) {
      await checkKey(honest);
      expect(await refusalOf(honest)).toBeUndefined();
    }
  });

  it.each(badKeys(key, at))("refuses a key in which %s, as TypeScript does", async (_, change) => {
    const candidate = { ...key, ...change };
    expect(await errorOf(() => checkKey(candidate))).toMatchObject({ code: "INVALID_KEY" });
    const refusal = await refusalOf(candidate);
    expect(typeof refusal === "object" ? JSON.stringify(refusal) : refusal).toContain(INVALID_KEY);
  });
});
