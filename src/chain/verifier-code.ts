import { encodeDeployData, type Hex } from "viem";
import type { CircuitInstance } from "../prover/circuits.ts";
import type { VerifyingKey } from "../prover/verifying-key.ts";
import { contractBytecode } from "./artifacts.ts";
import { encodeKey } from "./encode.ts";
import { coverageVerifierAbi } from "./generated/coverage-verifier.ts";
import { reportVerifierAbi } from "./generated/report-verifier.ts";
import { solvencyVerifierAbi } from "./generated/solvency-verifier.ts";

/** A verifier to deploy. `dev` is the key manifest's mark. */
export interface VerifierSpec {
  readonly circuit: CircuitInstance;
  readonly verifyingKey: VerifyingKey;
  readonly dev: boolean;
}

/**
 * The creation code of a key's verifier, with its constructor's arguments: each statement has a contract of its own.
 * @throws {BallastError} KEY_MISMATCH for a key of another circuit, UNKNOWN_CIRCUIT for a report of K other than 2.
 */
export function verifierCode({ circuit, verifyingKey, dev }: VerifierSpec): Hex {
  const code = contractBytecode();
  const { scenarios, underlyings } = circuit.shape;
  switch (circuit.statement) {
    case "coverage": {
      const { slots, rows } = circuit;
      const key = encodeKey(circuit, verifyingKey, 4);
      return encodeDeployData({
        abi: coverageVerifierAbi,
        bytecode: code.CoverageVerifier,
        args: [{ slots, rows, scenarios, underlyings }, key, dev],
      });
    }
    case "solvency": {
      const { accounts, slots, rows, depth } = circuit;
      const key = encodeKey(circuit, verifyingKey, 5);
      return encodeDeployData({
        abi: solvencyVerifierAbi,
        bytecode: code.SolvencyVerifier,
        args: [{ accounts, slots, rows, scenarios, underlyings, depth }, key, dev],
      });
    }
    case "report": {
      const key = encodeKey(circuit, verifyingKey, 23);
      return encodeDeployData({
        abi: reportVerifierAbi,
        bytecode: code.ReportVerifier,
        args: [{ scenarios, underlyings }, key, dev],
      });
    }
  }
}
