import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SRC = new URL("../src/", import.meta.url);

/** Flags of other programs, and one line that is there to be pasted into a shell: as `file flag`. */
const OTHERS = [
  "actions/node/doctor/machine.ts --version",
  "chain/node/anvil.ts --chain-id",
  "chain/node/anvil.ts --host",
  "chain/node/anvil.ts --port",
  "chain/node/anvil.ts --timestamp",
  "demo/devnet/files.ts --deployment",
  "demo/devnet/files.ts --rpc",
  "node/memory.ts --max-old-space-size",
  "node/worker.ts --import",
  "prover/node/artifacts.ts --r1cs",
  "prover/node/artifacts.ts --sym",
  "prover/node/artifacts.ts --wasm",
];

/** A file without its comments. */
function codeOf(path: string): string {
  return readFileSync(new URL(path, SRC), "utf8").replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/g, "");
}

describe("texts outside of the command line", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.startsWith("cli/"));

  it("name no flag: a service and a page say what they say, and have none", () => {
    const named = files.flatMap((path) =>
      [...codeOf(path).matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([flag]) => `${path} ${flag}`),
    );
    expect([...new Set(named)].sort()).toEqual(OTHERS);
  });
});
