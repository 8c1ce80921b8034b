import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitmentOf, type OpenAccount } from "../../src/liquidation/account.ts";
import {
  type ProofKit,
  proveCeiling,
  proveDeleverage,
  proveEquity,
  proveReduction,
  proveTier,
  proveTransfer,
  type TransferTarget,
} from "../../src/liquidation/claims.ts";
import { factContext, TRADE_PURPOSE, transferContext } from "../../src/liquidation/purpose.ts";
import { reduce, toField } from "../../src/math/field.ts";
import { derivedSalt } from "../../src/portfolio/commitment.ts";
import {
  type CircuitInstance,
  type DeleverageCircuit,
  instanceOf,
  type TransferCircuit,
} from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import type { Prover } from "../../src/prover/prover.ts";
import { verifyProof } from "../../src/prover/verify.ts";
import { CEILING_LIMIT } from "../../src/risk/ceiling.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import { rowByName } from "../../src/risk/snapshot.ts";
import { cachedSignals } from "../../src/witness/table.ts";
import { snapshot } from "../solvency/small.ts";
import { USDC_ID as CASH } from "./accounts.ts";

const SLOTS = 4;
const LEDGER = "0x00000000000000000000000000000000000000b2";
const account = (id: bigint, ...held: readonly (readonly [id: number, quantity: bigint])[]): OpenAccount => ({
  accountId: toField(id),
  salt: toField(id + 100n),
  positions: held.map(([instrumentId, quantity]) => ({ instrumentId, quantity })),
});
const A = account(1n, [CASH, 50n], [64, -3n], [65, 7n]);
const B = account(2n, [CASH, 1000n], [64, 1n]);
const TERMS = { settlementId: CASH, cash: 0n, funding: 0n, rest: "free" } as const;
const PLACE = { chainId: 31337, ledger: LEDGER, deadline: 1_800_000_000n } as const;
const TARGET: TransferTarget = {
  ...PLACE,
  purpose: TRADE_PURPOSE,
  nonceA: 4,
  nonceB: 5,
  oldA: commitmentOf(A, SLOTS),
  oldB: commitmentOf(B, SLOTS),
};

let prover: Prover;
let transfer: ProofKit<TransferCircuit>;
let deleverage: ProofKit<DeleverageCircuit>;
beforeAll(async () => {
  prover = createProver({ backend: "snarkjs" });
  transfer = await kit(instanceOf("transfer", "transfer_4"));
  deleverage = await kit(instanceOf("deleverage", "deleverage_4"));
});
afterAll(() => prover.close());

describe("claims about a snapshot", () => {
  const id = (name: string) => rowByName(snapshot, name).instrumentId;
  const put = id("BTC-27MAR26-60000-P");
  const writer = account(3n, [CASH, 160_000n], [put, -2n]);
  const safer = {
    ...writer,
    salt: toField(9n),
    positions: account(3n, [CASH, 110_000n], [put, -1n]).positions,
  };
  const small = "4x8_s5k2";

  it("open tier and equity", async () => {
    const equity = await kit(instanceOf("equity", `equity_${small}`));
    const claim = await proveEquity(equity, snapshot, writer, PLACE);
    const worth = portfolioSums(snapshot.rows, writer.positions, snapshot.shape).equity;
    expect(claim).toMatchObject({ snapshotId: snapshot.snapshotId, accountId: 3n, equity: worth });
    const own = [
      3n,
      commitmentOf(writer, SLOTS),
      BigInt(claim.tier),
      reduce(worth),
      factContext("equity", PLACE),
    ];
    const signals = [...cachedSignals(equity.circuit, snapshot), ...own];
    expect(await verifyProof(equity.key.verifyingKey, claim.proof, signals)).toBe(true);
    const coverage = await kit(instanceOf("coverage", `coverage_${small}`));
    const attested = await proveTier(coverage, snapshot, writer, { context: toField(5n), deadline: 7n });
    expect(attested).toMatchObject({ commitment: own[1], tier: claim.tier, deadline: 7n });
  });

  it("bound a breach and open nothing, or have no proof", async () => {
    const kitOf = await kit(instanceOf("ceiling", `ceiling_${small}`));
    const tierOf = async (account: OpenAccount) =>
      (await proveEquity(await kit(instanceOf("equity", `equity_${small}`)), snapshot, account, PLACE)).tier;
    const poor = { ...writer, positions: account(3n, [CASH, 0n], [put, -2n]).positions };
    expect(await tierOf(poor)).toBe(4);
    const rich = account(3n, [CASH, 9_000_000n], [put, -2n]);
    expect(await tierOf(rich)).toBe(0);
    const claim = await proveCeiling(kitOf, snapshot, poor, 0n, PLACE);
    expect(Object.keys(claim).sort()).toEqual(["circuitId", "deadline", "proof", "snapshotId"]);
    const own = [3n, commitmentOf(poor, SLOTS), 0n, factContext("ceiling", PLACE)];
    const signals = [...cachedSignals(kitOf.circuit, snapshot), ...own];
    expect(await verifyProof(kitOf.key.verifyingKey, claim.proof, signals)).toBe(true);
    expect(await verifyProof(kitOf.key.verifyingKey, claim.proof, signals.with(-2, 1n))).toBe(false);
    await expect(proveCeiling(kitOf, snapshot, rich, CEILING_LIMIT - 1n, PLACE)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      shortMessage: expect.stringContaining("in tier 0 or 1"),
    });
  });

  it("compare two portfolios, and name the rule that a slice breaks", async () => {
    const reduction = await kit(instanceOf("reduction", `reduction_${small}`));
    const dear = { ...safer, positions: account(3n, [CASH, 100_000n], [put, -1n]).positions };
    await expect(proveReduction(reduction, snapshot, safer, writer, 100_000n, PLACE)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      shortMessage: expect.stringContaining("maintenance requirement would grow"),
    });
    await expect(proveReduction(reduction, snapshot, writer, dear, 100_000n, PLACE)).rejects.toMatchObject({
      shortMessage: expect.stringContaining("pay more than the penalty allows"),
    });
    const claim = await proveReduction(reduction, snapshot, writer, safer, 100_000n, PLACE);
    const commitments = [commitmentOf(writer, SLOTS), commitmentOf(safer, SLOTS)];
    const own = [3n, ...commitments, 100_000n, factContext("reduce", PLACE)];
    const signals = [...cachedSignals(reduction.circuit, snapshot), ...own];
    expect(await verifyProof(reduction.key.verifyingKey, claim.proof, signals)).toBe(true);
  });
});

async function kit<Circuit extends CircuitInstance>(circuit: Circuit): Promise<ProofKit<Circuit>> {
  return { prover, circuit, key: await setupDev(circuit) };
}

describe("proveTransfer", () => {
  it("proves exactly the claim, and returns what opens it", async () => {
    const moved = [{ instrumentId: 64, quantity: -2n }];
    const plan = { ...TERMS, a: A, b: B, moved, cash: -40n };
    const { claim, a, b = A } = await proveTransfer(transfer, plan, TARGET);
    expect(claim).toMatchObject({
      accountA: 1n,
      accountB: 2n,
      cash: -40n,
      funding: 0n,
      deadline: PLACE.deadline,
    });
    expect(claim.newA).toBe(commitmentOf(a, SLOTS));
    expect(claim.newB).toBe(commitmentOf(b, SLOTS));
    expect(b).toMatchObject({ accountId: 2n, positions: account(2n, [CASH, 1040n], [64, -1n]).positions });
    const signals = [1n, TARGET.oldA, claim.newA, 2n, TARGET.oldB, claim.newB, BigInt(CASH)];
    const rest = [reduce(-40n), 0n, 0n, transferContext(TARGET)];
    const { verifyingKey } = transfer.key;
    expect(await verifyProof(verifyingKey, claim.proof, [...signals, ...rest])).toBe(true);
    expect(await verifyProof(verifyingKey, claim.proof, [...signals, reduce(-41n), ...rest.slice(1)])).toBe(
      false,
    );
    expect(claim.circuitId).toBe(transfer.key.circuitId);
  });

  it("proves a deposit without a counterparty", async () => {
    const target = { ...TARGET, nonceB: 0, oldB: 0n };
    const { claim, b } = await proveTransfer(transfer, { ...TERMS, a: A, funding: 25n }, target);
    expect(claim).toMatchObject({ accountB: 0n, newB: 0n, cash: 0n, funding: 25n });
    expect(b).toBeUndefined();
  });

  it("refuses an opening that isn't the ledger's, before anything is proven", async () => {
    const plan = { ...TERMS, a: A, b: B };
    for (const change of [{ oldA: TARGET.oldB }, { oldB: TARGET.oldA }])
      await expect(proveTransfer(transfer, plan, { ...TARGET, ...change })).rejects.toMatchObject({
        code: "COMMITMENT_MISMATCH",
        hint: expect.stringContaining("last change"),
      });
    const other = { ...A, salt: toField(1n) };
    await expect(proveTransfer(transfer, { ...plan, a: other }, TARGET)).rejects.toMatchObject({
      code: "COMMITMENT_MISMATCH",
    });
  });

  it("refuses what the circuit would refuse", async () => {
    const full = account(2n, [CASH, 1000n], [66, 1n], [67, 1n], [68, 1n]);
    const target = { ...TARGET, oldB: commitmentOf(full, SLOTS) };
    const plan = { ...TERMS, a: A, b: full, rest: "whole" } as const;
    await expect(proveTransfer(transfer, plan, target)).rejects.toMatchObject({
      code: "PORTFOLIO_TOO_LARGE",
    });
    await expect(
      proveTransfer(transfer, { ...TERMS, a: A, b: A }, { ...TARGET, oldB: TARGET.oldA }),
    ).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(
      proveTransfer(transfer, { ...TERMS, a: A, funding: 1n << 37n }, { ...TARGET, oldB: 0n }),
    ).rejects.toMatchObject({ code: "LOT_OVERFLOW" });
  });
});

describe("proveDeleverage", () => {
  const terms = {
    settlementId: CASH,
    instrumentId: 65,
    isShort: false,
    closing: 4n,
    open: 8n,
    price: 2_500_000n,
  };

  it("fits the transfer that goes with it", async () => {
    const moved = [{ instrumentId: 65, quantity: 3n }];
    const salts = { a: derivedSalt(A.salt, factContext("delever", PLACE)) };
    const done = await proveTransfer(transfer, { ...TERMS, a: A, b: B, moved, cash: 8n, salts }, TARGET);
    const { claim, payment, newCommitment } = await proveDeleverage(deleverage, A, terms, PLACE);
    expect(claim).toMatchObject({
      closed: 3n,
      deadline: PLACE.deadline,
      circuitId: deleverage.key.circuitId,
    });
    expect(payment).toBe(8n);
    expect(newCommitment).toBe(done.claim.newA);
    const signals = [1n, TARGET.oldA, newCommitment, BigInt(CASH), 65n, 0n, 4n, 8n, 2_500_000n, 3n];
    const { verifyingKey } = deleverage.key;
    expect(await verifyProof(verifyingKey, claim.proof, [...signals, factContext("delever", PLACE)])).toBe(
      true,
    );
  });

  it("refuses a holder of the other side", async () => {
    await expect(proveDeleverage(deleverage, A, { ...terms, instrumentId: 64 }, PLACE)).rejects.toMatchObject(
      { code: "INVALID_INPUT" },
    );
  });
});
