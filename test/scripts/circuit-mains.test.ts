import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Instance, mainText } from "../../scripts/circuits/main-text.ts";
import { CIRCUITS_ROOT, readCircuitList } from "../../src/prover/node/circuit-folder.ts";

const source = `template Other() { signal input wrong;
    // PRIVATE
}

template Sum(SLOTS, ROWS) {
    assert(SLOTS >= 1);
    // PUBLIC
    signal input table[ROWS];
    signal input total;   // of all slots
    signal input context;

    // PRIVATE
    signal input salt;
}
`;
const instance: Instance = {
  file: "sums/sum",
  template: "Sum",
  params: { ROWS: 8, SLOTS: 4 },
  public: ["table", "total", "context"],
};
const made = (changes: Partial<Instance>, text = source) =>
  mainText("sum_4x8", { ...instance, ...changes }, text);

describe("a main component", () => {
  it("has the parameters in the template's order, and its public inputs", () => {
    expect(made({})).toContain(
      'include "sums/sum.circom";\ncomponent main {public [table, total, context]} = Sum(4, 8);',
    );
  });

  it.each([
    ["a missing one: the prover would choose it", ["table", "total"]],
    ["another order: circom numbers them as they are declared", ["table", "context", "total"]],
    ["a private one", ["table", "total", "context", "salt"]],
    ["one twice", ["table", "total", "total", "context"]],
    ["another template's", ["wrong"]],
  ])("is refused with %s", (_, inputs) => {
    expect(() => made({ public: inputs })).toThrow("Sum declares table, total, context");
  });

  it("is refused where parameters are missing, or more than the template's", () => {
    for (const params of [{ ROWS: 8 }, { ROWS: 8, SLOTS: 4, DEPTH: 2 }, { ROWS: 8, SLOT: 4 }])
      expect(() => made({ params })).toThrow("Sum takes SLOTS, ROWS");
  });

  it("is refused without a template that says where its private inputs begin", () => {
    for (const text of [
      "",
      source.replaceAll("// PRIVATE", ""),
      source.replace("template Sum", "template Product"),
    ])
      expect(() => made({}, text)).toThrow("no template Sum");
  });

  it.each(Object.entries(readCircuitList(CIRCUITS_ROOT)))("of %s is what its files say", (name, entry) => {
    const read = (path: string): string => readFileSync(join(CIRCUITS_ROOT, path), "utf8");
    expect(mainText(name, entry, read(`${entry.file}.circom`))).toBe(read(`main/${name}.circom`));
  });
});
