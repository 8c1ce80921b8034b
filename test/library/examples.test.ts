import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ENTRIES, publicFunctions, ROOT } from "../../scripts/library/doors.ts";

// Inside of the repository: types are found in its node_modules.
mkdirSync(join(ROOT, "build"), { recursive: true });
const folder = mkdtempSync(join(ROOT, "build", "examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const functions = publicFunctions();

describe("every function of the library", () => {
  it("has an example", () => {
    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter(({ example }) => example === undefined)).toEqual([]);
  });

  it("has one that compiles, and so do those of the documents", { timeout: 120_000 }, () => {
    for (const { name, example = "" } of functions)
      writeFileSync(join(folder, `${name}.ts`), `${example}\nexport {};\n`);
    const pages = ["docs/integrate/typescript.md", "docs/integrate/service-api.md"];
    const text = pages.map((page) => readFileSync(join(ROOT, page), "utf8")).join("\n");
    const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThan(3);
    for (const [i, [, block = ""]] of blocks.entries())
      writeFileSync(join(folder, `document-${i}.ts`), `${block}\nexport {};\n`);
    const paths = Object.entries(ENTRIES).map(([name, path]) => [name, [join(ROOT, path)]]);
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: {
        paths: Object.fromEntries(paths),
        lib: ["ES2023", "DOM"],
        noUnusedLocals: false,
      },
      include: ["*.ts", join(ROOT, "src/**/*.d.ts")],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    let output = "";
    try {
      execFileSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", folder]);
    } catch (error) {
      output = String((error as { readonly stdout: unknown }).stdout);
    }
    expect(output).toBe("");
  });
});
