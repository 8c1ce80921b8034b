import { BallastError } from "../errors.ts";
import { FIELD_MODULUS } from "../math/field.ts";
import { type WasmCall, type WasmExports, wasm, wasmCall } from "./wasm.ts";

/** Values of one input signal: a field element or arrays of them, nested as the signal is. */
export type InputValue = bigint | readonly InputValue[];

/** Circuit inputs by signal name. Witness values: never log them. */
export type CircuitInputs = Readonly<Record<string, InputValue>>;

const LIMBS = 8;
const FIELD_BYTES = 32;
const WTNS_HEADER = 12 + 12 + 40 + 12;

/** What circom's runtime reports, without any value. */
const REASONS: Readonly<Record<number, string>> = {
  1: "an input is not a signal of the circuit",
  2: "too many values for an input",
  3: "an input is given twice",
  4: "a constraint does not hold",
  5: "there is not enough memory",
  6: "an input array is too long",
};

/**
 * Computes witnesses with the WebAssembly that circom 2 generates, instantiated once and used many times.
 * Unlike circom's own runtime it prints nothing: `log()` output and failing values stay inside.
 */
export class WitnessCalculator {
  readonly #exports: WasmExports;
  readonly #trace: string[];

  private constructor(exports: WasmExports, trace: string[]) {
    this.#exports = exports;
    this.#trace = trace;
  }

  /** @throws {BallastError} INVALID_ARTIFACT for a module that circom did not make. */
  static async create(code: Uint8Array): Promise<WitnessCalculator> {
    const trace: string[] = [];
    const state: { exports?: WasmExports } = {};
    const runtime = {
      exceptionHandler: (reason: number): never => {
        throw new BallastError(
          "INVALID_INPUT",
          `The inputs do not fit the circuit: ${REASONS[reason] ?? "unknown"}.`,
        );
      },
      printErrorMessage: (): void => {
        if (state.exports !== undefined) trace.push(readMessage(state.exports));
      },
      writeBufferMessage: (): void => {
        if (state.exports !== undefined) readMessage(state.exports);
      },
      showSharedRWMemory: (): void => {},
    };
    try {
      const { instance } = await wasm.instantiate(code, { runtime });
      state.exports = instance.exports;
      if (wasmCall(instance.exports, "getVersion")() !== 2) throw new Error("not circom 2");
      if (wasmCall(instance.exports, "getFieldNumLen32")() !== LIMBS) throw new Error("another field");
      return new WitnessCalculator(instance.exports, trace);
    } catch (cause) {
      throw new BallastError("INVALID_ARTIFACT", "The witness generator is damaged.", {
        hint: "Delete its folder; the next command compiles the circuit again.",
        cause,
      });
    }
  }

  /**
   * Computes the witness of `inputs` in the `.wtns` format (version 2).
   * @throws {BallastError} INVALID_INPUT when an input is missing, unknown, of the wrong length or outside the field,
   *   or a constraint fails; the message names signals and source lines, never values. The instance can't be used after that.
   */
  calculate(inputs: CircuitInputs): Uint8Array {
    this.#trace.length = 0;
    try {
      this.#call("init")(0);
      let count = 0;
      for (const [name, value] of Object.entries(inputs)) count += this.#set(name, flatten(value));
      if (count < this.#call("getInputSize")()) {
        throw new BallastError("INVALID_INPUT", "Some inputs of the circuit are missing.");
      }
      return this.#read();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #set(name: string, values: readonly bigint[]): number {
    const [high, low] = signalHash(name);
    const size = this.#call("getInputSignalSize")(high, low);
    if (size !== values.length) {
      throw new BallastError(
        "INVALID_INPUT",
        size < 0
          ? `The circuit has no input "${name}".`
          : `The input "${name}" takes ${size} values, got ${values.length}.`,
      );
    }
    const write = this.#call("writeSharedRWMemory");
    const set = this.#call("setInputSignal");
    values.forEach((value, index) => {
      if (value < 0n || value >= FIELD_MODULUS) {
        throw new BallastError("INVALID_INPUT", `A value of the input "${name}" is outside the field.`);
      }
      for (let limb = 0; limb < LIMBS; limb++) {
        write(limb, Number((value >> BigInt(32 * limb)) & 0xffffffffn));
      }
      set(high, low, index);
    });
    return values.length;
  }

  #read(): Uint8Array {
    const size = this.#call("getWitnessSize")();
    const file = new Uint8Array(WTNS_HEADER + size * FIELD_BYTES);
    const view = new DataView(file.buffer);
    file.set(new TextEncoder().encode("wtns"));
    view.setUint32(4, 2, true);
    view.setUint32(8, 2, true);
    view.setUint32(12, 1, true);
    view.setUint32(16, 40, true);
    view.setUint32(24, FIELD_BYTES, true);
    for (let limb = 0; limb < LIMBS; limb++) {
      view.setUint32(28 + 4 * limb, Number((FIELD_MODULUS >> BigInt(32 * limb)) & 0xffffffffn), true);
    }
    view.setUint32(60, size, true);
    view.setUint32(64, 2, true);
    view.setBigUint64(68, BigInt(size * FIELD_BYTES), true);
    const select = this.#call("getWitness");
    const read = this.#call("readSharedRWMemory");
    for (let wire = 0; wire < size; wire++) {
      select(wire);
      for (let limb = 0; limb < LIMBS; limb++) {
        view.setUint32(WTNS_HEADER + wire * FIELD_BYTES + 4 * limb, read(limb), true);
      }
    }
    return file;
  }

  #call(name: string): WasmCall {
    return wasmCall(this.#exports, name);
  }

  #explain(error: unknown): BallastError {
    const places = this.#trace.flatMap((text) => text.match(/Error in template \w+ line: \d+/) ?? []);
    const hint = places.length === 0 ? {} : { hint: `${places.join("; ")}.` };
    if (error instanceof BallastError) return new BallastError(error.code, error.shortMessage, hint);
    return new BallastError("INVALID_INPUT", "The witness could not be computed from these inputs.", hint);
  }
}

function flatten(value: InputValue): bigint[] {
  return typeof value === "bigint" ? [value] : value.flatMap(flatten);
}

/** FNV-1a of the signal's name, as circom's generated code looks it up. */
function signalHash(name: string): [number, number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}

function readMessage(exports: WasmExports): string {
  let text = "";
  for (
    let code = wasmCall(exports, "getMessageChar")();
    code !== 0;
    code = wasmCall(exports, "getMessageChar")()
  ) {
    text += String.fromCharCode(code);
  }
  return text;
}
