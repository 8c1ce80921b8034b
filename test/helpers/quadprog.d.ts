/** Arrays begin at 1. */
declare module "quadprog" {
  export function solveQP(
    dmat: number[][],
    dvec: number[],
    amat: number[][],
    bvec: number[],
    equalities?: number,
  ): { readonly solution: readonly number[]; readonly message: string };
}
