import { HEADER } from "../solidity/source.ts";
import { type Field, type Layout, placeText } from "./layout.ts";

/** contracts/snapshot/PolicyLayout.sol: how many elements a policy has, their bits, and the places that a contract reads. */
export function solidityLayout(layout: Layout): string {
  const { fields, width } = layout;
  const own = fields.filter(({ isOfUnderlying }) => !isOfUnderlying);
  return `${HEADER}
/// @title Layout of a policy's elements
/// @author Ballast
/// @notice How many elements a policy has, where its own numbers stand, and how many bits each element has.
/// @dev GENERATED from circuits/margin/policy.json by scripts/policy-layout.ts: change that, not this.
library PolicyLayout {
    /// @notice How many elements a policy has.
    /// @param underlyings K.
    /// @return the number.
    function width(uint256 underlyings) internal pure returns (uint256) {
        return ${placeText(width, "", "underlyings")};
    }

    /// @notice Bits of an element: it is below 2 to that power.
    /// @param index where it stands, below \`width\`.
    /// @param underlyings K.
    /// @return the bits.
    function bitsAt(uint256 index, uint256 underlyings) internal pure returns (uint256) {
${sectionsOf(layout).map(section).join("\n")}
    }
${own.map(place).join("")}}
`;
}

function place(field: Field): string {
  return `
    /// @notice Where \`${field.name}\` stands.
    /// @param underlyings K.
    /// @return the index.
    function ${field.name}At(uint256 underlyings) internal pure returns (uint256) {
        return ${placeText(field, "", "underlyings")};
    }
`;
}

/** Fields that stand together, for each underlying or once, and where the next ones begin. */
interface Section {
  readonly fields: readonly Field[];
  /** Undefined after the last. */
  readonly end: Pick<Field, "slope" | "offset"> | undefined;
}

function sectionsOf({ fields }: Layout): Section[] {
  const starts = fields.filter((field, i) => fields[i - 1]?.isOfUnderlying !== field.isOfUnderlying);
  return starts.map((start, s) => {
    const next = starts[s + 1];
    const [from, to] = [fields.indexOf(start), next === undefined ? fields.length : fields.indexOf(next)];
    const end = next === undefined ? undefined : { slope: next.slope, offset: next.offset };
    return { fields: fields.slice(from, to), end };
  });
}

/** The bits of a section's elements: one number, or a choice by the field. */
function section({ fields, end }: Section): string {
  const [first] = fields;
  if (first === undefined) return "";
  const start = placeText({ slope: first.slope, offset: first.offset }, "", "underlyings");
  const indent = end === undefined ? "        " : "            ";
  const last = fields.at(-1)?.bits;
  const others = fields.flatMap(({ bits }, j) => (bits === last ? [] : [{ bits, j }]));
  const field = `(index - (${start}))${first.stride > 1 ? ` % ${first.stride}` : ""}`;
  const lines = [
    ...others.map(({ bits, j }) => `${indent}if (${field} == ${j}) return ${bits};`),
    `${indent}return ${last};`,
  ];
  if (end === undefined) return lines.join("\n");
  if (others.length === 0) return `        if (index < ${placeText(end, "", "underlyings")}) return ${last};`;
  return `        if (index < ${placeText(end, "", "underlyings")}) {\n${lines.join("\n")}\n        }`;
}
