import { type Command as Commander, Option } from "commander";
import type { Context } from "./context.ts";
import { paragraphs } from "./fold.ts";
import { commanderArgument, commanderOption, type Inputs, type ValuesOf } from "./input.ts";

/** How a command line is run: with the program's streams, and its errors told. */
export type Start = (command: Commander, work: (context: Context) => Promise<void> | void) => Promise<void>;

/** A command or a group of commands, ready to be put under a program. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** @param isUsual whether it runs where the parent's name stands alone. */
  readonly addTo: (parent: Commander, start: Start, isUsual?: boolean) => void;
}

/** All that a command is. */
export interface CommandSchema<Arguments extends Inputs, Flags extends Inputs> {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** In the order in which they are written. */
  readonly arguments?: Arguments;
  readonly flags?: Flags;
  /** What the help says after the flags: paragraphs, folded as the terminal is wide; lines that are indented or have columns stay. */
  readonly notes?: string;
  /** Command lines that can be pasted; a test parses each. */
  readonly examples: readonly string[];
  /** Calls the action with typed values, and prints what it gives back. */
  readonly run: (values: ValuesOf<Arguments & Flags>, context: Context) => Promise<void> | void;
}

/** Makes a command of its schema. The types of the values are those of the inputs' parsers. */
export function command<
  const Arguments extends Inputs = Record<never, never>,
  const Flags extends Inputs = Record<never, never>,
>(schema: CommandSchema<Arguments, Flags>): Command {
  const { name, summary, notes, examples } = schema;
  const args = Object.entries<Inputs[string]>(schema.arguments ?? {});
  const flags = Object.entries<Inputs[string]>(schema.flags ?? {});
  const addTo: Command["addTo"] = (parent, start, isUsual = false) => {
    const made = parent.command(name, { isDefault: isUsual }).description(summary);
    for (const [, input] of args) made.addArgument(commanderArgument(input));
    const options = flags.map(([key, input]) => ({ key, input, option: commanderOption(input) }));
    for (const { option } of options) made.addOption(option);
    made.addOption(new Option("--json", "print the result as JSON"));
    made.addOption(new Option("-q, --quiet", "no progress on stderr"));
    if (notes !== undefined) made.addHelpText("after", `\n${paragraphs(notes)}`);
    made.addHelpText("after", `\nFor example:\n${examples.map((line) => `  $ ${line}`).join("\n")}`);
    made.action(async () => {
      await start(made, (context) => {
        const given = made.opts();
        const values = [
          ...args.map(([key, { read }], i) => [key, read(made.processedArgs[i])] as const),
          ...options.map(
            ({ key, input, option }) => [key, input.read(given[option.attributeName()])] as const,
          ),
        ].filter(([, value]) => value !== undefined);
        // Each value is what the reader of its own input made.
        return schema.run(Object.fromEntries(values) as ValuesOf<Arguments & Flags>, context);
      });
    });
  };
  return { name, summary, addTo };
}

/** Commands under one name. */
export interface GroupSchema {
  readonly name: string;
  readonly summary: string;
  readonly notes?: string;
  readonly commands: readonly Command[];
  /** The name of the command that runs when none is named. */
  readonly usual?: string;
}

export function group({ name, summary, notes, commands, usual }: GroupSchema): Command {
  const addTo: Command["addTo"] = (parent, start) => {
    const made = parent.command(name).description(summary);
    if (notes !== undefined) made.addHelpText("after", `\n${paragraphs(notes)}`);
    for (const child of commands) child.addTo(made, start, child.name === usual);
    const alone = made.commands.find((child) => child.name() === usual);
    if (alone !== undefined)
      made.addHelpText("after", () => `\nWithout a command it is ${usual}:\n${alone.helpInformation()}`);
  };
  return { name, summary, addTo };
}
