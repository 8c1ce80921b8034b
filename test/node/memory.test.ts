import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { diedOfMemory, outOfMemory } from "../../src/node/memory.ts";
import { runTask } from "../../src/prover/keys/run-task.ts";

const words = {
  code: "OUT_OF_MEMORY",
  hint: expect.stringMatching(/--max-old-space-size.*fewer workers.*smaller/),
};

describe("want of memory", () => {
  it("is told from what Node says of it", () => {
    const thrown = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    };
    const real = [
      thrown(() => new ArrayBuffer(2 ** 52)),
      Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" }),
      Object.assign(new Error("Worker terminated"), { code: "ERR_WORKER_OUT_OF_MEMORY" }),
      new RangeError("WebAssembly.Memory(): could not allocate memory"),
      new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded"),
    ];
    for (const error of real) expect(outOfMemory(error)).toMatchObject(words);
    const others = [new Error("no"), new BallastError("INTERNAL", "heap out of memory"), "ENOMEM", undefined];
    for (const error of others) expect(outOfMemory(error)).toBeUndefined();
  });

  it("is told from how a process ended", () => {
    const end = (code: number | null, signal: string | null, output?: string) =>
      diedOfMemory("The worker", { code, signal, ...(output === undefined ? {} : { output }) });
    expect(end(null, "SIGABRT")).toMatchObject({ ...words, shortMessage: "The worker ran out of memory." });
    expect(end(134, null)).toMatchObject(words);
    expect(end(null, "SIGKILL")).toMatchObject({
      shortMessage: expect.stringMatching(/was killed, most likely/),
    });
    expect(end(1, null, "memory allocation of 65536 bytes failed")).toMatchObject(words);
    for (const other of [end(1, null), end(0, null), end(null, "SIGTERM"), end(1, null, "parse error")])
      expect(other).toBeUndefined();
  });

  it("ends a real process of Node's as V8 ends it", () => {
    const grow = "const all = []; for (;;) all.push(new Array(1e5).fill(all.length));";
    const { status, signal, stderr } = spawnSync(process.execPath, ["--max-old-space-size=16", "-e", grow], {
      encoding: "utf8",
    });
    expect(diedOfMemory("The process", { code: status, signal, output: stderr })).toMatchObject(words);
  });

  it("is what a task says whose process is killed", async () => {
    const task = runTask("killed-process", import.meta.url, {});
    await expect(task).rejects.toMatchObject(words);
  });
});
