import { describe, expect, it } from "vitest";
import { type Clock, createProgress } from "../../src/cli/progress.ts";

/** A clock that stands still until it is moved, with the timers that it has. */
class Hands implements Clock {
  #now = 0;
  readonly #timers = new Map<number, { every: number; next: number; tick: () => void }>();
  #count = 0;

  now(): number {
    return this.#now;
  }

  every(ms: number, tick: () => void): () => void {
    const id = this.#count++;
    this.#timers.set(id, { every: ms, next: this.#now + ms, tick });
    return () => void this.#timers.delete(id);
  }

  get running(): number {
    return this.#timers.size;
  }

  move(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers.values()]
        .filter(({ next }) => next <= end)
        .sort((a, b) => a.next - b.next)[0];
      if (due === undefined) break;
      this.#now = due.next;
      due.next += due.every;
      due.tick();
    }
    this.#now = end;
  }
}

function shown({ live = false, quiet = false, columns = 80 } = {}) {
  let text = "";
  const err = (part: string) => {
    text += part;
  };
  const clock = new Hands();
  const progress = createProgress({ out: () => {}, err, live, color: false, columns }, quiet, clock);
  return { progress, clock, text: () => text };
}

describe("progress off a terminal", () => {
  it("has a line for each step that is done, and one each 30 s of a long one", async () => {
    const { progress, clock, text } = shown();
    await progress.step("short", () => clock.move(812));
    await progress.step("long", () => clock.move(95_000));
    expect(text()).toBe(
      [
        "  ✓ short 812 ms",
        "  … long, 30.00 s",
        "  … long, 1 min 0 s",
        "  … long, 1 min 30 s",
        "  ✓ long 1 min 35 s",
        "",
      ].join("\n"),
    );
    expect(clock.running).toBe(0);
  });

  it("tells how long the prover's own steps take too", () => {
    const { progress, clock, text } = shown();
    progress.onProgress({ step: "compile", message: "coverage_64x240_s35k2" });
    clock.move(31_000);
    progress.onProgress({ step: "compile", message: "coverage_64x240_s35k2", ms: 31_000 });
    expect(text()).toBe(
      "  … compiling the circuit: coverage_64x240_s35k2, 30.00 s\n  ✓ compiling the circuit: coverage_64x240_s35k2 31.00 s\n",
    );
    expect(clock.running).toBe(0);
  });

  it("says which part of how many it is", async () => {
    const { progress, text } = shown();
    await progress.part(2, 3).step("keys", () => {});
    await progress.part(1, 1).step("alone", () => {});
    expect(text()).toBe("  ✓ 2 of 3: keys 0 ms\n  ✓ alone 0 ms\n");
  });

  it("counts work in a line each 30 s", () => {
    const { progress, clock, text } = shown();
    const tell = progress.meter("accounts");
    for (let done = 1; done <= 70; done++) {
      clock.move(1_000);
      tell({ step: "hashing", done, total: 100, perSecond: 1, secondsLeft: 100 - done });
    }
    expect(text()).toBe(
      "    hashing: 30 of 100 accounts, 1.00 a second, 1 min 10 s left\n" +
        "    hashing: 60 of 100 accounts, 1.00 a second, 40.00 s left\n",
    );
  });

  it("leaves a failed step to the error, and stops its clock", async () => {
    const { progress, clock, text } = shown();
    const failed = progress.step("doomed", () => Promise.reject(new Error("no")));
    await expect(failed).rejects.toThrow("no");
    expect(text()).toBe("");
    expect(clock.running).toBe(0);
  });

  it("is silent when it is told to be, however long", async () => {
    const { progress, clock, text } = shown({ quiet: true });
    await progress.step("long", () => clock.move(95_000));
    progress.note("a note");
    progress.meter("accounts")({ step: "hashing", done: 1, perSecond: 1 });
    expect(text()).toBe("");
    expect(clock.running).toBe(0);
  });
});

describe("progress on a terminal", () => {
  it("draws the running step again each second, with the time it has taken", async () => {
    const { progress, clock, text } = shown({ live: true });
    await progress.step("long", () => clock.move(2_500));
    const frames = text().split("\r\u001b[2K");
    expect(frames.filter((frame) => frame !== "")).toEqual([
      "  … long",
      "  … long, 1.00 s",
      "  … long, 2.00 s",
      "  ✓ long 2.50 s\n",
    ]);
  });

  it("draws no line that would wrap", async () => {
    const { progress, text } = shown({ live: true, columns: 40 });
    await progress.step("a title of very many words that no terminal of this width can show", () => {});
    const [first = ""] = text()
      .split("\r\u001b[2K")
      .filter((frame) => frame !== "");
    expect(first.length).toBeLessThanOrEqual(40);
  });

  it("draws the step that goes on below a note, and the older step once the newer is done", async () => {
    const { progress, text } = shown({ live: true });
    await progress.step("outer", async () => {
      progress.note("a note");
      await progress.step("inner", () => {});
    });
    const frames = text()
      .split("\r\u001b[2K")
      .filter((frame) => frame !== "");
    expect(frames).toEqual([
      "  … outer",
      "    a note\n",
      "  … outer",
      "  … inner",
      "  ✓ inner 0 ms\n",
      "  … outer",
      "  ✓ outer 0 ms\n",
    ]);
  });
});
