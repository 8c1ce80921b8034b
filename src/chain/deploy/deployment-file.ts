import { readJsonFile, writeFileAtomic } from "../../node/files.ts";
import { inFile } from "../../node/in-file.ts";
import { type Deployment, parseDeployment } from "./deployment.ts";

/**
 * Reads a deployment's file.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_INPUT when it is no deployment.
 * @example
 * ```ts
 * import { loadDeployment } from "ballast/node";
 * const { coverageRegistry } = loadDeployment("deployment.json");
 * ```
 */
export function loadDeployment(path: string): Deployment {
  const hint = "Use the file that `ballast deploy` wrote.";
  const json = readJsonFile(path, "deployment", { code: "FILE_ERROR", hint });
  return inFile(path, () => parseDeployment(json));
}

/**
 * Writes a deployment's file.
 * @throws {BallastError} FILE_ERROR.
 * @example
 * ```ts
 * import { loadDeployment, saveDeployment } from "ballast/node";
 * saveDeployment("copy.json", loadDeployment("deployment.json"));
 * ```
 */
export function saveDeployment(path: string, deployment: Deployment): void {
  writeFileAtomic(path, `${JSON.stringify(deployment, null, 2)}\n`);
}
