import { BallastError } from "../errors.ts";

/**
 * Runs what makes something of a file's content: its errors name the file, once.
 * @throws {BallastError} of the same code and hint, `PATH: ` before its message unless it has the path already.
 */
export function inFile<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw namingFile(path, error);
  }
}

/** {@link inFile} of an error that was caught. Others than a {@link BallastError} come back as they are. */
export function namingFile(path: string, error: unknown): unknown {
  if (!(error instanceof BallastError) || error.shortMessage.includes(path)) return error;
  const { code, shortMessage, hint, inputs, details, cause } = error;
  return new BallastError(code, `${path}: ${shortMessage}`, {
    ...(hint === undefined ? {} : { hint }),
    inputs,
    details,
    ...(cause === undefined ? {} : { cause }),
  });
}
