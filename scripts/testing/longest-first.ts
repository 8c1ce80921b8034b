import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** vitest's projects in the order in which they run: a worker is of one project, so that each change of it costs a new one. */
const PROJECTS = ["deep", "recorded", "postgres", "browser", "alone", "shared"];

/** Where the suites are that take longest: whole demos, walks, ceremonies, command lines that prove. The longest come first. */
const LONG = [
  "test/integration/demo",
  "test/integration/solvency",
  "test/circuits/hints.deep",
  "test/walks/",
  "test/attack/ceremony",
  "test/prover/keys/",
  "test/prover/node/",
  "test/library/consumer",
  "test/integration/",
  "test/cli/secrets",
  "test/cli/solvency",
  "test/cli/liquidate/",
  "test/solvency/",
  "test/attack/",
];

/** Begins with what takes longest, so that no core waits at the end of a run for the other's last file. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const path = relative(project.config.root, moduleId);
      const found = LONG.findIndex((start) => path.startsWith(start));
      const inProject = found === -1 ? LONG.length : found;
      return PROJECTS.indexOf(project.name) * (LONG.length + 1) + inProject;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
