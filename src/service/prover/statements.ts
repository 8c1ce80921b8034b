import { createHash } from "node:crypto";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import type { Field } from "../../math/field.ts";
import { fromSnarkjsProof, type Groth16Proof, toSnarkjsProof } from "../../prover/proof.ts";
import type { CircuitInputs, InputValue } from "../../prover/witness-calculator.ts";
import type { LeasedJob } from "../queue/job.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { read, type Sql } from "../store/database.ts";

/** What a statement's job proves. `inputs` are witness values: in the database they are sealed, until the proof is there. */
export interface StatementInputs {
  readonly inputs: CircuitInputs;
  /** All public signals in the circuit's order. */
  readonly publicSignals: readonly Field[];
}

/** What names some inputs in a job's id. They have a salt in them: nobody finds them by trying. */
export function digestOf(statement: StatementInputs): string {
  return createHash("sha256").update("ballast.statement/1\n").update(textOf(statement)).digest("hex");
}

/** Proofs of single statements: what they are to be made of, and then the proofs. */
export class Statements {
  readonly #sql: Sql;
  readonly #keyring: Keyring;

  /** @param sql the database, or the transaction that the job comes and goes with. */
  constructor(sql: Sql, keyring: Keyring) {
    this.#sql = sql;
    this.#keyring = keyring;
  }

  /** Keeps what a job is to prove; a second time changes nothing. */
  async add(job: string, statement: StatementInputs): Promise<void> {
    const sealed = this.#keyring.seal(placeOf(job), new TextEncoder().encode(textOf(statement)));
    await this.#sql.query(
      "insert into ballast.statements (job, sealed) values ($1, $2) on conflict do nothing",
      [job, sealed],
    );
  }

  /** @throws {BallastError} INVALID_INPUT for a job that has none; SEAL_BROKEN, INVALID_KEY. */
  async open(job: string): Promise<StatementInputs> {
    const [row] = await this.#sql.query("select sealed from ballast.statements where job = $1", [job]);
    if (row === undefined || row["sealed"] === null)
      throw new BallastError("INVALID_INPUT", "The database has no inputs for the job.");
    const text = new TextDecoder().decode(this.#keyring.open(placeOf(job), read.bytes(row, "sealed")));
    const { inputs, publicSignals } = parseJson(text, "statement") as {
      readonly inputs: Record<string, Nested>;
      readonly publicSignals: readonly string[];
    };
    const entries = Object.entries(inputs).map(([name, value]) => [name, numbers(value)]);
    return {
      inputs: Object.fromEntries(entries) as CircuitInputs,
      publicSignals: publicSignals.map((value) => BigInt(value) as Field),
    };
  }

  /** Keeps the proof, and nothing of what it was made of. */
  async finish({ id }: Pick<LeasedJob, "id">, proof: Groth16Proof): Promise<void> {
    await this.#sql.query("update ballast.statements set sealed = null, proof = $2 where job = $1", [
      id,
      JSON.stringify(toSnarkjsProof(proof)),
    ]);
  }

  /**
   * What became of a job.
   * @returns undefined while it waits or is worked on.
   * @throws {BallastError} BACKEND_FAILED for one that is dead, or was taken out.
   */
  async proofOf(job: string): Promise<Groth16Proof | undefined> {
    const [row] = await this.#sql.query(
      `select j.state, j.failure, s.proof from ballast.jobs j join ballast.statements s on s.job = j.id where j.id = $1`,
      [job],
    );
    const state = row === undefined ? "lost" : read.text(row, "state");
    if (row !== undefined && state === "done")
      return fromSnarkjsProof(parseJson(read.text(row, "proof"), "stored proof"));
    if (state === "waiting" || state === "active") return undefined;
    const why = row === undefined ? undefined : read.textOrNull(row, "failure");
    throw new BallastError("BACKEND_FAILED", `A statement was not proven: its job is ${state}.`, {
      hint: why ?? "Look at `ballast status`.",
    });
  }
}

type Nested = string | readonly Nested[];

function textOf({ inputs, publicSignals }: StatementInputs): string {
  return JSON.stringify({ inputs, publicSignals }, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

function numbers(value: Nested): InputValue {
  return typeof value === "string" ? BigInt(value) : value.map(numbers);
}

function placeOf(job: string): string {
  return `statement ${job}`;
}
