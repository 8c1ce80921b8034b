import type { Curve, CurveTask } from "../curve-api.ts";
import { type WasmCall, type WasmMemory, wasm, wasmCall } from "../wasm.ts";
import { type Coefficients, type ProvingKey, SCALAR_WORDS, toWords } from "./proving-key.ts";

const SCALAR_BYTES = 4 * SCALAR_WORDS;
const PAGE = 65536;

/**
 * The quotient polynomial `(A*B - C) / Z` of one key, on the odd coset as snarkjs has it. The key's terms stay in
 * WebAssembly memory: 32 bytes a term and a wire, 96 a row of the domain.
 */
export class Quotient {
  readonly #memory: WasmMemory;
  readonly #call: (name: string) => WasmCall;
  readonly #key: ProvingKey;
  readonly #values: number;
  readonly #witness: number;
  readonly #product: number;
  readonly #rows: readonly [number, number, number];

  private constructor(memory: WasmMemory, call: (name: string) => WasmCall, key: ProvingKey, heap: number) {
    this.#memory = memory;
    this.#call = call;
    this.#key = key;
    const rows = key.domainSize * SCALAR_BYTES;
    this.#values = heap;
    this.#witness = this.#values + key.coefficients.values.byteLength;
    this.#product = this.#witness + key.wires * SCALAR_BYTES;
    const first = this.#product + SCALAR_BYTES;
    this.#rows = [first, first + rows, first + 2 * rows];
    new Uint32Array(memory.buffer).set(key.coefficients.values, this.#values / 4);
  }

  /** @param curve the code of its module, which a curve without threads has. */
  static async create({ tm }: Pick<Curve, "tm">, key: ProvingKey): Promise<Quotient> {
    const heap = (tm.initalPFree + 63) & ~63;
    const bytes =
      heap + key.coefficients.values.byteLength + (key.wires + 1 + 3 * key.domainSize) * SCALAR_BYTES + PAGE;
    const memory = new wasm.Memory({ initial: Math.max(25, Math.ceil(bytes / PAGE)) });
    const { instance } = await wasm.instantiate(new Uint8Array(tm.code), { env: { memory } });
    return new Quotient(memory, (name) => wasmCall(instance.exports, name), key, heap);
  }

  /**
   * @param curve whose threads transform.
   * @returns the scalars of the key's points `h`.
   */
  async compute(curve: Curve, witness: Uint32Array): Promise<Uint32Array> {
    const rows = this.#fillRows(witness);
    const odd = await Promise.all(rows.map((row) => toOddCoset(curve, row)));
    const { domainSize } = this.#key;
    odd.forEach((row, index) => {
      new Uint8Array(this.#memory.buffer).set(row, this.#rows[index]);
      row.fill(0);
    });
    const [a, b, c] = this.#rows;
    this.#call("qap_joinABC")(a, b, c, domainSize, a);
    this.#call("frm_batchFromMontgomery")(a, domainSize, a);
    const scalars = toWords(new Uint8Array(this.#memory.buffer, a, domainSize * SCALAR_BYTES));
    this.#forget();
    return scalars;
  }

  /** The values of A, B and their product in each row, Montgomery. */
  #fillRows(witness: Uint32Array): Uint8Array[] {
    const { coefficients, domainSize } = this.#key;
    const [a, b, c] = this.#rows;
    this.#forget();
    new Uint32Array(this.#memory.buffer).set(witness, this.#witness / 4);
    this.#addTerms(coefficients, nonZero(witness));
    const multiply = this.#call("frm_mul");
    for (let at = 0; at < domainSize * SCALAR_BYTES; at += SCALAR_BYTES) multiply(a + at, b + at, c + at);
    return [a, b, c].map((at) => new Uint8Array(this.#memory.buffer, at, domainSize * SCALAR_BYTES).slice());
  }

  #addTerms({ matrices, rows, wires }: Coefficients, isUsed: Uint8Array): void {
    const [a, b] = this.#rows;
    const product = this.#product;
    const multiply = this.#call("frm_mul");
    const add = this.#call("frm_add");
    for (let term = 0; term < rows.length; term++) {
      const wire = wires[term] as number;
      if (isUsed[wire] === 0) continue;
      const target = (matrices[term] === 0 ? a : b) + (rows[term] as number) * SCALAR_BYTES;
      multiply(this.#values + term * SCALAR_BYTES, this.#witness + wire * SCALAR_BYTES, product);
      add(target, product, target);
    }
  }

  /** Clears witness, product and rows. */
  #forget(): void {
    new Uint8Array(this.#memory.buffer).fill(
      0,
      this.#witness,
      this.#rows[2] + this.#key.domainSize * SCALAR_BYTES,
    );
  }
}

/** For each wire whether its value isn't zero. */
function nonZero(witness: Uint32Array): Uint8Array {
  const flags = new Uint8Array(witness.length / SCALAR_WORDS);
  for (let word = 0; word < witness.length; word++) if (witness[word] !== 0) flags[word >> 3] = 1;
  return flags;
}

/** Values on the domain to values on its coset by a root of twice the order, in one task of a thread. */
async function toOddCoset(curve: Curve, values: Uint8Array): Promise<Uint8Array> {
  const size = values.length / SCALAR_BYTES;
  const power = Math.log2(size);
  const shift = power === curve.Fr.s ? curve.Fr.shift : curve.Fr.w[power + 1];
  if (shift === undefined) throw new Error("a domain that is too large");
  const count = { val: size };
  const commands: CurveTask = [
    { cmd: "ALLOCSET", var: 0, buff: values },
    { cmd: "ALLOCSET", var: 1, buff: curve.Fr.one.slice() },
    { cmd: "ALLOCSET", var: 2, buff: shift.slice() },
    { cmd: "CALL", fnName: "frm_ifft", params: [{ var: 0 }, count] },
    {
      cmd: "CALL",
      fnName: "frm_batchApplyKey",
      params: [{ var: 0 }, count, { var: 1 }, { var: 2 }, { var: 0 }],
    },
    { cmd: "CALL", fnName: "frm_fft", params: [{ var: 0 }, count] },
    { cmd: "GET", out: 0, var: 0, len: values.length },
  ];
  const [result] = await curve.tm.queueAction(commands, [values.buffer as ArrayBuffer]);
  if (result === undefined) throw new Error("a thread sent no values");
  return result;
}
