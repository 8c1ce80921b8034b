import type { Register } from "../../program.ts";
import { registerPost } from "./post.ts";
import { registerReport } from "./report.ts";
import { registerRun } from "./run.ts";
import { registerSample } from "./sample.ts";
import { registerShow } from "./show.ts";
import { registerVerify } from "./verify.ts";

/** `ballast solvency`: a venue proves coverage of all its accounts. */
export const solvency: Register = (program, run) => {
  const group = program
    .command("solvency")
    .description("prove coverage of all accounts of a venue, and read what was proven");
  registerSample(group, run);
  registerRun(group, run);
  registerReport(group, run);
  registerVerify(group, run);
  registerPost(group, run);
  registerShow(group, run);
};
