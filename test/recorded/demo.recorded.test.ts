import { describe, expect, it } from "vitest";
import { expectDemo, hoursOf } from "../integration/demo-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

describe("ballast demo", { timeout: 600_000 }, () => {
  it("finds the day before the recorded crash by itself, and liquidates every breach by proof", async () => {
    const result = await expectDemo("--chain", recordedData(RECORDED.crash));
    expect(result.story).toMatch(/^recorded: .*20260204T213308Z.*, then .*20260205T212937Z/);
    expect(hoursOf(result)).toEqual(["2026-02-04T21", "2026-02-05T21"]);
  });
});
