import { describe, expect, it } from "vitest";
import { circomLayout } from "../../scripts/policy/circom.ts";
import { layoutOf, layoutSchema, placeText } from "../../scripts/policy/layout.ts";
import { solidityLayout } from "../../scripts/policy/solidity.ts";
import { readJsonFile } from "../../src/node/files.ts";

const sections = layoutSchema.parse(
  readJsonFile(new URL("../../circuits/margin/policy.json", import.meta.url).pathname, "policy layout"),
);
const layout = layoutOf(sections);

describe("a policy's layout", () => {
  it.each([1, 2, 8])("gives every element of a policy with %d underlyings one number", (underlyings) => {
    const places = layout.fields.flatMap(({ isOfUnderlying, stride, slope, offset }) =>
      Array.from(
        { length: isOfUnderlying ? underlyings : 1 },
        (_, u) => stride * u + slope * underlyings + offset,
      ),
    );
    const width = layout.width.slope * underlyings + layout.width.offset;
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: width }, (_, i) => i));
  });

  it("is written as each language writes it", () => {
    const place = (name: string) => {
      const field = layout.fields.find((candidate) => candidate.name === name);
      if (field === undefined) throw new Error(`no ${name}`);
      return placeText(field, "u", "K");
    };
    expect(["deltaMove", "stressWeight", "freeGamma", "maintenance"].map(place)).toEqual([
      "3 * u",
      "3 * K",
      "3 * u + 3 * K + 3",
      "6 * K + 3",
    ]);
    expect(circomLayout(layout)).toContain(
      "function freeDeltaAt(UNDERLYINGS, u) { return 3 * u + 3 * UNDERLYINGS + 2; }",
    );
    expect(circomLayout(layout)).toContain("function FREE_DELTA_BITS() { return 80; }");
    expect(solidityLayout(layout)).toContain("if (index < 3 * underlyings) return 32;");
  });

  it("moves what stands behind a number that is added, and gives it bits of its own", () => {
    const [first, ...rest] = sections;
    if (first === undefined) throw new Error("no section");
    const wider = layoutOf([{ ...first, fields: { ...first.fields, skewMove: 40 } }, ...rest]);
    expect(wider.width).toEqual({ slope: 7, offset: 4 });
    expect(wider.fields.find(({ name }) => name === "stressWeight")?.slope).toBe(4);
    expect(solidityLayout(wider)).toContain(
      "if (index < 4 * underlyings) {\n            if ((index - (0)) % 4 == 0) return 32;",
    );
  });

  it("refuses two sections of one kind in a row: languages would place the second one's numbers differently", () => {
    const [first, own, ...rest] = sections;
    expect(layoutSchema.safeParse([first, own, ...rest]).success).toBe(true);
    expect(
      layoutSchema.safeParse([first, { each: "underlying", fields: { skewMove: 32 } }, own]).success,
    ).toBe(false);
    expect(layoutSchema.safeParse([own, { each: "policy", fields: { floor: 32 } }]).success).toBe(false);
  });

  it("refuses names and bits that a language could not take", () => {
    const of = (fields: unknown) => layoutSchema.safeParse([{ each: "policy", fields }]).success;
    expect(of({ soft: 32 })).toBe(true);
    for (const fields of [{ "soft-1": 32 }, { soft: 0 }, { soft: 1.5 }, { soft: 253 }])
      expect(of(fields)).toBe(false);
  });
});
