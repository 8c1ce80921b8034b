import { type Demo, usd } from "./demo.ts";
import { arrow, bar, type Color, drawing, text } from "./svg.ts";

const WIDTH = 560;
const LEFT = 250;

/** The waterfall with the numbers of the recorded demo: who bears what an account lacks. */
export function waterfall(demo: Demo): string {
  const { loss, insuranceFund, gammaReserve, residual } = demo.waterfall;
  const total = Number(loss);
  const width = (amount: string) => (WIDTH * Number(amount)) / total;
  const round = (pixels: number) => Math.round(pixels * 10) / 10;
  let from = LEFT;
  let y = 62;
  const steps: readonly (readonly [string, string, string, Color])[] = [
    ["1  the account's own equity", "0", "ember had none left", "grey"],
    ["2  insurance fund", insuranceFund, "first, to its last lot", "blue"],
    ["3  Gamma Reserve", gammaReserve, "then, to its last lot", "green"],
    ["4  auto-deleveraging", residual, "the rest, pro rata", "amber"],
  ];
  const parts = steps.flatMap(([name, amount, note, color]) => {
    const [x, w] = [from, width(amount)];
    from += w;
    y += 52;
    const beside = x + w + 10;
    const fits = beside < 700;
    return [
      text([24, y + 17], name, { bold: true }),
      text([24, y + 33], note, { size: 11.5, color: "faint" }),
      bar([round(x), y], [round(Math.max(w, 2)), 34], color),
      text([round(fits ? beside : x - 10), y + 22], `${usd(amount)} USD`, { anchor: fits ? "start" : "end" }),
    ];
  });
  const holders = demo.holders.map(({ name, lost, closed }, i) =>
    text(
      [LEFT, y + 66 + 18 * i],
      `${name} closes ${closed} lots on the other side and bears ${usd(lost)} USD`,
      { size: 12 },
    ),
  );
  return drawing([860, y + 130], "Who bears what an account lacks, with the demo's numbers", [
    text([24, 32], `Ember owes ${usd(loss)} USD more than it has: who bears it`, { bold: true, size: 15 }),
    bar([LEFT, 56], [WIDTH, 34], "red"),
    text([24, 78], "the loss", { bold: true }),
    text([LEFT + WIDTH / 2, 78], `${usd(loss)} USD`, { anchor: "middle" }),
    ...parts,
    ...holders,
    arrow([
      [LEFT - 12, 94],
      [LEFT - 12, y + 34],
    ]),
    text(
      [LEFT, y + 66 + 18 * demo.holders.length],
      "What rounding leaves, less than a lot each, stays with the house.",
      { size: 11.5, color: "faint" },
    ),
  ]);
}
