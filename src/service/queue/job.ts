import { createHash } from "node:crypto";
import { type Field, formatField } from "../../math/field.ts";

/** What a proof is for: an account's attestation, or any one statement whose inputs are kept beside the job. */
export type Purpose = "coverage" | "statement";

/** What is proven: the same of all of these make the same job, however often it is asked for. */
export interface JobKey {
  readonly purpose: Purpose;
  readonly account: Field;
  readonly commitment: Field;
  readonly snapshot: Field;
  /** The circuit instance's name. */
  readonly circuit: string;
  /** Of a statement: what names its inputs. */
  readonly digest?: string;
}

export interface NewJob extends JobKey {
  /** The account's version, whose opening the prover needs. */
  readonly version: bigint;
  /** 0 comes first; see `URGENCIES` of the plan. */
  readonly urgency: number;
  /** Unix seconds by the service's clock; among equal urgencies the earliest comes first. */
  readonly deadline: bigint;
  /** For people, in public words. */
  readonly reason: string;
}

/** A job that a worker has for a while. */
export interface LeasedJob extends NewJob {
  readonly id: string;
  /** Names this lease: what another one has since taken over can't be finished with it. */
  readonly lease: string;
  /** This one included. */
  readonly tries: number;
}

/** The job's id: SHA-256 over what is proven. */
export function jobId({ purpose, account, commitment, snapshot, circuit, digest }: JobKey): string {
  const fields = [account, commitment, snapshot].map(formatField);
  return createHash("sha256")
    .update(
      ["ballast.job/1", purpose, ...fields, circuit, ...(digest === undefined ? [] : [digest])].join("\n"),
    )
    .digest("hex");
}
