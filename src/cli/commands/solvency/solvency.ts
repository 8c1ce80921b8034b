import { group } from "../../command.ts";
import { named } from "../../summaries.ts";
import { post } from "./post.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";
import { sample } from "./sample.ts";
import { show } from "./show.ts";
import { verify } from "./verify.ts";

export const solvency = group({
  ...named("solvency"),
  commands: [sample, run, report, verify, post, show],
});
