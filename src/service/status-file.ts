import { existsSync } from "node:fs";
import { join } from "node:path";
import { BallastError } from "../errors.ts";
import { readJsonFile, writeFileAtomic } from "../node/files.ts";
import type { Status } from "./status.ts";

/** A service's state as JSON: bigints are decimal texts, an absent value is null. */
export type StatusJson = Json<Status> & {
  /** When it was read, Unix milliseconds. */
  readonly at: string;
};
type Json<Value> = Value extends bigint
  ? string
  : Value extends undefined
    ? null
    : Value extends readonly (infer Item)[]
      ? readonly Json<Item>[]
      : Value extends object
        ? { readonly [Key in keyof Value]: Json<Value[Key]> }
        : Value;

export function statusJson(status: Status, at: bigint): StatusJson {
  const text = JSON.stringify({ ...status, at }, (_, value: unknown) => {
    if (value === undefined) return null;
    return typeof value === "bigint" ? value.toString() : value;
  });
  return JSON.parse(text) as StatusJson;
}

/** An embedded database is one process's: what others may know of it stands in a file beside it. */
export function writeStatus(folder: string, status: StatusJson): void {
  writeFileAtomic(pathIn(folder), `${JSON.stringify(status, null, 2)}\n`);
}

/** @throws {BallastError} FILE_ERROR where no service runs there. */
export function readStatusFile(folder: string): StatusJson {
  if (!existsSync(pathIn(folder)))
    throw new BallastError("FILE_ERROR", `${folder} has no status: no service runs there.`, {
      hint: "Start `ballast serve`, or set DATABASE_URL as it has it.",
    });
  return readJsonFile(pathIn(folder), "status") as StatusJson;
}

function pathIn(folder: string): string {
  return join(folder, "status.json");
}
