import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { slotsOf } from "../../../src/portfolio/portfolio.ts";
import { netPositions } from "../../../src/risk/transfer.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { at } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

const SEED = 20_261_130;
const SLOTS = 3;
/** Lots, id, side. */
type Raw = readonly [quantity: bigint, id: bigint, isShort: bigint];
const EMPTY: Raw = [0n, 0n, 0n];
const LAST = (1n << 20n) - 1n;

const gadget = openTemplate(
  "canonical_3",
  ["portfolio/canonical.circom"],
  `signal input isOn; signal input quantity[${SLOTS}]; signal input id[${SLOTS}]; signal input isShort[${SLOTS}];
   component on = Bit(); on.value <== isOn;
   component slots = Slots(${SLOTS}); slots.quantity <== quantity; slots.id <== id; slots.isShort <== isShort;
   for (var e = 0; e < packedSlots(${SLOTS}); e++) { _ <== slots.packed[e]; }
   component order = Canonical(${SLOTS}); order.isOn <== on.ranged; order.slots <== slots.ranged;`,
  ["isOn", "quantity", "id", "isShort"],
);
const run = (slots: readonly Raw[], isOn = 1n, lies: Parameters<typeof gadget.run>[1] = {}) => {
  const column = (limb: number) => slots.map((slot) => at(slot, limb));
  return gadget.run({ isOn, quantity: column(0), id: column(1), isShort: column(2) }, lies);
};
/** The model: slots are those that the net holdings have. */
function isCanonical(slots: readonly Raw[]): boolean {
  const held = slots.map(([quantity, id, isShort]) => ({
    instrumentId: Number(id),
    quantity: isShort === 1n ? -quantity : quantity,
  }));
  const net = netPositions(held.filter(({ instrumentId }) => instrumentId !== 0));
  return slotsOf(net, SLOTS).every(({ quantity, instrumentId, isShort }, i) => {
    const [lots, id, side] = at(slots, i);
    return lots === quantity && id === BigInt(instrumentId) && side === BigInt(isShort);
  });
}

describe("Canonical", () => {
  it.each<[string, readonly Raw[]]>([
    ["no position", [EMPTY, EMPTY, EMPTY]],
    ["one", [[5n, 7n, 0n], EMPTY, EMPTY]],
    [
      "the ends of all ranges",
      [
        [1n, 1n, 0n],
        [(1n << 36n) - 1n, LAST - 1n, 1n],
        [1n, LAST, 0n],
      ],
    ],
    [
      "neighbours",
      [
        [5n, 7n, 1n],
        [5n, 8n, 0n],
        [5n, 9n, 1n],
      ],
    ],
  ])("takes %s", (_, slots) => {
    expect(isCanonical(slots)).toBe(true);
    expect(run(slots).caught).toEqual([]);
    expect(run(slots, 0n).caught).toEqual([]);
  });

  it.each<[string, readonly Raw[], readonly string[]]>([
    ["a position behind an empty slot", [EMPTY, [5n, 7n, 0n], EMPTY], ["order"]],
    ["a hole", [[5n, 7n, 0n], EMPTY, [5n, 9n, 0n]], ["order"]],
    ["an id without lots, long", [[0n, 7n, 0n], EMPTY, EMPTY], ["order"]],
    ["an id without lots, short, at the end", [[5n, 7n, 0n], [0n, 9n, 1n], EMPTY], ["order"]],
    ["an id twice", [[5n, 7n, 0n], [3n, 7n, 0n], EMPTY], ["range order.gap[1]"]],
    ["an id long and short", [[5n, 7n, 0n], [3n, 7n, 1n], EMPTY], ["range order.gap[1]"]],
    ["ids that descend by one", [[5n, 8n, 0n], [3n, 7n, 1n], EMPTY], ["range order.gap[1]"]],
    [
      "the last id before the first",
      [
        [5n, 2n, 0n],
        [3n, LAST, 1n],
        [1n, 1n, 0n],
      ],
      ["range order.gap[2]"],
    ],
  ])("refuses %s", (_, slots, caught) => {
    expect(isCanonical(slots)).toBe(false);
    expect(run(slots).caught).toEqual(caught);
    expect(run(slots, 0n).caught).toEqual([]);
  });

  it(`agrees with the model on every arrangement of small slots, and random ones (seed ${SEED})`, () => {
    const some: readonly Raw[] = [
      EMPTY,
      [0n, 1n, 0n],
      [0n, 1n, 1n],
      [2n, 1n, 0n],
      [2n, 1n, 1n],
      [1n, 2n, 1n],
      [3n, 3n, 0n],
    ];
    const verdicts = { taken: 0, refused: 0 };
    const judge = (slots: readonly Raw[]): void => {
      const taken = isCanonical(slots);
      expect(run(slots).caught.length === 0, JSON.stringify(slots, String)).toBe(taken);
      verdicts[taken ? "taken" : "refused"]++;
    };
    for (const a of some) for (const b of some) for (const c of some) judge([a, b, c]);
    const random = new Random(SEED);
    for (let round = 0; round < 60; round++)
      judge(
        Array.from({ length: SLOTS }, (): Raw => {
          const id = BigInt(random.pick([0, 5, 6, 7, Number(LAST)]));
          return id === 0n ? EMPTY : [random.unsigned(1n << 34n), id, BigInt(random.below(2))];
        }),
      );
    expect(verdicts.taken).toBeGreaterThan(15);
    expect(verdicts.refused).toBeGreaterThan(200);
  });

  it("can't be told otherwise: not that a slot has lots, or none, nor how far apart ids are", () => {
    const twice: readonly Raw[] = [[5n, 7n, 0n], [3n, 7n, 0n], EMPTY];
    const hole: readonly Raw[] = [EMPTY, [5n, 7n, 0n], EMPTY];
    for (const [slots, wire, value] of [
      [twice, "main.order.hasNone[1]", 1n],
      [hole, "main.order.hasNone[0]", 0n],
      [twice, "main.order.follows[1]", 0n],
      [twice, "main.order.distance[1]", 0n],
      [hole, "main.order.behind[1]", 0n],
      [hole, "main.order.behind[2]", P - 1n],
    ] as const) {
      const { caught } = run(slots, 1n, { [wire]: value });
      expect(
        caught.some((label) => /^(law|zero|bit) /.test(label)),
        `${wire}: ${caught.join()}`,
      ).toBe(true);
    }
  });

  it("is asked for by a bit", () => {
    for (const isOn of [2n, P - 1n]) expect(run([EMPTY, EMPTY, EMPTY], isOn).caught).toEqual(["bit on"]);
  });
});
