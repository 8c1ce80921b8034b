import type { Curve, CurveTask } from "../curve-api.ts";
import { type Bases, POINT_WORDS, SCALAR_WORDS } from "./proving-key.ts";

/** Bits of a scalar: all are below BN254's order. */
const SCALAR_BITS = 254;
/** Tasks a thread: more spread the work better, fewer copy the points less often. */
const TASKS_PER_THREAD = 2;
const MAX_WINDOW_BITS = 16;

/** Points with scalars that aren't zero, those with the longest scalars first. */
interface Terms {
  readonly points: Uint32Array;
  readonly scalars: Uint32Array;
  /** For each number of bytes, 0 to 33, how many scalars have at least as many. */
  readonly reach: Uint32Array;
}

/** The bits from `start` on, which the first `count` scalars reach. */
interface Window {
  readonly start: number;
  readonly bits: number;
  readonly count: number;
}

/**
 * The sum of each base times its scalar, by buckets, in the curve's threads. Zeros cost nothing and short scalars only
 * the windows they reach, so its time tells how long the scalars are.
 * @param scalars {@link SCALAR_WORDS} each, below the order.
 * @returns a Jacobian point.
 */
export async function multiexp(curve: Curve, bases: Bases, scalars: Uint32Array): Promise<Uint8Array> {
  const group = curve[bases.group];
  const terms = selectTerms(bases, scalars);
  const windows = planWindows(terms.reach);
  const tasks = shareOut(windows, TASKS_PER_THREAD * curve.tm.concurrency);
  const size = (POINT_WORDS[bases.group] / 2) * 3 * 4;
  const sums = await Promise.all(
    tasks.map(async (task) => {
      const { commands, transfers } = windowsTask(bases.group, terms, task, size);
      const [bytes] = await curve.tm.queueAction(commands, transfers);
      if (bytes === undefined) throw new Error("a thread sent no points");
      return task.map((_, index) => bytes.slice(index * size, (index + 1) * size));
    }),
  );
  terms.scalars.fill(0);
  let total = group.zero;
  sums.flat().reduceRight((_, sum, index) => {
    for (let bit = windows[index]?.bits ?? 0; bit > 0; bit--) total = group.double(total);
    total = group.add(total, sum);
    return undefined;
  }, undefined);
  return total;
}

function selectTerms(bases: Bases, scalars: Uint32Array): Terms {
  const count = bases.scalars.length;
  const lengths = new Uint8Array(count);
  const reach = new Uint32Array(4 * SCALAR_WORDS + 2);
  for (let index = 0; index < count; index++) {
    const length = byteLength(scalars, (bases.scalars[index] as number) * SCALAR_WORDS);
    lengths[index] = length;
    reach[length] = (reach[length] as number) + 1;
  }
  for (let length = reach.length - 2; length >= 0; length--) {
    reach[length] = (reach[length] as number) + (reach[length + 1] as number);
  }
  const next = reach.slice(1); // the places of the scalars of one length begin after those of all longer ones
  const size = POINT_WORDS[bases.group];
  const used = reach[1] as number;
  const points = new Uint32Array(used * size);
  const chosen = new Uint32Array(used * SCALAR_WORDS);
  for (let index = 0; index < count; index++) {
    const length = lengths[index] as number;
    if (length === 0) continue;
    const place = next[length] as number;
    next[length] = place + 1;
    copyWords(bases.points, index * size, points, place * size, size);
    const scalar = (bases.scalars[index] as number) * SCALAR_WORDS;
    copyWords(scalars, scalar, chosen, place * SCALAR_WORDS, SCALAR_WORDS);
  }
  return { points, scalars: chosen, reach };
}

function byteLength(words: Uint32Array, at: number): number {
  for (let word = SCALAR_WORDS - 1; word >= 0; word--) {
    const value = words[at + word] as number;
    if (value !== 0) return 4 * word + 4 - (Math.clz32(value) >> 3);
  }
  return 0;
}

function copyWords(from: Uint32Array, at: number, to: Uint32Array, place: number, count: number): void {
  for (let word = 0; word < count; word++) to[place + word] = from[at + word] as number;
}

function planWindows(reach: Uint32Array): Window[] {
  const windows: Window[] = [];
  for (let start = 0; start < SCALAR_BITS; ) {
    const count = reach[(start >> 3) + 1] as number;
    if (count === 0) break;
    const bits = Math.min(windowBits(count), SCALAR_BITS - start);
    windows.push({ start, bits, count });
    start += bits;
  }
  return windows;
}

/** The width that costs the fewest additions a bit: one for each point, two for each bucket. */
function windowBits(count: number): number {
  let best = 1;
  for (let bits = 2; bits <= MAX_WINDOW_BITS; bits++) {
    if ((count + 2 * 2 ** bits) / bits < (count + 2 * 2 ** best) / best) best = bits;
  }
  return best;
}

/** Neighbouring windows together, so that each of about `tasks` groups costs the same. */
function shareOut(windows: readonly Window[], tasks: number): Window[][] {
  const cost = ({ count, bits }: Window): number => count + 2 * 2 ** bits;
  const share = windows.reduce((sum, window) => sum + cost(window), 0) / tasks;
  const groups: Window[][] = [];
  let spent = 0;
  for (const window of windows) {
    const last = groups.at(-1);
    if (last === undefined || spent >= share * groups.length) groups.push([window]);
    else last.push(window);
    spent += cost(window);
  }
  return groups;
}

function windowsTask(
  group: "G1" | "G2",
  { points, scalars }: Terms,
  windows: readonly Window[],
  size: number,
): { commands: CurveTask; transfers: ArrayBuffer[] } {
  const count = Math.max(...windows.map((window) => window.count));
  const bases = points.slice(0, count * POINT_WORDS[group]);
  const factors = scalars.slice(0, count * SCALAR_WORDS);
  // A thread keeps as much free memory behind an allocation as the allocation is long: room for the buckets.
  const room = Math.max(...windows.map(({ bits }) => 2 ** bits * 2 * size), windows.length * size);
  return {
    commands: [
      { cmd: "ALLOCSET", var: 0, buff: new Uint8Array(bases.buffer) },
      { cmd: "ALLOCSET", var: 1, buff: new Uint8Array(factors.buffer) },
      { cmd: "ALLOC", var: 2, len: room },
      ...windows.map(({ start, bits, count: n }, index) => ({
        cmd: "CALL" as const,
        fnName: group === "G1" ? "g1m_multiexpAffine_chunk" : "g2m_multiexpAffine_chunk",
        params: [
          { var: 0 },
          { var: 1 },
          { val: 4 * SCALAR_WORDS },
          { val: n },
          { val: start },
          { val: bits },
          { var: 2, offset: index * size },
        ],
      })),
      { cmd: "GET", out: 0, var: 2, len: windows.length * size },
    ],
    transfers: [bases.buffer as ArrayBuffer, factors.buffer as ArrayBuffer],
  };
}
