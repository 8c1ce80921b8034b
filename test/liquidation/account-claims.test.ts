import { afterAll, beforeAll, expect, it } from "vitest";
import { proveEmpty, proveMembership } from "../../src/liquidation/account-claims.ts";
import { factContext } from "../../src/liquidation/purpose.ts";
import { toField } from "../../src/math/field.ts";
import { leafOf, rootOf } from "../../src/portfolio/merkle.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import type { Prover } from "../../src/prover/prover.ts";
import { verifyProof } from "../../src/prover/verify.ts";

const LEDGER = "0x00000000000000000000000000000000000000b2";
const PLACE = { chainId: 31337, ledger: LEDGER, deadline: 1_800_000_000n } as const;

let prover: Prover;
beforeAll(() => {
  prover = createProver({ backend: "snarkjs" });
});
afterAll(() => prover.close());

it("a membership is proven for the root that its path leads to", async () => {
  const circuit = instanceOf("membership", "membership_d4");
  const key = await setupDev(circuit);
  const account = { accountId: toField(7n), commitment: toField(8n), index: 9 };
  const path = [1n, 2n, 3n, 4n].map((node) => toField(node));
  const { claim, accountsRoot } = await proveMembership(
    { prover, circuit, key },
    { ...account, path },
    PLACE,
  );
  expect(accountsRoot).toBe(rootOf(leafOf(account), 9, path));
  expect(claim).toMatchObject({ circuitId: key.circuitId, deadline: PLACE.deadline });
  const signals = [accountsRoot, 7n, 8n, factContext("member", PLACE)];
  expect(await verifyProof(key.verifyingKey, claim.proof, signals)).toBe(true);
  expect(await verifyProof(key.verifyingKey, claim.proof, signals.with(2, toField(9n)))).toBe(false);
});

it("an empty portfolio is proven for the commitment that its salt makes", async () => {
  const circuit = instanceOf("empty", "empty_4");
  const key = await setupDev(circuit);
  const account = { accountId: toField(7n), salt: toField(11n) };
  const { claim, commitment } = await proveEmpty({ prover, circuit, key }, account, PLACE);
  const signals = [7n, commitment, factContext("empty", PLACE)];
  expect(await verifyProof(key.verifyingKey, claim.proof, signals)).toBe(true);
  expect(await verifyProof(key.verifyingKey, claim.proof, signals.with(0, 8n))).toBe(false);
});
