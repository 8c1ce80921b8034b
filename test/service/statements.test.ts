import { beforeEach, describe, expect, it } from "vitest";
import type { Field } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { LoadedKey, ProveRequest } from "../../src/prover/prover.ts";
import { QueuedProver } from "../../src/service/prover/queued-prover.ts";
import { JobQueue } from "../../src/service/queue/queue.ts";
import type { Database } from "../../src/service/store/database.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { field, keyring, stubProver, stubWorker } from "./parts.ts";

const SECRET = 987_654_321_987_654_321n;
const request: ProveRequest = {
  circuit: instanceOf("transfer", "transfer_4"),
  key: {} as LoadedKey,
  inputs: { salt: SECRET, lots: [[1n, -2n], [3n]] },
  publicSignals: [field(5) as Field],
};
const PURPOSE = {
  ...{ account: field(1), version: 3n, commitment: field(2), snapshot: field(4) },
  ...{ urgency: 0, deadline: 1_000n, reason: "open case" },
};

let database: Database;
let time = 0n;
beforeEach(async () => {
  database = await emptyDatabase();
  time = 0n;
});

/** One who asks, in a process that can be killed. */
function asker(purpose = PURPOSE) {
  const killed = new AbortController();
  const { signal } = killed;
  const prover = new QueuedProver({ database, keyring, now: () => time, signal }, purpose);
  return { prover, kill: () => killed.abort() };
}
const rows = (text: string) => database.query(text);

describe("a statement that any worker proves", () => {
  it("is one job and one proof, also where who asked was killed and asks again", async () => {
    const seen: unknown[] = [];
    const first = asker();
    const asked = first.prover.prove(request);
    first.kill();
    await expect(asked).rejects.toThrow("abort");
    const again = asker().prover.prove(request);
    const real = stubProver();
    const prover = {
      ...real,
      prove: (made: ProveRequest) => {
        seen.push(made.inputs, made.publicSignals);
        return real.prove(made);
      },
    };
    await expect.poll(() => stubWorker(database, { prover }).step()).toBe("proven");
    const proof = await again;
    expect(seen).toEqual([request.inputs, request.publicSignals]);
    expect(await asker().prover.prove(request)).toEqual(proof);
    expect(await rows("select purpose, state from ballast.jobs")).toEqual([
      { purpose: "statement", state: "done" },
    ]);
  });

  it("keeps its inputs sealed until the proof is there, and not after", async () => {
    const asked = asker().prover.prove(request);
    await expect.poll(async () => (await rows("select 1 from ballast.statements")).length).toBe(1);
    const everything = JSON.stringify(
      await rows("select *, encode(sealed, 'escape') from ballast.statements, ballast.jobs"),
    );
    expect(everything).not.toContain(String(SECRET));
    await stubWorker(database).step();
    await asked;
    expect(await rows("select sealed from ballast.statements")).toEqual([{ sealed: null }]);
  });

  it("is another job with other inputs, and the plan for attestations takes neither out", async () => {
    const [one, other] = [asker(), asker()];
    const asked = [one.prover.prove(request), other.prover.prove({ ...request, inputs: { salt: 1n } })];
    await expect.poll(async () => (await rows("select 1 from ballast.jobs")).length).toBe(2);
    expect(await new JobQueue(database).live()).toEqual([]);
    expect(await new JobQueue(database).live("statement")).toHaveLength(2);
    one.kill();
    other.kill();
    for (const result of await Promise.allSettled(asked)) expect(result.status).toBe("rejected");
  });

  it("is given up when no worker has made it by its deadline, and where its job is dead", async () => {
    const asked = asker().prover.prove(request);
    time = 1_001n;
    await expect(asked).rejects.toMatchObject({ code: "BACKEND_FAILED" });
    await rows("update ballast.jobs set state = 'dead', failure = 'out of memory'");
    await expect(asker().prover.prove(request)).rejects.toMatchObject({ hint: "out of memory" });
  });
});
