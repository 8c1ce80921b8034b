import { GENERATED, HEADER, upper } from "./source.ts";
import type { StatementSpec } from "./statements.ts";

/** More parameters than this don't fit the EVM's stack. */
const MAX_PARAMETERS = 8;

/** A library that names the signals: their number, their indices, an accessor for each, and, if they are few, an encoder. */
export function signalsLibrary({ contract, hasTable }: StatementSpec, signals: readonly string[]): string {
  const count = signals.length;
  const order = hasTable ? ", after the cached ones." : ".";
  return `${HEADER}
/// @title Per-proof signals of ${contract} circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs${order}
${GENERATED}
library ${contract}Signals {
    /// @notice How many there are.
    uint256 internal constant COUNT = ${count};
${signals.map(index).join("\n")}
${count > MAX_PARAMETERS ? "" : encoder(signals)}${signals.map((name, i) => accessor(name, i, count)).join("")}}
`;
}

function index(name: string, i: number): string {
  return `    /// @notice Index of \`${name}\`.\n    uint256 internal constant ${upper(name)} = ${i};`;
}

function encoder(signals: readonly string[]): string {
  return `
    /// @notice Puts the signals in their order.
${signals.map((name) => `    /// @param ${name}_ the signal \`${name}\`.`).join("\n")}
    /// @return signals all of them, in the circuit's order.
    function encode(
${signals.map((name) => `        uint256 ${name}_`).join(",\n")}
    ) internal pure returns (uint256[${signals.length}] memory signals) {
${signals.map((name, i) => `        signals[${i}] = ${name}_;`).join("\n")}
    }
`;
}

function accessor(name: string, i: number, count: number): string {
  return `
    /// @notice The signal \`${name}\`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function ${name}(uint256[${count}] memory signals) internal pure returns (uint256) {
        return signals[${i}];
    }
`;
}
