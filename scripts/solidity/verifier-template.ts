const HEADER = `// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;
`;
const GENERATED =
  "/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.";

const upper = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const list = (names: readonly string[]) => names.join(", ");

/** A library that names the signals: their number, their indices, an encoder and an accessor for each. */
export function signalsLibrary(statement: string, signals: readonly string[]): string {
  const count = signals.length;
  const indices = signals
    .map(
      (name, i) =>
        `    /// @notice Index of \`${name}\`.\n    uint256 internal constant ${upper(name)} = ${i};`,
    )
    .join("\n");
  const accessors = signals
    .map(
      (name, i) => `
    /// @notice The signal \`${name}\`.
    /// @param signals the signals.
    /// @return its value.
    function ${name}(uint256[${count}] memory signals) internal pure returns (uint256) {
        return signals[${i}];
    }
`,
    )
    .join("");
  return `${HEADER}
/// @title Per-proof signals of ${statement} circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs, after the cached ones.
${GENERATED}
library ${statement}Signals {
    /// @notice How many there are.
    uint256 internal constant COUNT = ${count};
${indices}

    /// @notice Puts the signals in their order.
${signals.map((name) => `    /// @param ${name}_ the signal \`${name}\`.`).join("\n")}
    /// @return signals the signals.
    function encode(
${signals.map((name) => `        uint256 ${name}_`).join(",\n")}
    ) internal pure returns (uint256[${count}] memory signals) {
${signals.map((name, i) => `        signals[${i}] = ${name}_;`).join("\n")}
    }
${accessors}}
`;
}

const G1_PARTS = ["X", "Y"];
const G2_PARTS = ["X1", "X0", "Y1", "Y0"];

/** Writes up to four immutables to consecutive words at `place`: assembly can't read them itself. */
function writeQuad(names: readonly string[], offset: number): string {
  const locals = ["a", "b", "c", "d"].slice(0, names.length);
  const stores = locals.map((local, i) => `                mstore(add(place, ${offset + 32 * i}), ${local})`);
  return `        {
            (${list(locals.map((local) => `uint256 ${local}`))}) = (${list(names)});
            assembly ("memory-safe") {
${stores.join("\n")}
            }
        }`;
}

/** A verifier whose key comes in by its constructor, so that no compiler is needed to deploy one. */
export function verifierContract(statement: string, signals: readonly string[]): string {
  const count = signals.length;
  const kind = statement.toLowerCase();
  const g2 = ["beta", "gamma", "delta"];
  const ic = signals.map((name) => `ic${capital(name)}`);
  const constant = (point: string, part: string) => `${upper(point)}_${part}`;
  const words = (point: string, parts: string[]) => parts.map((part) => constant(point, part));
  const immutables = [
    ...words("alpha", G1_PARTS),
    ...g2.flatMap((point) => words(point, G2_PARTS)),
    ...ic.flatMap((point) => words(point, G1_PARTS)),
  ];
  const quads = Array.from({ length: Math.ceil(immutables.length / 4) }, (_, i) =>
    immutables.slice(4 * i, 4 * i + 4),
  );
  const keyWrites = quads.map((names, quad) => writeQuad(names, 128 * quad)).join("\n");
  const assign = (names: string[], source: string, parts: string[]) =>
    `        (${list(names)}) = (${list(parts.map((part) => `${source}.${part.toLowerCase()}`))});`;
  return `${HEADER}
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {I${statement}Verifier} from "../interfaces/I${statement}Verifier.sol";
import {IVerifier} from "../interfaces/IVerifier.sol";
import {Bn254} from "../libraries/Bn254.sol";
import {Groth16} from "../libraries/Groth16.sol";
import {LocalChain} from "../libraries/LocalChain.sol";

/// @title ${statement}Verifier
/// @author Ballast
/// @notice Verifies ${kind} proofs of one instance under one key, both fixed at construction.
${GENERATED}
contract ${statement}Verifier is I${statement}Verifier {
    /// @notice The parameters that make the instance's name.
    struct Instance {
        uint32 slots;
        uint32 rows;
        uint32 scenarios;
        uint32 underlyings;
    }

    /// @notice The verifying key; \`ic\` has the points of ${list(signals)}.
    struct VerifyingKey {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1[${count}] ic;
        bytes32 icHash;
    }

    /// @inheritdoc IVerifier
    bytes32 public immutable override keyHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override icHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override circuitId;
    /// @inheritdoc IVerifier
    bool public immutable override isDevKey;
    /// @notice Positions that a portfolio of the instance can hold.
    uint32 public immutable slots;
    /// @notice Rows of the instance's table.
    uint32 private immutable ROWS;
    /// @notice Scenarios of its shape.
    uint32 private immutable SCENARIOS;
    /// @notice Underlyings of its shape.
    uint32 private immutable UNDERLYINGS;
${immutables.map((name) => `    /// @notice A coordinate of the key.\n    uint256 private immutable ${name};`).join("\n")}

    /// @notice Checks and keeps the key; name, key hash and circuit id follow from it.
    /// @param instance the parameters.
    /// @param key the verifying key.
    /// @param isDevKey_ whether it comes from \`setup --dev\`: then the chain must be a local one.
    constructor(Instance memory instance, VerifyingKey memory key, bool isDevKey_) {
        LocalChain.requireAllowed(isDevKey_);
        _checkKey(key);
        keyHash = keccak256(abi.encode(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.icHash));
        circuitId = keccak256(abi.encode(_nameOf(instance), keyHash));
        icHash = key.icHash;
        isDevKey = isDevKey_;
        slots = instance.slots;
        (ROWS, SCENARIOS, UNDERLYINGS) = (instance.rows, instance.scenarios, instance.underlyings);
${assign(words("alpha", G1_PARTS), "key.alpha", G1_PARTS)}
${g2.map((point) => assign(words(point, G2_PARTS), `key.${point}`, G2_PARTS)).join("\n")}
${ic.map((point, i) => assign(words(point, G1_PARTS), `key.ic[${i}]`, G1_PARTS)).join("\n")}
    }

    /// @inheritdoc I${statement}Verifier
    function verify(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof calldata proof,
        uint256[${count}] calldata signals
    ) external view returns (bool) {
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals
            flat.length := ${count}
        }
        return Groth16.check(_key(), tablePoint, proof, flat);
    }

    /// @inheritdoc I${statement}Verifier
    function verifyBatch(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof[] calldata proofs,
        uint256[${count}][] calldata signals
    ) external view returns (bool) {
        if (proofs.length == 0 || proofs.length != signals.length) revert InvalidBatch();
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals.offset
            flat.length := mul(signals.length, ${count})
        }
        return Groth16.checkBatch(_key(), keyHash, tablePoint, proofs, flat);
    }

    /// @inheritdoc IVerifier
    function name() external view returns (string memory) {
        return _nameOf(Instance(slots, ROWS, SCENARIOS, UNDERLYINGS));
    }

    /// @inheritdoc IVerifier
    function table() external view returns (uint32 rows, uint32 scenarios, uint32 underlyings) {
        return (ROWS, SCENARIOS, UNDERLYINGS);
    }

    /// @inheritdoc IVerifier
    function kind() external pure returns (bytes8) {
        return "${kind}";
    }

    /// @notice The key in memory, as \`Groth16\` takes it.
    /// @return place where it is.
    function _key() private view returns (uint256 place) {
        place = Groth16.newKey(${count});
${keyWrites}
    }

    /// @notice Reverts unless every point is in its group and none is infinity: an infinite gamma or delta would let
    /// anything verify, an infinite ic point would drop its signal from the equation.
    /// @param key the key.
    function _checkKey(VerifyingKey memory key) private view {
        bool valid = Bn254.isOnCurve(key.alpha.x, key.alpha.y);
        for (uint256 j = 0; j < ${count}; ++j) {
            valid = valid && Bn254.isOnCurve(key.ic[j].x, key.ic[j].y);
        }
        Bn254.G2[] memory points = new Bn254.G2[](3);
        (points[0], points[1], points[2]) = (key.beta, key.gamma, key.delta);
        // With two of them equal (gamma and delta are in a ceremony's first key) anybody can make proofs. Equal x
        // also catches the negatives.
        for (uint256 i = 0; i < 3; ++i) {
            (Bn254.G2 memory p, Bn254.G2 memory q) = (points[i], points[(i + 1) % 3]);
            valid = valid && (p.x1 != q.x1 || p.x0 != q.x0);
        }
        if (!valid || !Bn254.isInG2(points)) revert InvalidKey();
    }

    /// @notice The name that the parameters make.
    /// @param instance the parameters.
    /// @return the name.
    function _nameOf(Instance memory instance) private pure returns (string memory) {
        return
            string.concat(
                "${kind}_",
                Strings.toString(instance.slots),
                "x",
                Strings.toString(instance.rows),
                "_s",
                Strings.toString(instance.scenarios),
                "k",
                Strings.toString(instance.underlyings)
            );
    }
}
`;
}
