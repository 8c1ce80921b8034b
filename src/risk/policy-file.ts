import { existsSync } from "node:fs";
import { BallastError } from "../errors.ts";
import { readJsonFile } from "../node/files.ts";
import { type Policy, parsePolicy } from "./policy-format.ts";
import { checkOwnName, isPresetName, PRESET_NAMES, presetPolicy } from "./presets.ts";

/**
 * A preset by name (`les`, the newest, or `les/1`), or a JSON file by path.
 * @throws {BallastError} FILE_ERROR when there is neither, INVALID_POLICY when the file is no valid policy or goes by a preset's
 * name without being it, or when the preset has no such version.
 * @example
 * ```ts
 * import { loadPolicy } from "ballast/node";
 * const policy = loadPolicy("my-venue.json");
 * ```
 */
export function loadPolicy(nameOrPath: string): Policy {
  if (isPresetName(nameOrPath)) return presetPolicy(nameOrPath);
  if (!existsSync(nameOrPath)) {
    throw new BallastError("FILE_ERROR", `Cannot read the policy "${nameOrPath}".`, {
      hint: `Give the path of a JSON file or a preset: ${PRESET_NAMES.join(", ")}.`,
    });
  }
  const json = readJsonFile(nameOrPath, "policy file", { code: "INVALID_POLICY" });
  const policy = parsePolicy(json, `policy file "${nameOrPath}"`);
  checkOwnName(policy, `policy in "${nameOrPath}"`);
  return policy;
}
