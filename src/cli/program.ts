import { Command as Commander, CommanderError } from "commander";
import { BallastError } from "../errors.ts";
import { outOfMemory } from "../node/memory.ts";
import type { Command, Start } from "./command.ts";
import { fold } from "./fold.ts";
import { useColumns } from "./format.ts";
import { EXIT, emit, exitCodeOf, guardedIo, type Io, reportError } from "./io.ts";
import { createProgress } from "./progress.ts";
import { COLUMNS } from "./terminal.ts";

/** A command by what `ballast --help` says of it. Its module, with all that it needs, is loaded only when it is named. */
export interface CommandEntry {
  readonly name: string;
  /** The command's own description. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}
const DESCRIPTION = `Zero-knowledge proofs of portfolio margin and stress coverage that gate liquidation on chain.
Unaudited: not for real funds.`;

const AFTER = `
Begin here:
  $ ballast demo                      the whole story, on a local chain
  $ ballast doctor                    what is missing here, and what to do
  $ ballast circuits                  which instance fits which portfolio
  $ ballast snapshot build -o s.json  a table from the bundled sample market
  $ ballast margin -s s.json -p p.json
  $ ballast devnet dev                a local chain with a venue on it, to try liquidations (docs/learn/a-breach.md)

Exit codes:
  0    done
  1    the answer is no (a proof or a file that doesn't verify)
  2    wrong input
  3    something outside failed (a file, a node, a prover backend)
  70   a bug in Ballast
  128+n  ended by signal n (130: Ctrl-C, 141: a pipe's reader is gone)

Environment:
  BALLAST_HOME         caches and keys (default: .ballast in the working folder)
  BALLAST_PRIVATE_KEY  the key that sends, where no --private-key-file is given
  BALLAST_RPC          the --rpc of every command that takes one
  BALLAST_DEPLOYMENT   its --deployment
  BALLAST_SNAPSHOT     its --snapshot
  BALLAST_CIRCUIT      its --circuit
  NO_COLOR             without colours
  FORCE_COLOR          with colours, also into a pipe`;

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
  const columns = () => io.columns ?? COLUMNS;
  const shown = folding(io, columns);
  useColumns(columns);
  const program = root(version)
    .configureOutput({
      writeOut: shown.out,
      writeErr: wantsJson ? () => {} : shown.err,
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.errColor ?? io.color,
    })
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride();
  const start: Start = async (command, work) => {
    const { json: wanted, quiet } = command.opts();
    const json = wanted === true;
    const own = json ? io : shown;
    await work({
      io: own,
      print: (result, human) => emit(own, json, result, human),
      write: io.out,
      json,
      progress: createProgress(io, quiet === true || json),
      fail: () => {
        exitCode = EXIT.negative;
      },
      program: () => describeProgram(commands),
    });
  };
  try {
    const wanted = commandOf(argv);
    for (const { name, summary, load } of commands) {
      if (name === wanted) (await load()).addTo(program, start);
      else program.command(name).description(summary);
    }
    await program.parseAsync([...argv], { from: "user" });
  } catch (thrown) {
    const error = outOfMemory(thrown) ?? thrown;
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      if (wantsJson) reportError(io, usageError(error), true);
      return EXIT.input;
    }
    reportError(wantsJson ? io : shown, error, wantsJson);
    return exitCodeOf(error);
  }
  return exitCode;
}

/** The program with all its commands and flags: for what is made from them. @param start what becomes of a command that is run. */
export async function describeProgram(
  commands: readonly CommandEntry[],
  start: Start = async () => {},
): Promise<Commander> {
  const program = root("");
  for (const { load } of commands) (await load()).addTo(program, start);
  return program;
}

function root(version: string): Commander {
  return new Commander("ballast").description(DESCRIPTION).version(version).addHelpText("after", AFTER);
}

/** The same streams, with no line longer than the terminal's where it can be broken. */
function folding(io: Io, columns: () => number): Io {
  return Object.create(io, {
    out: { value: (text: string) => io.out(fold(text, columns())) },
    err: { value: (text: string) => io.err(fold(text, columns())) },
    columns: { get: columns },
  }) as Io;
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
