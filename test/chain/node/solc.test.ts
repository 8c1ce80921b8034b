import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileStandardJson } from "../../../src/chain/node/solc.ts";

const input = (name: string): string =>
  JSON.stringify({
    language: "Solidity",
    sources: { "A.sol": { content: `pragma solidity ^0.8.0; import "lib/B.sol"; contract ${name} is B {}` } },
    settings: { outputSelection: { "*": { "*": ["evm.bytecode.object"] } } },
  });

let home: string;
let kept: string | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ballast-solc-"));
  kept = process.env["BALLAST_HOME"];
  process.env["BALLAST_HOME"] = home;
});
afterEach(() => {
  if (kept === undefined) delete process.env["BALLAST_HOME"];
  else process.env["BALLAST_HOME"] = kept;
  rmSync(home, { recursive: true, force: true });
});

describe("compileStandardJson", () => {
  let asked = 0;
  const read = () => {
    asked++;
    return { contents: "pragma solidity ^0.8.0; contract B { uint256 public b; }" };
  };
  const answers = () => readdirSync(join(home, "solc")).map((name) => join(home, "solc", name));

  it("answers the same input from the cache, another one by compiling, a damaged answer by compiling again", () => {
    asked = 0;
    const first = compileStandardJson(input("A"), read, ["solady"]);
    expect(first).toContain('"object":"60');
    expect(asked).toBe(1);
    expect(compileStandardJson(input("A"), read, ["solady"])).toBe(first);
    expect(asked).toBe(1);
    compileStandardJson(input("Other"), read, ["solady"]);
    expect(asked).toBe(2);

    // The answer depends on what was imported too: other libraries have another answer.
    compileStandardJson(input("A"), read, ["@openzeppelin/contracts"]);
    expect(asked).toBe(3);
    expect(answers()).toHaveLength(3);

    for (const path of answers()) {
      const text = readFileSync(path, "utf8");
      const at = text.indexOf('"object":"60') + 14;
      writeFileSync(path, `${text.slice(0, at)}${text[at] === "0" ? "1" : "0"}${text.slice(at + 1)}`);
    }
    expect(compileStandardJson(input("A"), read, ["solady"])).toBe(first);
    expect(asked).toBe(4);
    expect(compileStandardJson(input("A"), read, ["solady"])).toBe(first);
    expect(asked).toBe(4);
  });
});
