import { arrow, box, type Color, drawing, line, text } from "./svg.ts";

/** One step of a case: when, who and by which proof. */
interface Step {
  readonly at: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly color: Color;
}

const STEPS: readonly Step[] = [
  { at: 30, title: "breach", lines: ["newest snapshot:", "tier 2, 3 or 4", "coverage proof"], color: "red" },
  { at: 182, title: "open", lines: ["anyone;", "the account is", "frozen"], color: "amber" },
  {
    at: 334,
    title: "soft window",
    lines: ["tier 2: slices by", "transfer and", "reduction proofs"],
    color: "amber",
  },
  {
    at: 486,
    title: "sealed bids",
    lines: ["disclosed to listed", "firms: they commit,", "then reveal"],
    color: "amber",
  },
  {
    at: 638,
    title: "award",
    lines: ["best bid settles", "transfer, equity,", "coverage proofs"],
    color: "green",
  },
  { at: 790, title: "closed", lines: ["the account keeps", "the cash that", "was bid"], color: "green" },
];

/** A case from its breach to its end, with the ways out below. */
export function caseInTime(): string {
  const steps = STEPS.map(({ at, title, lines, color }) => box([at, 60], [128, 92], color, title, lines));
  const arrows = STEPS.slice(1).map(({ at }) =>
    arrow([
      [at - 24, 106],
      [at, 106],
    ]),
  );
  return drawing([950, 400], "A liquidation case in time", [
    text([24, 32], "A case in time", { bold: true, size: 15 }),
    ...steps,
    ...arrows,
    box([334, 214], [128, 64], "white", "cure", ["attested healthy", "again"]),
    arrow(
      [
        [398, 152],
        [398, 214],
      ],
      ["at any time", "until the end"],
      [350, 186],
    ),
    arrow([
      [462, 246],
      [854, 246],
      [854, 152],
    ]),
    box([486, 300], [128, 76], "white", "public sale", ["price falls from", "the proven equity"]),
    arrow(
      [
        [550, 152],
        [550, 300],
      ],
      ["nobody", "settles"],
      [580, 270],
    ),
    box([700, 300], [128, 76], "red", "takeover", ["the house takes it", "for nothing"]),
    arrow(
      [
        [614, 338],
        [700, 338],
      ],
      ["no equity", "is left"],
      [657, 320],
    ),
    arrow([
      [828, 338],
      [892, 338],
      [892, 152],
    ]),
    line([24, 176], [926, 176], true),
    text([24, 170], "all goes well", { size: 11.5, color: "faint" }),
    text([24, 194], "other ways to an end", { size: 11.5, color: "faint" }),
    box([30, 214], [200, 64], "white", "challenge", ["not attested: with a bond;", "silence opens a case"]),
    arrow([
      [230, 232],
      [246, 232],
      [246, 152],
    ]),
    text([30, 312], "Time counts while prices come in. Nothing moves", { size: 12, color: "faint" }),
    text([30, 328], "without a proof made for this case, its", { size: 12, color: "faint" }),
    text([30, 344], "version and whoever acts.", { size: 12, color: "faint" }),
  ]);
}
