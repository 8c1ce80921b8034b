import { BallastError } from "../../errors.ts";

/**
 * The error of a run's file that is not as it was written.
 * @param path names the file.
 * @param why half a sentence; nothing of the file's content.
 */
export function damagedFile(path: string, why: string): BallastError {
  return new BallastError("RUN_DAMAGED", `${path} is damaged: ${why}.`, {
    hint: "Nothing was changed. Restore the file from a backup, or begin the run again in a new folder.",
    details: { file: path },
  });
}
