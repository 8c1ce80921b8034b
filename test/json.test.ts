import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BallastError } from "../src/errors.ts";
import { type JsonResult, MAX_JSON_DEPTH, parseJson, tryJson } from "../src/json.ts";

const problemOf = (result: JsonResult) => ("problem" in result ? result.problem : undefined);

/** Spaces that JSON allows between its tokens. */
const gap = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
/** A string's text, each unit plain or escaped, with the marks that a scanner could stumble over. */
const stringText = fc
  .array(
    fc.oneof(fc.constantFrom('"', "\\", ":", "{", "}", "[", "]", ",", "\n"), fc.string({ unit: "binary" })),
  )
  .chain((parts) =>
    fc.constantFrom(
      JSON.stringify(parts.join("")),
      `"${[...Array(parts.join("").length).keys()]
        .map((i) => `\\u${parts.join("").charCodeAt(i).toString(16).padStart(4, "0")}`)
        .join("")}"`,
    ),
  );

/** JSON text with its objects' keys, which may repeat, and whether one of them does. */
interface Made {
  readonly text: string;
  readonly repeats: boolean;
}
const { value: anyText } = fc.letrec<{ value: Made; list: Made; object: Made; leaf: Made }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("list"), tie("object")),
  leaf: fc
    .oneof(
      stringText,
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom("true", "null"),
    )
    .map((text) => ({ text, repeats: false })),
  list: fc.tuple(fc.array(tie("value"), { maxLength: 4 }), gap).map(([parts, space]) => ({
    text: `[${space}${parts.map(({ text }) => text).join(`${space},`)}${space}]`,
    repeats: parts.some(({ repeats }) => repeats),
  })),
  object: fc
    .tuple(
      fc.array(
        fc.tuple(
          fc.oneof(
            fc.constantFrom('"a"', '"\\u0061"', '"b"', '"__proto__"', '"constructor"', '""'),
            stringText,
          ),
          tie("value"),
        ),
        { maxLength: 4 },
      ),
      gap,
    )
    .map(([members, space]) => {
      const keys = members.map(([key]) => JSON.parse(key));
      return {
        text: `{${members.map(([key, { text }]) => `${space}${key}${space}:${space}${text}`).join(`${space},`)}${space}}`,
        repeats: new Set(keys).size < keys.length || members.some(([, { repeats }]) => repeats),
      };
    }),
}));

describe("strict JSON", () => {
  it("is JSON.parse wherever no object has a key twice, and refuses every text where one has", () => {
    fc.assert(
      fc.property(anyText, gap, ({ text, repeats }, space) => {
        const whole = `${space}${text}${space}`;
        const result = tryJson(whole);
        if (repeats) expect(problemOf(result)).toMatch(/^has the key .* twice/);
        else expect(result).toEqual({ value: JSON.parse(whole) });
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses what JSON.parse refuses, without its message", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(anyText, fc.nat(), fc.string({ maxLength: 2 })).map(([{ text }, at, put]) => {
            const place = at % (text.length + 1);
            return text.slice(0, place) + put + text.slice(place + 1);
          }),
        ),
        (text) => {
          let fine = true;
          try {
            JSON.parse(text);
          } catch {
            fine = false;
          }
          expect(problemOf(tryJson(text)) === "is not JSON").toBe(!fine);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":1,"a":1}', 'has the key "a" twice, line 1, column 8'],
    ['{"a":{},\n  "\\u0061":1}', 'has the key "a" twice, line 2, column 3'],
    ['{"p":[{"q":"1"},{"q":"1","q":"2"}]}', 'has the key "q" twice in p[1], line 1, column 26'],
    ['[[{"x":{"a b":{"y":1,"y":2}}}]]', 'has the key "y" twice in [0][0].x["a b"], line 1, column 22'],
    ['{"__proto__":1,"__proto__":2}', 'has the key "__proto__" twice, line 1, column 16'],
    ['{"a\\u001b\\u202e":1,"a\\u001b\\u202e":2}', 'has the key "a\\u001b\\u202e" twice, line 1, column 20'],
  ])("%s", (text, problem) => {
    expect(problemOf(tryJson(text))).toBe(problem);
  });

  it("skips a byte-order mark before the text, and nowhere else", () => {
    expect(parseJson('\ufeff{"a":1}', "file")).toEqual({ a: 1 });
    expect(problemOf(tryJson('{\ufeff"a":1}'))).toBe("is not JSON");
  });

  it("refuses nesting that would exhaust whoever walks the value", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect("value" in tryJson(nested(MAX_JSON_DEPTH))).toBe(true);
    for (const depth of [MAX_JSON_DEPTH + 1, 200_000])
      expect(problemOf(tryJson(nested(depth)))).toBe("is nested deeper than 64 levels");
  });

  it("names the text, the key and its line, with the caller's code", () => {
    const refused = () => parseJson('{"a":1,"a":2}', "snapshot s.json", { code: "INVALID_SNAPSHOT" });
    expect(refused).toThrow(
      'The snapshot s.json has the key "a" twice, line 1, column 8. Which of the two is meant? Leave one out.',
    );
    try {
      refused();
    } catch (error) {
      expect(error).toBeInstanceOf(BallastError);
      expect(error).toMatchObject({ code: "INVALID_SNAPSHOT", details: { key: "a", line: 1 } });
    }
    expect(() => parseJson('{"salt":"0x12', "opening")).toThrow(/^The opening is not JSON\. Was it cut off/);
  });
});

describe("the rule in the sources", () => {
  const ours = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.startsWith("chain/generated"))
      .map((name) => name.replaceAll("\\", "/"));
  const source = (name: string) => readFileSync(join("src", name), "utf8");

  it("JSON from outside is read by src/json.ts alone", () => {
    // The program's own package.json, before anything else is loaded; a child's program and a lock, which this program wrote.
    const allowed = ["json.ts", "cli/main.ts", "node/ending.ts", "node/lock.ts"];
    const others = ours("src").filter(
      (name) => !allowed.includes(name) && /JSON\s*\.\s*parse\b/.test(source(name)),
    );
    expect(others).toEqual([]);
  });
});
