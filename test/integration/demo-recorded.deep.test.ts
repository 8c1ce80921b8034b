import { describe, expect, it } from "vitest";
import { demoOf, recordedDemo } from "../../scripts/drawings/demo.ts";
import { expectDemo } from "./demo-suite.ts";

describe("the demo over the bundled sample, every proof made for real", { timeout: 900_000 }, () => {
  it("comes to the numbers of README.md and docs/drawings, to the cent", async () => {
    expect(demoOf(await expectDemo())).toEqual(recordedDemo());
  });
});
