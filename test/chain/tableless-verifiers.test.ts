import type { Abi } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployVerifier } from "../../src/chain/deploy/node/deploy.ts";
import { encodeProof } from "../../src/chain/encode.ts";
import { deleverageVerifierAbi } from "../../src/chain/generated/deleverage-verifier.ts";
import { emptyVerifierAbi } from "../../src/chain/generated/empty-verifier.ts";
import { membershipVerifierAbi } from "../../src/chain/generated/membership-verifier.ts";
import { transferVerifierAbi } from "../../src/chain/generated/transfer-verifier.ts";
import { type Field, reduce, toField } from "../../src/math/field.ts";
import { EMPTY_LEAF } from "../../src/portfolio/merkle.ts";
import { instance, instanceOf } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { deleverageWitness } from "../../src/witness/deleverage.ts";
import { emptyWitness } from "../../src/witness/empty.ts";
import { membershipWitness } from "../../src/witness/membership.ts";
import type { CircuitInputs } from "../../src/witness/table.ts";
import { transferWitness } from "../../src/witness/transfer.ts";
import { type System, startSystem } from "./system.ts";

// Real proofs of the statements without a table, on a real node: signed signals pass as field elements.

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 300_000);
afterAll(() => system.stop());

const CONTEXT = toField(77n);
const before = {
  positions: [
    { instrumentId: 3, quantity: 500n },
    { instrumentId: 300, quantity: -50n },
  ],
  salt: toField(11n),
};
const closing = deleverageWitness(instanceOf("deleverage", "deleverage_4"), {
  accountId: toField(1n),
  before,
  settlementId: 3,
  instrumentId: 300,
  isShort: true,
  closing: 3n,
  open: 8n,
  price: -2_500_001n,
  context: CONTEXT,
});
const payment = transferWitness(instanceOf("transfer", "transfer_4"), {
  settlementId: 3,
  cash: closing.share.payment,
  funding: 0n,
  rest: "free",
  context: CONTEXT,
  a: { accountId: toField(1n), before, after: { positions: closing.share.positions, salt: closing.newSalt } },
  b: {
    accountId: toField(2n),
    before: { positions: [], salt: toField(13n) },
    after: {
      positions: [
        { instrumentId: 3, quantity: -closing.share.payment },
        { instrumentId: 300, quantity: -closing.share.closed },
      ],
      salt: toField(14n),
    },
  },
});

const member = membershipWitness(instanceOf("membership", "membership_d4"), {
  accountId: toField(1n),
  commitment: closing.signals.newCommitment,
  index: 5,
  path: [toField(21n), EMPTY_LEAF, toField(22n), EMPTY_LEAF],
  context: CONTEXT,
});
const empty = emptyWitness(instanceOf("empty", "empty_4"), {
  accountId: toField(1n),
  salt: toField(15n),
  context: CONTEXT,
});

describe.each([
  ["deleverage_4", deleverageVerifierAbi, closing],
  ["transfer_4", transferVerifierAbi, payment],
  ["membership_d4", membershipVerifierAbi, member],
  ["empty_4", emptyVerifierAbi, empty],
] as const)("the verifier of %s", (name, abi, witness) => {
  it("accepts a real proof of its signals and of no other", async () => {
    const circuit = instance(name);
    const key = await setupDev(circuit);
    const spec = { circuit, verifyingKey: key.verifyingKey, dev: true };
    const { address } = await deployVerifier(system.client, system.deployment.verifierRegistry, spec);
    const inputs: CircuitInputs = witness.inputs;
    const { publicSignals } = witness;
    const proof = encodeProof(await system.prover.prove({ circuit, key, inputs, publicSignals }));
    const verify = async (signals: readonly Field[]): Promise<boolean> => {
      const args = [proof, signals];
      const verified = await system.client.public.readContract({
        address,
        abi: abi as Abi,
        functionName: "verify",
        args,
      });
      return verified === true;
    };
    expect(await verify(publicSignals)).toBe(true);
    for (const [i, value] of publicSignals.entries()) {
      expect(await verify(publicSignals.with(i, reduce(value + 1n))), circuit.signals[i]).toBe(false);
    }
  }, 300_000);
});
