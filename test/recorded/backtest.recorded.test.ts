import { describeCrash } from "../risk/backtest-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

describeCrash("les over the crash of 2026-02-05", {
  folder: recordedData(RECORDED.chains),
  // Starts from the afternoon of the 4th to the evening of the 5th, and their ends a day later.
  accept: (stamp) => stamp > "20260204T15" && stamp < "20260206T22",
  starts: (time) => time < 1_770_336_000_000n,
  days: 6,
});
