import { describePlan } from "../demo/cascade/plan-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

describePlan("the recorded crash", recordedData(RECORDED.crash));
