import type { Command } from "commander";
import { commands } from "../../src/cli/commands.ts";
import { describeProgram, runCli } from "../../src/cli/program.ts";
import { GENERATED } from "./page.ts";

const FOLDER = "docs/reference/cli";

/** A command's `--help` as a terminal of 80 columns shows it. */
async function helpOf(path: readonly string[]): Promise<string> {
  let text = "";
  const write = (part: string) => {
    text += part;
  };
  const io = { out: write, err: write, live: false, color: false, columns: 80 };
  const code = await runCli([...path, "--help"], io, commands, "");
  if (code !== 0) throw new Error(`ballast ${path.join(" ")} --help ended with ${code}`);
  return text.trim();
}

function pathsOf(command: Command, path: readonly string[]): (readonly string[])[] {
  return [path, ...command.commands.flatMap((child) => pathsOf(child, [...path, child.name()]))];
}

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

/** One page a command, its subcommands on the same page, and a list of all. */
export async function cliPages(): Promise<Record<string, string>> {
  const program = await describeProgram(commands);
  const pages: Record<string, string> = {};
  for (const { name } of commands) {
    const command = program.commands.find((child) => child.name() === name);
    if (command === undefined) throw new Error(`${name} is no command`);
    const parts = [`# ballast ${name}`, GENERATED];
    for (const path of pathsOf(command, [name])) {
      if (path.length > 1) parts.push(`## ballast ${path.join(" ")}`);
      parts.push(block(await helpOf(path)));
    }
    pages[`${FOLDER}/${name}.md`] = `${parts.join("\n\n")}\n`;
  }
  const rows = commands.map(({ name, summary }) => `| [ballast ${name}](${name}.md) | ${summary} |`);
  const index = [
    "# The command line",
    GENERATED,
    `| command | does |\n|---|---|\n${rows.join("\n")}`,
    "How commands end, and what they leave behind: [processes](../../operate/processes.md).",
    block(await helpOf([])),
  ];
  pages[`${FOLDER}/README.md`] = `${index.join("\n\n")}\n`;
  return pages;
}
