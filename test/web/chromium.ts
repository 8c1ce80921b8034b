import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable"];

/** The browser of the tests: the one that BALLAST_CHROMIUM names, or the first on the PATH; undefined where there is none. */
export function chromiumPath(): string | undefined {
  const named = process.env["BALLAST_CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
