import { arrow, box, drawing, text } from "./svg.ts";

/** What holds by proof, and who has to be trusted for the rest. */
export function trusted(): string {
  const column = (
    x: number,
    rows: readonly (readonly [string, ...string[]])[],
    color: "green" | "amber" | "red",
  ) => rows.map(([title, ...lines], i) => box([x, 84 + 78 * i], [290, 66], color, title, lines));
  return drawing([960, 500], "What is proven, and what is trusted", [
    text([24, 32], "What is proven, and what is trusted", { bold: true, size: 15 }),
    text([24, 68], "holds by proof, whoever lies", { bold: true, color: "faint" }),
    ...column(
      24,
      [
        ["the tier follows from the portfolio", "all positions, all scenarios, exact"],
        ["every account of the root is in the run", "derivatives net, collateral is exact"],
        ["no lot and no cent is made or lost", "in any transfer"],
        ["who pays, and how much", "in a liquidation: waterfall, pro rata"],
        ["positions stay hidden", "proofs are zero-knowledge"],
      ],
      "green",
    ),
    text([335, 68], "trusted, and anyone can check", { bold: true, color: "faint" }),
    ...column(
      335,
      [
        ["market data: m of n oracle signers", "tables are derived again, to the bit"],
        ["margin rules: the venue's policy", "public, with a digest"],
        ["verifiers: the registry's owner", "sealed list: two days' notice"],
        ["table points", "disputed, or computed on chain"],
        ["which account is whose", "customers check their inclusion"],
      ],
      "amber",
    ),
    text([646, 68], "trusted, and nobody can check", { bold: true, color: "faint" }),
    ...column(
      646,
      [
        ["one honest ceremony member", "development keys have none"],
        ["BN254, Groth16, Poseidon", "and the compiler, circom"],
        ["this code and these circuits", "unaudited"],
        ["the venue keeps its openings secret", "it knows every position"],
        ["the future", "beyond the scenarios, nothing is said"],
      ],
      "red",
    ),
    arrow(
      [
        [24, 484],
        [936, 484],
      ],
      ["more trust"],
      [480, 478],
    ),
  ]);
}
