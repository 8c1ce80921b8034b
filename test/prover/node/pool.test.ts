import { describe, expect, it } from "vitest";
import { proverPool, usefulProvers } from "../../../src/prover/node/pool.ts";
import type { Groth16Proof } from "../../../src/prover/proof.ts";
import type { ProveRequest, Prover } from "../../../src/prover/prover.ts";

const request = {} as ProveRequest;
const proof = {} as Groth16Proof;

/** A prover whose proofs end when they are told to. */
function manual() {
  const waiting: { resolve(proof: Groth16Proof): void; reject(error: Error): void }[] = [];
  let closed = 0;
  const prover: Prover = {
    backend: "snarkjs",
    prove: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    close: async () => {
      closed++;
    },
  };
  return { prover, waiting, closed: () => closed };
}

describe("proverPool", () => {
  it("gives each proof to the prover with the fewest in hand, also after failures", async () => {
    const [a, b] = [manual(), manual()];
    const pool = proverPool([a.prover, b.prover]);
    const first = pool.prove(request);
    const second = pool.prove(request);
    const third = pool.prove(request);
    expect([a.waiting.length, b.waiting.length]).toEqual([2, 1]);
    b.waiting[0]?.reject(new Error("broken"));
    await expect(second).rejects.toThrow("broken");
    const fourth = pool.prove(request);
    expect([a.waiting.length, b.waiting.length]).toEqual([2, 2]);
    for (const { resolve } of [...a.waiting, ...b.waiting]) resolve(proof);
    expect(await Promise.all([first, third, fourth])).toEqual([proof, proof, proof]);
    await pool.close();
    expect([a.closed(), b.closed()]).toEqual([1, 1]);
  });

  it("has use for one prover on small machines, for four at most", () => {
    expect([1, 2, 7, 8, 16, 128].map(usefulProvers)).toEqual([1, 1, 1, 2, 4, 4]);
  });
});
