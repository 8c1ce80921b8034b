import { describe, expect, it } from "vitest";
import type { Holding } from "../../src/risk/requirement.ts";
import type { ClosingTerms, TransferTerms } from "../../src/risk/transfer.ts";
import { deleverageWitness } from "../../src/witness/deleverage.ts";
import { transferWitness } from "../../src/witness/transfer.ts";
import { forge } from "../helpers/circuit-attack.ts";
import {
  CALL,
  CASH,
  closingRequest,
  DELEVERAGE,
  deleverage,
  FUTURE,
  hold,
  OTHER,
  PUT,
  TRANSFER,
  transfer,
  transferRequest,
} from "../helpers/circuit-transfer.ts";

// What the circuits promise to take they take, up to the last lot: nobody's money is stuck at a limit.
const MAX = (1n << 36n) - 1n;
const MOST_OPEN = (1n << 64n) - 1n;

type Sale = [
  string,
  readonly Holding[],
  readonly Holding[] | undefined,
  Partial<TransferTerms>,
  readonly Holding[],
];
const sales: Sale[] = [
  [
    "the largest holdings, sold for the largest cash there is",
    [hold(CALL, MAX), hold(PUT, -MAX)],
    [hold(CASH, MAX)],
    { cash: MAX },
    [hold(CALL, MAX), hold(PUT, -MAX)],
  ],
  ["cash from minus to plus", [hold(CASH, -MAX)], [hold(CASH, MAX)], { cash: MAX }, []],
  ["funding out of all there is", [hold(CASH, MAX)], undefined, { funding: -MAX }, []],
  [
    "funding from the lowest debt to the highest holding",
    [hold(CASH, -MAX)],
    undefined,
    { funding: 2n * MAX },
    [],
  ],
  [
    "whole, nothing kept",
    [hold(CASH, MAX), hold(CALL, -MAX), hold(PUT, MAX), hold(OTHER, 1n)],
    [],
    { cash: 0n, rest: "whole" },
    [],
  ],
  [
    "whole, the largest cash kept, the buyer in debt",
    [hold(OTHER, 5n)],
    [],
    { cash: MAX, rest: "whole" },
    [],
  ],
  ["a whole account that is empty", [], [hold(FUTURE, 3n)], { cash: 0n, rest: "whole" }, []],
  ["nothing that moves at all", [], [], { cash: 0n }, []],
  ["a debt of the counterparty that cancels", [hold(CASH, 5n)], [hold(CASH, -5n)], { cash: -5n }, []],
];

describe("transfers at the limits are provable", () => {
  it.each(sales)("%s", async (_, a, b, terms, moved) => {
    const { inputs } = transferWitness(TRANSFER, transferRequest(a, b, terms, moved));
    expect(forge(transfer, inputs).caught).toEqual([]);
    await transfer.generate(inputs);
  });
});

type Closing = [string, readonly Holding[], Partial<ClosingTerms>];
const closings: Closing[] = [
  [
    "all of the largest holding, at price 0",
    [hold(CALL, MAX)],
    { closing: MOST_OPEN, open: MOST_OPEN, price: 0n },
  ],
  [
    "one lot of all there are: floor 0",
    [hold(CALL, MAX)],
    { closing: 1n, open: MOST_OPEN, price: (1n << 62n) - 1n },
  ],
  [
    "the largest price with a payment that still fits a slot",
    [hold(CALL, 1n)],
    { closing: 1n, open: 1n, price: MAX * 1_000_000n },
  ],
  [
    "a negative price: the long holder pays",
    [hold(CALL, 1n)],
    { closing: 1n, open: 1n, price: -MAX * 1_000_000n },
  ],
  ["a negative payment rounded up to 0", [hold(CALL, 1n)], { closing: 1n, open: 1n, price: -999_999n }],
  ["a tiny payment rounded up to 1", [hold(CALL, 1n)], { closing: 1n, open: 1n, price: 1n }],
  [
    "a short holder, all of it",
    [hold(CALL, -MAX)],
    { closing: MOST_OPEN, open: MOST_OPEN, price: 5n, isShort: true },
  ],
  ["no holding", [hold(PUT, 3n)], { closing: 5n, open: 7n, price: 5n }],
];

describe("closings at the limits are provable", () => {
  it.each(closings)("%s", async (_, positions, terms) => {
    const { inputs } = deleverageWitness(DELEVERAGE, closingRequest(positions, terms));
    expect(forge(deleverage, inputs).caught).toEqual([]);
    await deleverage.generate(inputs);
  });
});
