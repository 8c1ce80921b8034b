import { capital, GENERATED, HEADER, list, upper } from "./source.ts";
import type { Parameter, StatementSpec } from "./statements.ts";

const G1_PARTS = ["X", "Y"];
const G2_PARTS = ["X1", "X0", "Y1", "Y0"];
const LINE_LENGTH = 120;
const G2_POINTS = ["beta", "gamma", "delta"];

const words = (point: string, parts: readonly string[]) => parts.map((part) => `${upper(point)}_${part}`);

/** How a parameter's immutable is called. */
const immutableOf = ({ field, isPublic }: Parameter) => (isPublic ? field : upper(field));

/** A verifier whose key comes in by its constructor, so that no compiler is needed to deploy one. */
export function verifierContract(spec: StatementSpec, signals: readonly string[]): string {
  const { statement, kind, contract, parameters, hasTable } = spec;
  const count = signals.length;
  const ic = signals.map((name) => `ic${capital(name)}`);
  const keyImmutables = [
    ...words("alpha", G1_PARTS),
    ...G2_POINTS.flatMap((point) => words(point, G2_PARTS)),
    ...ic.flatMap((point) => words(point, G1_PARTS)),
  ];
  const coordinates = hasTable ? keyImmutables : [...keyImmutables, ...words("ic0", G1_PARTS)];
  return `${HEADER}
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
${imports(contract)}

/// @title ${contract}Verifier
/// @author Ballast
/// @notice Verifies ${statement} proofs of one instance under one key, both fixed at construction.
${GENERATED}
contract ${contract}Verifier is I${contract}Verifier {
    /// @notice The parameters that make the instance's name.
    struct Instance {
${parameters.map(({ field }) => `        uint32 ${field};`).join("\n")}
    }

${keyStruct(spec, signals)}

    /// @inheritdoc IVerifier
    bytes32 public immutable override keyHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override icHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override circuitId;
    /// @inheritdoc IVerifier
    bool public immutable override isDevKey;
${parameters.map(declaration).join("\n")}
${coordinates.map((name) => `    /// @notice A coordinate of the key.\n    uint256 private immutable ${name};`).join("\n")}

    /// @notice Checks and keeps the key; name, key hash and circuit id follow from it.
    /// @param instance the parameters.
    /// @param key the verifying key.
    /// @param isDevKey_ whether it comes from \`setup --dev\`: then the chain must be a local one.
    constructor(Instance memory instance, VerifyingKey memory key, bool isDevKey_) {
        LocalChain.requireAllowed(isDevKey_);
${refuseOtherUnderlyings(spec)}        _checkKey(key);
        keyHash = keccak256(abi.encode(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.icHash));
        circuitId = keccak256(abi.encode(_nameOf(instance), keyHash));
        icHash = key.icHash;
        isDevKey = isDevKey_;
${keepParameters(parameters)}
${assign(words("alpha", G1_PARTS), "key.alpha", G1_PARTS)}
${G2_POINTS.map((point) => assign(words(point, G2_PARTS), `key.${point}`, G2_PARTS)).join("\n")}
${hasTable ? "" : `${assign(words("ic0", G1_PARTS), "key.ic0", G1_PARTS)}\n`}${ic.map((point, i) => assign(words(point, G1_PARTS), `key.ic[${i}]`, G1_PARTS)).join("\n")}
    }

${hasTable ? verifyOverTable(contract, count) : verifyAlone(contract, count)}
    /// @inheritdoc IVerifier
    function name() external view returns (string memory) {
        return _nameOf(Instance(${list(parameters.map(immutableOf))}));
    }

${tableAndShape(spec)}${noSlots(spec)}
    /// @inheritdoc IVerifier
    function kind() external pure returns (bytes8) {
        return "${kind}";
    }

${keyFunctions(keyImmutables, count)}
    /// @notice Reverts for a key that breaks a rule of \`KeyCheck\`${hasTable ? "" : ", or whose `icHash` is another constant's"}.
    /// @param key the key.
    function _checkKey(VerifyingKey memory key) private view {
${hasTable ? "" : checkConstantPoint}        Bn254.G1[] memory ic = new Bn254.G1[](${hasTable ? count : count + 1});
        for (uint256 j = 0; j < ${count}; ++j) ic[j] = key.ic[j];
${hasTable ? "" : `        ic[${count}] = key.ic0;\n`}        if (!KeyCheck.isSound(key.alpha, key.beta, key.gamma, key.delta, ic)) revert InvalidKey();
    }

    /// @notice The name that the parameters make.
    /// @param instance the parameters.
    /// @return the name.
    function _nameOf(Instance memory instance) private pure returns (string memory) {
        return
            string.concat(
${parameters.map(({ before, field }) => `                "${before}",\n                Strings.toString(instance.${field})`).join(",\n")}
            );
    }
}
`;
}

/** In alphabetical order of the paths, those of other rooms first, as everywhere. */
function imports(contract: string): string {
  const paths = [
    ...["Bn254", "Groth16", "IVerifier", "KeyCheck", "LocalChain"].map((name) => [name, ".."]),
    [`I${contract}Verifier`, "."],
  ];
  return paths.map(([name, folder]) => `import {${name}} from "${folder}/${name}.sol";`).join("\n");
}

function keyStruct({ hasTable }: StatementSpec, signals: readonly string[]): string {
  const about = hasTable
    ? `    /// @notice The verifying key; \`ic\` has the points of ${list(signals)}.`
    : `    /// @notice The verifying key; \`ic0\` is the point of the constant, \`ic\` has those of the signals in their order,
    /// \`icHash\` is keccak256 of \`ic0\`.`;
  return `${about}
    struct VerifyingKey {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
${hasTable ? "" : "        Bn254.G1 ic0;\n"}        Bn254.G1[${signals.length}] ic;
        bytes32 icHash;
    }`;
}

function declaration(parameter: Parameter): string {
  if (parameter.field === "slots")
    return "    /// @inheritdoc IVerifier\n    uint32 public immutable override slots;";
  const visibility = parameter.isPublic ? "public" : "private";
  return `    /// @notice ${parameter.notice}\n    uint32 ${visibility} immutable ${immutableOf(parameter)};`;
}

function refuseOtherUnderlyings({ fixedUnderlyings }: StatementSpec): string {
  if (fixedUnderlyings === undefined) return "";
  return `        // The number of signals is that of K = ${fixedUnderlyings}.
        if (instance.underlyings != ${fixedUnderlyings}) revert UnsupportedUnderlyings(instance.underlyings);
`;
}

/** `table`: zeros for what the instance doesn't have. */
function tableAndShape({ parameters }: StatementSpec): string {
  const values = ["rows", "scenarios", "underlyings"].map((field) => {
    const parameter = parameters.find((candidate) => candidate.field === field);
    return parameter === undefined ? "0" : immutableOf(parameter);
  });
  const mutability = values.every((value) => value === "0") ? "pure" : "view";
  return `    /// @inheritdoc IVerifier
    function table() external ${mutability} returns (uint32 rows, uint32 scenarios, uint32 underlyings) {
        return (${list(values)});
    }
`;
}

/** `slots` of a statement about no portfolio. */
function noSlots({ parameters }: StatementSpec): string {
  if (parameters.some(({ field }) => field === "slots")) return "";
  return `
    /// @inheritdoc IVerifier
    function slots() external pure returns (uint32) {
        return 0;
    }
`;
}

/** Public parameters one by one, the others together. */
function keepParameters(parameters: readonly Parameter[]): string {
  const open = parameters.filter(({ isPublic }) => isPublic);
  const closed = parameters.filter(({ isPublic }) => !isPublic);
  const hidden = `        (${list(closed.map(immutableOf))}) = (${list(closed.map(({ field }) => `instance.${field}`))});`;
  return [
    ...open.map(({ field }) => `        ${field} = instance.${field};`),
    ...(closed.length === 0 ? [] : [hidden]),
  ].join("\n");
}

function assign(names: readonly string[], source: string, parts: readonly string[]): string {
  return `        (${list(names)}) = (${list(parts.map((part) => `${source}.${part.toLowerCase()}`))});`;
}

const checkConstantPoint = `        if (keccak256(abi.encode(key.ic0)) != key.icHash) revert InvalidKey();
`;

function verifyOverTable(contract: string, count: number): string {
  return `    /// @inheritdoc I${contract}Verifier
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

    /// @inheritdoc I${contract}Verifier
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
`;
}

function verifyAlone(contract: string, count: number): string {
  return `    /// @inheritdoc I${contract}Verifier
    function verify(Groth16.Proof calldata proof, uint256[${count}] calldata signals) external view returns (bool) {
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals
            flat.length := ${count}
        }
        return Groth16.check(_key(), Bn254.G1(IC0_X, IC0_Y), proof, flat);
    }
`;
}

/** Assembly can't read immutables: they pass through the stack, this many at a time. */
const ON_STACK = 4;
/** The linter allows a function 60 lines, the calls of others included. */
const FUNCTION_LINES = 55;

/** `_key`, and, for a long key, the functions that write the rest of it. */
function keyFunctions(immutables: readonly string[], count: number): string {
  const writes = chunks(immutables, ON_STACK).map((names, i) => writeWords(names, 32 * ON_STACK * i));
  const [first = [], ...others] = functions(writes);
  const calls = others.map((_, i) => `        _writeKey${i + 1}(place);`);
  const rest = others.map(
    (part, i) => `
    /// @notice Writes more of the key.
    /// @param place where the key begins.
    function _writeKey${i + 1}(uint256 place) private view {
${part.join("\n")}
    }
`,
  );
  return `    /// @notice The key in memory, as \`Groth16\` takes it.
    /// @return place where it is.
    function _key() private view returns (uint256 place) {
        place = Groth16.newKey(${count});
${[...first, ...calls].join("\n")}
    }
${rest.join("")}`;
}

/** Writes immutables to consecutive words from `place + offset`. */
function writeWords(names: readonly string[], offset: number): string {
  const locals = ["a", "b", "c", "d"].slice(0, names.length);
  const stores = locals.map((local, i) => `                mstore(add(place, ${offset + 32 * i}), ${local})`);
  const targets = list(locals.map((local) => `uint256 ${local}`));
  const line = `            (${targets}) = (${list(names)});`;
  const broken = `            (${targets}) = (
${names.map((name) => `                ${name}`).join(",\n")}
            );`;
  return `        {
${line.length <= LINE_LENGTH ? line : broken}
            assembly ("memory-safe") {
${stores.join("\n")}
            }
        }`;
}

/** Fills one function after another. */
function functions(writes: readonly string[]): string[][] {
  const lines = (parts: readonly string[]) => parts.join("\n").split("\n").length;
  const groups: string[][] = [];
  for (const write of writes) {
    const last = groups.at(-1);
    if (last !== undefined && lines([...last, write]) <= FUNCTION_LINES) last.push(write);
    else groups.push([write]);
  }
  return groups;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(size * i, size * i + size),
  );
}
