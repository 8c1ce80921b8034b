import { Command, CommanderError, Option } from "commander";
import { BallastError } from "../errors.ts";
import { outOfMemory } from "../node/memory.ts";
import type { Command as NewCommand, Start } from "./command.ts";
import type { Context } from "./context.ts";
import { EXAMPLES } from "./examples.ts";
import { fold } from "./fold.ts";
import { useColumns } from "./format.ts";
import { EXIT, emit, exitCodeOf, guardedIo, type Io, reportError } from "./io.ts";
import { createProgress } from "./progress.ts";
import { COLUMNS } from "./terminal.ts";

/** Adds one command to the program; `run` wraps its action with options, output and errors. */
export type Register = (program: Command, run: Runner) => void;
/** A command by what `ballast --help` says of it. Its module, with all that it needs, is loaded only when it is named. */
export interface CommandEntry {
  readonly name: string;
  /** The command's own description; a test compares them. */
  readonly summary: string;
  readonly load: () => Promise<NewCommand | Register>;
}
export type Runner = <Options extends Record<string, unknown>>(
  action: (context: Context, options: Options, args: string[]) => Promise<void> | void,
) => (...args: unknown[]) => Promise<void>;

const DESCRIPTION = `Zero-knowledge proofs of portfolio margin and stress coverage that gate liquidation on chain.
Unaudited: not for real funds.`;

const AFTER = `
Begin here:
  $ ballast demo                      the whole story, on a local chain
  $ ballast doctor                    what is missing here, and what to do
  $ ballast circuits                  which instance fits which portfolio
  $ ballast snapshot build -o s.json  a table from the bundled sample market
  $ ballast margin -s s.json -p p.json
  $ ballast devnet dev                a local chain with a venue on it, to try
                                      liquidations (docs/learn/a-breach.md)

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
  BALLAST_RPC, BALLAST_DEPLOYMENT, BALLAST_SNAPSHOT, BALLAST_CIRCUIT
                       what --rpc, --deployment, --snapshot and --circuit are
                       by default
  NO_COLOR, FORCE_COLOR
                       without colours; with them, also into a pipe`;

/** Options that the environment gives where the command line doesn't. */
const FROM_ENVIRONMENT: Readonly<Record<string, string>> = {
  "--rpc": "BALLAST_RPC",
  "--deployment": "BALLAST_DEPLOYMENT",
  "--snapshot": "BALLAST_SNAPSHOT",
  "--circuit": "BALLAST_CIRCUIT",
};

/** A command whose options have their defaults in the environment, and say so in its help. */
class BallastCommand extends Command {
  override createCommand(name?: string): BallastCommand {
    return new BallastCommand(name);
  }

  override addOption(option: Option): this {
    const variable = FROM_ENVIRONMENT[option.long ?? ""];
    // Where the options say what is to be done, only those that are given do.
    const isChoice = this.name() === "verify" || this.options.some(({ long }) => long === "--oracle");
    if (variable !== undefined && process.env[variable] !== "" && (option.mandatory || !isChoice))
      option.env(variable);
    return super.addOption(option);
  }
}

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
      if (name === wanted) addCommand(program, await load(), start);
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
    reportError(wantsJson ? io : shown, error, wantsJson);
    return exitCodeOf(error);
  }
  return exitCode;
}

/** The program with all its commands and flags: for what is made from them. @param start what becomes of a command that is run. */
export async function describeProgram(
  commands: readonly CommandEntry[],
  start: Start = async () => {},
): Promise<Command> {
  const program = root("");
  for (const { load } of commands) addCommand(program, await load(), start);
  addCommonOptions(program);
  return program;
}

/** Commands that have no schema yet are functions. */
function addCommand(program: Command, loaded: NewCommand | Register, start: Start): void {
  if (typeof loaded !== "function") loaded.addTo(program, start);
  else
    loaded(program, (action) => async (...args: unknown[]) => {
      const command = args.at(-1);
      if (!(command instanceof Command)) return;
      await start(command, (context) => action(context, command.optsWithGlobals() as never, command.args));
    });
}

function root(version: string): Command {
  return new BallastCommand("ballast").description(DESCRIPTION).version(version).addHelpText("after", AFTER);
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

function addCommonOptions(command: Command, path: readonly string[] = []): void {
  for (const child of command.commands) {
    const names = [...path, child.name()];
    if (child.commands.length > 0) addCommonOptions(child, names);
    else if (child.options.every(({ long }) => long !== "--json")) {
      child.addOption(new Option("--json", "print the result as JSON"));
      child.addOption(new Option("-q, --quiet", "no progress on stderr"));
      const examples = EXAMPLES[names.join(" ")];
      if (examples !== undefined)
        child.addHelpText("after", `\nFor example:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
      child.exitOverride();
    }
    child.configureOutput(command.configureOutput());
  }
}
