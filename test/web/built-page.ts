import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildPage } from "../../scripts/page/build.ts";
import { builtPackage } from "../../scripts/testing/built.ts";
import { placeFolder } from "../../src/node/files.ts";

/** The page where the compiled package expects it; built once for each state of the sources. */
export async function builtPage(): Promise<string> {
  const folder = join(builtPackage(), "dist/page");
  if (existsSync(join(folder, "index.html"))) return folder;
  const stage = `${folder}-${process.pid}.tmp`;
  await buildPage(stage);
  // Another run may have been faster, with the same.
  if (!existsSync(folder)) placeFolder(stage, folder);
  return folder;
}
