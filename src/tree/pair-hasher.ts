import { BallastError } from "../errors.ts";
import { FIELD_MODULUS as P } from "../math/field.ts";
import { type PoseidonConstants, poseidonConstants } from "../math/permutation.ts";
import { type Emitter, fieldModule } from "./wasm-field.ts";

/** Bytes of a node: a field element, big-endian. */
export const NODE_BYTES = 32;

/** `H(tag, [left, right])` of src/math/poseidon.ts on bytes, about twenty times as fast. */
export interface PairHasher {
  /**
   * Hashes the two elements at `source[from..from+64)` into `target[to..to+32)`, all big-endian. The elements must be canonical
   * (below the field's order): callers check what they read from outside.
   * @param domain `hashDomain(tag, 2)`.
   */
  hash(domain: bigint, source: Uint8Array, from: number, target: Uint8Array, to: number): void;
}

const WIDTH = 3;
const HALF_FULL_ROUNDS = 4;
const PARTIAL_ROUNDS = 57;
const MONTGOMERY = 1n << 256n;

/**
 * Compiles the hash. Nothing here imports ffjavascript, so it runs in worker threads.
 * @throws {BallastError} INTERNAL when the result isn't Poseidon on this machine (checked by a known answer).
 */
export function createPairHasher(): PairHasher {
  const memory = new Layout();
  const [capacity, left, right] = [memory.zero(), memory.zero(), memory.zero()];
  const state = [capacity, left, right];
  const result = memory.zero();
  const code = fieldModule((emitter) =>
    permutation(emitter, memory, state, result, poseidonConstants(WIDTH)),
  );
  const { buffer, run } = instantiate(code);
  const bytes = Buffer.from(buffer);
  memory.values.forEach((value, index) => {
    writeLittle(bytes, index * NODE_BYTES, value);
  });
  const domains = new Map<bigint, Buffer>();

  const hash: PairHasher["hash"] = (domain, source, from, target, to) => {
    let start = domains.get(domain);
    if (start === undefined) {
      start = Buffer.alloc(NODE_BYTES);
      writeLittle(start, 0, domain);
      domains.set(domain, start);
    }
    bytes.set(start, capacity);
    reverseInto(bytes, left, source, from);
    reverseInto(bytes, right, source, from + NODE_BYTES);
    run();
    // The last product is by 1: it is at most p, and p itself stands for 0.
    reverseInto(target, to, bytes, result);
    if (target[to] === TOP_BYTE && isModulus(target, to)) target.fill(0, to, to + NODE_BYTES);
  };
  checkKnownAnswer(hash);
  return { hash };
}

/** circomlibjs' poseidon_opt.js for three elements, as one straight line. Only element 1 of the last state is needed. */
function permutation(
  emitter: Emitter,
  memory: Layout,
  state: readonly number[],
  result: number,
  constants: PoseidonConstants,
): void {
  const [scratch, square] = [memory.zero(), memory.zero()];
  let current: readonly number[] = state;
  let next: readonly number[] = state.map(() => memory.zero());
  const { multiply, add } = emitter;
  const at = (list: readonly number[], index: number): number => list[index] ?? 0;
  const toMontgomery = memory.plain(MONTGOMERY ** 2n % P);
  const one = memory.plain(1n);
  const addConstants = (first: number): void => {
    current.forEach((element, i) => {
      add(element, memory.constant(constants.C[first + i]), element);
    });
  };
  const power5 = (element: number): void => {
    multiply(element, element, square);
    multiply(square, square, square);
    multiply(element, square, element);
  };
  const dot = (factors: readonly (bigint | undefined)[], target: number): void => {
    factors.forEach((factor, j) => {
      multiply(at(current, j), memory.constant(factor), j === 0 ? target : scratch);
      if (j > 0) add(target, scratch, target);
    });
  };
  const column = (matrix: readonly (readonly bigint[])[], i: number) => matrix.map((row) => row[i]);
  const mix = (matrix: readonly (readonly bigint[])[]): void => {
    next.forEach((target, i) => {
      dot(column(matrix, i), target);
    });
    [current, next] = [next, current];
  };
  const fullRound = (firstConstant: number, matrix: readonly (readonly bigint[])[]): void => {
    current.forEach(power5);
    addConstants(firstConstant);
    mix(matrix);
  };

  for (const element of current) multiply(element, toMontgomery, element);
  addConstants(0);
  for (let r = 1; r <= HALF_FULL_ROUNDS; r++) {
    fullRound(r * WIDTH, r < HALF_FULL_ROUNDS ? constants.M : constants.P);
  }
  const firstPartial = (HALF_FULL_ROUNDS + 1) * WIDTH;
  const sparse = 2 * WIDTH - 1;
  let head = memory.zero();
  for (let r = 0; r < PARTIAL_ROUNDS; r++) {
    const first = at(current, 0);
    power5(first);
    add(first, memory.constant(constants.C[firstPartial + r]), first);
    dot(constants.S.slice(sparse * r, sparse * r + WIDTH), head);
    for (let k = 1; k < WIDTH; k++) {
      multiply(first, memory.constant(constants.S[sparse * r + WIDTH + k - 1]), scratch);
      add(at(current, k), scratch, at(current, k));
    }
    current = [head, ...current.slice(1)];
    head = first;
  }
  for (let r = 0; r < HALF_FULL_ROUNDS - 1; r++) {
    fullRound(firstPartial + PARTIAL_ROUNDS + r * WIDTH, constants.M);
  }
  current.forEach(power5);
  dot(column(constants.M, 1), result);
  multiply(result, one, result);
}

/** Hands out addresses, and remembers what has to be in memory at the start. */
class Layout {
  readonly values: bigint[] = [];
  readonly #constants = new Map<bigint, number>();

  zero(): number {
    return this.plain(0n);
  }

  plain(value: bigint): number {
    return (this.values.push(value) - 1) * NODE_BYTES;
  }

  /** A constant in Montgomery form, each once. */
  constant(value: bigint | undefined): number {
    if (value === undefined) throw new BallastError("INTERNAL", "A Poseidon constant is missing.");
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const address = this.plain((value * MONTGOMERY) % P);
    this.#constants.set(value, address);
    return address;
  }
}

/** The type library of plain ES has no WebAssembly. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly run: () => void } };
}

function instantiate(code: Uint8Array): { readonly buffer: ArrayBuffer; readonly run: () => void } {
  const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WasmApi };
  const { memory, run } = new api.Instance(new api.Module(code)).exports;
  return { buffer: memory.buffer, run };
}

function writeLittle(bytes: Buffer, offset: number, value: bigint): void {
  for (let limb = 0; limb < 4; limb++) {
    bytes.writeBigUInt64LE((value >> BigInt(64 * limb)) & 0xffffffffffffffffn, offset + 8 * limb);
  }
}

function reverseInto(target: Uint8Array, to: number, source: Uint8Array, from: number): void {
  for (let i = 0; i < NODE_BYTES; i++) target[to + i] = source[from + NODE_BYTES - 1 - i] ?? 0;
}

const MODULUS_BYTES = Buffer.from(P.toString(16).padStart(2 * NODE_BYTES, "0"), "hex");
const TOP_BYTE = MODULUS_BYTES[0];

function isModulus(bytes: Uint8Array, offset: number): boolean {
  return MODULUS_BYTES.every((byte, i) => bytes[offset + i] === byte);
}

/** circomlib's poseidon with state (0, 1, 2): element 1 of the result, by circomlibjs' reference implementation. */
const KNOWN_ANSWER = "0fca49b798923ab0239de1c9e7a4a9a2210312b6a2f616d18b5a87f9b628ae29";

function checkKnownAnswer(hash: PairHasher["hash"]): void {
  const source = Buffer.alloc(2 * NODE_BYTES);
  source[NODE_BYTES - 1] = 1;
  source[2 * NODE_BYTES - 1] = 2;
  const answer = Buffer.alloc(NODE_BYTES);
  hash(0n, source, 0, answer, 0);
  if (answer.toString("hex") !== KNOWN_ANSWER) {
    throw new BallastError("INTERNAL", "Poseidon gives a wrong answer on this machine.");
  }
}
