import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/**
 * Path of a file of the recorded market data that lies beside the repository.
 * It is not part of the project (its licences don't allow it): a test that needs it fails with this
 * message where it is absent, so that nobody mistakes "not run" for "passed".
 */
export function sharedData(path: string): string {
  const full = `${root}${path}`;
  if (!existsSync(full)) {
    throw new Error(`Not run: recorded market data is missing. Place it at ../shared/data (wanted ${path}).`);
  }
  return full;
}
