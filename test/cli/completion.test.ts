import { spawnSync } from "node:child_process";
import type { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { SHELLS } from "../../src/cli/completion.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { cli, cliJson, expectRefusal, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const program = await describeProgram(commands);

/** Every command and group as its path, with the words that may follow. */
function places(command: Command, path: readonly string[] = []): { path: string[]; words: string[] }[] {
  const words = [
    ...command.commands.map((child) => child.name()),
    ...command.options.flatMap(({ long, short }) => [long, short].flatMap((flag) => flag ?? [])),
  ];
  return [
    { path: [...path], words },
    ...command.commands.flatMap((child) => places(child, [...path, child.name()])),
  ];
}
const all = places(program);

describe("ballast completion bash", () => {
  it("completes every command and option, in bash itself", async () => {
    const { out } = await cli("completion", "bash");
    const script = folder.write("completion.bash", out);
    const asked = all.map(({ path }) => `ask ballast ${path.join(" ")} ""`).join("\n");
    const { status, stdout, stderr } = spawnSync(
      "bash",
      [
        "-c",
        `source ${script}
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ballast; echo "\${COMPREPLY[*]}"; }
${asked}
ask ballast snapshot build --chain x --ou
ask ballast -q snapshot b
ask ballast margin build --sn`,
      ],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const answers = stdout.split("\n");
    for (const [i, { path, words }] of all.entries()) {
      const answer = answers[i]?.split(" ") ?? [];
      expect(answer.sort(), path.join(" ")).toEqual([...words, "--help", "-h"].sort());
    }
    expect(answers.slice(all.length)).toEqual(["--output", "build", "--snapshot", ""]);
  });
});

describe("ballast completion", () => {
  it.each(SHELLS)("for %s names every command and option, and breaks no line", async (shell) => {
    const { code, out } = await cli("completion", shell);
    expect(code).toBe(0);
    expect(await cliJson("completion", shell)).toEqual({ shell, script: out });
    for (const { path, words } of all) {
      expect(out).toContain(path.join(" "));
      for (const word of words)
        expect(out).toContain(
          shell === "fish" ? word.replace(/^--/, "-l ").replace(/^-(?=\w$)/, "-s ") : word,
        );
    }
    // Quotes close on their lines: descriptions with an apostrophe are escaped.
    const plain = shell === "fish" ? out.replace(/\\["\\$]/g, "") : out.replaceAll("'\\''", "");
    for (const line of plain.split("\n").filter((one) => !one.startsWith("#")))
      expect(line.split(shell === "fish" ? '"' : "'").length % 2, line).toBe(1);
  });

  it("refuses another shell", async () => {
    await expectRefusal(folder.path, ["completion", "tcsh"], {
      exit: 2,
      code: "INVALID_INPUT",
      says: /no completion for "tcsh"[\s\S]*bash, zsh or fish/,
    });
  });
});
