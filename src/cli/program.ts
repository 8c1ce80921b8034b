import { Command, CommanderError, Option } from "commander";
import { BallastError } from "../errors.ts";
import { outOfMemory } from "../memory.ts";
import type { CommandEntry } from "./commands.ts";
import { guardedIo } from "./foreign.ts";
import { EXIT, exitCodeOf, type Io, reportError } from "./io.ts";
import { createProgress, type Progress } from "./progress.ts";

/** What every command gets: where to write, how, and whether as JSON. */
export interface Context {
  readonly io: Io;
  readonly json: boolean;
  readonly progress: Progress;
  /** Sets the exit code of a command that ran well and has bad news (a proof that isn't valid). */
  readonly fail: () => void;
}

/** Adds one command to the program; `run` wraps its action with options, output and errors. */
export type Register = (program: Command, run: Runner) => void;
export type Runner = <Options extends Record<string, unknown>>(
  action: (context: Context, options: Options, args: string[]) => Promise<void> | void,
) => (...args: unknown[]) => Promise<void>;

const DESCRIPTION = `Zero-knowledge proofs of portfolio margin and stress coverage that gate liquidation on chain.
Unaudited: not for real funds.`;

const AFTER = `
Begin here:
  $ ballast demo                       a market, hidden portfolios, proofs, attestations, a crash
  $ ballast circuits                   which instance fits which portfolio
  $ ballast snapshot build -o s.json   a table of risk vectors from the bundled sample market
  $ ballast margin --snapshot s.json --portfolio p.json

Exit codes:
  0  done                  1  the answer is no (a proof or a file that doesn't verify)
  2  wrong input           3  something outside failed (a file, a node, a prover backend)
  70 a bug in Ballast      128 + n  ended by signal n (130: Ctrl-C, 141: the reader of a pipe is gone)

Caches and keys live in $BALLAST_HOME, by default .ballast in the working folder.`;

/**
 * Runs the command line and returns its exit code. Never throws, never exits the process.
 *
 * @param argv without the interpreter and the script.
 */
export async function runCli(
  argv: readonly string[],
  streams: Io,
  commands: readonly CommandEntry[],
  version: string,
): Promise<number> {
  const io = guardedIo(streams);
  let exitCode: number = EXIT.ok;
  const wantsJson = argv.includes("--json");
  const program = new Command("ballast")
    .description(DESCRIPTION)
    .version(version)
    .addHelpText("after", AFTER)
    .configureOutput({ writeOut: io.out, writeErr: wantsJson ? () => {} : io.err })
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride();
  const run: Runner =
    (action) =>
    async (...args: unknown[]) => {
      const command = args.at(-1);
      if (!(command instanceof Command)) return;
      const options = command.optsWithGlobals();
      const json = options["json"] === true;
      const context: Context = {
        io,
        json,
        progress: createProgress(io, options["quiet"] === true || json),
        fail: () => {
          exitCode = EXIT.negative;
        },
      };
      await action(context, options as never, command.args);
    };
  try {
    const wanted = commandOf(argv);
    for (const { name, summary, load } of commands) {
      if (name === wanted) (await load())(program, run);
      else program.command(name).description(summary);
    }
    addCommonOptions(program);
    await program.parseAsync([...argv], { from: "user" });
  } catch (thrown) {
    const error = outOfMemory(thrown) ?? thrown;
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      if (wantsJson) reportError(io, usageError(error), true);
      return EXIT.input;
    }
    reportError(io, error, wantsJson);
    return exitCodeOf(error);
  }
  return exitCode;
}

/** The command that the arguments name: the program itself has no option with a value. */
function commandOf(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((word) => !word.startsWith("-"));
  return first === "help" ? second : first;
}

/** What commander found wrong with the arguments, in the one form that `--json` has for errors. */
function usageError({ code, message }: CommanderError): BallastError {
  const text = message.replace(/^error: /, "");
  return new BallastError("INVALID_INPUT", code === "commander.help" ? "No command was given." : text, {
    hint: "Run with --help for commands and options.",
  });
}

function addCommonOptions(command: Command): void {
  for (const child of command.commands) {
    if (child.commands.length > 0) addCommonOptions(child);
    else {
      child.addOption(new Option("--json", "print the result as JSON"));
      child.addOption(new Option("-q, --quiet", "no progress on stderr"));
      child.exitOverride();
    }
    child.configureOutput(command.configureOutput());
  }
}
