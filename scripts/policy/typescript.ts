import { type Field, type Layout, placeText } from "./layout.ts";

/** src/risk/policy-layout.ts: a policy's elements by name. */
export function typescriptLayout({ fields, width }: Layout): string {
  const own = fields.filter(({ isOfUnderlying }) => !isOfUnderlying);
  const ofUnderlying = fields.filter(({ isOfUnderlying }) => isOfUnderlying);
  const members = (list: readonly Field[]) =>
    list.map(({ name }) => `  readonly ${name}: bigint;`).join("\n");
  const read = (field: Field) => `${field.name}: at(${placeText(field, "u", "underlyings")}),`;
  return `// GENERATED from circuits/margin/policy.json by scripts/policy-layout.ts: change that, not this.
import { BallastError } from "../errors.ts";

/** One underlying's numbers of a policy: ratios in parts per million, amounts in micro-USD. */
export interface UnderlyingRules {
${members(ofUnderlying)}
}

/** A policy's public numbers: ratios in parts per million, amounts in micro-USD. */
export interface PolicyRules {
  readonly underlyings: readonly UnderlyingRules[];
${members(own)}
}

/** Bits of each number: it is below \`2^bits\`. */
export const POLICY_BITS = {
${fields.map(({ name, bits }) => `  ${name}: ${bits},`).join("\n")}
} as const;

/** How many elements the policy has. */
export function policyLength(underlyings: number): number {
  return ${placeText(width, "u", "underlyings")};
}

/**
 * A policy's elements by name.
 * @throws {BallastError} INVALID_INPUT when there are not as many as the underlyings ask for.
 */
export function policyRules(elements: readonly bigint[], underlyings: number): PolicyRules {
  const length = policyLength(underlyings);
  const at = (index: number): bigint => {
    const element = elements[index];
    if (element === undefined || elements.length !== length)
      throw new BallastError("INVALID_INPUT", \`The policy does not have the shape's \${length} elements.\`);
    return element;
  };
  return {
    underlyings: Array.from({ length: underlyings }, (_, u) => ({
${ofUnderlying.map((field) => `      ${read(field)}`).join("\n")}
    })),
${own.map((field) => `    ${read(field)}`).join("\n")}
  };
}

/** The elements in their order. */
export function policyOrder(rules: PolicyRules): bigint[] {
  return [
${sections(fields).join("\n")}
  ];
}
`;
}

/** Runs of fields of the same kind, as elements of a list. */
function sections(fields: readonly Field[]): string[] {
  const runs: Field[][] = [];
  for (const field of fields) {
    const last = runs.at(-1);
    if (last?.[0]?.isOfUnderlying === field.isOfUnderlying) last.push(field);
    else runs.push([field]);
  }
  return runs.map((run) => {
    if (run[0]?.isOfUnderlying !== true) return run.map(({ name }) => `    rules.${name},`).join("\n");
    const names = run.map(({ name }) => `rule.${name}`).join(", ");
    return `    ...rules.underlyings.flatMap((rule) => [${names}]),`;
  });
}
