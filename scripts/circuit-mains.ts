/**
 * Writes circuits/main: for each instance of circuits/circuits.json the main component, which names the template's parameters
 * and its public inputs and says nothing else.
 *
 *   tsx scripts/circuit-mains.ts [--check]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BallastError } from "../src/errors.ts";
import { readJsonFile } from "../src/node/files.ts";
import { instanceSchema, mainText } from "./circuits/main-text.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const circuits = join(root, "circuits");
const instances = z
  .record(z.string(), instanceSchema)
  .parse(readJsonFile(join(circuits, "circuits.json"), "circuit list"));
const files = Object.fromEntries(
  Object.entries(instances).map(([name, instance]) => [
    `circuits/main/${name}.circom`,
    mainText(name, instance, readFileSync(join(circuits, `${instance.file}.circom`), "utf8")),
  ]),
);
for (const found of readdirSync(join(circuits, "main")))
  if (!(`circuits/main/${found}` in files))
    throw new BallastError("INVALID_ARTIFACT", `circuits/main/${found} is of no instance: remove it.`);
writeOrCheck(root, files, process.argv.includes("--check"), "npm run generate");
