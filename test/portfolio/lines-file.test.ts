import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LineFormat, readLines } from "../../src/portfolio/lines-file.ts";
import { SEED } from "../risk/fixtures.ts";

const FORMAT: LineFormat = {
  name: "list.txt",
  content: "a test",
  maxBytes: 20,
  code: "INVALID_INPUT",
  hint: "Write less.",
};

/** All lines up to the end or the first error. */
async function read(blocks: Iterable<Buffer | string>, format = FORMAT) {
  const lines: string[] = [];
  let error: unknown;
  try {
    for await (const some of readLines(Readable.from(blocks), format)) lines.push(...some);
  } catch (thrown) {
    error = thrown;
  }
  return { lines, error };
}

/** A text's bytes, cut after each of the places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const anyCuts = fc.array(fc.nat(), { maxLength: 12 });

describe("readLines", () => {
  it("gives the lines without their ends, wherever the blocks are cut", async () => {
    const line = fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => text.replaceAll(/[\r\n]/g, "€"));
    const ended = fc.tuple(line, fc.constantFrom("\n", "\r\n"));
    await fc.assert(
      fc.asyncProperty(fc.array(ended), line, anyCuts, async (lines, last, places) => {
        const text = lines.map(([content, end]) => content + end).join("") + last;
        const expected = [...lines.map(([content]) => content), ...(last === "" ? [] : [last])];
        expect(await read(cut(text, places), { ...FORMAT, maxBytes: 1000 })).toEqual({
          lines: expected,
          error: undefined,
        });
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("keeps a return within a line, and takes text blocks", async () => {
    expect((await read(["a\rb\r", "\nc\r\r", "\n\r\n"])).lines).toEqual(["a\rb", "c\r", ""]);
    expect((await read([])).lines).toEqual([]);
    expect((await read(["\n"])).lines).toEqual([""]);
  });

  it("counts bytes, up to the limit exactly, however a line ends", async () => {
    for (const end of ["", "\n", "\r\n"]) {
      for (const text of ["x".repeat(20), "é".repeat(10)]) {
        expect((await read([text + end])).lines).toEqual([text]);
        expect((await read([text, end])).lines).toEqual([text]);
        expect((await read([`${text}x${end}`])).error).toMatchObject({ code: "INVALID_INPUT" });
      }
    }
  });

  it.each([
    ["too long", Buffer.alloc(21, "x"), "Line 3 of list.txt is too long for a test."],
    ["not UTF-8", Buffer.from([0x61, 0xc3, 0x28]), "Line 3 of list.txt is not text in UTF-8."],
    ["cut within a letter", Buffer.from("€").subarray(0, 2), "Line 3 of list.txt is not text in UTF-8."],
  ])(
    "refuses a line that is %s, after those before it, wherever the blocks are cut",
    async (_, bad, says) => {
      const bytes = Buffer.concat([Buffer.from("one\r\ntwo\n"), bad, Buffer.from("\nfour\n")]);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 }), async (places) => {
          const ends = [...new Set(places)].sort((a, b) => a - b);
          const blocks = [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
          const { lines, error } = await read(blocks);
          expect(lines).toEqual(["one", "two"]);
          expect(error).toMatchObject({ shortMessage: says, hint: "Write less.", details: { line: 3 } });
        }),
        { seed: SEED, numRuns: 100 },
      );
    },
  );

  it("stops reading at a line without end", async () => {
    let blocks = 0;
    function* endless() {
      for (;;) {
        blocks++;
        yield Buffer.alloc(8, "x");
      }
    }
    expect((await read(endless())).error).toMatchObject({ code: "INVALID_INPUT" });
    expect(blocks).toBeLessThan(50);
  });

  it("says when the source breaks off", async () => {
    function* broken() {
      yield "one\ntw";
      throw new Error("no more");
    }
    const { lines, error } = await read(broken());
    expect(lines).toEqual(["one"]);
    expect(error).toMatchObject({ code: "FILE_ERROR", shortMessage: "Cannot read list.txt." });
  });
});
