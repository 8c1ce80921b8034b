import { basename } from "node:path";
import { describeChains } from "../market/chains-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

describeChains("the recorded chains", {
  folder: recordedData(RECORDED.chains),
  perpetuals: recordedData(RECORDED.perpetuals),
  crash: basename(RECORDED.crash),
  files: 47,
  options: 75_748,
  median: { BTC: 6e-6, ETH: 1e-5 },
});
