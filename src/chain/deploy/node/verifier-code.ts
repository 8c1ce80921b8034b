import { encodeDeployData, type Hex } from "viem";
import type { CircuitInstance } from "../../../prover/circuits.ts";
import type { VerifyingKey } from "../../../prover/verifying-key.ts";
import { encodeKey } from "../../encode.ts";
import { ceilingVerifierAbi } from "../../generated/ceiling-verifier.ts";
import { coverageVerifierAbi } from "../../generated/coverage-verifier.ts";
import { deleverageVerifierAbi } from "../../generated/deleverage-verifier.ts";
import { emptyVerifierAbi } from "../../generated/empty-verifier.ts";
import { equityVerifierAbi } from "../../generated/equity-verifier.ts";
import { membershipVerifierAbi } from "../../generated/membership-verifier.ts";
import { reductionVerifierAbi } from "../../generated/reduction-verifier.ts";
import { reportVerifierAbi } from "../../generated/report-verifier.ts";
import { solvencyVerifierAbi } from "../../generated/solvency-verifier.ts";
import { transferVerifierAbi } from "../../generated/transfer-verifier.ts";
import { contractBytecode } from "../../node/artifacts.ts";

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
  switch (circuit.statement) {
    case "coverage": {
      const { slots, rows, shape } = circuit;
      const key = encodeKey(circuit, verifyingKey, 4);
      return encodeDeployData({
        abi: coverageVerifierAbi,
        bytecode: code.CoverageVerifier,
        args: [{ slots, rows, ...shape }, key, dev],
      });
    }
    case "equity": {
      const { slots, rows, shape } = circuit;
      const key = encodeKey(circuit, verifyingKey, 5);
      return encodeDeployData({
        abi: equityVerifierAbi,
        bytecode: code.EquityVerifier,
        args: [{ slots, rows, ...shape }, key, dev],
      });
    }
    case "ceiling": {
      const { slots, rows, shape } = circuit;
      const key = encodeKey(circuit, verifyingKey, 4);
      return encodeDeployData({
        abi: ceilingVerifierAbi,
        bytecode: code.CeilingVerifier,
        args: [{ slots, rows, ...shape }, key, dev],
      });
    }
    case "reduction": {
      const { slots, rows, shape } = circuit;
      const key = encodeKey(circuit, verifyingKey, 5);
      return encodeDeployData({
        abi: reductionVerifierAbi,
        bytecode: code.ReductionVerifier,
        args: [{ slots, rows, ...shape }, key, dev],
      });
    }
    case "solvency": {
      const { accounts, slots, rows, depth, shape } = circuit;
      const key = encodeKey(circuit, verifyingKey, 5);
      return encodeDeployData({
        abi: solvencyVerifierAbi,
        bytecode: code.SolvencyVerifier,
        args: [{ accounts, slots, rows, ...shape, depth }, key, dev],
      });
    }
    case "report": {
      const key = encodeKey(circuit, verifyingKey, 23);
      return encodeDeployData({
        abi: reportVerifierAbi,
        bytecode: code.ReportVerifier,
        args: [circuit.shape, key, dev],
      });
    }
    case "transfer": {
      const key = encodeKey(circuit, verifyingKey, 11);
      return encodeDeployData({
        abi: transferVerifierAbi,
        bytecode: code.TransferVerifier,
        args: [{ slots: circuit.slots }, key, dev],
      });
    }
    case "deleverage": {
      const key = encodeKey(circuit, verifyingKey, 11);
      return encodeDeployData({
        abi: deleverageVerifierAbi,
        bytecode: code.DeleverageVerifier,
        args: [{ slots: circuit.slots }, key, dev],
      });
    }
    case "membership": {
      const key = encodeKey(circuit, verifyingKey, 4);
      return encodeDeployData({
        abi: membershipVerifierAbi,
        bytecode: code.MembershipVerifier,
        args: [{ depth: circuit.depth }, key, dev],
      });
    }
    case "empty": {
      const key = encodeKey(circuit, verifyingKey, 3);
      return encodeDeployData({
        abi: emptyVerifierAbi,
        bytecode: code.EmptyVerifier,
        args: [{ slots: circuit.slots }, key, dev],
      });
    }
  }
}
