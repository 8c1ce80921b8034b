/** The little of WebAssembly that Ballast uses; the type library of plain ES has none of it. */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export type WasmExports = Readonly<Record<string, unknown>>;

interface WasmApi {
  readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
  instantiate(
    code: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: WasmExports } }>;
}

export const wasm = Reflect.get(globalThis, "WebAssembly") as WasmApi;

export type WasmCall = (...args: number[]) => number;

/** The exported function `name`. */
export function wasmCall(exports: WasmExports, name: string): WasmCall {
  const value = exports[name];
  if (typeof value !== "function") throw new Error(`the module has no ${name}`);
  return value as WasmCall;
}
