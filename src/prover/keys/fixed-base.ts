import { SCALAR_BYTES } from "../scalars.ts";
import { type WasmCall, type WasmExports, type WasmMemory, wasm, wasmCall } from "../wasm.ts";

/** Which group a job multiplies in; affine points take 64 bytes in G1, 128 in G2. */
export type GroupName = "g1" | "g2";
export const AFFINE_BYTES: Readonly<Record<GroupName, number>> = { g1: 64, g2: 128 };

/** What a worker needs to multiply the generators: wasmcurves' code and where its data ends. */
export interface CurveCode {
  readonly code: Uint8Array;
  readonly heapStart: number;
  readonly generators: Readonly<Record<GroupName, Uint8Array>>;
}

const WINDOW_BITS = 10;
const WINDOWS = Math.ceil(254 / WINDOW_BITS);
const WINDOW_SIZE = 1 << WINDOW_BITS;
/** Points that are normalised together. */
const BATCH = 1024;
/** Room for the curve's own scratch space: a batch of G2 points and their inverses. */
const CALLEE_BYTES = 1 << 20;

/**
 * Fixed-base multiplication inside the curve's WebAssembly: a table of all multiples of each 10-bit window,
 * then one mixed addition a window.
 */
export class FixedBase {
  readonly #memory: WasmMemory;
  readonly #call: (name: string) => WasmCall;
  readonly #tables: Partial<Record<GroupName, number>> = {};
  readonly #generators: CurveCode["generators"];
  #heap: number;

  private constructor(memory: WasmMemory, exports: WasmExports, curve: CurveCode) {
    this.#memory = memory;
    this.#generators = curve.generators;
    this.#heap = (curve.heapStart + 63) & ~63;
    this.#call = (name) => wasmCall(exports, name);
  }

  static async create(curve: CurveCode): Promise<FixedBase> {
    const memory = new wasm.Memory({ initial: 25, maximum: 4096 });
    const { instance } = await wasm.instantiate(new Uint8Array(curve.code), { env: { memory } });
    return new FixedBase(memory, instance.exports, curve);
  }

  /**
   * @param scalars packed by {@link packScalars}.
   * @returns the generator times each scalar, affine little-endian Montgomery; zeros for the point at infinity.
   */
  multiply(group: GroupName, scalars: Uint8Array): Uint8Array {
    const table = this.#table(group);
    const affine = AFFINE_BYTES[group];
    const jacobian = (affine / 2) * 3;
    const count = scalars.length / SCALAR_BYTES;
    const result = new Uint8Array(count * affine);
    const start = this.#heap;
    const buffer = this.#allocate(BATCH * jacobian);
    const addMixed = this.#call(`${group}m_addMixed`);
    const zero = this.#call(`${group}m_zero`);
    const toAffine = this.#call(`${group}m_batchToAffine`);
    for (let first = 0; first < count; first += BATCH) {
      const size = Math.min(BATCH, count - first);
      for (let index = 0; index < size; index++) {
        const target = buffer + index * jacobian;
        zero(target);
        const scalar = scalars.subarray((first + index) * SCALAR_BYTES, (first + index + 1) * SCALAR_BYTES);
        for (let window = 0; window < WINDOWS; window++) {
          const digit = digitAt(scalar, window);
          if (digit !== 0) addMixed(target, table + (window * WINDOW_SIZE + digit) * affine, target);
        }
      }
      toAffine(buffer, size, buffer);
      result.set(new Uint8Array(this.#memory.buffer, buffer, size * affine), first * affine);
    }
    new Uint8Array(this.#memory.buffer, buffer, this.#heap + CALLEE_BYTES - buffer).fill(0);
    this.#heap = start;
    return result;
  }

  /** Address of `digit * 2^(10*window) * G` for all windows and digits, built at the first use. */
  #table(group: GroupName): number {
    const known = this.#tables[group];
    if (known !== undefined) return known;
    const affine = AFFINE_BYTES[group];
    const jacobian = (affine / 2) * 3;
    const table = this.#allocate(WINDOWS * WINDOW_SIZE * affine);
    const after = this.#heap;
    const scratch = this.#allocate(WINDOW_SIZE * jacobian);
    const base = this.#allocate(affine);
    new Uint8Array(this.#memory.buffer).set(this.#generators[group], base);
    const addMixed = this.#call(`${group}m_addMixed`);
    const toAffine = this.#call(`${group}m_batchToAffine`);
    for (let window = 0; window < WINDOWS; window++) {
      this.#call(`${group}m_zero`)(scratch);
      for (let digit = 1; digit < WINDOW_SIZE; digit++) {
        addMixed(scratch + (digit - 1) * jacobian, base, scratch + digit * jacobian);
      }
      // One more step gives the next window's base, before the batch overwrites the scratch.
      const last = scratch + (WINDOW_SIZE - 1) * jacobian;
      const next = this.#allocate(jacobian);
      addMixed(last, base, next);
      this.#call(`${group}m_toAffine`)(next, base);
      toAffine(scratch, WINDOW_SIZE, table + window * WINDOW_SIZE * affine);
    }
    this.#heap = after;
    this.#tables[group] = table;
    return table;
  }

  #allocate(bytes: number): number {
    const pointer = this.#heap;
    this.#heap += (bytes + 63) & ~63;
    const missing = this.#heap + CALLEE_BYTES - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536));
    // The curve's batch functions take scratch space from the address at 0 on.
    new DataView(this.#memory.buffer).setUint32(0, this.#heap, true);
    return pointer;
  }
}

function digitAt(scalar: Uint8Array, window: number): number {
  const bit = window * WINDOW_BITS;
  const byte = bit >> 3;
  const word = (scalar[byte] ?? 0) | ((scalar[byte + 1] ?? 0) << 8) | ((scalar[byte + 2] ?? 0) << 16);
  return (word >> (bit & 7)) & (WINDOW_SIZE - 1);
}
