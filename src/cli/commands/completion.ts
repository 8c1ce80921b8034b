import { BallastError } from "../../errors.ts";
import { completionScript, SHELLS } from "../completion.ts";
import { emit } from "../io.ts";
import type { Register } from "../program.ts";

/** `ballast completion`: for the Tab key. */
export const completion: Register = (program, run) => {
  program
    .command("completion")
    .description("print a script that completes commands and options in your shell")
    .argument("<shell>", "bash, zsh or fish")
    .addHelpText(
      "after",
      `
For good: the line below in ~/.bashrc or ~/.zshrc (there with zsh, after compinit); fish reads the file at each start.
A newer Ballast has another script: print it again.`,
    )
    .action(
      run(async ({ io, json, write, program: described }, _, [name = ""]) => {
        const shell = SHELLS.find((known) => known === name);
        if (shell === undefined) {
          throw new BallastError("INVALID_INPUT", `There is no completion for ${JSON.stringify(name)}.`, {
            hint: "Name bash, zsh or fish.",
          });
        }
        const script = completionScript(await described(), shell);
        if (json) emit(io, json, { shell, script }, () => "");
        else write(script);
      }),
    );
};
