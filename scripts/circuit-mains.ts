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
import { writeOrCheck } from "./solidity/write-or-check.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const circuits = join(root, "circuits");
const instanceSchema = z.object({
  file: z.string(),
  template: z.string(),
  params: z.record(z.string(), z.int()),
  public: z.array(z.string()).min(1),
});
type Instance = z.infer<typeof instanceSchema>;

/** The names of a template's parameters, in the order of its declaration. */
function parametersOf({ file, template }: Instance): string[] {
  const source = readFileSync(join(circuits, `${file}.circom`), "utf8");
  const list = new RegExp(`^template ${template}\\(([^)]*)\\)`, "m").exec(source)?.[1];
  if (list === undefined)
    throw new BallastError("INVALID_ARTIFACT", `circuits/${file}.circom has no template ${template}.`);
  return list.split(",").map((name) => name.trim());
}

/** @throws {BallastError} INVALID_ARTIFACT when the instance's parameters are not the template's. */
function mainOf(name: string, instance: Instance): string {
  const names = parametersOf(instance);
  const { file, template, params } = instance;
  const values = names.map((parameter) => params[parameter]);
  if (values.includes(undefined) || Object.keys(params).length !== names.length)
    throw new BallastError("INVALID_ARTIFACT", `${name}: ${template} takes ${names.join(", ")}.`);
  return `pragma circom 2.2.3;
// GENERATED from circuits.json by scripts/circuit-mains.ts: change that, not this.
include "${file}.circom";
component main {public [${instance.public.join(", ")}]} = ${template}(${values.join(", ")});
`;
}

const instances = z
  .record(z.string(), instanceSchema)
  .parse(readJsonFile(join(circuits, "circuits.json"), "circuit list"));
const files = Object.fromEntries(
  Object.entries(instances).map(([name, instance]) => [
    `circuits/main/${name}.circom`,
    mainOf(name, instance),
  ]),
);
for (const found of readdirSync(join(circuits, "main")))
  if (!(`circuits/main/${found}` in files))
    throw new BallastError("INVALID_ARTIFACT", `circuits/main/${found} is of no instance: remove it.`);
writeOrCheck(root, files, process.argv.includes("--check"), "npm run generate");
