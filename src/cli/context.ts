import type { Command } from "commander";
import type { Progress } from "../actions/progress.ts";
import type { Io } from "./io.ts";

/** What every command gets beside its values: where to write, how, and whether as JSON. */
export interface Context {
  readonly io: Io;
  /** Prints a result: as JSON where the command was asked for that, else what `human` makes of it. */
  readonly print: (result: unknown, human: () => string) => void;
  /** Writes to `out` as it is, with no line broken: for what a program reads. */
  readonly write: (text: string) => void;
  readonly json: boolean;
  readonly progress: Progress;
  /** Sets the exit code of a command that ran well and has bad news (a proof that isn't valid). */
  readonly fail: () => void;
  /** The program with all its commands and flags, see `describeProgram`. */
  readonly program: () => Promise<Command>;
}
