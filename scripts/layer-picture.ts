/**
 * Draws README's picture of the layers from scripts/layers.ts, between its marks.
 *
 *   tsx scripts/layer-picture.ts [--check]
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BallastError } from "../src/errors.ts";
import { layerPicture } from "./layers.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const MARKED = /(<!-- layers: scripts\/layer-picture\.ts -->\n)[\s\S]*?(<!-- \/layers -->)/;
if (!MARKED.test(readme))
  throw new BallastError("INTERNAL", "README.md has no marks around its picture of the layers.");
const drawn = readme.replace(MARKED, (_, from: string, to: string) => `${from}\n${layerPicture()}\n\n${to}`);
writeOrCheck(root, { "README.md": drawn }, process.argv.includes("--check"), "npm run generate");
