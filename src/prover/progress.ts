/**
 * One step of a long job: first without `ms`, and once more with it when the step is done. `fallback` is no step: its
 * message says once why the proofs come from another backend than the first choice.
 */
export interface ProgressEvent {
  readonly step:
    | "compile"
    | "setup"
    | "ceremony"
    | "witness"
    | "prove"
    | "verify"
    | "start"
    | "wait"
    | "fallback";
  /** What is being worked on; names and counts only. */
  readonly message?: string;
  /** Milliseconds the step took; present exactly when it is done. */
  readonly ms?: number;
}

export type OnProgress = (event: ProgressEvent) => void;

/** Tells a wait for a lock as an event: `wait`, which never gets a second one. */
export function waitsOf(onProgress: OnProgress | undefined): { readonly onWait: (message: string) => void } {
  return { onWait: (message) => onProgress?.({ step: "wait", message }) };
}

/** Runs `work` as one timed step. */
export async function timed<T>(
  onProgress: OnProgress | undefined,
  step: ProgressEvent["step"],
  message: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const text = message === undefined ? {} : { message };
  onProgress?.({ step, ...text });
  const start = performance.now();
  const result = await work();
  onProgress?.({ step, ...text, ms: performance.now() - start });
  return result;
}
