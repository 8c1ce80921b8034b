import { BallastError } from "../../errors.ts";
import { command } from "../command.ts";
import { completionScript, SHELLS } from "../completion.ts";
import { needed } from "../input.ts";
import { named } from "../summaries.ts";

export const completion = command({
  ...named("completion"),
  arguments: { shell: needed("<shell>", "bash, zsh or fish", shellOf) },
  notes: `
For good: the line below in ~/.bashrc or ~/.zshrc (there with zsh, after compinit); fish reads the file at each start.
A newer Ballast has another script: print it again.`,
  examples: [
    'eval "$(ballast completion bash)"',
    "ballast completion fish > ~/.config/fish/completions/ballast.fish",
  ],
  async run({ shell }, { json, print, write, program }) {
    const script = completionScript(await program(), shell);
    if (json) print({ shell, script }, () => "");
    else write(script);
  },
});

function shellOf(text: string): (typeof SHELLS)[number] {
  const shell = SHELLS.find((known) => known === text);
  if (shell !== undefined) return shell;
  throw new BallastError("INVALID_INPUT", `There is no completion for ${JSON.stringify(text)}.`, {
    hint: "Name bash, zsh or fish.",
  });
}
