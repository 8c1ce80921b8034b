import { type Policy, policyDigest, policyOrigin } from "../risk/policy.ts";

/** A policy's rules in two lines: their digest, and whether a preset has them. */
export function describeRules(policy: Policy): string[] {
  const whose = {
    preset: `the preset ${policy.name}`,
    own: "no preset: read them before you rely on them",
    impostor: `NOT those of the preset ${policy.name}, whose name it has`,
  };
  return [`  rules ${policyDigest(policy)}`, `  rules are ${whose[policyOrigin(policy)]}`];
}
