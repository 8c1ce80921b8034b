import { readFileSync } from "node:fs";
import { exitCodeOf } from "../../src/cli/io.ts";
import { BallastError, type ErrorCode } from "../../src/errors.ts";
import { GENERATED } from "./page.ts";

/** The codes of `src/errors.ts` with their docstrings, in their order. */
function codes(): { readonly code: ErrorCode; readonly meaning: string }[] {
  const source = readFileSync(new URL("../../src/errors.ts", import.meta.url), "utf8");
  const union = /export type ErrorCode =([\s\S]*?);\n/.exec(source)?.[1];
  if (union === undefined) throw new Error("src/errors.ts has no type ErrorCode");
  const documented = [...union.matchAll(/\/\*\* (.+?) \*\/\s*\| "([A-Z_]+)"/g)];
  const all = [...union.matchAll(/\| "([A-Z_]+)"/g)];
  if (documented.length !== all.length) throw new Error("src/errors.ts has a code without a docstring");
  return documented.map(([, meaning = "", code = ""]) => ({ code: code as ErrorCode, meaning }));
}

/** What `exitCodeOf` gives, as a page. */
export function errorPage(): Record<string, string> {
  const rows = codes().map(
    ({ code, meaning }) => `| \`${code}\` | ${meaning} | ${exitCodeOf(new BallastError(code, ""))} |`,
  );
  const page = `# Error codes

${GENERATED}

Every error of the library is a \`BallastError\`: \`code\` to branch on, \`shortMessage\` for what is wrong, \`hint\` for what to do, \`details\` for public facts, \`inputs\` for what the hint speaks of.
Each of the \`inputs\` is a key, an act and what is given to it (\`snapshot.rows\`): a page says which field that is. The command line adds its flag to the hint, in brackets.
No message holds a position, a quantity or a salt. A code never changes its meaning. With \`--json\` a command prints \`{"error": {"code", "message", "hint", "details"}}\`.
The last column is the command's exit code; further ones are in [processes](../operate/processes.md). What contracts refuse, and when: [the contracts](contracts/README.md).

| code | means | exit code |
|---|---|---|
${rows.join("\n")}
`;
  return { "docs/reference/error-codes.md": page };
}
