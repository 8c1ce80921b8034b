import { BallastError } from "../errors.ts";
import { type Policy, parsePolicy } from "./policy-format.ts";
import { deribitPm1 } from "./presets/deribit-pm-1.ts";
import { deribitPm2 } from "./presets/deribit-pm-2.ts";
import { les1 } from "./presets/les-1.ts";
import { les2 } from "./presets/les-2.ts";
import { span16v1 } from "./presets/span-16-1.ts";
import { span16v2 } from "./presets/span-16-2.ts";

/** Policies that come with Ballast; the first is the default. */
export const PRESET_NAMES = ["les", "deribit-pm", "span-16"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * Every version of every preset, oldest first. A version never changes once it is released: snapshots carry it, and are
 * derived from it again.
 */
const VERSIONS: Readonly<Record<PresetName, readonly unknown[]>> = {
  les: [les1, les2],
  "deribit-pm": [deribitPm1, deribitPm2],
  "span-16": [span16v1, span16v2],
};

/** One version of a preset. */
export interface Preset {
  /** Name and version, e.g. `les/1`. */
  readonly id: string;
  readonly name: PresetName;
  /** From 1. */
  readonly version: number;
  readonly isNewest: boolean;
  readonly policy: Policy;
}

let known: readonly Preset[] | undefined;

/** All presets, name by name, oldest version first. */
export function presets(): readonly Preset[] {
  known ??= PRESET_NAMES.flatMap((name) =>
    VERSIONS[name].map((document, index) => ({
      id: `${name}/${index + 1}`,
      name,
      version: index + 1,
      isNewest: index + 1 === VERSIONS[name].length,
      policy: parsePolicy(document, `preset ${name}/${index + 1}`),
    })),
  );
  return known;
}

/** Whether a text asks for a preset: its name, alone or with a version (`les`, `les/1`), even one that doesn't exist. */
export function isPresetName(text: string): boolean {
  return PRESET_NAMES.some((name) => text === name || text.startsWith(`${name}/`));
}

/** Whether a policy's name could be taken for a preset's: `les`, `les/3`, `les-2`, `LES2`. */
export function soundsLikePreset(policyName: string): boolean {
  return PRESET_NAMES.some((name) => new RegExp(`^${name}[-_/ .v]*[0-9]*$`, "i").test(policyName));
}

/**
 * A preset as one asks for it: `les` is the newest version, `les/1` the first.
 * @throws {BallastError} INVALID_POLICY for a name or version that doesn't exist.
 * @example
 * ```ts
 * import { presetPolicy } from "ballast";
 * console.log(presetPolicy("les/1").thresholds.initial);
 * ```
 */
export function presetPolicy(asked: string): Policy {
  const found = presets().find(({ id, name, isNewest }) => id === asked || (isNewest && name === asked));
  if (found !== undefined) return found.policy;
  throw new BallastError("INVALID_POLICY", `There is no preset "${asked}".`, {
    hint: `There are: ${presets()
      .map(({ id }) => id)
      .join(", ")}. A name without a version means the newest.`,
  });
}

/**
 * The preset that a policy claims to be by its `name`, or null when that is a name of somebody's own. Version 1 of each preset was
 * named without a number: a policy called `les` claims to be `les/1`.
 */
export function presetOf(policyName: string): Preset | null {
  return presets().find(({ policy }) => policy.name === policyName) ?? null;
}

/** Whether a policy is, digit for digit, the preset of its name. */
export function isPreset(policy: Policy): boolean {
  const preset = presetOf(policy.name);
  return preset !== null && JSON.stringify(preset.policy) === JSON.stringify(policy);
}

/**
 * Refuses a policy that goes by a preset's name and isn't it.
 * @throws {BallastError} INVALID_POLICY.
 */
export function checkOwnName(policy: Policy, what: string): void {
  if (isPreset(policy) || !soundsLikePreset(policy.name)) return;
  throw new BallastError("INVALID_POLICY", `The ${what} is called ${policy.name}, but isn't that preset.`, {
    hint: "Give rules of your own a name of their own.",
  });
}
