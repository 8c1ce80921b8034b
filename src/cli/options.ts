import { BallastError } from "../errors.ts";

/** A whole number of at least 1 from the command line. @throws {BallastError} INVALID_INPUT. */
export function parseCount(text: string, option: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new BallastError("INVALID_INPUT", `${option} takes a whole number of at least 1.`);
  }
  return Number(text);
}
