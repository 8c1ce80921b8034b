import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The library's entries: what an import names, and the module in src/. */
export const ENTRIES: Readonly<Record<string, string>> = {
  ballast: "src/index.ts",
  "ballast/node": "src/node.ts",
  "ballast/actions": "src/actions/index.ts",
  "ballast/chain": "src/chain/index.ts",
  "ballast/chain/ethers": "src/chain/ethers.ts",
  "ballast/client": "src/client/index.ts",
};

/** A function that an entry exports, with the code of its example. */
export interface PublicFunction {
  readonly name: string;
  /** Where it is declared. */
  readonly path: string;
  readonly example: string | undefined;
}

/** All functions that the entries export, each once. */
export function publicFunctions(): PublicFunction[] {
  const found = new Map<string, PublicFunction>();
  for (const entry of Object.values(ENTRIES))
    for (const [name, path] of exportsOf(entry)) {
      const declared = functionIn(path, name);
      if (declared !== undefined) found.set(`${declared.path} ${name}`, declared);
    }
  return [...found.values()];
}

/** The values, or the types too, that a module exports from others, and those others. */
export function exportsOf(path: string, types = false): [name: string, path: string][] {
  const lists = read(path).matchAll(/^export (type )?\{([^}]*)\} from "(\.[^"]+)";/gm);
  return [...lists].flatMap(([, type = "", names = "", target = ""]) =>
    names
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "" && (types || !`${type}${name}`.startsWith("type ")))
      .map((name) => name.replace(/^type /, ""))
      .map((name): [string, string] => [name, normalize(join(dirname(path), target))]),
  );
}

function functionIn(path: string, name: string): PublicFunction | undefined {
  const text = read(path);
  const match = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n)?export (?:async )?function ${name}\\b`,
  ).exec(text);
  if (match === null) {
    const from = exportsOf(path).find(([exported]) => exported === name)?.[1];
    return from === undefined ? undefined : functionIn(from, name);
  }
  const code = /@example\n \* ```ts\n([\s\S]*?) \* ```/.exec(match[1] ?? "")?.[1];
  return { name, path, example: code?.replace(/^ \* ?/gm, "") };
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
