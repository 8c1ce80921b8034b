import { expect, it } from "vitest";
import { describeCrash } from "../risk/backtest-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

const crash = {
  folder: recordedData(RECORDED.chains),
  // Starts from the afternoon of the 4th to the evening of the 5th, and their ends a day later.
  accept: (stamp: string) => stamp > "20260204T15" && stamp < "20260206T22",
  starts: (time: bigint) => time < 1_770_336_000_000n,
  days: 6,
};

describeCrash("les over the crash of 2026-02-05", crash, {
  policies: ["deribit-pm", "span-16", "les/1", "deribit-pm/1", "span-16/1"],
  tests: (reached) => {
    it("keeps calendars of futures within half, BTC against ETH within four fifths, under every preset", () => {
      for (const policy of ["les", "deribit-pm", "span-16"]) {
        expect(reached("near calendar", policy, 50n)).toBe(0);
        expect(reached("far calendar", policy, 50n)).toBe(0);
        expect(reached("relative value", policy, 80n)).toBe(0);
      }
    });

    it("did not before: far calendars used up les/1 and span-16/1, BTC against ETH the other two", () => {
      expect(reached("far calendar", "les/1", 80n)).toBeGreaterThan(0);
      expect(reached("far calendar", "span-16/1", 100n)).toBeGreaterThan(0);
      expect(reached("relative value", "deribit-pm/1", 95n)).toBeGreaterThan(0);
      expect(reached("relative value", "span-16/1", 100n)).toBeGreaterThan(0);
    });
  },
});
