import { elementCount, laneCount, rowWidth } from "../../src/risk/shape.ts";
import { arrow, box, drawing, text } from "./svg.ts";

const SHAPE = { scenarios: 35, underlyings: 2 };

/** How an instrument's row becomes part of the one point that a verifier stores. */
export function rowToPoint(): string {
  const [lanes, elements, width] = [laneCount(SHAPE), elementCount(SHAPE), rowWidth(SHAPE)];
  return drawing([980, 300], "From an instrument's row to the table point", [
    text([24, 32], "From a row to the table point (35 scenarios, 2 underlyings)", { bold: true, size: 15 }),
    box([24, 70], [150, 84], "blue", "one instrument", ["one lot of", "BTC-27MAR26-", "100000-C"]),
    arrow([
      [174, 112],
      [214, 112],
    ]),
    box([214, 60], [180, 104], "white", `${lanes} lanes`, [
      "mark value",
      "35 scenario P&Ls",
      "delta, gamma, vega",
      "of each underlying",
    ]),
    arrow([
      [394, 112],
      [434, 112],
    ]),
    box([434, 60], [170, 104], "white", `row: ${width} elements`, [
      `${elements} of three lanes,`,
      "long and short charge,",
      "instrument id",
    ]),
    arrow([
      [604, 112],
      [644, 112],
    ]),
    box([644, 60], [150, 104], "green", "times key", [
      "each element times",
      "its point of the key,",
      "summed up",
    ]),
    arrow([
      [794, 112],
      [834, 112],
    ]),
    box([834, 60], [122, 104], "amber", "table point", ["one G1 point", "of 64 bytes"]),
    box([434, 200], [170, 64], "grey", "all other rows", ["sorted by id"]),
    arrow([
      [604, 232],
      [720, 232],
      [720, 164],
    ]),
    box([24, 200], [370, 64], "grey", "snapshot id and policy", ["public elements of the same sum"]),
    arrow([
      [394, 248],
      [416, 248],
      [416, 280],
      [770, 280],
      [770, 164],
    ]),
    text([834, 196], "m of n oracles sign it,", { size: 11.5, color: "faint" }),
    text([834, 211], "or the chain computes", { size: 11.5, color: "faint" }),
    text([834, 226], "it, row by row: then", { size: 11.5, color: "faint" }),
    text([834, 241], "a proof costs the same", { size: 11.5, color: "faint" }),
    text([834, 256], "for 8 rows and 960", { size: 11.5, color: "faint" }),
  ]);
}
