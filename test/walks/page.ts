import { readFileSync } from "node:fs";

/** Commands of a document that are meant to be pasted, and what they print. */
export interface Step {
  readonly commands: string;
  /** Lines of standard output; `…` stands for any text, alone on its line for any lines. Undefined: not said. */
  readonly prints: string | undefined;
}

/** A document's steps, and what starts the chain that they need. */
export interface Walk {
  /** The command of a terminal of its own (a block marked `sh chain`). */
  readonly chain: string | undefined;
  readonly steps: readonly Step[];
}

const ROOT = new URL("../../", import.meta.url);

/** Reads the blocks of a page that are marked `sh walk`, each with the `text output` that follows it. */
export function walkOf(page: string): Walk {
  const blocks = [
    ...readFileSync(new URL(page, ROOT), "utf8").matchAll(/^```([a-z]+ [a-z]+)\n([\s\S]*?)^```$/gm),
  ];
  const steps: Step[] = [];
  let chain: string | undefined;
  for (const [, kind, text = ""] of blocks) {
    if (kind === "sh chain") chain = text.trim();
    else if (kind === "sh walk") steps.push({ commands: text, prints: undefined });
    else if (kind === "text output") {
      const last = steps.pop();
      if (last === undefined || last.prints !== undefined) throw new Error(`${page}: output of no commands`);
      steps.push({ ...last, prints: text });
    }
  }
  return { chain, steps };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The pattern that a step's output must contain, from the beginning of one line to the end of another. */
export function patternOf(prints: string): RegExp {
  const lines = prints
    .trimEnd()
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*?.*" : escaped(line.trimEnd()).replaceAll("…", ".*")));
  return new RegExp(`^${lines.join("[ ]*\\n")}[ ]*$`, "m");
}
