import { BallastError } from "../../src/errors.ts";
import { readTextFile, writeFileAtomic } from "../../src/node/files.ts";
import type { BenchResult } from "./schema.ts";
import { benchTables, markdown } from "./tables.ts";

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
 * Replaces what stands between the markers `<!-- name:begin -->` and `<!-- name:end -->` of a page.
 * @throws {BallastError} FILE_ERROR when the page can't be read or written, or has not exactly one pair of markers.
 */
export function writeSection(path: string, section: string, name = "bench"): void {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [before, rest, ...more] = readTextFile(path, "page").split(begin);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || more.length + others.length > 0) {
    throw new BallastError("FILE_ERROR", `${path} has lost its benchmark markers.`, {
      hint: `Put ${begin} and ${end} where the tables belong.`,
    });
  }
  writeFileAtomic(path, `${before}${begin}\n${section}\n${end}${after}`);
}
