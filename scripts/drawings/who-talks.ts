import { arrow, box, drawing, text } from "./svg.ts";

/** Who talks to whom, and with which proof. */
export function whoTalks(): string {
  return drawing([980, 520], "Who talks to whom, and with which proof", [
    text([24, 32], "Who talks to whom, with which proof", { bold: true, size: 15 }),
    box([24, 70], [170, 70], "blue", "oracle signers", ["derive the snapshot"]),
    box([24, 220], [170, 90], "blue", "venue", ["knows all positions,", "makes proofs"]),
    box([24, 400], [170, 80], "blue", "customer", ["has its own opening"]),
    box([400, 70], [190, 70], "amber", "SnapshotOracle", ["table points"]),
    box([400, 172], [190, 64], "amber", "CoverageRegistry", ["tier of a portfolio"]),
    box([400, 262], [190, 64], "amber", "SolvencyRegistry", ["all accounts at once"]),
    box([400, 360], [190, 120], "amber", "liquidation", [
      "PortfolioLedger",
      "LiquidationEngine",
      "SealedAuction",
      "PortfolioSale",
      "ClearingHouse",
    ]),
    box([786, 130], [170, 70], "green", "protocols", ["read a tier"]),
    box([786, 244], [170, 70], "green", "regulator", ["reads one page"]),
    box([786, 350], [170, 60], "green", "liquidators", ["bid, buy"]),
    box([786, 436], [170, 60], "green", "clearing house", ["operator"]),
    arrow(
      [
        [194, 105],
        [400, 105],
      ],
      ["snapshot and table points,", "m of n signatures"],
      [297, 82],
    ),
    arrow(
      [
        [194, 240],
        [400, 204],
      ],
      ["coverage proof: tier of", "a hidden portfolio"],
      [292, 192],
    ),
    arrow(
      [
        [194, 262],
        [400, 292],
      ],
      ["batch, report proofs"],
      [326, 258],
    ),
    arrow(
      [
        [194, 294],
        [400, 376],
      ],
      ["transfer and", "reduction proofs"],
      [352, 314],
    ),
    arrow(
      [
        [110, 310],
        [110, 400],
      ],
      ["opening, proof", "of inclusion"],
      [118, 352],
      { anchor: "start" },
    ),
    arrow(
      [
        [194, 440],
        [400, 440],
      ],
      ["cure by deposit:", "transfer proof"],
      [297, 422],
    ),
    arrow(
      [
        [590, 204],
        [786, 170],
      ],
      ["tier, until it ages"],
      [680, 170],
    ),
    arrow(
      [
        [590, 292],
        [786, 280],
      ],
      ["attestation of the venue"],
      [688, 276],
    ),
    arrow(
      [
        [786, 374],
        [590, 396],
      ],
      ["sealed bids, transfer proofs"],
      [688, 372],
    ),
    arrow(
      [
        [786, 466],
        [590, 452],
      ],
      ["equity, deleverage proofs"],
      [688, 478],
    ),
    arrow(
      [
        [495, 140],
        [495, 172],
      ],
      ["table point"],
      [530, 160],
    ),
    text(
      [490, 506],
      "Amber is on chain. The venue also sends each liquidator an account's opening, encrypted.",
      { size: 12, color: "faint", anchor: "middle" },
    ),
  ]);
}
