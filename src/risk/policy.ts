import type { Hex } from "viem";
import { keccak256, stringToBytes } from "viem/utils";
import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";
import { type Policy, ppm } from "./policy-format.ts";
import { policyOrder } from "./policy-layout.ts";
import { isPreset, soundsLikePreset } from "./presets.ts";
import { checkShape, type Shape } from "./shape.ts";

export { POLICY_DECIMALS, type Policy, type PolicyScenario, parsePolicy, ppm } from "./policy-format.ts";
export { isPreset, PRESET_NAMES, presetOf, presetPolicy } from "./presets.ts";

const MILLION = 1_000_000n;

/**
 * Keccak of the policy's canonical text: of every rule. (`policyHash`, which circuits and contracts know, covers their
 * public inputs alone; scenarios and charges are in the table.)
 */
export function policyDigest(policy: Policy): Hex {
  return keccak256(stringToBytes(JSON.stringify(policy)));
}

/** Whose rules a policy has: a preset's name goes with that preset's rules, to the letter, or says nothing. */
export type PolicyOrigin = "preset" | "own" | "impostor";

/** `impostor` for other rules under a preset's name, with or without a version. */
export function policyOrigin(policy: Policy): PolicyOrigin {
  if (isPreset(policy)) return "preset";
  return soundsLikePreset(policy.name) ? "impostor" : "own";
}

/**
 * Checks that a policy fits a shape: as many underlyings, at most as many scenarios (the rest are padded with zero P&L).
 * @throws {BallastError} INVALID_POLICY.
 */
export function checkPolicyShape(policy: Policy, shape: Shape): void {
  checkShape(shape);
  if (policy.underlyings.length !== shape.underlyings) {
    throw new BallastError(
      "INVALID_POLICY",
      `The policy ${policy.name} has ${policy.underlyings.length} underlyings, the circuit's shape has ${shape.underlyings}.`,
    );
  }
  if (policy.scenarios.length > shape.scenarios) {
    throw new BallastError(
      "INVALID_POLICY",
      `The policy ${policy.name} has ${policy.scenarios.length} scenarios, the circuit's shape has room for ${shape.scenarios}.`,
    );
  }
}

/**
 * The policy as the circuit's public inputs, in the order and units of docs/protocol/encodings.md section 3.
 * @throws {BallastError} INVALID_POLICY when the policy does not fit the shape.
 */
export function policyElements(policy: Policy, shape: Shape): Field[] {
  checkPolicyShape(policy, shape);
  const { greeks, concentration, thresholds } = policy;
  const elements = policyOrder({
    underlyings: policy.underlyings.map((_, u) => ({
      deltaMove: ppm(of(greeks.deltaMove, u)),
      gammaMove: ppm(of(greeks.gammaMove, u)),
      vegaMove: ppm(of(greeks.vegaMove, u)),
      concRate: ppm(of(concentration.rate, u)),
      freeDelta: ppm(of(concentration.freeDelta, u)),
      freeGamma: ppm(of(concentration.freeGamma, u)),
    })),
    stressWeight: ppm(policy.stressWeight),
    initial: ppm(thresholds.initial),
    soft: ppm(thresholds.soft),
    maintenance: MILLION,
  });
  return elements.map((value) => toField(value, "policy element"));
}

/** @throws {BallastError} INTERNAL: a parsed policy has one entry for each underlying in every list. */
function of(list: readonly string[], underlying: number): string {
  const entry = list[underlying];
  if (entry === undefined) throw new BallastError("INTERNAL", "The policy lacks an underlying's number.");
  return entry;
}
