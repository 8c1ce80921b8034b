import { BallastError } from "../errors.ts";

/** What Node, V8 and WebAssembly say when there is no memory left. */
const WORDS =
  /heap out of memory|could not allocate memory|memory allocation of \d+ bytes failed|array buffer allocation failed|maximum memory size exceeded|cannot allocate memory|std::bad_alloc|not enough memory/i;
const CODES = new Set(["ENOMEM", "ERR_WORKER_OUT_OF_MEMORY", "ERR_MEMORY_ALLOCATION_FAILED"]);

const HINT =
  "Give Node more with NODE_OPTIONS=--max-old-space-size=8192 (megabytes), or use fewer workers or a smaller instance.";

/** An error as the want of memory that it stands for; undefined when it is about something else. */
export function outOfMemory(error: unknown): BallastError | undefined {
  if (!(error instanceof Error) || error instanceof BallastError) return undefined;
  const code = "code" in error ? String(error.code) : "";
  if (!CODES.has(code) && !WORDS.test(error.message)) return undefined;
  return new BallastError("OUT_OF_MEMORY", "There is not enough memory for this.", {
    hint: HINT,
    inputs: ["run.workers"],
    cause: error,
  });
}

/**
 * Why a process of ours ended, where it was for want of memory: V8 aborts, and the system kills.
 * @param what the process, as the subject of a sentence: "The proving worker".
 * @param output the last that it said.
 */
export function diedOfMemory(
  what: string,
  { code, signal, output = "" }: { code: number | null; signal: string | null; output?: string },
): BallastError | undefined {
  const killed = signal === "SIGKILL" || code === 137;
  const aborted = signal === "SIGABRT" || code === 134;
  if (!killed && !aborted && !WORDS.test(output)) return undefined;
  const message = killed
    ? `${what} was killed, most likely by the system for want of memory.`
    : `${what} ran out of memory.`;
  return new BallastError("OUT_OF_MEMORY", message, { hint: HINT, inputs: ["run.workers"] });
}
