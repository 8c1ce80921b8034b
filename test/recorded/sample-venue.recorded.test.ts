import { describeVenue, snapshotOf } from "../solvency/venue-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

const perpetuals = recordedData(RECORDED.perpetuals);
describeVenue("a recorded chain in 120 rows", snapshotOf(recordedData(RECORDED.calm), perpetuals, 120));
describeVenue(
  "the chain of the crash in 240 rows",
  snapshotOf(recordedData(RECORDED.crash), perpetuals, 240),
);
