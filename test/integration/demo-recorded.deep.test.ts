import { describe, expect, it } from "vitest";
import { demoOf, recordedDemo } from "../../scripts/drawings/demo.ts";
import { cliJson } from "../cli/harness.ts";

describe("the demo's numbers in README.md and docs/drawings", { timeout: 900_000 }, () => {
  it("are those of the demo over the bundled sample, to the cent", async () => {
    expect(demoOf(await cliJson("demo"))).toEqual(recordedDemo());
  });
});
