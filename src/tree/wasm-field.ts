import { FIELD_MODULUS as P } from "../math/field.ts";

/**
 * Writes a WebAssembly module with Montgomery multiplication and addition in the BN254 scalar field, and one more
 * function that is a straight line of such operations on fixed addresses.
 *
 * An element is 32 bytes, little-endian, eight 32-bit limbs. Every value in memory is below 2p:
 * - a product is `(a*b + m*p) / 2^256` with m < 2^256, so below `4p*p/2^256 + p < 2p`, because 4p < 2^256;
 * - a sum below 4p < 2^256 loses 2p once when it reaches 2p.
 */

const LIMBS = 8;
const MASK = 0xffffffffn;
const OPCODE = {
  block: 0x02,
  brIf: 0x0d,
  end: 0x0b,
  call: 0x10,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load32u: 0x35,
  store32: 0x3e,
  i32Const: 0x41,
  i64Const: 0x42,
  i64LtS: 0x53,
  add: 0x7c,
  sub: 0x7d,
  mul: 0x7e,
  and: 0x83,
  shrS: 0x87,
  shrU: 0x88,
} as const;
const [I32, I64, EMPTY] = [0x7f, 0x7e, 0x40];
const [MULTIPLY, ADD] = [0, 1];

type Code = number[];

/** What the straight-line function may do: addresses are in bytes; results may overwrite operands. */
export interface Emitter {
  multiply(left: number, right: number, result: number): void;
  add(left: number, right: number, result: number): void;
}

/** The module's bytes. It exports `memory` (one page) and `run`, the function that `program` emits. */
export function fieldModule(program: (emitter: Emitter) => void): Uint8Array {
  const run: Code = [];
  const call = (target: number) => (left: number, right: number, result: number) => {
    for (const address of [left, right, result]) run.push(OPCODE.i32Const, ...signed(BigInt(address)));
    run.push(OPCODE.call, target);
  };
  program({ multiply: call(MULTIPLY), add: call(ADD) });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 3, I32, I32, I32, 0, 0x60, 0, 0]),
    ...section(3, [3, 0, 0, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...exported("memory", 2, 0), ...exported("run", 0, 2)]),
    ...section(10, [3, ...body(25, multiplication()), ...body(9, addition()), ...body(0, run)]),
  ]);
}

/** Parameters are locals 0..2: addresses of a, b and the result. Coarsely integrated operand scanning. */
function multiplication(): Code {
  const [a, t] = [3, 11];
  const [top, carry, factor, sum] = [19, 20, 21, 22];
  const inverse = minusInverse();
  const code: Code = [];
  for (let j = 0; j < LIMBS; j++) code.push(...load(0, j), OPCODE.set, a + j);
  for (let i = 0; i < LIMBS; i++) {
    // t += a * b_i: a limb product and two limbs are at most (2^32-1)^2 + 2(2^32-1) = 2^64 - 1.
    code.push(...load(1, i), OPCODE.set, factor, ...constant(0n), OPCODE.set, carry);
    for (let j = 0; j < LIMBS; j++) {
      code.push(OPCODE.get, a + j, OPCODE.get, factor, OPCODE.mul, OPCODE.get, t + j, OPCODE.add);
      code.push(OPCODE.get, carry, OPCODE.add, OPCODE.tee, sum, ...low(), OPCODE.set, t + j);
      code.push(OPCODE.get, sum, ...high(), OPCODE.set, carry);
    }
    code.push(OPCODE.get, top, OPCODE.get, carry, OPCODE.add, OPCODE.set, top);
    // t = (t + m * p) / 2^32 with m such that the lowest limb becomes 0.
    code.push(OPCODE.get, t, ...constant(inverse), OPCODE.mul, ...low(), OPCODE.set, factor);
    for (let j = 0; j < LIMBS; j++) {
      code.push(OPCODE.get, factor, ...constant(limb(P, j)), OPCODE.mul, OPCODE.get, t + j, OPCODE.add);
      if (j > 0) code.push(OPCODE.get, carry, OPCODE.add, OPCODE.tee, sum, ...low(), OPCODE.set, t + j - 1);
      else code.push(OPCODE.set, sum);
      code.push(OPCODE.get, sum, ...high(), OPCODE.set, carry);
    }
    code.push(OPCODE.get, top, OPCODE.get, carry, OPCODE.add, OPCODE.tee, sum, ...low());
    code.push(OPCODE.set, t + LIMBS - 1, OPCODE.get, sum, ...high(), OPCODE.set, top);
  }
  for (let j = 0; j < LIMBS; j++) code.push(...store(2, j, [OPCODE.get, t + j]));
  return code;
}

/** a + b, less 2p unless that is negative. */
function addition(): Code {
  const [t, carry] = [3, 11];
  const code: Code = [];
  const propagate = (j: number): void => {
    code.push(OPCODE.tee, carry, ...low(), OPCODE.set, t + j, OPCODE.get, carry);
    code.push(...constant(32n), OPCODE.shrS, OPCODE.set, carry);
  };
  for (let j = 0; j < LIMBS; j++) {
    code.push(...load(0, j), ...load(1, j), OPCODE.add, OPCODE.get, carry, OPCODE.add);
    propagate(j);
  }
  for (let j = 0; j < LIMBS; j++) code.push(...store(2, j, [OPCODE.get, t + j]));
  code.push(...constant(0n), OPCODE.set, carry);
  for (let j = 0; j < LIMBS; j++) {
    code.push(OPCODE.get, t + j, ...constant(limb(2n * P, j)), OPCODE.sub, OPCODE.get, carry, OPCODE.add);
    propagate(j);
  }
  code.push(OPCODE.block, EMPTY, OPCODE.get, carry, ...constant(0n), OPCODE.i64LtS, OPCODE.brIf, 0);
  for (let j = 0; j < LIMBS; j++) code.push(...store(2, j, [OPCODE.get, t + j]));
  code.push(OPCODE.end);
  return code;
}

/** -1/p mod 2^32, by Newton's iteration. */
function minusInverse(): bigint {
  let inverse = 1n;
  for (let bits = 1; bits < 32; bits *= 2) inverse = (inverse * (2n - P * inverse)) & MASK;
  return -inverse & MASK;
}

const limb = (value: bigint, j: number): bigint => (value >> BigInt(32 * j)) & MASK;
const low = (): Code => [...constant(MASK), OPCODE.and];
const high = (): Code => [...constant(32n), OPCODE.shrU];
const constant = (value: bigint): Code => [OPCODE.i64Const, ...signed(value)];
const load = (pointer: number, j: number): Code => [OPCODE.get, pointer, OPCODE.load32u, 2, 4 * j];
const store = (pointer: number, j: number, value: Code): Code => [
  OPCODE.get,
  pointer,
  ...value,
  OPCODE.store32,
  2,
  4 * j,
];

function body(locals: number, code: Code): Code {
  const content = [...(locals === 0 ? [0] : [1, locals, I64]), ...code, OPCODE.end];
  return [...unsigned(content.length), ...content];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function exported(name: string, kind: number, index: number): Code {
  return [name.length, ...Buffer.from(name, "ascii"), kind, index];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: bigint): Code {
  const byte = Number(value & 127n);
  const rest = value >> 7n;
  const last = (rest === 0n && byte < 64) || (rest === -1n && byte >= 64);
  return last ? [byte] : [byte | 128, ...signed(rest)];
}
