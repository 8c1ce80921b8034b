declare module "circomlibjs" {
  interface PoseidonField {
    e(value: bigint): unknown;
    toObject(element: unknown): bigint;
  }
  interface PoseidonFunction {
    (inputs: readonly unknown[], initialState?: unknown, outputs?: number): unknown;
    readonly F: PoseidonField;
  }
  export function buildPoseidonOpt(): Promise<PoseidonFunction>;
}
