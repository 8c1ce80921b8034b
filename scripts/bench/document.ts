import { BallastError } from "../../src/errors.ts";
import { readTextFile, writeFileAtomic } from "../../src/files.ts";
import type { BenchResult } from "./schema.ts";
import { benchTables, markdown } from "./tables.ts";

const BEGIN = "<!-- bench:begin -->";
const END = "<!-- bench:end -->";

/** What stands between the markers: when, by which command, on what, and the tables. */
export function benchSection(result: BenchResult, date: string, command: string): string {
  const { cores, memoryGiB, node, platform } = result.machine;
  const { runs, seed, market } = result.settings;
  return [
    `Measured on ${date} by \`${command}\`: ${cores} cores, ${memoryGiB} GiB, Node ${node} (${platform}),`,
    `market \`${market}\`, seed ${seed}, ${runs} run${runs === 1 ? "" : "s"} of each.`,
    "",
    markdown(benchTables(result)),
  ].join("\n");
}

/**
 * Replaces what stands between the markers of a page.
 * @throws {BallastError} FILE_ERROR when the page can't be read or written, or has not exactly one pair of markers.
 */
export function writeSection(path: string, section: string): void {
  const [before, rest, ...more] = readTextFile(path, "page").split(BEGIN);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new BallastError("FILE_ERROR", `${path} has lost its benchmark markers.`, {
      hint: `Put ${BEGIN} and ${END} where the tables belong.`,
    });
  }
  writeFileAtomic(path, `${before}${BEGIN}\n${section}\n${END}${after}`);
}
