import type { Hex } from "viem";
import { concatHex, encodeAbiParameters, keccak256, numberToHex } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { policyWidth, rowWidth } from "../risk/shape.ts";
import { type CircuitInstance, hasTable } from "./circuits.ts";
import { BASE_MODULUS, type G1Point, type G2Point } from "./curve.ts";

/** A Groth16 verifying key over BN254, coordinates as plain integers. */
export interface VerifyingKey {
  readonly alpha1: G1Point;
  readonly beta2: G2Point;
  readonly gamma2: G2Point;
  readonly delta2: G2Point;
  /** One point for the constant, then one for each public input. */
  readonly ic: readonly G1Point[];
}

const coordinate = z.string().regex(/^(0|[1-9][0-9]{0,77})$/);
const g1Schema = z.tuple([coordinate, coordinate, coordinate]);
const g2Schema = z.tuple([
  z.tuple([coordinate, coordinate]),
  z.tuple([coordinate, coordinate]),
  z.tuple([coordinate, coordinate]),
]);
const keySchema = z.looseObject({
  protocol: z.literal("groth16"),
  curve: z.enum(["bn128", "bn254"]),
  nPublic: z.int().nonnegative(),
  vk_alpha_1: g1Schema,
  vk_beta_2: g2Schema,
  vk_gamma_2: g2Schema,
  vk_delta_2: g2Schema,
  IC: z.array(g1Schema),
});

/**
 * Reads the form of snarkjs' `verification_key.json`, and no more than the form: whoever believes in the key checks it
 * with `checkKey`.
 * @throws {BallastError} INVALID_KEY for another protocol, curve or shape, or a coordinate outside the base field.
 * @example
 * ```ts
 * import { fromSnarkjsJson } from "ballast";
 * const key = fromSnarkjsJson(await (await fetch("/verification_key.json")).json());
 * ```
 */
export function fromSnarkjsJson(json: unknown): VerifyingKey {
  const parsed = keySchema.safeParse(json);
  if (!parsed.success) {
    throw new BallastError("INVALID_KEY", "The verification key is not a Groth16 key over BN254.", {
      hint: "Give the verification_key.json that belongs to the circuit.",
      cause: parsed.error,
    });
  }
  const key = parsed.data;
  if (key.IC.length !== key.nPublic + 1) {
    throw new BallastError("INVALID_KEY", "The verification key has the wrong number of IC points.");
  }
  return {
    alpha1: parseG1(key.vk_alpha_1),
    beta2: parseG2(key.vk_beta_2),
    gamma2: parseG2(key.vk_gamma_2),
    delta2: parseG2(key.vk_delta_2),
    ic: key.IC.map(parseG1),
  };
}

/** Whether a verification key's JSON says that it is a development key ({@link toSnarkjsJson}). */
export function isMarkedDevelopment(json: unknown): boolean {
  return typeof json === "object" && json !== null && "development" in json && json.development === true;
}

/** The key in snarkjs' JSON form, as `zkey export verificationkey` writes it except for the precomputed pairing. */
export function toSnarkjsJson(key: VerifyingKey): Record<string, unknown> {
  return {
    protocol: "groth16",
    curve: "bn128",
    nPublic: key.ic.length - 1,
    vk_alpha_1: formatG1(key.alpha1),
    vk_beta_2: formatG2(key.beta2),
    vk_gamma_2: formatG2(key.gamma2),
    vk_delta_2: formatG2(key.delta2),
    IC: key.ic.map(formatG1),
  };
}

/**
 * Hash of the cached part of `IC`, foldable row by row (docs/protocol/encodings.md, section 6): first IC_0, the snapshot id
 * and the policy, then each table row. Of a circuit without a table it hashes IC_0 alone.
 * @throws {BallastError} KEY_MISMATCH when the key has another number of public inputs than the instance.
 */
export function icHash(key: VerifyingKey, circuit: CircuitInstance): Hex {
  checkPublicInputs(key, circuit);
  const constant = key.ic.slice(0, 1);
  if (!hasTable(circuit)) return keccak256(concatHex(constant.map(encodeG1)));
  const width = rowWidth(circuit.shape);
  const table = circuit.rows * width;
  const header = [...constant, ...key.ic.slice(1 + table, 2 + table + policyWidth(circuit.shape))];
  let hash = keccak256(concatHex(header.map(encodeG1)));
  for (let row = 0; row < circuit.rows; row++) {
    const points = key.ic.slice(1 + row * width, 1 + (row + 1) * width);
    hash = keccak256(concatHex([hash, ...points.map(encodeG1)]));
  }
  return hash;
}

/** Hash of the whole key as a contract computes it (docs/protocol/encodings.md, section 6). */
export function keyHash(key: VerifyingKey, circuit: CircuitInstance): Hex {
  const cached = icHash(key, circuit);
  const tail = key.ic.slice(1 + circuit.cachedInputs);
  return keccak256(
    concatHex([
      encodeG1(key.alpha1),
      encodeG2(key.beta2),
      encodeG2(key.gamma2),
      encodeG2(key.delta2),
      ...tail.map(encodeG1),
      cached,
    ]),
  );
}

/** `keccak256(abi.encode(name, keyHash))`: a table point belongs to an instance and a key. */
export function circuitId(name: string, hash: Hex): Hex {
  return keccak256(encodeAbiParameters([{ type: "string" }, { type: "bytes32" }], [name, hash]));
}

/** @throws {BallastError} KEY_MISMATCH unless the key has the instance's number of public inputs. */
export function checkPublicInputs(key: VerifyingKey, circuit: CircuitInstance): void {
  const has = key.ic.length - 1;
  const wants = circuit.publicInputs;
  if (has !== wants) {
    throw new BallastError(
      "KEY_MISMATCH",
      `The key has ${has} public inputs, ${circuit.name} has ${wants}.`,
      {
        hint: "Use the key that was made for this circuit.",
        details: { circuit: circuit.name, has, wants },
      },
    );
  }
}

function encodeG1({ x, y }: G1Point): Hex {
  return concatHex([numberToHex(x, { size: 32 }), numberToHex(y, { size: 32 })]);
}

/** The EVM's order: imaginary part first. */
function encodeG2({ x, y }: G2Point): Hex {
  return concatHex([x.c1, x.c0, y.c1, y.c0].map((value) => numberToHex(value, { size: 32 })));
}

function parseCoordinate(text: string): bigint {
  const value = BigInt(text);
  if (value >= BASE_MODULUS) {
    throw new BallastError("INVALID_KEY", "A coordinate of the verification key is outside the base field.");
  }
  return value;
}

function parseG1([x, y, z]: z.infer<typeof g1Schema>): G1Point {
  if (z === "0") return { x: 0n, y: 0n };
  if (z !== "1") throw new BallastError("INVALID_KEY", "A point of the verification key is not affine.");
  return { x: parseCoordinate(x), y: parseCoordinate(y) };
}

function parseG2([x, y, z]: z.infer<typeof g2Schema>): G2Point {
  if (z[0] !== "1" || z[1] !== "0") {
    throw new BallastError("INVALID_KEY", "A point of the verification key is not affine.");
  }
  return {
    x: { c0: parseCoordinate(x[0]), c1: parseCoordinate(x[1]) },
    y: { c0: parseCoordinate(y[0]), c1: parseCoordinate(y[1]) },
  };
}

function formatG1({ x, y }: G1Point): string[] {
  return x === 0n && y === 0n ? ["0", "1", "0"] : [x.toString(), y.toString(), "1"];
}

function formatG2({ x, y }: G2Point): string[][] {
  return [
    [x.c0.toString(), x.c1.toString()],
    [y.c0.toString(), y.c1.toString()],
    ["1", "0"],
  ];
}
