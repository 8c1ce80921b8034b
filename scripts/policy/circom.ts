import { upper } from "../solidity/source.ts";
import { type Layout, placeText } from "./layout.ts";

/** circuits/margin/layout.circom: where each number stands, and its bits. */
export function circomLayout({ fields, width }: Layout): string {
  const places = fields.map((field) => {
    const parameters = field.isOfUnderlying ? "UNDERLYINGS, u" : "UNDERLYINGS";
    return `function ${field.name}At(${parameters}) { return ${placeText(field, "u", "UNDERLYINGS")}; }`;
  });
  const bits = fields.map(({ name, bits }) => `function ${upper(name)}_BITS() { return ${bits}; }`);
  return `pragma circom 2.2.3;

// GENERATED from policy.json by scripts/policy-layout.ts: change that, not this.
// Where each number stands among a policy's public elements, of underlying u where each has one, and its bits.

function policyWidth(UNDERLYINGS) { return ${placeText(width, "u", "UNDERLYINGS")}; }

${places.join("\n")}

${bits.join("\n")}
`;
}
